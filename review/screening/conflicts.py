"""Votes that disagree, for an adjudicator to settle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from review.decision_rule import Ballot
from review.errors import DecisionError
from review.events import Event
from review.model import Decision, Place, Report, Stage, Standing, Vote, VoteValue
from review.outdated import Shown, votes_shown
from review.people import persons, same_person
from review.screening import service as screening
from review.store import Connection, active_decisions, assignments, edges, reports, screening_status
from review.store.discussions import referee_of
from review.workspace import Workspace


class Kind(StrEnum):
    """What the votes disagree on."""

    DECISION = "decision"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge that joined records on which different things were decided.

    Attributes:
        actor: who merged, or ran the deduplication that did.
    """

    records: tuple[str, str]
    actor: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """One report on which votes disagree at one stage.

    Attributes:
        votes: those that stand, oldest first; the only place where others' votes are read.
        merges: those by which it became a conflict, oldest first; none where people disagree on
            one and the same record, or on a report as they saw it.
    """

    report: str
    stage: Stage
    kind: Kind
    votes: tuple[Vote, ...]
    merges: tuple[Merge, ...] = ()

    @property
    def deciding(self) -> tuple[Vote, ...]:
        """The votes that are worth something: those that disagree."""
        return tuple(v for v in self.votes if v.standing is Standing.COUNTS)


def conflicts(ws: Workspace) -> list[Conflict]:
    """All conflicts: on the decision first, then on the reason of an exclusion all agree on."""
    with ws.store.read() as conn:
        disputable = screening_status.disputable(conn)
        cast = active_decisions.votes_of(conn, [row.id for row in disputable])
        found = []
        for row in disputable:
            passed = row.title_abstract == Decision.INCLUDE
            stage = Stage.FULL_TEXT if passed else Stage.TITLE_ABSTRACT
            here = tuple(v for v in cast[row.id] if v.stage is stage)
            kind = Kind.DECISION if row.place == Place.CONFLICT else Kind.REASON
            merges = _merges(conn, row.id, stage) if row.records > 1 else ()
            found.append(Conflict(row.id, stage, kind, here, merges))
    return sorted(found, key=lambda c: (c.kind, c.stage, c.report))


def _merges(conn: Connection, report: str, stage: Stage) -> tuple[Merge, ...]:
    """The merges that brought the sides of a conflict together."""
    sides = active_decisions.votes_decided_apart(conn, report, stage)
    if not sides:
        return ()
    joined = {r: {r} for r in reports.membership(conn, report).records}
    found = []
    for edge in edges.merges_within(conn, set(joined)):
        # A record that only a withdrawn run brought may hold others together.
        first, second = (joined.setdefault(r, {r}) for r in (edge.record_a, edge.record_b))
        if first is second:
            continue
        held = [_sides_before(sides, part, edge.seq) for part in (first, second)]
        if all(held) and len(held[0] | held[1]) > 1:
            time = datetime.fromisoformat(edge.time)
            found.append(Merge((edge.record_a, edge.record_b), edge.actor, time))
        both = first | second
        joined |= dict.fromkeys(both, both)
    return tuple(found)


def _sides_before(
    sides: Sequence[Sequence[Ballot]], records: Collection[str], seq: int
) -> set[int]:
    """The sides that had voted on some records before a place in the log."""
    return {
        n for n, side in enumerate(sides) if any(b.record in records and b.seq < seq for b in side)
    }


class Role(StrEnum):
    """What a person may do about a conflict."""

    SETTLES = "settles"
    PARTY = "party"
    LOOKS_ON = "looks on"


def role(ws: Workspace, stage: Stage, votes: Iterable[Vote], person: str) -> Role:
    """What a person may do about a conflict between votes.

    Where a stage or a pilot batch asks for several people, who cast one of the votes is a party and
    may change that one alone; the protocol's referee settles, or anyone else where it names none,
    or one who has left or is a party.
    """
    cast = [v for v in votes if v.standing is Standing.COUNTS and not v.final and v.stage is stage]
    several = len(persons(v.reviewer for v in cast)) > 1 and _asks_several(
        ws, stage, cast[0].report
    )
    if several and any(same_person(v.reviewer, person) for v in cast):
        return Role.PARTY
    with ws.store.read() as conn:
        gone = assignments.people_gone(conn)
    parties = persons(v.reviewer for v in cast) if several else ()
    referee = referee_of(ws.protocol.assignment.referee, gone, parties)
    if referee and not same_person(referee, person):
        return Role.LOOKS_ON
    return Role.SETTLES


def _asks_several(ws: Workspace, stage: Stage, report: str) -> bool:
    if ws.protocol.rule(stage).reviewers > 1:
        return True
    with ws.store.read() as conn:
        batch = assignments.pilot_batches(conn, stage).get(report)
    return batch is not None and len(batch.people) > 1


def change_own(
    ws: Workspace,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str = "",
    *,
    note: str = "",
    shown: Shown | None = None,
) -> Event:
    """A party to a conflict changes the own vote; arguments and raises as for `settle`."""
    return screening.cast(
        ws, report, stage, reviewer, value, reason=reason, note=note, replace=True, shown=shown
    )


def settle(
    ws: Workspace,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str = "",
    *,
    note: str = "",
    shown: Shown | None = None,
) -> Event:
    """Cast the final vote on a conflict; it goes before all other votes.

    Args:
        note: kept with the final vote.
        shown: the report and the votes that were on the screen.

    Raises:
        DecisionError: no reviewer, or one who may not settle it; an unknown reason; or what was
            ``shown`` holds no more, such as a conflict that another has settled.
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        on = reports.membership(conn, report).report
        here = active_decisions.votes(conn, on)
    may = role(ws, stage, here, reviewer)
    if may is Role.PARTY:
        raise DecisionError(
            f"{reviewer} is a party to the conflict on {on} and may change the own vote, "
            "not settle it."
        )
    if may is Role.LOOKS_ON:
        raise DecisionError(
            f"The protocol names {ws.protocol.assignment.referee} as the referee who settles."
        )
    return screening.cast(
        ws, report, stage, reviewer, value,
        reason=reason, note=note, replace=True, final=True, shown=shown,
    )  # fmt: skip


def shown_of(ws: Workspace, one: Conflict, report: Report) -> Shown:
    """What a page shows of a conflict, to go with the press that settles it."""
    return Shown(report.record_ids, ws.protocol.version, votes_shown(one.votes))


def report_of(ws: Workspace, conflict: Conflict) -> Report:
    """The report of a conflict, with its abstract."""
    with ws.store.read() as conn:
        return reports.get(conn, conflict.report)
