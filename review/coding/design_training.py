"""Fitting the model of study designs to a review's own papers, and telling whether that helps.

The weights start from those of another model and are drawn back to them, so that fifty papers
change what they speak clearly about and leave the rest: a multinomial logistic regression whose
prior is that model. Vocabulary, signs and classes stay those of the model it starts from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from review.coding.design_features import Gram
from review.coding.design_model import DesignModel
from review.progress import NOBODY, Watch

if TYPE_CHECKING:
    from scipy import sparse

LEAST_PAPERS = 50
"""Papers sorted by people from which on training is offered."""

FOLDS, SEED = 5, 0

PULL = 1.0
"""How strongly weights are drawn back to those of the model they start from (half the inverse
variance of a Gaussian prior), beside a loss that is summed over papers."""

MOST_STEPS = 200

FloatArray = npt.NDArray[np.float64]
Paper = tuple[Mapping[str, Sequence[Gram]], Mapping[str, float]]
"""Grams of each block and signs, as the model reads them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a model is on papers that people sorted.

    Attributes:
        right: share of papers whose most likely class is the one people gave.
        mean_f1: mean of the F1 of the classes that people gave.
        by_class: class -> papers, and F1.
    """

    right: float
    mean_f1: float
    by_class: Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model as it was, and fitted to papers; both judged on papers they were not fitted to.

    Attributes:
        papers: how many.
        before, after: figures on the same papers; ``after`` by cross-validation.
    """

    papers: int
    before: Figures
    after: Figures

    @property
    def better(self) -> bool:
        """Whether fitting finds more of the papers right, and is no worse over the classes."""
        more = self.after.right > self.before.right
        return more and self.after.mean_f1 >= self.before.mean_f1


def adapted(
    model: DesignModel, papers: Sequence[Paper], classes: Sequence[str], version: str
) -> DesignModel:
    """A model fitted to papers.

    Args:
        classes: of each paper; all are among the model's.
    """
    seen = _columns(model, papers)
    return model.moved(
        _fitted(model, seen, _numbers(model, classes), _logits(model, papers)), version
    )


def compared(
    model: DesignModel, papers: Sequence[Paper], classes: Sequence[str], watch: Watch = NOBODY
) -> Comparison:
    """How good the model is on papers as it is, and how good it gets by being fitted to others.

    Args:
        watch: told after each fold; asked before each whether to stop.

    Raises:
        Cancelled: on request.
    """
    seen, start = _columns(model, papers), _logits(model, papers)
    truth = _numbers(model, classes)
    after = start.copy()
    for number, (train, test) in enumerate(_folds(truth)):
        watch.stop_if_cancelled("Stopped; the model in use is as it was.")
        watch.at(number, FOLDS)
        moved = _fitted(model, seen[train], truth[train], start[train])
        after[test] = start[test] + seen[test] @ moved
    watch.at(FOLDS, FOLDS)
    names = model.classes
    return Comparison(len(papers), _figures(start, truth, names), _figures(after, truth, names))


def _folds(truth: npt.NDArray[np.intp]) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Folds in which each class is spread evenly, where each has papers enough."""
    from sklearn.model_selection import KFold, StratifiedKFold  # takes a second to load

    enough = min(Counter(truth.tolist()).values()) >= FOLDS
    kind = StratifiedKFold if enough else KFold
    folds = kind(FOLDS, shuffle=True, random_state=SEED)
    return [(train, test) for train, test in folds.split(np.zeros(len(truth)), truth)]


def _numbers(model: DesignModel, classes: Sequence[str]) -> npt.NDArray[np.intp]:
    return np.array([model.classes.index(name) for name in classes], dtype=np.intp)


def _columns(model: DesignModel, papers: Sequence[Paper]) -> sparse.csr_matrix:
    """One row a paper: its grams and signs, in the order of the model's weights, and a one."""
    from scipy import sparse

    rows = [model.row(*paper) for paper in papers]
    starts = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return sparse.csr_matrix((values, places, starts), shape=(len(papers), model.width))


def _logits(model: DesignModel, papers: Sequence[Paper]) -> FloatArray:
    return np.stack([model.logits(*paper) for paper in papers])


def _fitted(
    model: DesignModel,
    seen: sparse.csr_matrix,
    truth: npt.NDArray[np.intp],
    start: FloatArray,
) -> FloatArray:
    """What is added to the weights; one row a gram, a sign or the one, one column a class."""
    from scipy import optimize

    used = np.unique(seen.indices)  # what no paper has keeps its weights
    seen = seen[:, used]
    shape = (len(used), len(model.classes))
    wanted = np.zeros((len(truth), shape[1]))
    wanted[np.arange(len(truth)), truth] = 1.0

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        moved = flat.reshape(shape)
        logits = start + seen @ moved
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=1, keepdims=True)
        fit = float(np.log(total).sum() - (logits * wanted).sum())
        slope = seen.T @ (odds / total - wanted) + 2 * PULL * moved
        return fit + PULL * float((moved * moved).sum()), np.asarray(slope).ravel()

    found = optimize.minimize(
        loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B",
        options={"maxiter": MOST_STEPS},
    )  # fmt: skip
    moved = np.zeros((model.width, shape[1]))
    moved[used] = found.x.reshape(shape)
    return moved


def _figures(logits: FloatArray, truth: npt.NDArray[np.intp], names: Sequence[str]) -> Figures:
    first = logits.argmax(axis=1)
    by_class: dict[str, tuple[int, float]] = {}
    for n in sorted(set(truth.tolist())):
        own = int((truth == n).sum())
        both = int(((truth == n) & (first == n)).sum())
        by_class[names[n]] = (own, round(2 * both / (own + int((first == n).sum())), 4))
    mean = float(np.mean([f1 for _, f1 in by_class.values()]))
    return Figures(round(float((first == truth).mean()), 4), round(mean, 4), by_class)
