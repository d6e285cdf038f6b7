"""Learn how much each fact says where no rule joins two records, from sets with known duplicates.

    python benchmarks/dedupe_weights.py FOLDER [SET ...] [--change NAME ...] [--write]

FOLDER holds one folder a set, as for `dedupe_quality`.  The facts of all pairs that the rules do
not join are taken from each set as it is, and from the set with each change of
`dedupe_robustness`; of a set larger than `LARGEST` records, the changes see the first ones only.
The weights are those of a logistic regression on them, with a penalty on the squares (ridge), in
which each set counts the same; they are rounded to halves, so that a person can add them up.

Printed: for each set, the questions a review of its size may ask, how many of the pairs asked are
duplicates with weights learned from all other sets, from all sets, and with the shipped ones; then
the weights.  With ``--write`` they replace the learned ones that ship.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.dedupe_robustness import CHANGES, changed  # noqa: E402
from review.dedupe.blocking import candidates  # noqa: E402
from review.dedupe.cluster import cluster  # noqa: E402
from review.dedupe.compare import compare, pair_frame  # noqa: E402
from review.dedupe.features import pair_features  # noqa: E402
from review.dedupe.identifier_rules import SAME  # noqa: E402
from review.dedupe.likelihood import BY_HAND, FILE, LEARNED, START  # noqa: E402
from review.dedupe.normalise import normalise  # noqa: E402
from review.dedupe.pair_verdicts import decide  # noqa: E402
from review.dedupe.pairs import (
    CHUNK,  # noqa: E402
    allowance,  # noqa: E402
)
from review.dedupe.plain_files import read_records  # noqa: E402

LARGEST = 10_000
SMALLEST = 1_000
"""Records of a set from which is learned; smaller ones are only asked about."""

PENALTY = 1e-4
"""Of the ridge, beside a mean loss over the pairs: keeps a fact seen once from saying much.
Between 1e-6 and 1e-4, this one found most with the weights of all other sets."""

STEPS = 30
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Pairs that the rules do not join.

    Attributes:
        ends: the two clusters of each pair, M rows of 2.
        seen: which facts hold, M rows, one column for each of `LEARNED`.
        by_hand: what the weights set by hand add, M numbers.
        true: whether the two are duplicates.
        records: size of the set.
    """

    ends: npt.NDArray[np.str_]
    seen: npt.NDArray[np.bool_]
    by_hand: FloatArray
    true: npt.NDArray[np.bool_]
    records: int

    def found(self, start: float, weights: FloatArray) -> int:
        """How many of the pairs that a review would ask about are duplicates."""
        likely = start + self.by_hand + self.seen @ weights
        asked: dict[tuple[str, str], bool] = {}
        for at in np.argsort(-likely, kind="stable"):
            asked.setdefault((self.ends[at, 0], self.ends[at, 1]), bool(self.true[at]))
            if len(asked) == allowance(self.records):
                break
        return sum(asked.values())


def sample(records: pd.DataFrame, gold: pd.Series) -> Sample:
    """Read the facts of the pairs that the rules leave open or hold apart."""
    normalised = normalise(records)
    left, right = candidates(normalised)
    decided, seen, by_hand = [], [], []
    for at in range(0, len(left), CHUNK):
        compared = compare(pair_frame(normalised, left[at : at + CHUNK], right[at : at + CHUNK]))
        known = pair_features(compared)
        decided.append(decide(compared, all_pairs=True))
        seen.append(np.stack([getattr(known, name) for name in LEARNED], axis=1))
        by_hand.append(sum(weight * getattr(known, name) for name, weight in BY_HAND.items()))
    pairs = pd.concat(decided)
    roots = cluster(normalised["id"], pairs)
    ends = np.sort(np.stack([pairs[side].map(roots) for side in ("id_a", "id_b")], axis=1), axis=1)
    open_ = (pairs["verdict"] != SAME).to_numpy() & (ends[:, 0] != ends[:, 1])
    true = (pairs["id_a"].map(gold) == pairs["id_b"].map(gold)).to_numpy()
    return Sample(
        ends[open_].astype(str),
        np.concatenate(seen)[open_],
        np.concatenate(by_hand)[open_],
        true[open_],
        len(records),
    )


