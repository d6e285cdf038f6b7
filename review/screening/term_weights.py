"""Words, pairs of words and pieces of words of many texts, weighted by TF-IDF.

The weights are those of scikit-learn's ``TfidfVectorizer`` with sublinear counts. It is not used,
as it handles each pair as a text of its own: fifty thousand abstracts take it half a minute and
more than a gigabyte. Here pairs are numbers, counted by array, and each different word is cut into
pieces once.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\b\w\w+\b")
"""What counts as a word: two letters or digits at least."""

MOST = 0.95
"""Share of the texts above which a word says nothing."""

PIECE = 4
"""Letters of a piece; of 4 and 5, which tell most in European languages (McNamee and Mayfield 2004,
10.1023/B:INRT.0000009441.78971.be), the one with fewer columns."""


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
    words, starts = _word_numbers([*texts, *extra])[:2]
    # Terms first, as numbering the pairs takes most room; then one matrix after another.
    terms = (_single(words, starts), _pairs(words, starts))
    return _weighted(starmap(_counts, terms), len(texts), least)


def weigh_pieces(texts: Sequence[str], *, extra: Sequence[str] = ()) -> tuple[Any, Any]:
    """Weigh the pieces of `PIECE` letters of the words of each text, accents left out.

    Pieces join the forms of a word ("sleep", "sleeping") and words that languages share ("music",
    "musikalisch"). A blank before and after a word counts as a letter; a word shorter than a piece
    is one.

    Args:
        texts, extra: as for `weigh`.

    Returns:
        As `weigh`.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    words, starts, spelled = _word_numbers([*texts, *extra])
    if not spelled:
        return _weighted([_counts(*_single(words, starts))], len(texts), 1)
    cut = CountVectorizer(
        analyzer="char_wb", ngram_range=(PIECE, PIECE), strip_accents="unicode", dtype=np.float32
    )
    pieces = _counts(*_single(words, starts)) @ cut.fit_transform(spelled)
    return _weighted([pieces], len(texts), 1)


def _weighted(kinds: Iterable[Any], texts: int, least: int) -> tuple[Any, Any]:
    """Turn counts, CSR of rows by terms, into weights; the first rows are those of the texts."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    parts, weights = [], []
    for counts in kinds:
        common = np.bincount(counts[:texts].indices, minlength=counts.shape[1])
        most = MOST * texts if texts > 1 else 1
        kept = np.flatnonzero((common >= least) & (common <= most))
        parts.append(counts[:, kept])
        weights.append(np.log((1 + texts) / (1 + common[kept])) + 1)
    matrix = sparse.hstack(parts, format="csr", dtype=np.float32)
    del parts, counts
    np.log(matrix.data, out=matrix.data)
    matrix.data += 1
    matrix.data *= np.concatenate(weights).astype(np.float32)[matrix.indices]
    if matrix.shape[0] and matrix.shape[1]:
        normalize(matrix, copy=False)
    return matrix[:texts], matrix[texts:]


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


def _word_numbers(
    texts: Sequence[str],
) -> tuple[NDArray[np.int32], NDArray[np.int64], list[str]]:
    """Number the words of all texts, one after another.

    Returns:
        The numbers; where each text begins, and the last ends; the words by their numbers.
    """
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found, starts = array("i"), [0]
    for text in texts:
        found.extend([numbers[word] for word in WORD.findall(text.lower())])
        starts.append(len(found))
    words = np.frombuffer(found, dtype=np.int32) if found else np.zeros(0, np.int32)
    return words, np.array(starts, dtype=np.int64), list(numbers)


def _counts(terms: NDArray[np.int32], starts: NDArray[np.int64], distinct: int) -> Any:
    """How often each text has each term; CSR of texts by terms."""
    from scipy import sparse

    ones = np.ones(len(terms), dtype=np.float32)
    matrix = sparse.csr_matrix(
        (ones, terms, starts), shape=(len(starts) - 1, max(distinct, 1)), copy=True
    )
    matrix.sum_duplicates()
    return matrix
