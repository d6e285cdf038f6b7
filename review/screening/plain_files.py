"""Screening of a plain file of labelled records, played through without a review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from review import record_files
from review.errors import FileError
from review.progress import NOBODY, Watch
from review.screening import ranking
from review.screening.simulation import Measures, draw_priors, simulate

COLUMNS = ("id", "title", "abstract", "label")
NEEDED = ("title", "label")

LABELS = {
    **dict.fromkeys(("1", "1.0", "include", "included", "relevant", "yes", "true"), 1),
    **dict.fromkeys(("0", "0.0", "exclude", "excluded", "irrelevant", "no", "false"), 0),
}
"""What a cell of the column ``label`` may say."""


@dataclass(frozen=True, slots=True)
class RankedFile:
    """What came of a file.

    Attributes:
        records: rows with a label.
        relevant: of these.
        unlabelled: rows without one, which are left aside.
        priors, order: ids; where the file has none, the number of the row, from 1.
        updates: how often the model was updated.
        version: of the model.
        measures: None where there is nothing to measure.
    """

    records: int
    relevant: int
    unlabelled: int
    seed: int
    question: str
    version: str
    updates: int
    measures: Measures | None
    priors: tuple[str, ...]
    order: tuple[str, ...]


def rank_file(
    source: Path, *, seed: int = 0, question: str = "", watch: Watch = NOBODY
) -> RankedFile:
    """Play the screening of a file through.

    Args:
        source: ``.csv`` or ``.csv.gz`` with the columns ``title`` and ``label``, and any other of
            `COLUMNS`.
        seed: of the two records that are known beforehand, and of the ranker.
        question: what the review asks; it gives the first order in place of known records.

    Raises:
        FileError: the file cannot be read, lacks a column, or holds a label that is none or an
            id twice.
        Cancelled: whoever looks on wishes so.
    """
    rows = record_files.read(source, COLUMNS, NEEDED)
    words = rows["label"].str.strip().str.lower()
    known = words.isin(LABELS)
    wrong = ~known & (words != "")
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise FileError(
            f"Record {at + 1} of {source} has the label '{rows['label'].iloc[at]}'; "
            "a label is 1 (relevant) or 0 (irrelevant)."
        )
    numbers = [str(n) for n in range(1, len(rows) + 1)]
    rows["id"] = [own.strip() or number for own, number in zip(rows["id"], numbers, strict=True)]
    if rows["id"].duplicated().any():
        twice = rows["id"][rows["id"].duplicated()].iloc[0]
        raise FileError(f"{source} holds the id {twice} more than once.")
    rows = rows[known]
    labels = np.array([LABELS[word] for word in words[known]], dtype=np.intp)
    ranker = ranking.Ranker(
        rows["title"].tolist(), rows["abstract"].tolist(), question or None, seed
    )
    priors = () if question else draw_priors(labels, seed)
    done = simulate(ranker.rank, labels, priors, watch.step("records screened"))
    ids = rows["id"].tolist()
    return RankedFile(
        records=len(rows),
        relevant=int(labels.sum()),
        unlabelled=int((~known).sum()),
        seed=seed,
        question=question,
        version=ranking.VERSION,
        updates=done.updates,
        measures=done.measures,
        priors=tuple(ids[p] for p in done.priors),
        order=tuple(ids[p] for p in done.order),
    )
