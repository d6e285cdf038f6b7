"""Votes that disagree, for an adjudicator to settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from review.events import Event
from review.model import Decision, Report, Stage, Vote, VoteValue
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
    found: list[Conflict] = []
    for row in disputable:
        votes = cast.get(row.id)
        if not votes:
            continue
        decided = {Stage.TITLE_ABSTRACT: Decision(row.title_abstract)}
        if row.title_abstract == Decision.INCLUDE:
            decided[Stage.FULL_TEXT] = Decision(row.full_text)
        for stage, decision in decided.items():
            here = [v for v in votes if v.stage is stage]
            kind = disagreement(decision, row.reason, here)
            if kind is not None:
                found.append(Conflict(row.id, stage, kind, tuple(here)))
    return sorted(found, key=lambda c: (c.kind, c.stage, c.report))


def disagreement(decision: Decision, reason: str, votes: Sequence[Vote]) -> Kind | None:
    """What votes on one report at one stage disagree on; None when on nothing.

    Args:
        reason: the reason of the decision; "" when the votes gave several.
    """
    if decision is Decision.CONFLICT:
        return Kind.DECISION
    if decision is not Decision.EXCLUDE or reason:
        return None
    given = {v.reason for v in votes if v.vote is VoteValue.EXCLUDE and v.reason}
    return Kind.REASON if len(given) > 1 else None


def settle(
    ws: Workspace, report: str, stage: Stage, reviewer: str, value: VoteValue, reason: str = ""
) -> Event:
    """Cast the final vote on a conflict; it goes before all other votes.

    Raises:
        DecisionError: no reviewer, or an unknown reason.
        NotFoundError: no such report.
    """
    return screening.cast(
        ws, report, stage, reviewer, value, reason=reason, replace=True, final=True
    )


def report_of(ws: Workspace, conflict: Conflict) -> Report:
    """The report of a conflict, with its abstract."""
    with ws.store.read() as conn:
        return reports.get(conn, conflict.report)
