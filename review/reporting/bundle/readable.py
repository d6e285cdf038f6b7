"""The tables of a bundle and its picture, worked out anew from its log and compared.

A review is not made of these files, so a changed one does no harm to it; who reads them is misled.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from review.progress import Watch
from review.reporting.bundle import contents, figures
from review.reporting.bundle.archive import Archive
from review.workspace import Workspace

_GIVEN = frozenset("title authors journal abstract quote note text reviewer why".split())
"""Columns that hold what sources and people said, in words that no program words anew."""
_ABOUT = "tables/about.csv"
"""Sentences of the program; its numbers are among the figures."""


def differences(found: Archive, ws: Workspace, watch: Watch) -> Iterator[str]:
    """Figures and tables of a bundle that are missing or say something else than its log.

    Columns that only one of both has are passed over, and so are sentences of the program.
    """
    for name in figures.FIGURES:
        if (path := f"{contents.FIGURES}/{name}.json") not in found.paths:
            yield f"{path} is missing."
    with TemporaryDirectory(prefix="review-bundle-") as folder:
        for path, file in contents.tables(ws, Path(folder), watch):
            if path not in found.paths:
                yield f"{path} is missing."
            elif path != _ABOUT:
                yield from _differ(path, _rows(found.read(path)), _rows(file.read_bytes()))
    picture = contents.flow(ws)
    if contents.FLOW not in found.paths:
        yield f"{contents.FLOW} is missing."
    elif _counts(found.read(contents.FLOW).decode("utf-8", "replace")) != _counts(picture):
        yield f"{contents.FLOW}: its numbers are not those that follow from the log."


def _differ(path: str, told: list[dict[str, str]], right: list[dict[str, str]]) -> Iterator[str]:
    """The first cell of a table that is another, or that it has more or fewer rows."""
    if len(told) != len(right):
        yield f"{path}: the bundle has {len(told):,} rows, and {len(right):,} follow from its log."
        return
    for n, (one, other) in enumerate(zip(told, right, strict=True), start=1):
        for column in one.keys() & other.keys():
            said, follows = str(one[column]), str(other[column])
            if said != follows and (column in _GIVEN or " " not in said or " " not in follows):
                yield (
                    f"{path}, row {n}, {column}: the bundle says “{said:.60}”, and “{follows:.60}” "
                    "follows from its log."
                )
                return


def _rows(data: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))]


def _counts(picture: str) -> Counter[str]:
    return Counter(re.findall(r"\bn\s=\s[\d,]+", picture))
