"""Where a quote stands in the words that the review holds of a report. Pure.

A place is the field and the characters, counted from 0, the last one not included:
``abstract 120-184``. What a person writes instead, such as ``Table 2, p. 5``, stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.coding.quote_places import Sentences

FIELDS = ("abstract", "title")
"""Fields of a report in which a quote is looked for, in this order."""

_PLACE = re.compile(rf"({'|'.join(FIELDS)}) (\d+)-(\d+)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where some words stand: field, first character, and the one after the last."""

    field: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.field} {self.start}-{self.end}"


def find(quote: str, title: str, abstract: str) -> Place | None:
    """The place of a quote, wherever its lines are broken.

    Where the very signs are not found, the words alone are looked for: a page shows ``Methods.``
    where the abstract has ``METHODS:``. The first and last word may be cut.

    Returns:
        None for a quote that stands in neither.
    """
    parts = quote.split()
    words = _WORD.findall(quote.casefold())
    if not words:
        return None
    texts = {"abstract": abstract, "title": title}
    exact = re.compile(r"\s+".join(map(re.escape, parts)))
    for field in FIELDS:
        if found := exact.search(texts[field]):
            return Place(field, *found.span())
    for field in FIELDS:
        if span := _by_words(words, texts[field]):
            return Place(field, *span)
    return None


def read(place: str) -> Place | None:
    """A place as it is kept; None for what a person wrote."""
    found = _PLACE.fullmatch(place)
    return Place(found[1], int(found[2]), int(found[3])) if found else None


def at(place: str, title: str, abstract: str) -> str:
    """The words at a place; "" where it names none of these texts."""
    found = read(place)
    if found is None:
        return ""
    return {"abstract": abstract, "title": title}[found.field][found.start : found.end]


def placed(quote: str, place: str, title: str, abstract: str) -> str:
    """The place to keep with a quote: the one that was said, else where it is found.

    A place in title or abstract at which the quote does not stand is worked out anew.
    """
    if not quote.strip():
        return ""
    said = place.strip()
    if said and read(said) is None:
        return said
    found = find(quote, title, abstract)
    if found is None:
        return ""
    return said if said and _alike(at(said, title, abstract), quote) else str(found)


def only(quote: str, title: str, abstract: str) -> str:
    """The place of a quote that was kept without one, as in older logs.

    Returns:
        "" where it stands in neither text, and where it stands more than once: then nobody knows
        which was meant.
    """
    found = find(quote, title, abstract)
    if found is None:
        return ""
    if found.field == "title":  # so it is not in the abstract
        texts = [title[: found.start], title[found.end :]]
    else:
        texts = [title, abstract[: found.start], abstract[found.end :]]
    return "" if any(find(quote, "", text) for text in texts) else str(found)


def words(place: str) -> str:
    """A place as a person reads it: ``abstract``, or what a person wrote."""
    found = read(place)
    return found.field if found else place


def where(quote: str, place: str, title: str, abstract: str) -> str:
    """The place of a quote as a person reads it, next to the text: ``abstract, sentence 3``.

    A quote that was kept without a place, as in older logs, is looked for.

    Returns:
        "" for a quote that has no place.
    """
    kept = placed(quote, place, title, abstract)
    found = read(kept)
    if found is None:
        gone = read(place) if not kept and quote.strip() else None
        return f"not in the {gone.field} any more" if gone else kept
    before = len(title) + 1 if found.field == "abstract" else 0
    return Sentences(title, abstract).at(before + found.start, before + found.end).words


def _alike(one: str, other: str) -> bool:
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


def _by_words(words: list[str], text: str) -> tuple[int, int] | None:
    """The span of some words that follow each other, whatever signs stand between them."""
    # Folding letter by letter keeps the places: "İ" folded as a whole is longer.
    folded = "".join(f if len(f := letter.casefold()) == 1 else letter for letter in text)
    known = [(m.group(), *m.span()) for m in _WORD.finditer(folded)]
    first, last, size = words[0], words[-1], len(words)
    for place in range(len(known) - size + 1):
        here = known[place : place + size]
        if size == 1:
            if here[0][0] == first:
                return here[0][1:]
            continue
        inner = [word for word, _, _ in here[1:-1]]
        starts = here[0][0].endswith(first) and here[-1][0].startswith(last)
        if starts and inner == words[1:-1]:
            return here[0][2] - len(first), here[-1][1] + len(last)
    return None
