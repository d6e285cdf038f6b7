"""Compare where two records were printed: journals, their sections, meetings and acronyms."""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from review.dedupe.similarity import (
    FloatArray,
    Mask,
    alike,
    begins,
    both_known,
    equal,
    mask_of,
    sides,
)
from review.dedupe.venues import is_section, stands_for

MEETING_SAME = 0.9
"""Likeness from which two names of meetings are one: they share many words with all others."""

PLACES_APART, MEETINGS_APART = 0.72, 0.5
"""Highest likeness of a meeting with a journal, and of two meetings."""


def journals(pairs: pd.DataFrame) -> FloatArray:
    """Return the likeness of journals; a shared ISSN or acronym makes it 1.

    Words are cut to four letters, which is how most abbreviations are made.  A meeting and a
    journal are two places however alike their names are, and so are two meetings unless their
    names are nearly the same; but a journal may have printed a meeting's abstracts.
    """
    result = alike(pairs, "journal", fuzz.ratio)
    single = ~(pairs["journal_a"] + pairs["journal_b"]).str.contains(" ", regex=False).to_numpy()
    result = np.where(single & (result < 1), np.fmin(result, MEETINGS_APART), result)
    result[_cut_short(pairs)] = 1
    first, second = (side.to_numpy(dtype=bool) for side in sides(pairs, "says_journal"))
    result = np.where(first ^ second, np.fmin(result, PLACES_APART), result)
    first, second = (side.to_numpy(dtype=bool) for side in sides(pairs, "proceedings"))
    result = np.where(first ^ second, np.fmin(result, PLACES_APART), result)
    meetings = first & second & (result < MEETING_SAME)
    result = np.where(meetings, np.fmin(result, MEETINGS_APART), result).astype(np.float32)
    printed = [side.to_numpy(dtype=bool) for side in sides(pairs, "meeting")]
    result[(first ^ second) & printed[0] & printed[1]] = np.nan
    result[_section(pairs, result < PLACES_APART)] = PLACES_APART
    result[share_acronym(pairs)] = 1
    known = both_known(pairs, "issn")
    if known.any():
        issns = [side[known].tolist() for side in sides(pairs, "issn")]
        # A field holds the print and the electronic ISSN in either order: one match is enough.
        shared = np.asarray(
            process.cpdist(*issns, scorer=fuzz.token_set_ratio, dtype=np.float32)
        ).ravel()
        rows = np.flatnonzero(known)[shared >= 99]
        result[rows] = 1
    return result


def _section(pairs: pd.DataFrame, unlike: Mask) -> Mask:
    """Tell where one journal may be a section of the other, among those with unlike names."""
    result = np.zeros(len(pairs), dtype=bool)
    first, second = sides(pairs, "journal")
    result[unlike] = mask_of(first[unlike], second[unlike], is_section)
    return result


def _cut_short(pairs: pd.DataFrame) -> Mask:
    """Tell where a journal of one word is abbreviated (``circ``, ``circulation``)."""
    first, second = sides(pairs, "journal")
    single = ~(first + second).str.contains(" ", regex=False)
    cut = single & (first != second) & (first.str.len() >= 3) & (second.str.len() >= 3)
    return cut.to_numpy(dtype=bool) & begins(first, second)


def share_acronym(pairs: pd.DataFrame) -> Mask:
    """Tell where journals share an acronym, or one is the acronym of the other's name."""
    result: Mask = equal(pairs, "acronym") == 1
    for short, long in (("a", "b"), ("b", "a")):
        letters, names = pairs[f"acronym_{short}"], pairs[f"full_name_{long}"]
        known = ((letters != "") & (names != "")).to_numpy(dtype=bool) & ~result
        result[known] = mask_of(letters[known], names[known], stands_for)
    return result
