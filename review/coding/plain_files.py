"""Suggest codes for a plain file of records, without a review."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from review import record_files
from review.coding.suggestion_rules import ProposedValue, Tagger
from review.errors import FileError
from review.protocol.codebook import Codebook
from review.spreadsheet import whole_file

COLUMNS = ("id", "title", "abstract", "mesh", "type", "study_designs")
NEEDED = ("id", "title")
OUT_COLUMNS = ("id", "dimension", "value", "confidence", "rank", "quote", "source")

_LIST_MARK = re.compile(r"\s*[;|]\s*")
"""Between the entries of a cell that holds several, such as MeSH headings."""


def suggest_file(source: Path, out: Path, codebook: Codebook) -> int:
    """Suggest codes for every record of a file.

    Args:
        source: ``.csv`` or ``.csv.gz`` with the columns ``id`` and ``title``, and any other of
            `COLUMNS`; several entries of a cell are parted by ``;`` or ``|``.
        out: CSV to write with the columns `OUT_COLUMNS`; records in the order of ``source``.

    Returns:
        The number of suggestions written.

    Raises:
        FileError: a file cannot be read or written, lacks a column, or an id is blank or twice.
    """
    records = _read(source)
    tagger = Tagger(codebook)
    count = 0
    with whole_file(out) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(OUT_COLUMNS)
            for row in _rows(records):
                for p in _suggest(tagger, row):
                    cells = (p.dimension, p.value, p.confidence, p.rank, p.quote, p.source)
                    writer.writerow((row["id"], *cells))
                    count += 1
    return count


def _suggest(tagger: Tagger, row: dict[str, str]) -> list[ProposedValue]:
    return tagger.suggest(
        row["title"],
        row["abstract"],
        _entries(row["mesh"]),
        row["type"],
        _entries(row["study_designs"]),
    )


def _read(source: Path) -> pd.DataFrame:
    records = record_files.read(source, COLUMNS, NEEDED)
    ids = records["id"].str.strip()
    if (ids == "").any():
        row = int((ids == "").to_numpy().argmax()) + 1
        raise FileError(f"Record {row} of {source} has a blank id.")
    if ids.duplicated().any():
        raise FileError(f"{source} holds the id {ids[ids.duplicated()].iloc[0]} more than once.")
    records["id"] = ids
    return records


def _rows(records: pd.DataFrame) -> Iterator[dict[str, str]]:
    for values in records.itertuples(index=False, name=None):
        yield dict(zip(COLUMNS, values, strict=True))


def _entries(cell: str) -> Sequence[str]:
    return [entry for entry in _LIST_MARK.split(cell.strip()) if entry]
