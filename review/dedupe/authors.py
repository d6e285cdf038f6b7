"""Author names: the words by which one person is known in every style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from review.dedupe.text_folding import fold

AUTHOR_LETTERS = 160
"""Letters of an author list that are compared: about the first twenty names."""

# The cuts between two authors: "; ", " and ", " & ", or ".Smith" as some exports run them on.
_AUTHOR_CUT = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*|\s*\|\s*|(?<=[A-Z]\.)(?=[A-Z][^.\s])")
_GLUED = re.compile(r"([a-z])(?=[A-Z]\.)")
_NOT_NAMES = frozenset(
    "and the others et al von van der den del della las los anonymous jr sr".split()
)
_INITIALS = re.compile(r"^[A-Z][A-Z.\-]{0,4}$")


@lru_cache(maxsize=2**15)
def _name_words(author: str) -> tuple[str, ...]:
    """Return the folded words of one author that are not initials or a number (``0001``).

    Kept for the names seen last: several fields of a record, and then the search for links, read
    the same names, and authors write more than one paper.
    """
    words = [word for word in re.split(r"[\s,]+", author) if not _INITIALS.match(word)]
    folded = [part for word in words for part in fold(word).split()]
    return tuple(
        word for word in folded if len(word) > 1 and word not in _NOT_NAMES and not word.isdigit()
    )


def _people(text: str) -> Iterator[str]:
    """Yield one author after the other, as written; most readers need the first few."""
    # Exports that glue initials to the name ("FeldmanG.M.") are cut before the initials.
    text = _GLUED.sub(r"\1 ", text) if "." in text else text
    start = 0
    for cut in _AUTHOR_CUT.finditer(text):
        yield text[start : cut.start()]
        start = cut.end()
    yield text[start:]


def _authors(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the name words of one author after the other."""
    for person in _people(text):
        if words := _name_words(person):
            yield words


def first_author(text: str) -> str:
    """Return the name words of the first author, in order of the alphabet."""
    return " ".join(sorted(next(_authors(text), ())))


def surname(text: str) -> str:
    """Return the surname of the first author, as far as the style of the names tells it.

    ``Smith, Anna B.``, ``Smith AB`` and ``Anna B. Smith`` all give ``smith``.
    """
    first = next((person for person in _people(text) if _name_words(person)), "")
    family, comma, _given = first.partition(",")
    words = _name_words(family) if comma else _name_words(first)
    return words[-1] if words else ""


def fold_authors(text: str) -> str:
    """Return the name words of all authors, cut at `AUTHOR_LETTERS`."""
    found = ""
    for person in _authors(text):
        found += " ".join(["", *person])
        if len(found) > AUTHOR_LETTERS:
            break
    return found[1 : 1 + AUTHOR_LETTERS]
