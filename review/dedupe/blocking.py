"""Find the pairs of records worth comparing, without looking at all of them.

Comparing every record with every other one grows with the square of their number.  Instead each
record gets a handful of keys, and only records that share a key are paired.  A key is strict
enough to bring few strangers together, and there are several of different kinds so that a fault
in one field hides no duplicate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

IndexArray = npt.NDArray[np.int32]

MAX_BLOCK = 60
"""Records that may share a key and all be paired.  A key shared by more says little (the first
words of a title, a column's title); there only near `NEIGHBOURS` are paired."""

NEIGHBOURS = 8
"""Partners of a record in a block above `MAX_BLOCK`, sorted by where records were printed."""

IDENTIFIERS = ("doi_stem", "pmid", "pmcid", "openalex_id")

_TITLE_LETTERS = 28
_LONG_WORDS = 4


def _title_keys(title: pd.Series) -> Iterator[pd.Series]:
    """Yield keys that survive a fault at the end, at the start or inside of a title."""
    squeezed = title.str.replace(" ", "", regex=False)
    enough = squeezed.str.len() >= 8
    yield squeezed.where(enough, "")
    yield squeezed.str.slice(0, _TITLE_LETTERS).where(enough, "")
    yield squeezed.str.slice(-_TITLE_LETTERS).where(enough, "")
    # The longest words are the rarest ones; leaving out each of four forgives one changed word.
    longest = [
        sorted(set(text.split()), key=lambda word: (-len(word), word))[:_LONG_WORDS]
        for text in title.tolist()
    ]
    for left_out in range(_LONG_WORDS):
        words = [
            " ".join(sorted(found[:left_out] + found[left_out + 1 :]))
            if len(found) == _LONG_WORDS
            else ""
            for found in longest
        ]
        yield pd.Series(words, index=title.index, dtype=title.dtype)


def _join(*fields: pd.Series) -> pd.Series:
    """Join fields into one key, blank where any of them is blank."""
    key = fields[0]
    known = fields[0] != ""
    for field in fields[1:]:
        key = key + "|" + field
        known &= field != ""
    return key.where(known, "")


def keys(normalised: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield the blocking keys of normalised records.

    Args:
        normalised: N rows as `review.dedupe.normalise.normalise` gives them.

    Yields:
        A key's name and N strings, ``""`` where a record has no such key.
    """
    n = normalised
    for identifier in IDENTIFIERS:
        yield identifier, n[identifier]
    for number, key in enumerate(_title_keys(n["title"])):
        yield f"title {number}", key
    # Records with a translated, shortened or faulty title still meet by where they were printed.
    surname = n["surname"]
    yield "author and page", _join(surname, n["year"], n["page"])
    yield "author and title", _join(surname, n["title"].str.slice(0, 12))
    yield "place", _join(n["volume"], n["page"], n["year"])
    yield "author and issue", _join(surname, n["volume"], n["number"])


def candidates(
    normalised: pd.DataFrame, new_ids: Collection[str] | None = None
) -> tuple[IndexArray, IndexArray]:
    """Return the pairs of records that share a key, each once.

    Records without a title are paired by an identifier only: nothing else could tell them apart,
    and they would chain a whole journal issue together.

    Args:
        normalised: N rows as `review.dedupe.normalise.normalise` gives them.
        new_ids: If given, only pairs with at least one of these ids are returned.

    Returns:
        Two arrays of row positions, ``left < right``, in order.
    """
    size = len(normalised)
    new = np.ones(size, dtype=bool)
    if new_ids is not None:
        new = normalised["id"].isin(list(new_ids)).to_numpy()
    titled = (normalised["title"] != "").to_numpy()
    rank = _rank(normalised)
    found = [np.empty(0, np.int64)]
    for name, key in keys(normalised):
        usable = (key != "").to_numpy() & (titled | (name in IDENTIFIERS))
        first, second = _within_blocks(key, usable, rank)
        left, right = np.minimum(first, second), np.maximum(first, second)
        keep = new[left] | new[right]
        found.append(left[keep].astype(np.int64) * size + right[keep])
    pairs = np.unique(np.concatenate(found))
    return (pairs // max(size, 1)).astype(np.int32), (pairs % max(size, 1)).astype(np.int32)


def _rank(normalised: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the place of each row when sorted by title and where it was printed."""
    order = normalised.sort_values(
        ["title", "journal", "year", "volume", "page", "first_author", "id"]
    ).index.to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _within_blocks(
    key: pd.Series, usable: npt.NDArray[np.bool_], rank: npt.NDArray[np.int64]
) -> tuple[IndexArray, IndexArray]:
    """Return the pairs of rows within each block of equal keys."""
    rows = np.flatnonzero(usable).astype(np.int32)
    codes, _ = pd.factorize(key.to_numpy()[rows])
    order = np.lexsort((rank[rows], codes))
    rows, codes = rows[order], codes[order]
    sizes = np.bincount(codes) if len(codes) else np.empty(0, np.int64)
    big = (sizes > MAX_BLOCK)[codes]
    firsts, seconds = [rows[:0]], [rows[:0]]
    # Sorted by key, the partners of a row are the rows 1, 2, ... places further on.
    for step in range(1, min(MAX_BLOCK, len(rows))):
        same = codes[step:] == codes[:-step]
        if step > NEIGHBOURS:
            same &= ~big[step:]
        if not same.any():
            break
        firsts.append(rows[:-step][same])
        seconds.append(rows[step:][same])
    return np.concatenate(firsts), np.concatenate(seconds)
