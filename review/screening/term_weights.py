"""Words and pairs of words of many texts, weighted by TF-IDF.

The weights are those of scikit-learn's ``TfidfVectorizer`` with pairs of words and sublinear
counts. It is not used, as it handles each pair as a text of its own: fifty thousand abstracts take
it half a minute and more than a gigabyte. Here pairs are numbers, counted by array.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\b\w\w+\b")
"""What counts as a word: two letters or digits at least."""

MOST = 0.95
"""Share of the texts above which a word says nothing."""


def weigh(texts: Sequence[str], *, extra: Sequence[str] = (), least: int = 1) -> tuple[Any, Any]:
    """Weigh the words and pairs of neighbouring words of each text.

    Args:
        texts: N texts; how common a word is, is counted in these.
        extra: M texts that are weighed by the same measure; words that only they have are dropped.
        least: number of texts that must have a word.

    Returns:
        Two sparse matrices (CSR, single precision) of N and M rows over the same columns; each row
        has length 1, or 0 where a text has no word that counts.

    Source:
        Salton and Buckley 1988 (10.1016/0306-4573(88)90021-0); sublinear counts, smoothed
        inverse document frequency and unit length as in scikit-learn.
    """
    from scipy import sparse
    from sklearn.preprocessing import normalize

    words, lengths = _word_numbers([*texts, *extra])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    parts, weights = [], []
    for terms, begins, distinct in (_single(words, starts), _pairs(words, starts)):
        counts = _counts(terms, begins, distinct)
        del terms  # the largest arrays here
        common = np.bincount(counts[: len(texts)].indices, minlength=counts.shape[1])
        most = MOST * len(texts) if len(texts) > 1 else 1
        kept = np.flatnonzero((common >= least) & (common <= most))
        parts.append(counts[:, kept])
        weights.append(np.log((1 + len(texts)) / (1 + common[kept])) + 1)
    matrix = sparse.hstack(parts, format="csr", dtype=np.float32)
    del parts, counts
    np.log(matrix.data, out=matrix.data)
    matrix.data += 1
    matrix.data *= np.concatenate(weights).astype(np.float32)[matrix.indices]
    if matrix.shape[0] and matrix.shape[1]:
        normalize(matrix, copy=False)
    return matrix[: len(texts)], matrix[len(texts) :]


def _single(
    words: NDArray[np.int32], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], int]:
    """Words as terms: their numbers, where each text begins, and how many there are."""
    return words, starts, int(words.max()) + 1 if len(words) else 0


def _pairs(
    words: NDArray[np.int32], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], int]:
    """Pairs of neighbouring words of one text as terms, likewise."""
    if len(words) < 2:
        return words[:0], np.zeros_like(starts), 0
    one_text = np.ones(len(words) - 1, dtype=bool)
    ends = starts[1:-1]
    one_text[ends[(ends > 0) & (ends < len(words))] - 1] = False
    pairs = words[:-1][one_text].astype(np.int64)
    pairs *= int(words.max()) + 1
    pairs += words[1:][one_text]
    before = np.concatenate([[0], np.cumsum(one_text)])
    known, numbers = np.unique(pairs, return_inverse=True)
    return numbers.astype(np.int32), before[np.minimum(starts, len(one_text))], len(known)


def _word_numbers(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number the words of all texts, one after another, and count those of each."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found, lengths = array("i"), []
    for text in texts:
        words = WORD.findall(text.lower())
        found.extend([numbers[word] for word in words])
        lengths.append(len(words))
    return np.frombuffer(found, dtype=np.int32) if found else np.zeros(0, np.int32), np.array(
        lengths, dtype=np.int64
    )


def _counts(terms: NDArray[np.int32], starts: NDArray[np.int64], distinct: int) -> Any:
    """How often each text has each term; CSR of texts by terms."""
    from scipy import sparse

    ones = np.ones(len(terms), dtype=np.float32)
    matrix = sparse.csr_matrix(
        (ones, terms, starts), shape=(len(starts) - 1, max(distinct, 1)), copy=True
    )
    matrix.sum_duplicates()
    return matrix
