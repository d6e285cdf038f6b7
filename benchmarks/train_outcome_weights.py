"""Learn how far words for outcomes count, and say how good that is on papers it has not seen.

    python benchmarks/train_outcome_weights.py FOLDER [--write]

FOLDER holds `ebm_comet.csv.gz` and `ebm_nlp_outcomes.csv.gz` (columns id, title, abstract, labels),
abstracts of trials in which people marked outcomes by kind.

Printed for each outcome and each table: F1 of the rules alone, and of the weights in `FOLDS`-fold
cross-validation, `REPEATS` times over, with the spread between the repeats.  The strength of the
penalty and the probability from which an outcome is suggested are chosen within the folds trained
on, so that no paper is judged by a setting it helped to choose.  The rules' own figures flatter
them: their words were written with some of these papers at hand.

With ``--write`` the weights are learned from all papers and replace those that ship, with their
account in the same file.  The same data give the same file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scipy import sparse  # noqa: E402
from sklearn.feature_extraction import DictVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402

from review.coding.outcome_weights import PATH  # noqa: E402
from review.coding.outcome_words import EXACT, GENERAL, OUTCOMES  # noqa: E402
from review.coding.suggestion_rules import Tagger  # noqa: E402
from review.config import ROOT  # noqa: E402
from review.protocol import load  # noqa: E402

TABLES = {
    "ebm_comet": {"adverse_events": {"38"}, "mental_health": {"28"}},
    "ebm_nlp_outcomes": {"adverse_events": {"adverse_effects"}, "mental_health": {"mental"}},
}
"""Table -> outcome -> labels that mean it; EBM-NLP counts cognition under mental."""

FOLDS, INNER, REPEATS = 5, 4, 5
STRENGTHS, LEASTS = (0.3, 1.0, 3.0), (0.3, 0.35, 0.4, 0.45, 0.5)
"""Inverse of the penalty, and probability from which an outcome is suggested: what is tried."""

PAPERS = 2
"""Papers in which a sign must stand to be weighed."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Signs = dict[str, float]


@dataclass(frozen=True)
class Papers:
    """Abstracts as they are weighed for one outcome.

    Attributes:
        truth: whether people marked the outcome.
        table: number of the table each is from.
    """

    signs: list[Signs]
    truth: BoolArray
    table: npt.NDArray[np.intp]

    def part(self, which: npt.NDArray[np.intp]) -> Papers:
        """Some of them."""
        return Papers([self.signs[i] for i in which], self.truth[which], self.table[which])

    def folds(self, count: int, seed: int) -> list[tuple[npt.NDArray[np.intp], ...]]:
        """Folds in which outcome and table are spread evenly."""
        kinds = self.truth * 10 + self.table
        made = StratifiedKFold(count, shuffle=True, random_state=seed)
        return list(made.split(np.zeros(len(kinds)), kinds))


@dataclass(frozen=True)
class Fitted:
    """Weights of one outcome."""

    vector: DictVectorizer
    model: LogisticRegression

    def probabilities(self, papers: Papers) -> FloatArray:
        """One number a paper."""
        seen = self.vector.transform(papers.signs)
        return np.asarray(self.model.predict_proba(seen)[:, 1])


def fit(papers: Papers, strength: float) -> Fitted:
    """Learn the weights of one outcome."""
    vector = DictVectorizer()
    seen = sparse.csc_matrix(vector.fit_transform(papers.signs))
    enough = np.asarray((seen != 0).sum(axis=0)).ravel() >= PAPERS
    vector.restrict(enough)
    model = LogisticRegression(C=strength, max_iter=2000).fit(seen[:, enough], papers.truth)
    return Fitted(vector, model)


def f1(said: BoolArray, truth: BoolArray) -> float:
    """Harmonic mean of precision and recall."""
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def by_table(said: BoolArray, papers: Papers) -> list[float]:
    """F1 in each table."""
    return [
        f1(said[papers.table == n], papers.truth[papers.table == n]) for n in range(len(TABLES))
    ]


