"""The order in which records are screened: those most like the relevant ones first.

A linear model learns from what has been screened and scores every record (active learning). Words
and pairs of words are weighted once; an update fits and applies a linear support vector machine
only. The settings of features and classifier are those of ELAS u4, the default of ASReview LAB 3
(van de Schoot et al. 2021, 10.1038/s42256-020-00287-7), which few variants beat. Three things are
added:

- A model of titles has a say beside that of whole texts: a title names the subject. It goes by
  pieces of words, as a title has few.
- Records without an abstract would come far too late, as their few words meet few of the model's.
  They come no later than the model of titles places them, be it among all records or among their
  like: it cannot know that so short a text is relevant, only which of them are more likely so.
  Those in another language are a kind of their own, as they share next to no word with the rest.
- The review's question can serve as one more relevant text, so that there is an order from the
  start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from review.screening.term_weights import PIECE, weigh, weigh_pieces
from review.screening.title_languages import SURE, in_another_language

VERSION = "2"
"""Raised with every change of an order; the log names it with each order that was used."""

COST = 0.11
RATIO = 9.8
"""Weight of all relevant against all irrelevant records; both are ELAS u4's."""

TITLE_WEIGHT = 0.2
"""What the model of titles says, against the model of whole texts, in standard deviations."""

STAND_IN = 300
"""Records not screened yet that stand for the irrelevant ones until one is known."""

QUESTION_FADES_AFTER = 5
"""Relevant records after which the question weighs half of what it did."""

SHORT = 60
"""Characters; an abstract no longer than this is none ("No abstract available.")."""

LARGE = 10_000
"""Records from which on a word or pair that only one record has is left out: twice as fast, and no
worse there."""

_MATRICES = ("_texts", "_question", "_titles", "_title_question")
"""Names of the features of a ranker; those of titles are missing where there is nothing else."""

SEED = 0
"""Of the sample of unscreened records, and of the classifier."""

SETTINGS = {
    "cost": COST, "class_ratio": RATIO, "title_weight": TITLE_WEIGHT, "title_piece": PIECE,
    "stand_in": STAND_IN, "question_fades_after": QUESTION_FADES_AFTER, "short_abstract": SHORT,
    "large": LARGE, "sure_of_language": SURE, "model_seed": SEED,
}  # fmt: skip
"""What the log says of a model beside its version."""

MODEL = "linear support vector machines on words and pairs (ELAS u4) and on pieces of titles"
"""What kind of model it is, in words."""


