"""Votes that disagree, for an adjudicator to settle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from review.events import Event
from review.model import Decision, Place, Report, Stage, Vote, VoteValue
from review.outdated import Shown, votes_shown
from review.screening import service as screening
from review.store import active_decisions, reports, screening_status
from review.workspace import Workspace


class Kind(StrEnum):
    """What the votes disagree on."""

    DECISION = "decision"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One report on which votes disagree at one stage.

    Attributes:
        votes: those that stand, oldest first; the only place where others' votes are read.
    """

    report: str
    stage: Stage
    kind: Kind
    votes: tuple[Vote, ...]


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
        found.append(Conflict(row.id, stage, kind, here))
    return sorted(found, key=lambda c: (c.kind, c.stage, c.report))


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
        DecisionError: no reviewer, an unknown reason, or what was ``shown`` holds no more, such as
            a conflict that another has settled.
        NotFoundError: no such report.
    """
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
