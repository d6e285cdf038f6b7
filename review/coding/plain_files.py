"""Suggest codes for a plain file of records, without a review."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from review import record_files
from review.coding.suggestion_rules import ProposedValue, Tagger
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
            Values go by the names of `in_usual_names`.

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
                for p in in_usual_names(_suggest(tagger, row), codebook):
                    cells = (p.dimension, p.value, p.confidence, p.rank, p.quote, p.source)
                    writer.writerow((row["id"], *cells))
                    count += 1
    return count


def in_usual_names(found: Sequence[ProposedValue], codebook: Codebook) -> list[ProposedValue]:
    """Suggestions under the names that the codebook reports its values as.

    Of a dimension with one answer, such as the study design, the names replace the codebook's own
    ids, and values of one name become one. Of a dimension with many answers, such as outcomes,
    the names are added: each with the rank and the words of the best of its values.

    Args:
        found: best first in each dimension.
    """
    made: list[ProposedValue] = []
    for dimension in codebook.dimensions:
        here = [p for p in found if p.dimension == dimension.id]
        names = {v.id: v.reported_as for v in dimension.values if v.reported_as}
        if dimension.many:
            seen = {p.value for p in here}
            for p in here:
                made.append(p)
                name = names.get(p.value, p.value)
                if name not in seen:
                    seen.add(name)
                    made.append(replace(p, value=name))
            continue
        best: dict[tuple[str, str], ProposedValue] = {}
        order: dict[str, int] = {}
        for p in here:
            name = names.get(p.value, p.value)
            rank = order.setdefault(name, len(order) + 1)
            best.setdefault((name, p.source), replace(p, value=name, rank=rank))
        made += sorted(best.values(), key=lambda p: p.rank)
    return made


def _suggest(tagger: Tagger, row: dict[str, str]) -> list[ProposedValue]:
    return tagger.suggest(
        row["title"],
        row["abstract"],
        _entries(row["mesh"]),
        row["type"],
        _entries(row["study_designs"]),
    )


def _read(source: Path) -> pd.DataFrame:
    return record_files.with_ids(record_files.read(source, COLUMNS, NEEDED), source)


def _rows(records: pd.DataFrame) -> Iterator[dict[str, str]]:
    for values in records.itertuples(index=False, name=None):
        yield dict(zip(COLUMNS, values, strict=True))


def _entries(cell: str) -> Sequence[str]:
    return [entry for entry in _LIST_MARK.split(cell.strip()) if entry]
