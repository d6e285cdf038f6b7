"""How likely two records are the same publication where no rule says that they are.

Each fact adds to or takes from the logarithm of the odds, and the sum is read as a share.  What
they add stands in ``likelihood.yaml`` beside this module, and is learned by
``benchmarks/dedupe_weights.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from review.dedupe.features import PairFeatures

FILE = Path(__file__).with_suffix(".yaml")

_WEIGHTS = yaml.safe_load(FILE.read_text("utf-8"))

START: float = _WEIGHTS["start"]
"""Logarithm of the odds of two records that have nothing in common but a key."""

LEARNED: dict[str, float] = _WEIGHTS["learned"]
BY_HAND: dict[str, float] = _WEIGHTS["by_hand"]
"""What each fact of `review.dedupe.features.PairFeatures` adds to the logarithm of the odds."""


def likelihood(f: PairFeatures) -> npt.NDArray[np.float64]:
    """Return M shares from 0 to 1: how many pairs like each one are the same publication."""
    odds = np.full(len(f.percent), START)
    for name, weight in (LEARNED | BY_HAND).items():
        odds += weight * getattr(f, name)
    share: npt.NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return share
