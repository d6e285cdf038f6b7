"""Merges and links that were made, by rule or by a person, and whether they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.store import edges, reports
from review.store.reports import Membership
from review.workspace import Workspace

MERGES = ("merge",)
LINKS = ("link", "unlinked")
"""Kinds of `review.store.edges.Edge`: reports joined; reports held to be
of one study, or not."""

BY_PERSON = "decided by a person"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of two records.

    Attributes:
        event: id to take it back with.
        kind: one of `MERGES` or `LINKS`.
        reports: hold its records now: one report while a merge counts, none while the runs that
            brought the records are withdrawn.
        beside: of either record, all records of its report; none while that is withdrawn.
        score: 0 to 1 where a rule decided.
        why: what made it likely, or that a person decided without a proposal.
        active: whether it counts; false when it was taken back.
    """

    event: str
    kind: str
    records: tuple[str, str]
    reports: tuple[str, ...]
    actor: str
    time: str
    score: float | None
    why: str
    active: bool
    beside: tuple[tuple[str, ...], tuple[str, ...]]


def decided(
    ws: Workspace, kinds: Sequence[str] = MERGES, *, limit: int | None = None, offset: int = 0
) -> list[Decided]:
    """What was decided, what was taken back too, newest first.

    Args:
        kinds: `MERGES` or `LINKS`.
        limit: as many at most; all when None.
        offset: newer ones to pass over.
    """
    with ws.store.read() as conn:
        found = edges.newest(conn, kinds, limit, offset)
        homes = reports.memberships(conn, {r for e in found for r in (e.record_a, e.record_b)})
    return [
        Decided(
            event=e.event,
            kind=e.kind,
            records=(e.record_a, e.record_b),
            reports=_reports(homes, e.record_a, e.record_b),
            actor=e.actor,
            time=e.time,
            score=e.score,
            why=e.why or BY_PERSON,
            active=e.active,
            beside=(_beside(homes, e.record_a), _beside(homes, e.record_b)),
        )
        for e in found
    ]


def _reports(homes: Mapping[str, Membership], *records: str) -> tuple[str, ...]:
    return tuple(sorted({homes[r].report for r in records if r in homes}))


def _beside(homes: Mapping[str, Membership], record: str) -> tuple[str, ...]:
    return homes[record].records if record in homes else ()


def count(ws: Workspace, kinds: Sequence[str] = MERGES) -> int:
    """How many were decided, what was taken back too."""
    with ws.store.read() as conn:
        return edges.count(conn, kinds)
