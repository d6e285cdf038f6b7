"""Measure deduplication against record sets with known duplicates.

    python benchmarks/dedupe_quality.py FOLDER [SET ...] [--first N]

FOLDER holds one folder a set, each with ``records.csv.gz`` (columns as in
``review.dedupe.COLUMNS``) and ``gold.csv`` (``id,cluster``; equal clusters are duplicates).  Each
set runs in a process of its own, so that its memory is its own.

Printed per set: records; pair F1 after joining (1 = every pair of duplicates joined and no other);
works lost (distinct works that vanish in a wrong merge); duplicates left; pairs for a person to
check, how many of them are true, and pair recall if all are judged rightly; CPU seconds; peak
memory in MB, of which reading the file is a part.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.dedupe.cluster import cluster  # noqa: E402
from review.dedupe.pairs import allowance, ask_once, find_pairs  # noqa: E402
from review.dedupe.plain_files import read_records  # noqa: E402


@dataclass(frozen=True)
class Quality:
    """How well clusters agree with the known ones."""

    true_pairs: int
    false_pairs: int
    missed_pairs: int
    works_lost: int
    duplicates_left: int

    @property
    def f1(self) -> float:
        """Harmonic mean of pair precision and pair recall; 1 where there is nothing to find."""
        wrong = self.false_pairs + self.missed_pairs
        return 2 * self.true_pairs / (2 * self.true_pairs + wrong) if wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were joined."""
        known = self.true_pairs + self.missed_pairs
        return self.true_pairs / known if known else 1.0


def _pairs(sizes: pd.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def quality(gold: pd.Series, found: pd.Series) -> Quality:
    """Compare two clusterings of the same records.

    Args:
        gold: Known cluster of each record, indexed by id.
        found: Cluster found for each record, indexed by id.
    """
    both = pd.DataFrame({"gold": gold, "found": found.reindex(gold.index)})
    cells = both.groupby(["gold", "found"]).size()
    true = _pairs(cells)
    return Quality(
        true_pairs=true,
        false_pairs=_pairs(both.groupby("found").size()) - true,
        missed_pairs=_pairs(both.groupby("gold").size()) - true,
        works_lost=int((cells.groupby("found").size() - 1).sum()),
        duplicates_left=int((cells.groupby("gold").size() - 1).sum()),
    )


@dataclass(frozen=True)
class Run:
    """The figures of one set."""

    name: str
    records: int
    quality: Quality
    unsure: int
    unsure_true: int
    recall_if_judged: float
    seconds: float
    megabytes: float

    def line(self) -> str:
        """Return the figures as one row of the table."""
        q = self.quality
        return (
            f"{self.name:14} {self.records:8} {q.f1:7.4f} {q.works_lost:6} {q.duplicates_left:6}"
            f" {self.unsure:8} {self.unsure_true:6} {self.recall_if_judged:8.4f}"
            f" {self.seconds:8.1f} {self.megabytes:8.0f}"
        )


HEAD = (
    f"{'set':14} {'records':>8} {'F1':>7} {'lost':>6} {'left':>6} {'unsure':>8} {'true':>6}"
    f" {'recall+':>8} {'CPU s':>8} {'MB':>8}"
)


def measure(folder: Path, first: int | None) -> Run:
    """Deduplicate one set and score it; to be called in a fresh process."""
    records = read_records(folder / "records.csv.gz")
    gold = pd.read_csv(folder / "gold.csv", dtype=str).set_index("id")["cluster"]
    if first is not None:
        records = records.head(first)
    gold = gold[gold.index.isin(records["id"])]
    start = time.process_time()
    pairs = find_pairs(records)
    clusters = pd.Series(cluster(records["id"], pairs))
    pairs = ask_once(pairs, clusters.to_dict(), allowance(len(records)))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KB on Linux

    true = (pairs["id_a"].map(gold) == pairs["id_b"].map(gold)).to_numpy()
    unsure = (pairs["verdict"] == "unsure").to_numpy()
    judged = pairs[true].assign(verdict="same", score=1.0)
    return Run(
        name=folder.name,
        records=len(records),
        quality=quality(gold, clusters),
        unsure=int(unsure.sum()),
        unsure_true=int(np.sum(unsure & true)),
        recall_if_judged=quality(gold, pd.Series(cluster(records["id"], judged))).recall,
        seconds=seconds,
        megabytes=peak,
    )


def main() -> None:
    """Measure the sets named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    parser.add_argument("--first", type=int, help="only the first N records of each set")
    arguments = parser.parse_args()
    names = arguments.sets or sorted(p.parent.name for p in arguments.folder.glob("*/gold.csv"))
    print(HEAD)
    total = np.zeros(3, dtype=np.int64)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        for name in names:
            run = pool.submit(measure, arguments.folder / name, arguments.first).result()
            print(run.line(), flush=True)
            q = run.quality
            total += [q.true_pairs, q.false_pairs, q.missed_pairs]
    pooled = Quality(int(total[0]), int(total[1]), int(total[2]), 0, 0)
    print(f"all pairs pooled: F1 {pooled.f1:.4f}")


if __name__ == "__main__":
    main()
