"""Which codes of a report count, in one place: what one coder gave, or what several agree on. Pure.

Where one person codes a report, all that people gave counts. Where several do, nothing counts until
so many have finished their forms; then what all of them gave, and instead of what they disagree on
what was settled (Cochrane Handbook 5.5.2: independent extraction, disagreements resolved).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from review.events.double_coding import FINDINGS


class CodingPlace(StrEnum):
    """The one place of a report in coding by several people."""

    CODING = "to code"
    COMPARE = "to compare"
    FINISHED = "coded by all"


@dataclass(frozen=True, slots=True)
class Code:
    """One tag or finding as the rule sees it.

    Attributes:
        said: what is compared: the value of a tag; all that a finding says (`finding_said`).
        settles: whether it is the value of a consensus.
    """

    event: str
    seq: int
    dimension: str
    said: tuple[str, ...]
    person: str
    settles: bool = False


FINDING_FIELDS = (
    "exposure", "population", "outcome", "study_design", "direction", "instrument", "comparator",
    "dose", "timing", "duration", "n", "effect", "effect_unit", "effect_interval",
)  # fmt: skip
"""What two coders must say alike for a finding to be the same; the words quoted may be others."""


def finding_said(value_of: Callable[[str], object]) -> tuple[str, ...]:
    """What a finding says, as it is compared: whatever the case, and however blanks are put.

    Args:
        value_of: the value of each of `FINDING_FIELDS`; None where there is none.
    """
    values = (value_of(name) for name in FINDING_FIELDS)
    return tuple("" if v is None else " ".join(str(v).split()).casefold() for v in values)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What counts of one report.

    Attributes:
        counting: event and what it said, of the codes that count.
        disputed: dimensions, and `FINDINGS`, on which the forms disagree and nobody has settled.
    """

    counting: frozenset[tuple[str, tuple[str, ...]]]
    disputed: tuple[str, ...]
    place: CodingPlace


def weigh(
    codes: Sequence[Code],
    finished: Collection[str],
    needed: int,
    settled: Mapping[str, str],
    kept: Collection[str] | None = None,
) -> Weighed:
    """Weigh all codes on one report that nobody has taken back.

    Args:
        finished: people who have finished their forms.
        needed: how many must have.
        settled: dimension -> the event of its newest consensus.
        kept: events of the findings that a consensus keeps; None where there is none.
    """
    alone = needed < 2
    if not alone and len(set(finished)) < needed:
        return Weighed(frozenset(), (), CodingPlace.CODING)
    counting: set[Code] = set()
    disputed: list[str] = []
    held = {code.event for code in codes}
    for dimension in dict.fromkeys([*(c.dimension for c in codes), *settled]):
        here = [c for c in codes if c.dimension == dimension]
        given = [c for c in here if not c.settles and (alone or c.person in finished)]
        if dimension in settled:
            counting.update(c for c in here if c.event == settled[dimension])
        elif dimension == FINDINGS and kept is not None and set(kept) <= held:
            counting.update(c for c in here if c.event in kept)
        elif alone:
            counting.update(given)
        else:
            by_person = {p: {c.said for c in given if c.person == p} for p in finished}
            agreed = set.intersection(*by_person.values())
            if any(said != agreed for said in by_person.values()):
                disputed.append(dimension)
            counting.update(c for c in given if c.said in agreed)
    place = CodingPlace.COMPARE if disputed else CodingPlace.FINISHED
    if not alone:
        counting = _once_each_finding(counting)
    found = frozenset((c.event, c.said) for c in counting)
    return Weighed(found, tuple(disputed), place)


def _once_each_finding(codes: Collection[Code]) -> set[Code]:
    """Of a finding that several wrote alike, the one written first."""
    first: dict[tuple[str, ...], Code] = {}
    for code in sorted((c for c in codes if c.dimension == FINDINGS), key=lambda c: c.seq):
        first.setdefault(code.said, code)
    return {c for c in codes if c.dimension != FINDINGS} | set(first.values())


T = TypeVar("T")
