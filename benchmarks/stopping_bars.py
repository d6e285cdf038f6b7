"""Measure the stopping test on labelled sets: is the target found where it stops, and at what cost?

    python benchmarks/stopping_bars.py FOLDER [SET ...] [--seeds 3] [--target 0.95]
        [--largest-bias 1 2 ...] [--unseen 0.1]

FOLDER is that of `ranking_peer`.  Screening is played through in the order of our ranker, with one
relevant and one irrelevant record known at first, and ends where the test of the Stopping page
(`review.screening.stopping`, confidence 95%) first says that the target is reached.  Once in order
of relevance throughout, once as a stage with many reports has it: a random sample first.

Printed per set and order, as means over the seeds: records, relevant ones, the share screened at
the stop, the share screened when the target was in fact found, the overshoot between the two, and
the least share of the relevant ones found.  Then, over all
runs and over those of sets from 1,000 records on, in which alone stopping early is advised: how
many runs stopped short of the target, the worst, and the means.  In a larger study (Repke et al.
2026, 10.1002/cesm.70068) the overshoot of BUSCAR without a bias was .36 of the set, none short.

With ``--largest-bias`` the totals are printed for each: 1 is the test of an order taken to be
chance.  With ``--unseen`` that share of the relevant ones is put to random places of the order
first, as if the model could not tell them; 1 is a random order.  A bias is then wrong for them, and
it shows how often each test stops short.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from review.model import Order, Stage  # noqa: E402
from review.protocol.loading import load  # noqa: E402
from review.protocol.model import StageRule  # noqa: E402
from review.screening.queue_order import MANY, random_sample  # noqa: E402
from review.screening.ranking import Ranker  # noqa: E402
from review.screening.simulation import draw_priors, simulate  # noqa: E402
from review.screening.stopping import SMALL, assess  # noqa: E402

CONFIDENCE = 0.95
SHIPPED = load(ROOT / "data").stopping.largest_bias
SAMPLE = StageRule(stage=Stage.TITLE_ABSTRACT, reviewers=1).sample


@dataclass(frozen=True, slots=True)
class Run:
    """One screening played through to where the test stops it.

    Attributes:
        stopped: records screened by then; ``needed`` when the target was in fact found.
        recall: share of the relevant ones found by then.
    """

    records: int
    stopped: int
    needed: int
    recall: float

    @property
    def overshoot(self) -> float:
        """Share of the records screened after the target was found; below 0 where it was not."""
        return (self.stopped - self.needed) / self.records


def unseen(found: NDArray[np.intp], share: float, seed: int) -> NDArray[np.intp]:
    """The same labels, a share of the relevant ones at random places of the order."""
    chance = np.random.default_rng(seed)
    relevant = np.flatnonzero(found)
    taken = chance.choice(relevant, round(share * len(relevant)), replace=False)
    put = np.zeros(len(found), dtype=bool)
    put[chance.choice(len(found), len(taken), replace=False)] = True
    made = np.ones_like(found)
    made[~put] = np.delete(found, taken)
    return made


def stop(found: NDArray[np.intp], target: float, largest_bias: float) -> Run:
    """Where the test first says that the target is reached.

    Args:
        found: shape (N,), labels in the order of screening.
    """
    total, relevant = len(found), int(found.sum())
    places = np.flatnonzero(found)
    needed = int(places[math.ceil(target * relevant) - 1]) + 1
    stopped = total
    # A relevant record never lowers the probability, so it is no place to stop.
    for find, after in zip(places + 1, [*places[1:], total], strict=True):
        if find < after:
            now = assess(found[: find + 1], total, target, CONFIDENCE, largest_bias)
            if now.reached or find + 1 + now.more <= after:
                stopped = int(find) + 1 + now.more
                break
    return Run(total, stopped, needed, float(found[:stopped].sum()) / relevant)


def played(rank: Ranker, labels: NDArray[np.intp], order: Order, seed: int) -> NDArray[np.intp]:
    """The labels in the order in which they were screened."""
    first = list(draw_priors(labels, seed))
    if order is Order.SAMPLE_FIRST and len(labels) > MANY:
        drawn = random_sample((str(n) for n in range(len(labels))), SAMPLE, seed)
        first += [int(n) for n in drawn if int(n) not in first]
    done = simulate(rank.rank, labels, first)
    return labels[np.array([*done.priors, *done.order], dtype=np.intp)]


def row(name: str, words: str, runs: list[Run], relevant: str = "") -> str:
    """One line of the table."""
    screened, needed, overshoot = (
        np.mean([[r.stopped / r.records, r.needed / r.records, r.overshoot] for r in runs], axis=0)
    )  # fmt: skip
    return (
        f"{name:28} {words:36} {relevant:>7} {screened:8.3f} {needed:7.3f} {overshoot:9.3f}"
        f" {min(r.recall for r in runs):6.3f}"
    )


def total(words: str, runs: list[Run], target: float) -> None:
    """What holds over many runs."""
    if not runs:
        return
    short = sum(r.recall < target for r in runs)
    print(row(f"{len(runs)} runs", words, runs) + f"   short of the target: {short}")


def main() -> None:
    """Measure the sets named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--target", type=float, default=0.95)
    parser.add_argument("--largest-bias", type=float, nargs="+", default=[SHIPPED])
    parser.add_argument("--unseen", type=float, default=0)
    arguments = parser.parse_args()
    runs: dict[tuple[Order, float], list[Run]] = {}
    print(f"{'set':28} {'order':36} {'relev.':>7} {'screened':>8} {'needed':>7} {'overshoot':>9}"
          f" {'recall':>6}")  # fmt: skip
    for file in sorted(arguments.folder.glob("*.csv*")):
        name = file.name.split(".csv")[0]
        if arguments.sets and name not in arguments.sets:
            continue
        if "label" not in pd.read_csv(file, nrows=0).columns:
            continue
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        labels = rows["label"].astype(float).to_numpy().astype(np.intp)
        ranker = Ranker(rows["title"].tolist(), rows["abstract"].tolist())
        for order in (Order.RELEVANCE, Order.SAMPLE_FIRST):
            ways = [
                unseen(played(ranker, labels, order, seed), arguments.unseen, seed)
                for seed in range(arguments.seeds)
            ]
            for largest in arguments.largest_bias:
                here = [stop(way, arguments.target, largest) for way in ways]
                runs.setdefault((order, largest), []).extend(here)
                words = f"{order}, bias up to {largest:g}"
                print(row(name, words, here, str(int(labels.sum()))), flush=True)
    for (order, largest), all_of_them in runs.items():
        words = f"{order}, bias up to {largest:g}"
        total(words, all_of_them, arguments.target)
        large = [r for r in all_of_them if r.records >= SMALL]
        total(f"{words}, large", large, arguments.target)


if __name__ == "__main__":
    main()
