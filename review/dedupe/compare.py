"""Measure how alike two records are, field by field, for many pairs at once.

The functions take a frame of pairs with both sides' normalised fields and return a frame of
figures with the same index.  They look at nothing else, so the work can be cut into parts of any
size, or spread over processes, and gives the same figures.

Likeness is a share from 0 to 1.  Where a field is missing on either side the figure is NaN:
unknown is neither agreement nor disagreement.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from review.dedupe.journals import journals, share_acronym
from review.dedupe.similarity import FloatArray, Mask, alike, begins, both_known, equal, sides

AUTHORS_ALIKE = 0.9
"""Likeness of authors that needs no second look."""

WORD_ALIKE = 75
"""Likeness, of 100, from which two words are forms or spellings of one."""

_DOI_UPDATE = re.compile(r"\.(pub\d+)$")
_DOI_END = re.compile(r"/(.*(?:\d.*){6,})$")  # long enough to be one work's number anywhere

COMPARED_FIELDS: tuple[str, ...] = (
    "title",
    "main_title",
    "last_title",
    "numbers",
    "main_numbers",
    "notice",
    "generic",
    "column",
    "authors",
    "first_author",
    "year",
    "journal",
    "acronym",
    "full_name",
    "issn",
    "volume",
    "number",
    "page",
    "last_page",
    "doi",
    "doi_stem",
    "pmid",
    "pmcid",
    "openalex_id",
    "abstract",
    "meeting",
    "proceedings",
    "says_journal",
    "translated",
    "preprint",
)
"""Normalised fields that a frame of pairs carries twice, ending in ``_a`` and ``_b``."""


def pair_frame(
    normalised: pd.DataFrame, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> pd.DataFrame:
    """Return the frame of pairs that `compare` takes.

    Args:
        normalised: N rows as `review.dedupe.normalise.normalise` gives them.
        left: Row positions of the first records, M of them.
        right: Row positions of the second records, M of them.

    Returns:
        M rows: ``id`` and every one of `COMPARED_FIELDS`, ending in ``_a`` and ``_b``.
    """
    fields = normalised[["id", *COMPARED_FIELDS]]
    first = fields.take(left).reset_index(drop=True).add_suffix("_a")
    second = fields.take(right).reset_index(drop=True).add_suffix("_b")
    return pd.concat([first, second], axis=1)


def _first_author(pairs: pd.DataFrame) -> FloatArray:
    """Return the likeness of first authors; a name cut short (``Muli``, ``Mulic``) is alike."""
    words = alike(pairs, "first_author", fuzz.token_set_ratio)
    sizes = [side.str.len().to_numpy() for side in sides(pairs, "first_author")]
    part = alike(pairs, "first_author", fuzz.partial_ratio, np.minimum(*sizes) >= 4)
    return np.fmax(words, part)


def _authors(pairs: pd.DataFrame) -> FloatArray:
    """Return the likeness of all authors, in any order, or in order where names are run together.

    ``Muller-Calgan`` and ``MullerCalgan`` have no word in common.
    """
    words = alike(pairs, "authors", fuzz.token_sort_ratio)
    return np.fmax(words, alike(pairs, "authors", fuzz.ratio, words < AUTHORS_ALIKE))


def _numbers(pairs: pd.DataFrame) -> FloatArray:
    """Return 1 where titles hold the same numbers, 0.5 where one adds some, 0 where they clash."""
    first, second = sides(pairs, "numbers")
    # "1 42" and "1 4 2" are one number written with and without brackets.
    whole = [side.str.replace(" ", "", regex=False) for side in (first, second)]
    main = [side.str.replace(" ", "", regex=False) for side in sides(pairs, "main_numbers")]
    same = (whole[0] == whole[1]) | (main[0] == whole[1]) | (whole[0] == main[1])
    equal = same.to_numpy(dtype=bool)
    shared = np.nan_to_num(alike(pairs, "numbers", fuzz.token_set_ratio, ~equal), nan=1.0)
    return np.where(equal, 1.0, np.where(shared >= 0.999, 0.5, 0.0)).astype(np.float32)


def _renumbered(pairs: pd.DataFrame) -> Mask:
    """Tell where two DOIs differ in nothing but the prefix: the journal changed its publisher."""
    first, second = (
        side.str.extract(_DOI_END, expand=False).fillna("") for side in sides(pairs, "doi")
    )
    return ((first == second) & (first != "")).to_numpy(dtype=bool)


def _updates(pairs: pd.DataFrame) -> Mask:
    """Tell where two DOIs are numbered updates of one review, and not of one number."""
    first, second = sides(pairs, "doi")
    numbers = [side.str.extract(_DOI_UPDATE, expand=False) for side in (first, second)]
    known = numbers[0].notna() & numbers[1].notna()
    return (known & (numbers[0] != numbers[1])).to_numpy(dtype=bool)


def _own_words(pairs: pd.DataFrame, asked: Mask) -> Mask:
    """Tell where each title has a word that the other has in no form, among the pairs asked of.

    Abstracts of one meeting may differ in nothing else: "... in men" and "... in pregnancy".
    """
    found = np.zeros(len(pairs), dtype=bool)
    titles = [side.to_numpy() for side in sides(pairs, "title")]
    for at in np.flatnonzero(asked):
        words = [str(side[at]).split() for side in titles]
        found[at] = _alone(words[0], words[1]) and _alone(words[1], words[0])
    return found


def _alone(words: list[str], others: list[str]) -> bool:
    """Whether one of some words, three letters at least, is like none of the others."""
    joined = "".join(others)
    return any(
        len(word) >= 3
        and word not in joined
        and all(fuzz.ratio(word, other) < WORD_ALIKE for other in others)
        for word in words
    )


def _cut(pairs: pd.DataFrame) -> dict[str, Mask]:
    """Tell where one title begins the other, and where it is the other but for a part of it.

    A part is a subtitle or a label, set off by a colon, a dash or the like.
    """
    first, second = sides(pairs, "title")
    part = pd.Series(False, index=pairs.index)
    for name in ("main_title", "last_title"):
        one, other = sides(pairs, name)
        part |= (first == other) | (second == one)
    return {
        "title_begins": begins(first, second),
        "title_part": part.to_numpy(dtype=bool) & both_known(pairs, "title"),
    }


def _volume(pairs: pd.DataFrame, volume: FloatArray) -> FloatArray:
    """Return how volumes agree, unknown where the year stands in place of just one of them."""
    dated = [
        (pairs[f"volume_{side}"] == pairs[f"year_{side}"]).to_numpy(dtype=bool) for side in "ab"
    ]
    return np.where(dated[0] ^ dated[1], np.nan, volume).astype(np.float32)


def _pages(pairs: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """Return the figures on the pages: ``page``, ``place`` and ``pages``."""
    firsts, lasts = (
        [pd.to_numeric(side, errors="coerce").to_numpy(np.float64) for side in sides(pairs, name)]
        for name in ("page", "last_page")
    )
    same_last = equal(pairs, "last_page") == 1
    page = np.where(same_last, 1, equal(pairs, "page"))
    # Online first, a paper is paged from 1 until it is given a volume.
    early = [
        (first == 1) & (volume == "").to_numpy(dtype=bool)
        for first, volume in zip(firsts, sides(pairs, "volume"), strict=True)
    ]
    page[(early[0] | early[1]) & (page == 0) & (equal(pairs, "year") == 1)] = np.nan
    # Contributions to proceedings are often paged from 1 each.
    place = np.where(firsts[0] == 1, np.nan, page)
    span = lasts[0] - firsts[0] >= 2  # two abstracts may share one or two pages, not three
    return {
        "page": page,
        "place": place,
        "pages": same_last & (firsts[0] == firsts[1]) & span,
        "other_pages": (page == 1)
        & ((firsts[0] != firsts[1]) | (lasts[0] != lasts[1]))
        & ~np.isnan(firsts[0] + firsts[1] + lasts[0] + lasts[1]),
    }


def compare(pairs: pd.DataFrame) -> pd.DataFrame:
    """Compare the two sides of each pair.

    Args:
        pairs: M rows as `pair_frame` gives them.

    Returns:
        M rows with the index of `pairs` and columns ``id_a``, ``id_b``; likeness (0 to 1, NaN =
        unknown) ``title``, ``title_within`` (the shorter inside the longer one), ``title_set``
        (shared words), ``title_sort`` (words in any order), ``first_author``, ``authors``,
        ``authors_sort``, ``journal``, ``abstract``; agreement (1, 0, NaN) ``doi``, ``doi_stem``,
        ``pmid``, ``pmcid``, ``openalex_id``, ``volume``, ``number``, ``page``, ``place`` (a page
        other than 1) and ``numbers`` (0.5 where one title adds some); ``year_gap`` in years;
        ``title_size`` in letters and ``author_words`` in words, of the shorter one; booleans
        ``update`` (other updates of one review), ``own_words`` (each title of one DOI has a word
        that the other lacks), ``pages`` (the same three pages or more, first to last),
        ``one_notice`` and ``any_`` and ``one_`` of ``generic``, ``meeting``, ``translated`` and
        ``preprint``.
    """
    titled = both_known(pairs, "title")
    title = alike(pairs, "title", fuzz.ratio)
    unlike = titled & (np.nan_to_num(title) < 0.995)
    figures: dict[str, Any] = {
        "id_a": pairs["id_a"],
        "id_b": pairs["id_b"],
        "title": title,
        "title_set": np.where(unlike, alike(pairs, "title", fuzz.token_set_ratio, unlike), title),
        "title_sort": np.where(unlike, alike(pairs, "title", fuzz.token_sort_ratio, unlike), title),
        "title_within": np.where(unlike, alike(pairs, "title", fuzz.partial_ratio, unlike), title),
        "authors": alike(pairs, "authors", fuzz.token_set_ratio),
        "authors_sort": _authors(pairs),
        "first_author": _first_author(pairs),
        "journal": journals(pairs),
        "abstract": alike(pairs, "abstract", fuzz.ratio),
    }
    for field in ("doi", "doi_stem", "pmid", "pmcid", "openalex_id", "volume", "number"):
        figures[field] = equal(pairs, field)
    same_doi = figures["doi"] == 1
    figures["update"] = _updates(pairs) & (figures["doi_stem"] == 1)
    figures["own_words"] = _own_words(pairs, same_doi & unlike)
    figures["doi_stem"][_renumbered(pairs)] = 1
    figures["volume"] = _volume(pairs, figures["volume"])
    figures |= _pages(pairs) | _cut(pairs)
    sizes = [side.str.len().to_numpy() for side in sides(pairs, "title")]
    names = [side.str.count(" ").to_numpy() + 1 for side in sides(pairs, "authors")]
    figures["author_words"] = np.minimum(*names)
    figures["title_size"] = np.minimum(*sizes)
    years = [pd.to_numeric(side, errors="coerce") for side in sides(pairs, "year")]
    figures["year_gap"] = (years[0] - years[1]).abs().to_numpy(dtype=np.float32)
    figures["numbers"] = _numbers(pairs)
    figures["one_notice"] = (pairs["notice_a"] != pairs["notice_b"]).to_numpy(dtype=bool)
    for field in ("generic", "column", "meeting", "proceedings", "translated", "preprint"):
        first, second = (side.to_numpy(dtype=bool) for side in sides(pairs, field))
        figures[f"any_{field}"] = first | second
        figures[f"one_{field}"] = first ^ second
    # A conference under its acronym: "ICIS" is the "International Conference on ...".
    figures["one_meeting"] &= ~share_acronym(pairs)
    return pd.DataFrame(figures, index=pairs.index)