@dataclass(frozen=True)
class Tally:
    """The pairs of one set, counted by which facts hold: L rows.

    Attributes:
        seen: which facts hold, L rows, a one and then one column for each of `LEARNED`.
        by_hand: what the weights set by hand add.
        share: the share of such pairs in the set.
        true: the share of such pairs in the set that are duplicates.
    """

    seen: FloatArray
    by_hand: FloatArray
    share: FloatArray
    true: FloatArray


def tally(samples: list[Sample]) -> Tally:
    """Count the pairs of a set and of its changed forms."""
    table = pd.DataFrame(np.concatenate([one.seen for one in samples]), columns=list(LEARNED))
    table["by_hand"] = np.concatenate([one.by_hand for one in samples])
    table["true"] = np.concatenate([one.true for one in samples])
    rows = table.groupby([*LEARNED, "by_hand"])["true"].agg(["size", "sum"]).reset_index()
    facts_seen = rows[list(LEARNED)].to_numpy(dtype=float)
    return Tally(
        np.column_stack([np.ones(len(rows)), facts_seen]),
        rows["by_hand"].to_numpy(dtype=float),
        rows["size"].to_numpy(dtype=float) / len(table),
        rows["sum"].to_numpy(dtype=float) / len(table),
    )


def learn(sets: list[Tally]) -> tuple[float, FloatArray]:
    """Fit the start and the weights by Newton's method; each set counts the same."""
    seen = np.concatenate([one.seen for one in sets])
    by_hand = np.concatenate([one.by_hand for one in sets])
    share = np.concatenate([one.share for one in sets]) / len(sets)
    true = np.concatenate([one.true for one in sets]) / len(sets)
    ridge = np.full(seen.shape[1], PENALTY)
    ridge[0] = 0
    weights = np.zeros(seen.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-(seen @ weights + by_hand)))
        slope = seen.T @ (share * likely - true) + ridge * weights
        curve = (seen * (share * likely * (1 - likely))[:, None]).T @ seen + np.diag(ridge)
        weights -= np.linalg.solve(curve, slope)
    return float(weights[0]), weights[1:]


def halves(values: FloatArray) -> FloatArray:
    """Round to halves."""
    return np.round(np.asarray(values) * 2) / 2 + 0.0  # no minus before a zero


def told(start: float, weights: FloatArray) -> str:
    """Write the weights as the file that ships, under the head that it has."""
    shipped = FILE.read_text("utf-8").splitlines()
    head = itertools.takewhile(lambda line: line.startswith("#"), shipped)
    learned = dict(zip(LEARNED, weights.tolist(), strict=True))
    whole = {"start": start, "learned": learned, "by_hand": BY_HAND}
    return "\n".join([*head, yaml.safe_dump(whole, sort_keys=False)])


def main() -> None:
    """Learn from the sets named on the command line, or from all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    parser.add_argument("--change", nargs="*", choices=CHANGES, help="only these changes")
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name}")
    arguments = parser.parse_args()
    names = arguments.sets or sorted(p.parent.name for p in arguments.folder.glob("*/gold.csv"))
    sets: dict[str, list[Sample]] = {}
    for name in names:
        records = read_records(arguments.folder / name / "records.csv.gz")
        gold = pd.read_csv(arguments.folder / name / "gold.csv", dtype=str).set_index("id")
        plain = sample(records, gold["cluster"])
        few = records.head(LARGEST)
        changes = CHANGES if arguments.change is None else arguments.change
        sets[name] = [plain] + [sample(changed(few, c), gold["cluster"]) for c in changes]
        print(f"read {name}: {sum(len(one.true) for one in sets[name]):,} pairs", flush=True)

    tallies = {name: tally(sets[name]) for name in names if sets[name][0].records >= SMALLEST}
    start, weights = learn(list(tallies.values()))
    print(
        f"{'set':14} {'asked':>6} {'others':>7} {'all':>5} {'shipped':>8} {'duplicates left':>16}"
    )
    for name in names:
        others = learn([found for other, found in tallies.items() if other != name])
        plain = sets[name][0]
        left = len(np.unique(plain.ends[plain.true], axis=0)) if plain.true.any() else 0
        shipped = plain.found(START, np.array(list(LEARNED.values())))
        print(
            f"{name:14} {allowance(plain.records):6} {plain.found(others[0], halves(others[1])):7}"
            f" {plain.found(start, halves(weights)):5} {shipped:8} {left:16}"
        )
    text = told(float(halves(np.array([start]))[0]), halves(weights))
    print(text)
    if arguments.write:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
