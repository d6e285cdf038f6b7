"""Embase's CSV with a line a field: ``"TITLE","…"``, ``"AUTHOR NAMES","Doe J.","Poe E."``, …

An entry is the lines from one ``TITLE`` to the next. Before the first one Embase may write the
search it answers. The fields are those of its table with a row an entry
(`review.sources.known_tables`), and are read as these.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from review.errors import FileError, Mistake
from review.sources import known_tables, table_headers, table_rows
from review.sources.file_entries import Given, Items
from review.sources.lines import Lines
from review.sources.table_headers import Head, plain

_DELIMITERS = ",;\t"
_FIRST = "title"
_SEARCHED = frozenset({"search_query", "search", "query", "export_date", "total_records"})
"""What stands before the first entry and is none."""
_OTHERS = frozenset(
    "issn isbn coden author_addresses correspondence_address aip_ip_entry_date"
    " full_record_entry_date volume issue first_page last_page publication_type conference_name"
    " conference_location conference_date conference_editors editors book_publisher drug_tradenames"
    " drug_manufacturer device_tradenames device_manufacturer cas_registry_numbers"
    " molecular_sequence_numbers embase_classification language_of_summary summary_language doi"
    " open_url_link copyright article_number name location date editor"
    " emtree_device_index_terms emtree_device_index_terms_major_focus".split()
)
FIELDS = known_tables.EMBASE.heads | _OTHERS
"""Names of fields that Embase writes."""

_LISTS = frozenset({"authors", "editors", "keywords", "registrations", "isbn"})
"""Fields of which each cell is one; of the others the cells are one text, or the first counts."""
_WHOLE = frozenset({"title", "abstract", "journal", "citation"})
_LOOKED_AT = 40


@dataclass(slots=True)
class _Block:
    """The lines of one entry: its first line, and field -> cells in their order."""

    line: int
    cells: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, cells: Sequence[str]) -> None:
        """More cells of a field, those that hold something."""
        self.cells.setdefault(name, []).extend(cell for cell in cells if cell.strip())


def parse(given: Given) -> Items:
    """Read the entries of a file of Embase with a line a field.

    Yields:
        An entry for each, ``raw`` its fields (name -> cells, parted by line ends), and the
        mistakes: lines before the first entry that are no part of a search, and lines that cannot
        be told apart.

    Raises:
        FileError: there is no entry at all.
    """
    empty = True
    for found in _blocks(given):
        if isinstance(found, Mistake):
            yield found
            continue
        empty = False
        names = tuple(found.cells)
        head = _head(names)
        row = [_cell(found.cells[name], head, place) for place, name in enumerate(names)]
        raw = {name: "\n".join(cells) for name, cells in found.cells.items()}
        yield table_rows.entry(found.line, row, head, given, raw)
    if empty:
        raise FileError(
            f"{given.name} holds no entry of Embase: no line begins with TITLE. Export it again "
            "from Embase as CSV or RIS."
        )


def looks_like(start: str) -> bool:
    """Whether the first lines are one field each, and not rows of a table."""
    lines = start.lstrip("\ufeff").splitlines()[:_LOOKED_AT]
    delimiter = _delimiter(lines)
    rows = [cells for line in lines if (cells := _cells(line, delimiter))]
    if not rows or _is_head(next((cells for cells in rows if len(cells) > 1), [])):
        return False
    labels = [cells[0] for cells in rows if cells[0] == cells[0].upper()]  # as Embase writes them
    names = [plain(label) for label in labels]
    return _FIRST in names and len(FIELDS.intersection(names)) > 1


def _blocks(given: Given) -> Iterator[_Block | Mistake]:
    lines = Lines(given.data)
    start = list(islice((lines[at] for at in range(len(lines))), _LOOKED_AT))
    block: _Block | None = None
    blank = False
    for line, cells in _rows(lines, _delimiter(start), given):
        if isinstance(cells, Mistake):
            yield cells
            continue
        name = plain(cells[0]) if cells else ""
        if not any(map(str.strip, cells)):
            blank = True
            continue
        label = cells[0].lstrip("\ufeff").strip()
        if name == _FIRST:
            if block is not None:
                yield block
            block = _Block(line)
        elif block is None:
            if name not in _SEARCHED and name not in FIELDS and len(cells) > 1:
                yield given.mistake(line, label, "the line stands before any entry; left out")
            elif name in FIELDS:
                # A block without its title: kept together, so that it is named.
                block = _Block(line)
        elif blank and name in FIELDS and name in map(plain, block.cells):
            # Another entry begins, without a title.
            yield block
            block = _Block(line)
        elif block.cells and name not in FIELDS and not label.isupper():
            words = "lines that begin with no field's name are read as more of the field before"
            given.account.remark(words, f"line {line}: {label}")
            block.add(next(reversed(block.cells)), cells)
            continue
        blank = False
        if block is not None:
            block.add(label, cells[1:])
    if block is not None:
        yield block


def _rows(lines: Lines, delimiter: str, given: Given) -> Iterator[tuple[int, list[str] | Mistake]]:
    """Each line with its cells; a quote that is never closed costs its own line alone."""
    csv.field_size_limit(given.limits.cell_kb * 1024)
    start = 0
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        taken = 0
        try:
            for cells in reader:
                yield start + taken + 1, cells
                taken = reader.line_num
            return
        except csv.Error:
            at = start + taken
            alone = _cells(lines[at], delimiter, quotes=False)
            if alone and plain(alone[0]) in FIELDS:
                yield at + 1, [cell.strip().strip('"').replace('""', '"') for cell in alone]
            else:
                words = "the line has quotes that do not close; left out"
                yield at + 1, given.mistake(at + 1, "", words)
            start = at + 1


def _cells(line: str, delimiter: str, quotes: bool = True) -> list[str]:
    try:
        if not quotes:
            return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that parts most names of fields from what they hold."""

    def told(delimiter: str) -> int:
        rows = (_cells(line, delimiter) for line in lines)
        return sum(len(cells) > 1 and plain(cells[0]) in FIELDS for cells in rows)

    return max(_DELIMITERS, key=told)


def _is_head(cells: Sequence[str]) -> bool:
    """Whether a row is a row of heads: several names of fields beside each other."""
    return sum(plain(cell) in FIELDS for cell in cells) > 2


@lru_cache(maxsize=256)
def _head(names: tuple[str, ...]) -> Head:
    """The fields of an entry as heads; ``author_names`` tells that they are Embase's."""
    return table_headers.head(1, names, {}, known_tables.EMBASE)


def _cell(cells: Sequence[str], head: Head, place: int) -> str:
    """What one field holds: a list's cells parted, a text's joined, else the first."""
    fields = {field for field, places in head.holders.items() if place in places}
    if fields & _LISTS:
        return "; ".join(cells)
    if fields & _WHOLE:
        return ", ".join(cells)
    return cells[0] if fields and cells else "; ".join(cells)
