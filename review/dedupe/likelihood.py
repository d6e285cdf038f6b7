"""How likely two records are the same publication where no rule says that they are.

Each fact adds to or takes from the logarithm of the odds, and the sum is read as a share.  The
weights are those of a logistic regression on the pairs that the rules leave open in the sets of
`benchmarks/dedupe_quality.py`, as they are and changed as `benchmarks/dedupe_robustness.py`
changes them, rounded to halves; what a rule of the house decides (a notice is not its paper, a
preprint not its article) was weighed by hand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from review.dedupe.facts import Facts

START = -6.5
"""Logarithm of the odds of two records that have nothing in common but a key."""

WEIGHTS: dict[str, float] = {
    # titles: more words in common
    "alike": 1.5, "similar": 1, "near": 0.5, "title": 1, "part": 1.5, "subtitle": 1, "long": 0.5,
    "generic": -2.5, "column": -1, "numbers": -1, "clash": -1, "notice": -1, "preprint": -1,
    # names
    "author": 1.5, "no_author": -2,
    # where it was printed
    "journal": 0.5, "no_journal": -2, "next_year": -2, "no_year": -2, "volume": 0.5,
    "no_volume": -1, "number": 0.5, "no_number": -1.5, "page": 1, "pages": 1, "no_page": -1.5,
    "other_pages": -1, "meeting": -0.5,
    # the text and its identifiers
    "exact_abstract": 1.5, "no_abstract": -0.5, "no_identifier": -2,
}  # fmt: skip
"""What each fact of `review.dedupe.facts.Facts` adds to the logarithm of the odds."""


def likelihood(f: Facts) -> npt.NDArray[np.float64]:
    """Return M shares from 0 to 1: how many pairs like each one are the same publication."""
    odds = np.full(len(f.percent), START)
    for name, weight in WEIGHTS.items():
        odds += weight * getattr(f, name)
    share: npt.NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return share
