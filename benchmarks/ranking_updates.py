"""Measure the order of new papers by a model that learned from decisions on older ones.

    python benchmarks/ranking_updates.py FOLDER [--newer 0.25]

This is what an update of a review meets, and it is harder than a random part of one set: subjects
and words move on.  FOLDER is that of `ranking_peer`; sets with the column ``year`` are used.  The
newest quarter of the papers with a year (whole years) is ordered once by what was decided on those
before; then again with the model told of each decision on them.  Beside it, the first is done with
as many papers drawn at random as new ones (mean of five draws).

Printed per set: papers before and since, relevant ones since, WSS@95 of the three; then median and
worst over all sets with ten relevant older papers and five newer ones at least.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.screening.ranking import Ranker
from review.screening.simulation import measure, simulate

LEAST_OLDER, LEAST_NEWER, DRAWS = 10, 5, 5

Rank = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]


def ordered_once(rank: Rank, labels: NDArray[np.intp], newer: NDArray[np.bool_]) -> float:
    """WSS@95 of the newer papers, ordered by what was decided on the others."""
    older = np.flatnonzero(~newer)
    scores = rank(older, labels[older])[newer]
    found = measure(labels[newer][np.argsort(-scores, kind="stable")])
    return found.wss95 if found else float("nan")


def ordered_anew(rank: Rank, labels: NDArray[np.intp], newer: NDArray[np.bool_]) -> float:
    """The same, with the model told of the decisions on newer papers as they come."""
    found = simulate(rank, labels, np.flatnonzero(~newer).tolist()).measures
    return found.wss95 if found else float("nan")


def newest(years: pd.Series[float], share: float) -> NDArray[np.bool_]:
    """Papers of the newest whole years that make up a share of all, as near as can be."""
    cuts = np.sort(years.unique())[1:]
    if not len(cuts):
        return np.zeros(len(years), dtype=bool)
    parts = np.array([(years >= cut).mean() for cut in cuts])
    return np.asarray(years >= cuts[int(np.abs(parts - share).argmin())])


def main() -> None:
    """Measure all sets of the folder that have years."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("--newer", type=float, default=0.25, help="share of newest papers")
    arguments = parser.parse_args()
    print(
        f"{'set':32} {'before':>7} {'since':>6} {'relev.':>6} {'once':>6} {'anew':>6} {'random':>7}"
    )
    found = []
    for file in sorted(arguments.folder.glob("*.csv*")):
        head = pd.read_csv(file, nrows=0).columns
        if not {"year", "label", "title"} <= set(head):
            continue
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        years = pd.to_numeric(rows["year"], errors="coerce")
        rows, years = rows[years.notna()], years[years.notna()]
        labels = rows["label"].astype(float).to_numpy().astype(np.intp)
        newer = newest(years, arguments.newer)
        since = int(labels[newer].sum())
        if labels.sum() - since < LEAST_OLDER or since < LEAST_NEWER:
            continue
        rank = Ranker(rows["title"].tolist(), rows["abstract"].tolist()).rank
        draws = []
        for seed in range(DRAWS):
            drawn = np.random.default_rng(seed).permutation(newer)
            draws.append(ordered_once(rank, labels, drawn))
        values = (
            ordered_once(rank, labels, newer),
            ordered_anew(rank, labels, newer),
            float(np.nanmean(draws)),
        )
        found.append(values)
        print(
            f"{file.name.split('.csv')[0]:32} {(~newer).sum():7} {newer.sum():6} {since:6}"
            f" {values[0]:6.3f} {values[1]:6.3f} {values[2]:7.3f}",
            flush=True,
        )
    if not found:
        raise SystemExit("No set has years and enough relevant papers before and since.")
    for name, of in (("median", np.median), ("worst", np.min)):
        once, anew, random = of(np.array(found), axis=0)
        print(f"{f'{name} of {len(found)} sets':53} {once:6.3f} {anew:6.3f} {random:7.3f}")


if __name__ == "__main__":
    main()
