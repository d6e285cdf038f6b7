"""CSV and tab-separated files, from any tool whose heads `review.sources.table_headers` knows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from review.errors import FileError, UnknownColumns
from review.sources import embase_blocks, table_headers, table_rows
from review.sources.encoding import start_of
from review.sources.file_entries import Given, Items
from review.sources.lines import Lines
from review.sources.table_headers import Head, Sample

_DELIMITERS = ",;\t|"

_START = 20_000
"""Bytes that are looked at to tell a table with a line a field from one with a row an entry."""

_READ_AGAIN = 20
"""Times a cell's limit that is read in vain for the ends of quotes; then no cell has two lines."""


@dataclass(frozen=True, slots=True)
class _Table:
    head: Head
    delimiter: str


def parse(given: Given) -> Items:
    """Read the rows of a CSV or tab-separated file.

    Comma, semicolon, tab or bar may stand between cells.

    Yields:
        An entry for each row, ``raw`` its cells (column head -> cell), and the mistakes, each with
        the line its row begins on.

    Raises:
        UnknownColumns: no line of column heads names a title, or one the caller names is missing.
        FileError: the caller's columns name a field there is none of.
    """
    table_headers.check(given.columns)
    if not given.columns and embase_blocks.looks_like(start_of(given.data, _START)):
        yield from embase_blocks.parse(given)
        return
    lines = Lines(given.data)
    table = _find_head(lines, given.name, given.columns, given.limits.columns)
    table_headers.require(table.head, given.columns, given.name)
    head = table.head
    short = 0
    for line, cells in _rows(lines, table, given.limits.cell_kb * 1024):
        if cells is not None and table_headers.is_blank(cells):
            continue
        new = table_headers.again(line, cells, head, given.columns) if cells else None
        if new is not None:
            given.account.remark("rows of column heads in the midst of the table", f"line {line}")
            head = new
        elif cells is None or not _fits(cells, head):
            given.account.entries += 1
            message = (
                f"the row does not have the {len(head.names)} cells of the head; left out. "
                "Put cells that hold the delimiter in double quotes, doubling quotes inside"
            )
            yield given.mistake(line, "", message)
        else:
            short = line if len(cells) < len(head.names) else 0
            yield table_rows.entry(line, cells, head, given)
    if short and not given.data.endswith((b"\n", b"\r")):
        words = "the last row has fewer cells than the head: the file may be cut off"
        given.account.remark(words, f"line {short}")


def looks_like(start: str, columns: Mapping[str, str]) -> bool:
    """Whether one of the first lines names a title column, given what the caller knows."""
    try:
        _find_head(Lines(start.encode()), "", columns)
    except FileError:
        return False
    return True


def sample(given: Given) -> Sample:
    """The head of a table and its first rows, whether or not it names a title.

    Raises:
        UnknownColumns: there is no table at all.
    """
    lines = Lines(given.data)
    most = given.limits.columns
    try:
        table = _find_head(lines, given.name, {}, most)
    except UnknownColumns:
        seen = _readings(lines, {}, most)
        found = table_headers.likely([table.head for table in seen])
        if found is None:
            raise
        table = next(table for table in seen if table.head is found)
    rows = (
        cells
        for _line, cells in _rows(lines, table, 1024 * given.limits.cell_kb)
        if cells and any(cells)
    )
    return Sample(table.head, tuple(islice(rows, table_headers.SAMPLED)))


def _find_head(
    lines: Sequence[str], name: str, columns: Mapping[str, str], most: int | None = None
) -> _Table:
    """The first of the first lines that names a title, read with the delimiter that fits it best.

    Raises:
        UnknownColumns: there is none.
        FileError: none, and the first line has more than ``most`` columns.
    """
    seen = _readings(lines, columns, most)
    for _line, same in groupby(seen, key=lambda table: table.head.line):
        tables = list(same)
        chosen = table_headers.best([table.head for table in tables])
        if chosen is not None:
            return next(table for table in tables if table.head is chosen)
    if most is not None:
        _check_columns(lines, name, most)
    raise table_headers.unknown(name, [table.head for table in seen])


def _readings(
    lines: Sequence[str], columns: Mapping[str, str], most: int | None = None
) -> list[_Table]:
    """Each of the first lines as a row of heads, by every delimiter that makes no more than
    ``most`` columns of it."""
    return [
        _Table(table_headers.head(index + 1, cells, columns), delimiter)
        for index in range(min(table_headers.WITHIN, len(lines)))
        for delimiter in _DELIMITERS
        if (cells := _cells(lines[index], delimiter)) and (most is None or len(cells) <= most)
    ]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _check_columns(lines: Sequence[str], name: str, most: int) -> None:
    """Refuse a table whose first line has too many columns.

    Raises:
        FileError: with how many there are.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        wide = max(len(_cells(line, delimiter)) for delimiter in _DELIMITERS)
        if wide > most:
            raise FileError(
                f"{name}: line {number} has {wide:,} columns; tables of up to {most:,} are read. "
                "Save it with the columns of the references alone."
            )
        return


def _rows(lines: Lines, table: _Table, longest: int) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each row's first line and its cells; None for cells that cannot be told apart.

    A row with stray quotes is read on its own, so that a quote that is never closed costs one row
    and not the rest of the file. From there on each row must have all its cells, lest the lines of
    a broken cell be taken for rows.

    Args:
        longest: signs of a cell.
    """
    csv.field_size_limit(longest)
    left = _READ_AGAIN * longest
    start, damaged = table.head.line, False
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=table.delimiter, strict=True)
        taken = 0
        try:
            for cells in reader:
                whole = not damaged or not cells or len(cells) == len(table.head.names)
                yield start + taken + 1, cells if whole else None
                taken = reader.line_num
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise FileError(
                    f"The table has a cell of over {longest // 1024:,} KB, which begins at line "
                    f"{start + taken + 1:,} or soon after it: a quote there is opened and not "
                    "closed. Close it, or export the table again."
                ) from error
            left -= lines.bytes_in(start + taken, start + reader.line_num)
            start, damaged = start + taken, True
            if left < 0:
                for place in range(start, len(lines)):
                    yield place + 1, _alone(lines[place], table)
                return
            yield start + 1, _alone(lines[start], table)
            start += 1


def _fits(cells: Sequence[str], head: Head) -> bool:
    """Whether a row is one of this table: blank cells may be missing or too many at its end."""
    lone = len(cells) == 1 < len(head.names)
    return not lone and not any(map(str.strip, cells[len(head.names) :]))


def _alone(line: str, table: _Table) -> list[str] | None:
    """The cells of one line with stray quotes: quotes as given, if that makes the right count."""
    for quoting in (csv.QUOTE_NONE, csv.QUOTE_MINIMAL):
        try:
            cells = next(csv.reader([line], delimiter=table.delimiter, quoting=quoting), [])
        except csv.Error:
            continue
        if len(cells) == len(table.head.names):
            return [*map(_unquoted, cells)] if quoting == csv.QUOTE_NONE else cells
    return None


def _unquoted(cell: str) -> str:
    """A cell that was read with its quotes, without those around the whole of it."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell
