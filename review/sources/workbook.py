"""Excel workbooks (.xlsx) as tables of references. openpyxl reads them row by row."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl

from review.errors import FileError
from review.sources import own_workbook, table_headers, table_rows
from review.sources.file_entries import Given, Items
from review.sources.table_headers import Head, Sample

_WIDEST = 1_000
_BLANKS = (None,) * 64

Rows = Iterator[tuple[int, list[str]]]


def parse(given: Given) -> Items:
    """Read the rows of the first sheet that has a head with a title.

    Yields:
        An entry for each row, ``raw`` its cells (column head -> cell), and the mistakes, each with
        its row.

    Raises:
        UnknownColumns: no sheet has a head that names a title.
        FileError: it is no workbook, is too large, or the caller's columns name no field.
    """
    table_headers.check(given.columns)
    _check_size(given)
    own = named_sheets(given)
    if not given.columns and own_workbook.is_ours(own):
        yield from own_workbook.parse(own, given)
        return
    seen: list[Head] = []
    for rows in _sheets(given):
        for line, cells in rows:
            reading = table_headers.head(line, cells, given.columns)
            if table_headers.best([reading]) is not None:
                table_headers.require(reading, given.columns, given.name)
                yield from _entries(rows, reading, given)
                return
            seen.append(reading)
            if line >= table_headers.WITHIN:
                break
    raise table_headers.unknown(given.name, seen)


def sample(given: Given) -> Sample:
    """The head of the first sheet that has one, and its first rows, as `tabular.sample`.

    Raises:
        UnknownColumns: there is no table at all.
        FileError: it is no workbook, or is too large.
    """
    _check_size(given)
    seen: list[Sample] = []
    for rows in _sheets(given):
        first = list(islice(rows, table_headers.WITHIN + table_headers.SAMPLED))
        for place, (line, cells) in enumerate(first[: table_headers.WITHIN]):
            reading = table_headers.head(line, cells, {})
            after = [row for _line, row in first[place + 1 :] if any(row)]
            seen.append(Sample(reading, tuple(after[: table_headers.SAMPLED])))
            if reading.has_title:
                return seen[-1]
    likely = table_headers.likely([found.head for found in seen])
    if likely is None:
        raise table_headers.unknown(given.name, ())
    return next(found for found in seen if found.head is likely)


def rows_in(data: bytes) -> int:
    """How many rows the largest sheet says it has; 0 when it does not say or cannot be read."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        return max((sheet.max_row or 0 for sheet in book.worksheets), default=0)
    except Exception:  # a count for show; `parse` says what is wrong
        return 0


def _entries(rows: Rows, head: Head, given: Given) -> Items:
    for line, cells in rows:
        if table_headers.is_blank(cells):
            continue
        new = table_headers.again(line, cells, head, given.columns)
        if new is None:
            yield table_rows.entry(line, cells, head, given)
        else:
            given.account.remark("rows of column heads in the midst of the table", f"row {line}")
            head = new


class _Sheet:
    """The rows of one sheet, which can be gone through any number of times."""

    def __init__(self, sheet: Any, given: Given) -> None:
        self._sheet, self._given = sheet, given

    def __iter__(self) -> Rows:
        # What a sheet says of its own size is often wrong.
        self._sheet.reset_dimensions()
        return _rows(self._sheet.iter_rows(values_only=True, max_col=_WIDEST), self._given)


def named_sheets(given: Given) -> dict[str, _Sheet]:
    """The sheets of a workbook by name, in order.

    Raises:
        FileError: it is no workbook.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations it does not know
        try:
            book = openpyxl.load_workbook(io.BytesIO(given.data), read_only=True, data_only=True)
            return {sheet.title: _Sheet(sheet, given) for sheet in book.worksheets}
        except Exception as error:  # damaged workbooks raise nearly anything
            raise _damaged(given, error) from error


def _sheets(given: Given) -> Iterator[Rows]:
    for sheet in named_sheets(given).values():
        yield iter(sheet)


def _rows(found: Iterator[tuple[object, ...]], given: Given) -> Rows:
    number = 0
    while True:
        try:
            values = next(found, None)
        except Exception as error:  # as above
            raise _damaged(given, error) from error
        if values is None:
            return
        number += 1
        cells = [_text(value) for value in _filled(values)]
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _filled(values: tuple[object, ...]) -> tuple[object, ...]:
    """A row up to its last filled cell: openpyxl fills each up to the widest that is read."""
    end = len(values)
    while end >= len(_BLANKS) and values[end - len(_BLANKS) : end] == _BLANKS:
        end -= len(_BLANKS)
    while end and values[end - 1] is None:
        end -= 1
    return values[:end]


def _check_size(given: Given) -> None:
    """A workbook is a zip file; what it holds may be a thousand times larger.

    Texts common to several cells are kept in memory by openpyxl, so this bounds that too.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(given.data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _damaged(given, error) from error
    if not any(name.startswith("xl/") for name in names):
        raise FileError(
            f"{given.name} is a zip file, but not an Excel workbook. Unpack it, then import what "
            "it holds."
        )
    if size > given.limits.unpacked_mb * 1024**2:
        raise FileError(
            f"{given.name} unpacks to {size // 1024**2:,} MB; workbooks of up to "
            f"{given.limits.unpacked_mb:,} MB are read. Save the sheet as CSV, then import that."
        )


def _damaged(given: Given, error: Exception) -> FileError:
    return FileError(
        f"{given.name} looks like an Excel workbook but cannot be opened "
        f"({type(error).__name__}). Open it in a spreadsheet program, save the sheet as CSV, then "
        "import that."
    )


def _text(value: object) -> str:
    """A cell as text; a whole number without a decimal point, a date without an empty time."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
