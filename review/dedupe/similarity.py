"""Batch measures of two sides of many pairs: the steps from which a comparison is made.

A frame of pairs carries each field twice, ending in ``_a`` and ``_b``.  Likeness is a share from
0 to 1, and NaN where a field is missing on either side.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Prefix

FloatArray = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Scorer = Callable[..., float]


def sides(pairs: pd.DataFrame, field: str) -> tuple[pd.Series, pd.Series]:
    return pairs[f"{field}_a"], pairs[f"{field}_b"]


def both_known(pairs: pd.DataFrame, field: str) -> npt.NDArray[np.bool_]:
    first, second = sides(pairs, field)
    return ((first != "") & (second != "")).to_numpy(dtype=bool)


def equal(pairs: pd.DataFrame, field: str) -> FloatArray:
    """Return 1 where a field agrees, 0 where it differs, NaN where it is unknown."""
    first, second = sides(pairs, field)
    same = (first == second).to_numpy(dtype=np.float32)
    return np.where(both_known(pairs, field), same, np.nan).astype(np.float32)


def alike(pairs: pd.DataFrame, field: str, scorer: Scorer, only: Mask | None = None) -> FloatArray:
    """Return the likeness of a text field by a rapidfuzz scorer, NaN where it is unknown."""
    known = both_known(pairs, field)
    if only is not None:
        known = known & only
    first, second = sides(pairs, field)
    result = np.full(len(pairs), np.nan, dtype=np.float32)
    if known.any():
        scores = process.cpdist(
            first[known].tolist(), second[known].tolist(), scorer=scorer, dtype=np.float32
        )
        result[known] = np.asarray(scores, dtype=np.float32).ravel() / 100
    return result


def begins(first: pd.Series, second: pd.Series) -> Mask:
    """Tell where one of two texts begins the other; a blank text begins nothing."""
    if first.empty:
        return np.zeros(0, dtype=bool)
    common = process.cpdist(
        first.tolist(), second.tolist(), scorer=Prefix.similarity, dtype=np.int32
    )
    shorter = np.minimum(first.str.len().to_numpy(), second.str.len().to_numpy())
    result: Mask = (shorter > 0) & (np.asarray(common).ravel() == shorter)
    return result


def mask_of(first: pd.Series, second: pd.Series, tell: Callable[[str, str], bool]) -> Mask:
    """Tell what holds of two texts, asking once for all pairs with the same two."""
    names = pd.MultiIndex.from_arrays([first, second])
    which, distinct = names.factorize()
    answers = np.fromiter((tell(*two) for two in distinct), dtype=bool, count=len(distinct))
    result: Mask = answers[which]
    return result
