"""Which way the studies of a claim point. Pure.

A level says how strong the evidence of a claim is; this says what it says. Both are needed: strong
evidence may speak against a claim. Only what people wrote into findings counts, and a study is
counted once, with all that its reports found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from review.model import Direction
from review.protocol.model import Expected


class Side(StrEnum):
    """Where a study, or the evidence as a whole, stands towards a claim."""

    SUPPORTS = "supports"
    AGAINST = "against"
    MIXED = "mixed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SideStudies:
    """The studies on one side of a claim, and their reports that bear on it."""

    studies: tuple[str, ...]
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDirections:
    """What one report found of a claim."""

    report: str
    study: str
    found: frozenset[Direction]


def side(expected: Expected, found: Collection[Direction]) -> Side:
    """Where somebody stands who found all this.

    Args:
        expected: what the claim says should be found.
    """
    sides = {_side(expected, one) for one in found} - {Side.UNCLEAR}
    if not sides:
        return Side.UNCLEAR
    return sides.pop() if len(sides) == 1 else Side.MIXED


def _side(expected: Expected, found: Direction) -> Side:
    if found in (Direction.NOT_STATED, Direction.MIXED):
        return Side.MIXED if found is Direction.MIXED else Side.UNCLEAR
    if expected == "difference":
        return Side.AGAINST if found is Direction.NO_DIFFERENCE else Side.SUPPORTS
    return Side.SUPPORTS if str(found) == expected else Side.AGAINST


def by_side(expected: Expected, found: Iterable[ReportDirections]) -> dict[Side, SideStudies]:
    """Studies by the side they are on; sides with none are left out."""
    directions: dict[str, set[Direction]] = {}
    reports: dict[str, list[str]] = {}
    for one in found:
        directions.setdefault(one.study, set()).update(one.found)
        reports.setdefault(one.study, []).append(one.report)
    sides = {study: side(expected, said) for study, said in directions.items()}
    return {
        wanted: SideStudies(studies, tuple(r for study in studies for r in reports[study]))
        for wanted in Side
        if (studies := tuple(study for study, on in sides.items() if on is wanted))
    }


def overall(sides: Mapping[Side, SideStudies]) -> Side | None:
    """What the evidence says as a whole; None where there is none.

    Studies that do not say which way it went weigh nothing beside those that do. Studies are not
    weighed against each other: one on the other side makes it mixed.
    """
    if not sides:
        return None
    said = set(sides) - {Side.UNCLEAR}
    if not said:
        return Side.UNCLEAR
    return said.pop() if len(said) == 1 else Side.MIXED
