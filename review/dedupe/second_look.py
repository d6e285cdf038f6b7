"""A second look at pairs that the rules would join: does anything say that they are two works?

The rules go by how alike two fields are, and take a field that is missing for no contradiction.
Companion papers slip through: one team, one journal, one year, titles that differ by one word.  So
before a pair is joined the words of the titles are looked at, the whole abstracts, and the numbers
under which trials are registered.  Where one of them speaks of two works, the pair is held apart
unless a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from review.dedupe import registrations
from review.dedupe.deciding_words import (
    WORD_ALIKE,
    WORD_UNLIKE,
    deciding_words,
    in_words,
    own_words,
    replaced_word,
)
from review.dedupe.features import PairFeatures
from review.dedupe.normalise import order_of
from review.dedupe.registries import registry_numbers
from review.dedupe.text_folding import fold

ABSTRACTS_ALIKE = 85
"""Likeness, of 100, of the words of two whole abstracts from which they are one text, cut or put
in another order.  Nearly all of 29,000 pairs of known duplicates are above it; abstracts of two
works of one team are mostly at 60 to 80."""

REWRITTEN = 70
"""The same where a DOI or number, title, author and year are one: between the early and the final
version an abstract may be written anew."""

_NUMBERED = ("title", "abstract", "journal", "volume", "number", "pages", "url")
"""Fields in which registration numbers stand; registers are exported with them as the journal."""

OwnNumbers = frozenset[str] | None
"""The numbers under which a record registers a study; None for a record of a report."""


@dataclass(frozen=True, slots=True)
class WholeTexts:
    """The texts of records as they came, of which the comparable fields hold the beginning.

    Attributes:
        records: N records with any of `review.dedupe.normalise.COLUMNS`.
        order: their positions, in the order of their ids.
    """

    records: pd.DataFrame
    order: npt.NDArray[np.intp]

    @classmethod
    def of(cls, records: pd.DataFrame) -> WholeTexts:
        """The texts of records, to be asked for by their rows after `normalise`."""
        return cls(records, order_of(records))

    def field(self, name: str, rows: npt.NDArray[np.int32]) -> list[str]:
        """One field of some rows; ``""`` where it is missing."""
        if name not in self.records.columns:
            return [""] * len(rows)
        values = self.records[name].iloc[self.order[rows]]
        known = values.notna().tolist()
        return [str(v).strip() if k else "" for v, k in zip(values.tolist(), known, strict=True)]

    def own_numbers(self, rows: npt.NDArray[np.int32]) -> list[OwnNumbers]:
        """The numbers under which each of some rows registers a study; None for a report."""
        names = (*registrations.FIELDS, "entrytype", "source")
        fields = [self.field(name, rows) for name in names]
        return [
            registrations.own_numbers(dict(zip(names, values, strict=True)))
            for values in zip(*fields, strict=True)
        ]

    def registrations(self, rows: npt.NDArray[np.int32]) -> list[frozenset[str]]:
        """The registration numbers that some rows name."""
        fields = [self.field(name, rows) for name in _NUMBERED]
        return [registry_numbers("\n".join(texts)) for texts in zip(*fields, strict=True)]


def contradictions(
    f: PairFeatures,
    titles: tuple[Sequence[str], Sequence[str]],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    texts: WholeTexts,
    own: Sequence[tuple[OwnNumbers, OwnNumbers]],
) -> list[str]:
    """Return for each of M pairs what says that they are two works, in plain words; or ``""``.

    Args:
        f: what the comparison found.
        titles: folded titles of both sides.
        left, right: rows of both sides in `texts`.
        own: the numbers under which both sides register studies, as `WholeTexts.own_numbers` tells.
    """
    words = [_words(f, at, *two) for at, two in enumerate(zip(*titles, strict=True))]
    numbers = _numbers(left, right, texts, own)
    asked = np.flatnonzero(~f.abstract & ~(f.page & f.near))
    abstracts = [""] * len(words)
    one_text = f.identifier & f.near & f.author & f.year
    firsts, seconds = (texts.field("abstract", side[asked]) for side in (left, right))
    for at, one, other in zip(asked, firsts, seconds, strict=True):
        limit = REWRITTEN if one_text[at] else ABSTRACTS_ALIKE
        abstracts[at] = _abstracts(one, other, limit)
    found = zip(words, numbers, abstracts, strict=True)
    return [" and ".join(filter(None, said)) for said in found]


def _numbers(
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    texts: WholeTexts,
    own: Sequence[tuple[OwnNumbers, OwnNumbers]],
) -> list[str]:
    """What each pair's registration numbers say; few records have any."""
    first = texts.registrations(left)
    known = np.array([bool(numbers) for numbers in first], dtype=bool)
    second = iter(texts.registrations(right[known]))
    said = [_registrations(one, next(second)) if one else "" for one in first]
    # Two entries of registers may name each other's number, and are two all the same.
    return [
        _registrations(one, other) if one and other else words
        for (one, other), words in zip(own, said, strict=True)
    ]


def _words(f: PairFeatures, at: int, first: str, second: str) -> str:
    """The words of two titles that make two works of them.

    A title may be printed with a slip, or be translated by two databases in two ways: where the
    page and the abstract are the same, its words decide nothing.
    """
    if first == second or not first or not second or (f.page[at] and f.exact_abstract[at]):
        return ""
    found = deciding_words(first, second)
    if found is None and not (f.page[at] or f.exact_abstract[at] or f.column[at]):
        # Within an issue typists and scanners account for more than one author's two papers do.
        issue = f.journal[at] and f.volume[at] and f.number[at]
        found = replaced_word(first, second, WORD_UNLIKE if issue else WORD_ALIKE)
        if found is None and not issue:
            found = own_words(first, second)
    return in_words(found) if found else ""


def _registrations(first: frozenset[str], second: frozenset[str]) -> str:
    """The registration numbers of two records, where they have none in common."""
    if not first or not second or first & second:
        return ""
    one, other = (", ".join(sorted(numbers)[:2]) for numbers in (first, second))
    return f"the registration numbers differ ({one}; {other})"


def _abstracts(first: str, second: str, limit: int) -> str:
    """That two abstracts differ, wherever one of them begins or ends."""
    if not first or not second or first == second:
        return ""
    alike = fuzz.token_set_ratio(fold(first), fold(second), score_cutoff=limit)
    return "" if alike else "the abstracts differ"
