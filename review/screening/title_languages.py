"""Titles in another language than most of a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SURE = 0.95
"""How likely a title must be in a language to be taken for it; names and single terms are not."""

LONGEST = 500
"""Characters that are read of a title."""


def in_another_language(
    titles: Sequence[str], at: NDArray[np.intp], sample: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Those of some titles that are surely in another language than most of the set.

    Args:
        titles: of all records.
        at: positions of those to tell.
        sample: positions of those by which the language of most is told.

    Returns:
        Positions, of ``at``.

    Source:
        The classifier of langid.py (Lui and Baldwin 2012, https://aclanthology.org/P12-3005), by
        ``py3langid``.
    """
    if not len(at):
        return at
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    classify = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).classify
    of_most = Counter(classify(titles[n][:LONGEST])[0] for n in sample).most_common(1)[0][0]
    told = (classify(titles[n][:LONGEST]) for n in at)
    other = [n for n, (language, sure) in zip(at, told, strict=True)
             if language != of_most and sure >= SURE]  # fmt: skip
    return np.array(other, dtype=np.intp)