def unseen(papers: Papers, strength: float, folds: int, seed: int) -> FloatArray:
    """Probability of each paper by weights learned without it."""
    found = np.zeros(len(papers.truth))
    for train, test in papers.folds(folds, seed):
        found[test] = fit(papers.part(train), strength).probabilities(papers.part(test))
    return found


def chosen(papers: Papers, seed: int) -> tuple[float, float]:
    """The strength and the least probability with the best mean F1 over the tables."""
    tried = {
        (strength, least): float(np.mean(by_table(odds >= least, papers)))
        for strength in STRENGTHS
        for odds in (unseen(papers, strength, INNER, seed),)
        for least in LEASTS
    }
    return max(tried, key=lambda setting: tried[setting])


def nested(papers: Papers, seed: int) -> BoolArray:
    """Whether the outcome is suggested for each paper, by all that was settled without it."""
    said = np.zeros(len(papers.truth), dtype=bool)
    for train, test in papers.folds(FOLDS, seed):
        own = papers.part(train)
        strength, least = chosen(own, seed)
        said[test] = fit(own, strength).probabilities(papers.part(test)) >= least
    return said


def read(folder: Path) -> dict[str, Papers]:
    """Each outcome with the papers as they are weighed for it."""
    tagger = Tagger(load(ROOT / "data").codebook, model=None, weights=None)
    tables = [
        pd.read_csv(folder / f"{name}.csv.gz", dtype=str, keep_default_na=False) for name in TABLES
    ]
    made: dict[str, Papers] = {}
    for outcome in OUTCOMES:
        signs: list[Signs] = []
        truth: list[bool] = []
        numbers: list[int] = []
        for number, (table, meant) in enumerate(zip(tables, TABLES.values(), strict=True)):
            for row in table.itertuples(index=False):
                signs.append(dict(tagger.read_outcome(outcome, row.title, row.abstract).signs))
                truth.append(bool(meant[outcome] & set(row.labels.split("|"))))
                numbers.append(number)
        made[outcome] = Papers(signs, np.array(truth), np.array(numbers))
    return made


def judged(papers: Papers) -> dict[str, Any]:
    """F1 of the rules and of the weights, by table."""
    rules = by_table(np.array([bool(s.keys() & {EXACT, GENERAL}) for s in papers.signs]), papers)
    again = np.array([by_table(nested(papers, seed), papers) for seed in range(REPEATS)])
    return {
        table: {
            "papers": int((papers.table == n).sum()),
            "marked": int(papers.truth[papers.table == n].sum()),
            "rules alone": round(rules[n], 3),
            "weights": round(float(again[:, n].mean()), 3),
            "from to": [round(float(again[:, n].min()), 3), round(float(again[:, n].max()), 3)],
        }
        for n, table in enumerate(TABLES)
    }


def account(papers: Papers, figures: dict[str, Any]) -> dict[str, Any]:
    """What the file says of one outcome, weights learned from all papers among it."""
    strength, least = chosen(papers, seed=0)
    fitted = fit(papers, strength)
    names: Sequence[str] = fitted.vector.feature_names_
    weights = dict(zip(names, fitted.model.coef_[0], strict=True))
    return {
        "cross_validated_f1": figures,
        "strength": strength,
        "least": least,
        "start": round(float(fitted.model.intercept_[0]), 3),
        "weights": {str(name): round(float(weights[name]), 3) for name in sorted(names)},
    }


def main() -> None:
    """Learn, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the weights that ship")
    asked = parser.parse_args()
    made: dict[str, Any] = {}
    for outcome, papers in read(asked.folder).items():
        figures = judged(papers)
        for table, found in figures.items():
            print(outcome, table, found)
        made[outcome] = account(papers, figures)
    if asked.write:
        held = {
            "version": f"{date.today():%Y-%m-%d}",
            "made_by": "benchmarks/train_outcome_weights.py",
            "trained_on": {
                "data": "EBM-COMET and EBM-NLP, abstracts of trials; people marked the outcomes",
                "tables": sorted(TABLES),
            },
            "cross_validated": f"{FOLDS} folds, {REPEATS} times over, settings chosen within the "
            "folds trained on",
            "outcomes": made,
        }
        text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=100)
        PATH.write_text(text, encoding="utf-8")
        print(f"{PATH.name}: {len(text) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
