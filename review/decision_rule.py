"""From votes to a decision: the one rule that pages, counts and exports share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from review.model import Decision, Stage, VoteValue
from review.people import persons


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as the rule sees it.

    Attributes:
        seq: place in the log.
        final: cast by an adjudicator; it settles the report.
    """

    seq: int
    reviewer: str
    vote: VoteValue
    reason: str = ""
    final: bool = False


def decide(
    ballots: Sequence[Ballot],
    stage: Stage,
    needed: int,
    not_retrieved: Collection[str] = (),
) -> tuple[Decision, str]:
    """Decide one report at one stage.

    At title and abstract, maybe counts as include: doubt goes forward (Cochrane Handbook,
    chapter 4). At full text maybe leaves the report awaiting classification.

    Args:
        ballots: votes in force on the report at this stage, in any order. One that its reviewer
            has replaced since, knowing what it replaced, is not in force (`review.store.activity`).
        needed: people who must vote before there is a decision, each in whatever spelling.
        not_retrieved: exclusion reasons that mean the full text could not be had.

    Returns:
        The decision, and the reason when it is an exclusion all agree on ("" when the
        reasons differ, which is a reason conflict and not a decision conflict).
    """
    votes = list(ballots)
    finals = [b for b in votes if b.final]
    if finals:
        votes = [max(finals, key=lambda b: b.seq)]
    elif len(persons(b.reviewer for b in votes)) < needed:
        return Decision.AWAITING, ""
    values = {b.vote for b in votes}
    if VoteValue.EXCLUDE not in values:
        if stage is Stage.FULL_TEXT and VoteValue.MAYBE in values:
            return Decision.AWAITING, ""
        return (Decision.INCLUDE, "") if values else (Decision.AWAITING, "")
    if values != {VoteValue.EXCLUDE}:
        return Decision.CONFLICT, ""
    reasons = {b.reason for b in votes}
    reason = reasons.pop() if len(reasons) == 1 else ""
    if stage is Stage.FULL_TEXT and reason in not_retrieved:
        return Decision.NOT_RETRIEVED, reason
    return Decision.EXCLUDE, reason
