"""A first look at a file: the columns of a table, and whether it seems to hold votes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TypedDict

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import (
    embedded_votes,
    eppi_json,
    file_reading,
    own_files,
    own_workbook,
    tabular,
    workbook,
)
from review.sources.column_guessing import Column, guess
from review.sources.encoding import to_utf8
from review.sources.file_account import FileAccount
from review.sources.file_entries import FileVote, Given
from review.sources.file_formats import FORMATS
from review.sources.table_headers import Sample

SAMPLES = 3
"""Cells of a column that are shown."""

ENTRIES = 5
"""Entries that are shown as they would be read."""

_START = 200_000
"""Bytes of a text that are looked at for its columns."""

_BY_COLUMN = frozenset({"label", "citation_status", "full_text_status"})
"""Fields of a table that hold votes which may name nobody."""

_NAMED = re.compile(rb"RAYYAN-INCLUSION:\s*(?:\{|&#123;)")
_EXCLUSION = re.compile(rb"Exclusion reason:", re.IGNORECASE)
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
        records: the first entries as they would be read; with the columns as guessed, where the
            heads do not tell.
        decisions: the votes inside each of these, in the same order.
        mistakes: what could not be read before or among them.
        account: what the reader tells of them.
        brings: of a file of our own, how many ``reports``, ``records``, ``votes``, ``tags``,
            ``findings`` and ``notes`` are in it; nothing of any other.
    """

    columns: tuple[Column, ...]
    fields: dict[str, str]
    told: bool
    votes: bool
    nameless: bool
    records: tuple[Record, ...] = ()
    decisions: tuple[tuple[FileVote, ...], ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    account: FileAccount = field(default_factory=FileAccount)
    brings: Mapping[str, int] = field(default_factory=dict)

    @property
    def brought(self) -> str:
        """What a file of our own brings, in a sentence; "" for any other."""
        parts = [
            f"{n:,} {kind if n != 1 else kind.removesuffix('s')}" for kind, n in self.brings.items()
        ]
        if not parts:
            return ""
        listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
        return f"An export of this tool. It brings {listed}."


class _First(TypedDict):
    records: tuple[Record, ...]
    decisions: tuple[tuple[FileVote, ...], ...]
    mistakes: tuple[Mistake, ...]
    account: FileAccount


def preview(data: bytes, name: str) -> FilePreview:
    """Look at a file without reading all of it.

    Args:
        data: the whole content.
        name: the file's name.

    Raises:
        FileError: it cannot be read at all, or is of no known format.
    """
    if brings := _brings(data, name):
        first = _first_entries(data, name, None)
        votes = bool(brings.get("votes"))
        return replace(FilePreview((), {}, True, votes, False, brings=brings), **first)
    sample = _sample(data, name)
    columns = _columns(sample.head.names, sample.rows) if sample else ()
    told = sample is None or sample.head.has_title
    held = sample.head.holders.items() if sample else ()
    fields = {columns[place].name: field for field, places in held for place in places}
    # The cells of a workbook are packed, so its notes may hold anything.
    packed = "notes" in fields.values() and file_reading.is_workbook(data, name)
    nameless = (
        not _BY_COLUMN.isdisjoint(fields.values())
        or packed
        or _NAMELESS.search(data) is not None
        or embedded_votes.covidence_list(name, "covidence" in fields.values()) is not None
        or ("covidence" in fields.values() and _EXCLUSION.search(data) is not None)
        or eppi_json.holds_votes(data)
    )
    fields = fields if told else guess(columns)
    first = _first_entries(data, name, None if told else fields)
    found = [vote for votes in first["decisions"] for vote in votes]
    nameless = nameless or any(not vote.reviewer for vote in found)
    votes = nameless or bool(found) or _NAMED.search(data) is not None
    return replace(FilePreview(columns, fields, told, votes, nameless), **first)


def first_entries(data: bytes, name: str, columns: Mapping[str, str]) -> FilePreview:
    """The first entries of a table by what its columns are said to hold."""
    return FilePreview((), {}, True, False, False, **_first_entries(data, name, columns))


def _brings(data: bytes, name: str) -> dict[str, int]:
    """What a file of our own brings; nothing for any other."""
    if file_reading.is_workbook(data, name):
        sheets = workbook.named_sheets(Given(name, "", data))
        return own_workbook.brings(sheets) if own_workbook.is_ours(sheets) else {}
    text, _ = to_utf8(_beginning(data), name)
    try:
        format = file_reading.guess_format(text, name)
    except FileError:
        return {}
    return own_files.brings(data, format)


def _first_entries(data: bytes, name: str, columns: Mapping[str, str] | None) -> _First:
    """The first entries as an import reads them, and what it would say of them."""
    account = FileAccount()
    given = Given(name, "", b"", columns=columns or {}, account=account)
    mistakes: list[Mistake] = []
    records: list[Record] = []
    decisions: list[tuple[FileVote, ...]] = []
    try:
        if file_reading.is_workbook(data, name):
            account.format = FORMATS["xlsx"].label
            items = workbook.parse(replace(given, data=data))
        else:
            text, guesses = to_utf8(_beginning(data), name, account)
            mistakes += guesses
            format = FORMATS[file_reading.guess_format(text, name, columns)]
            account.format = format.label
            items = format.parse(replace(given, data=text))
        for item in islice(items, ENTRIES * 10):
            if isinstance(item, Mistake):
                mistakes.append(item)
            else:
                records.append(item.record)
                decisions.append(item.votes)
            if len(records) == ENTRIES:
                break
    except FileError as error:
        mistakes.append(Mistake(name, None, "", str(error)))
    return _First(
        records=tuple(records),
        decisions=tuple(decisions),
        mistakes=tuple(mistakes),
        account=account,
    )


def _beginning(data: bytes) -> bytes:
    """The first bytes of a text, no letter cut in two."""
    start = data[:_START]
    while len(data) > _START and start[-1:] >= b"\x80":
        start = start[:-1]
    return start


def _sample(data: bytes, name: str) -> Sample | None:
    """Head and first rows of a table; None for a file of another format."""
    if file_reading.is_workbook(data, name):
        return workbook.sample(Given(name, "", data))
    text, _ = to_utf8(_beginning(data), name)
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
