"""Which suggestion of a dimension is the best: one order for forms, map and findings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from review.model import Suggestion

LIBRARY = "library coding"
"""How the source of a starter coding by a person begins."""

SOURCES = (LIBRARY, "OpenAlex", "MeSH")
"""Sources of suggestions by how far they are trusted, by the beginning of their names; rules last.

For OpenAlex's designs a precision of 96.5 to 99.9 % is published
(github.com/ourresearch/openalex-study-designs, 1.0.1); word rules stay far below that.
"""


def worth(
    value: str, confidence: float, rank: int, source: str
) -> tuple[int, int, int, float, str]:
    """What suggestions of one dimension of one report are ordered by, the best first."""
    trust = _trust(source)
    # A rule set ranks its own proposals and those it read from the record's fields together, so
    # only a person's starter coding goes before the rank.
    return (0 if trust == 0 else 1, rank, trust, -confidence, value)


def best_first(offers: Sequence[Suggestion]) -> list[Suggestion]:
    """Order suggestions of one report, of one dimension or of several at once.

    Returns:
        The best value of a dimension first; of one value all its sources together, the most trusted
        first and a starter coding, which has no words, last.
    """
    best: dict[tuple[str, str], tuple[int, int, int, float, str]] = {}
    for one in offers:
        key = worth(one.value, one.confidence, one.rank, one.source)
        of = (one.dimension, one.value)
        best[of] = min(key, best.get(of, key))

    def place(one: Suggestion) -> tuple[object, ...]:
        trust = _trust(one.source) or len(SOURCES) + 1
        return (best[one.dimension, one.value], trust, one.rank, -one.confidence, one.source)

    return sorted(offers, key=place)


def with_words(offers: Sequence[Suggestion], value: str) -> Suggestion | None:
    """Of the suggestions of a value the first that quotes the paper; the first of all where none
    does; None where none is of that value."""
    alike = [one for one in offers if one.value == value]
    return next((one for one in alike if one.words), alike[0] if alike else None)


@cache
def _trust(source: str) -> int:
    """Place of a source among `SOURCES`; rules come last."""
    return next((i for i, name in enumerate(SOURCES) if source.startswith(name)), len(SOURCES))
