"""Which study design a text states: what fired, what the record's fields say, and their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from review.coding.text import Words
from review.protocol import Value

RULES = "codebook triggers"
OPENALEX_DESIGNS = "OpenAlex study_designs"
OPENALEX_TYPE = "OpenAlex type"
MESH = "MeSH"

Designs = Mapping[str, Value]
"""The codebook's study designs by id."""


class Place(Protocol):
    """Words that fired: where they stand, and the phrase."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def phrase(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Said:
    """One source's word for one design."""

    value: str
    confidence: float
    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Wording that speaks for a design beyond the codebook's triggers.

    Attributes:
        points: how far it counts; a trigger in the title counts 2, in the abstract 1.
        title: looked for in the title only.
    """

    value: str
    points: float
    pattern: re.Pattern[str]
    title: bool = False


def _cue(value: str, points: float, pattern: str, *, title: bool = False) -> Cue:
    return Cue(value, points, re.compile(pattern, re.IGNORECASE), title)


CUES = (_cue("rct_parallel", 1.0, r"\b(were|was) (then )?(randomly|randomi[sz]ed)\b"),)

WEIGHT = {"study_protocol": 3.0}
"""Designs whose words say more (or less) than others' of the same number."""


def by_words(hits: Mapping[str, Sequence[Place]], words: Words, known: Designs) -> list[Said]:
    """What the words of a record say of its design.

    Args:
        hits: design -> words that fired, in order.
    """
    found: list[Said] = []
    for value, places in hits.items():
        title = any(words.in_title(p.start) for p in places)
        phrases = len({p.phrase for p in places})
        points = (2.0 if title else 1.0) + 0.5 * min(2, phrases - 1)
        points *= WEIGHT.get(value, 1.0)
        found.append(
            Said(value, _confidence(points), words.quote(places[0].start, places[0].end), RULES)
        )
    return found


def _confidence(points: float) -> float:
    return min(0.95, points / (points + 1.0))


def by_fields(
    mesh: Sequence[str],
    type: str,
    study_designs: Sequence[str],
    said: Sequence[Said],
    words: Words,
    known: Designs,
) -> list[Said]:
    """What the fields of a record say of its design."""
    return []


def in_order(said: Sequence[Said], known: Designs) -> list[Said]:
    """Best first: forms last."""
    return sorted(
        said,
        key=lambda s: (
            known[s.value].group == "form" and s.value != "study_protocol",
            -s.confidence,
        ),
    )
