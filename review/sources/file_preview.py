"""A first look at a file: the columns of a table, and whether it seems to hold votes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from review.errors import FileError
from review.sources import file_reading, tabular, workbook
from review.sources.column_guessing import Column, guess
from review.sources.encoding import to_utf8
from review.sources.file_entries import Given
from review.sources.table_headers import Sample

SAMPLES = 3
"""Cells of a column that are shown."""

_START = 200_000
"""Bytes of a text that are looked at for its columns."""

_NAMED = re.compile(rb"RAYYAN-INCLUSION:\s*(?:\{|&#123;)")
_NAMELESS = re.compile(rb"RAYYAN-INCLUSION:\s*(?![\s{&])|ASReview_(?:ir)?relevant")


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What a first look at a file tells.

    Attributes:
        columns: the columns of a table; none for other formats.
        fields: column head -> field it holds, or may hold.
        told: whether the heads alone tell the title, so that nobody need be asked.
        votes: whether there seem to be votes of another screening tool inside.
        nameless: whether some of them may name nobody.
    """

    columns: tuple[Column, ...]
    fields: dict[str, str]
    told: bool
    votes: bool
    nameless: bool


def preview(data: bytes, name: str) -> FilePreview:
    """Look at a file without reading all of it.

    Args:
        data: the whole content.
        name: the file's name.

    Raises:
        FileError: it cannot be read at all, or is of no known format.
    """
    sample = _sample(data, name)
    columns = _columns(sample.head.names, sample.rows) if sample else ()
    told = sample is None or sample.head.has_title
    held = sample.head.holders.items() if sample else ()
    fields = {columns[place].name: field for field, places in held for place in places}
    # The cells of a workbook are packed, so its notes may hold anything.
    packed = "notes" in fields.values() and file_reading.is_workbook(data, name)
    nameless = "label" in fields.values() or packed or _NAMELESS.search(data) is not None
    votes = nameless or _NAMED.search(data) is not None
    return FilePreview(columns, fields if told else guess(columns), told, votes, nameless)


def _sample(data: bytes, name: str) -> Sample | None:
    """Head and first rows of a table; None for a file of another format."""
    if file_reading.is_workbook(data, name):
        return workbook.sample(Given(name, "", data))
    text, _ = to_utf8(data[:_START], name)
    given = Given(name, "", text)
    try:
        format = file_reading.guess_format(text, name)
    except FileError:
        # A table under any name, perhaps, with heads that nobody knows.
        found = tabular.sample(given) if Path(name).suffix.lower() == ".txt" else None
        if found is None or not any(sum(map(bool, row)) > 1 for row in found.rows):
            raise
        return found
    return tabular.sample(given) if format in ("csv", "tsv") else None


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    found = []
    for place, name in enumerate(names):
        cells = (row[place].strip() for row in rows if place < len(row))
        found.append(Column(name, tuple([cell for cell in cells if cell][:SAMPLES])))
    return tuple(found)
