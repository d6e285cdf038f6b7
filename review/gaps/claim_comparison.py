"""What was tested beside what a claim says: populations, forms, doses, times, comparators. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from review.gaps.claims import ClaimState
from review.gaps.model import ReportEvidence
from review.protocol.codebook import Codebook

COMPARED = ("population", "exposure", "dose", "comparator", "timing", "duration")
"""Dimensions that are compared, as far as the codebook has them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One dimension of a claim.

    Attributes:
        dimension: its name in the codebook.
        claimed: values the claim speaks of; empty where it speaks of none, or of all.
        tested: value -> studies, of the confirmed primary studies behind the claim, most first.
        not_coded: studies of which nobody said it.
        reports: value -> the reports of those studies that have it; under "" those of which nobody
            said it.
    """

    dimension: str
    claimed: tuple[str, ...]
    tested: Mapping[str, int]
    not_coded: int
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def untested(self) -> tuple[str, ...]:
        """Claimed, and tested by no study."""
        return tuple(value for value in self.claimed if value not in self.tested)

    @property
    def beyond(self) -> tuple[str, ...]:
        """Tested, and not claimed."""
        if not self.claimed:
            return ()
        return tuple(value for value in self.tested if value not in self.claimed)


def compared(
    state: ClaimState, facts: Iterable[ReportEvidence], codebook: Codebook
) -> tuple[Compared, ...]:
    """Set the confirmed primary studies of a claim beside it; dimensions nobody speaks of are out.

    Args:
        facts: the evidence that the state was judged by.
    """
    own = set(state.reports)
    reports = [one for one in facts if one.id in own]
    studies = {one.study for one in reports}
    found: list[Compared] = []
    for name in COMPARED:
        dimension = codebook.find(name)
        if dimension is None:
            continue
        unsaid = dimension.meaning("not_reported")
        holding: dict[str, set[str]] = defaultdict(set)
        on: dict[str, list[str]] = defaultdict(list)
        for one in reports:
            for value in _values(state, one, dimension.name) - unsaid:
                holding[value].add(one.study)
                on[value].append(one.id)
        said = set().union(*holding.values())
        on[""] = [one.id for one in reports if one.study not in said]
        claimed = tuple(getattr(state.claim, name, ()))
        if claimed or holding:
            most = sorted(holding, key=lambda value: (-len(holding[value]), value))
            found.append(
                Compared(
                    dimension.name, claimed, {v: len(holding[v]) for v in most},
                    len(studies - said), {v: tuple(sorted(ids)) for v, ids in on.items()},
                )
            )  # fmt: skip
    return tuple(found)


def _values(state: ClaimState, one: ReportEvidence, name: str) -> frozenset[str]:
    """What people said of a report: in its findings on the claim, or else by its tags."""
    found = [f for f in state.findings if f.report == one.id]
    said = frozenset(getattr(f, name) for f in found if getattr(f, name, ""))
    return said or one.tags.get(name, frozenset())