class Ranker:
    """Orders the records of one set; features are built once, updates are quick."""

    def __init__(
        self,
        titles: Sequence[str],
        abstracts: Sequence[str],
        question: str | None = None,
        seed: int = SEED,
    ) -> None:
        """Build the features.

        Args:
            titles: of N records.
            abstracts: likewise, ``""`` for none.
            question: what the review asks, with its criteria; None for nothing.
            seed: of the sample of unscreened records.

        Raises:
            ValueError: the two sequences differ in length.
        """
        if len(titles) != len(abstracts):
            raise ValueError(f"{len(titles)} titles, but {len(abstracts)} abstracts.")
        self._count = len(titles)
        asked = [question] if question and question.strip() else []
        texts = [f"{t or ''} {a or ''}" for t, a in zip(titles, abstracts, strict=True)]
        self._texts, self._question = weigh(
            texts, extra=asked, least=2 if self._count >= LARGE else 1
        )
        self._stand_in = np.random.default_rng(seed).permutation(self._count)[:STAND_IN]
        bare = np.array([len((a or "").strip()) <= SHORT for a in abstracts], dtype=bool)
        self._bare, self._whole = np.flatnonzero(bare), np.flatnonzero(~bare)
        self._foreign = self._bare[:0]
        if len(self._whole):  # else there is nothing but titles
            names = [t or "" for t in titles]
            self._titles, self._title_question = weigh_pieces(names, extra=asked)
            self._foreign = in_another_language(names, self._bare, self._stand_in)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that was built, as arrays by name; `of_arrays` makes the same ranker of them."""
        found: dict[str, NDArray[Any]] = {
            "bare": self._bare, "foreign": self._foreign, "whole": self._whole,
            "stand_in": self._stand_in, "count": np.array(self._count),
        }  # fmt: skip
        for name in _MATRICES:
            matrix = getattr(self, name, None)
            if matrix is not None:
                for part in ("data", "indices", "indptr"):
                    found[f"{name}.{part}"] = getattr(matrix, part)
                found[f"{name}.shape"] = np.array(matrix.shape)
        return found

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Ranker:
        """The ranker whose `arrays` these are.

        Raises:
            KeyError: one is missing.
        """
        from scipy import sparse

        made = cls.__new__(cls)
        made._count = int(arrays["count"])
        made._bare, made._foreign, made._whole, made._stand_in = (
            arrays[name] for name in ("bare", "foreign", "whole", "stand_in")
        )
        for name in _MATRICES:
            if len(made._whole) or "title" not in name:
                parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
                shape = tuple(arrays[f"{name}.shape"])
                setattr(made, name, sparse.csr_matrix(parts, shape=shape))
        return made

    def rank(self, indices: ArrayLike, labels: ArrayLike) -> NDArray[np.float64]:
        """Score all records.

        Args:
            indices: shape (n,), positions of the records screened so far.
            labels: shape (n,), 1 for relevant, 0 for irrelevant.

        Returns:
            Shape (N,); the higher, the sooner a record is to be screened. Scores of two calls are
            not comparable. With nothing to learn from, all are 0.

        Raises:
            ValueError: the two differ in shape, a position is out of range, or a label is neither.
        """
        at, said = np.asarray(indices, dtype=np.intp), np.asarray(labels, dtype=np.intp)
        if at.ndim != 1 or at.shape != said.shape:
            raise ValueError(f"Positions of shape {at.shape}, but labels of shape {said.shape}.")
        if len(at) and not (0 <= at.min() and at.max() < self._count):
            raise ValueError(f"Positions must lie between 0 and {self._count - 1}.")
        if not np.isin(said, (0, 1)).all():
            raise ValueError("Labels must be 0 or 1.")
        scores = _standard(self._fitted(self._texts, self._question, at, said))
        if len(self._whole):
            by_title = _standard(self._fitted(self._titles, self._title_question, at, said))
            scores += TITLE_WEIGHT * by_title
            self._raise_bare(scores, by_title)
        return scores

    def _raise_bare(self, scores: NDArray[np.float64], by_title: NDArray[np.float64]) -> None:
        """Give records without an abstract the score that the place of their titles is worth.

        Quantile matching: what is better than so many of its kind is worth a score that is better
        than as many of those with an abstract.
        """
        whole = scores[self._whole]
        for at, kind in (
            (self._bare, self._whole), (self._bare, self._bare), (self._foreign, self._foreign),
        ):  # fmt: skip
            if len(at):
                known, own = np.sort(by_title[kind]), by_title[at]
                below, above = (np.searchsorted(known, own, side) for side in ("left", "right"))
                share = (below + above) / (2 * len(known))  # those as good count half
                scores[at] = np.maximum(scores[at], np.quantile(whole, share))

    def _fitted(
        self, features: Any, question: Any, at: NDArray[np.intp], said: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Fit a model to what has been screened, and apply it to all records."""
        from scipy import sparse
        from sklearn.svm import LinearSVC

        sample = self._stand_in[:0] if (said == 0).any() else np.setdiff1d(self._stand_in, at)
        asked = question if question.nnz else question[:0]
        y = np.concatenate([said, np.zeros(len(sample), np.intp), np.ones(asked.shape[0], np.intp)])
        if y.all() or not y.any() or not features.shape[1]:
            return np.zeros(self._count)
        weight = np.ones(len(y))
        if asked.shape[0]:
            weight[-1] = QUESTION_FADES_AFTER / (QUESTION_FADES_AFTER + int(said.sum()))
        relevant, irrelevant = weight[y == 1].sum(), weight[y == 0].sum()
        weight[y == 0] *= relevant / (RATIO * irrelevant)
        weight *= max(len(at), 1) / weight.sum()
        model = LinearSVC(C=COST, loss="squared_hinge", random_state=SEED)
        rows = sparse.vstack([features[at], features[sample], asked], format="csr")
        model.fit(rows, y, sample_weight=weight)
        # The same as `decision_function`, without its copy of all features in double precision.
        coefficients = model.coef_[0].astype(np.float32)
        scores = features @ coefficients + model.intercept_[0]
        return np.asarray(scores, dtype=np.float64)


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same in standard deviations from the mean; zeros where all are equal."""
    spread = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)
