"""From votes to a decision, and from decisions to the one place where a report is.

These are the rules that pages, counts and exports share.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from review.model import Decision, Place, Stage, VoteValue
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the votes on one report come to.

    Attributes:
        reason: why it is excluded; "" when it is not, or for no one reason.
    """

    title_abstract: Decision
    full_text: Decision
    reason: str
    place: Place


def outcome(
    ballots: Mapping[Stage, Sequence[Ballot]],
    needed: Mapping[Stage, int],
    not_retrieved: Collection[str] = (),
) -> Outcome:
    """Decide one report at both stages, and say where it is then.

    Args:
        ballots: stage -> votes in force, as for `decide`.
        needed: stage -> reviewers who must vote before there is a decision.
        not_retrieved: exclusion reasons that mean the full text could not be had.
    """
    decided = {
        stage: decide(
            ballots[stage], stage, needed[stage], not_retrieved if stage is Stage.FULL_TEXT else ()
        )
        for stage in Stage
    }
    first, second = decided[Stage.TITLE_ABSTRACT][0], decided[Stage.FULL_TEXT][0]
    stage = Stage.FULL_TEXT if first is Decision.INCLUDE else Stage.TITLE_ABSTRACT
    deciding = _deciding(ballots[stage], needed[stage])
    found = place(
        first,
        second,
        unsure=bool(deciding),
        reasons_differ=len({b.reason for b in deciding} - {""}) > 1,
    )
    return Outcome(first, second, decided[stage][1] if found.left else "", found)


def place(
    title_abstract: Decision,
    full_text: Decision,
    *,
    unsure: bool = False,
    reasons_differ: bool = False,
) -> Place:
    """Where a report is: each is in exactly one place.

    What was decided on the full text counts once the report has passed title and abstract.

    Args:
        unsure: all who must vote on the full text have, so one still awaited is a maybe.
        reasons_differ: an exclusion was given several reasons.
    """
    passed = title_abstract is Decision.INCLUDE
    decision = full_text if passed else title_abstract
    if decision is Decision.AWAITING:
        if not passed:
            return Place.TITLE_ABSTRACT
        return Place.CLASSIFICATION if unsure else Place.FULL_TEXT
    if decision is Decision.CONFLICT:
        return Place.CONFLICT
    if decision is Decision.INCLUDE:
        return Place.INCLUDED
    return Place.REASONS_DIFFER if reasons_differ else Place.EXCLUDED


def decide(
    ballots: Sequence[Ballot],
    stage: Stage,
    needed: int,
    not_retrieved: Collection[str] = (),
) -> tuple[Decision, str]:
    """Decide one report at one stage.

    At title and abstract, maybe counts as include: doubt goes forward (Cochrane Handbook,
    chapter 4). At full text, maybe from all leaves the report awaiting classification, and maybe
    beside include is a conflict.

    Args:
        ballots: votes in force on the report at this stage, in any order. One that its reviewer
            has replaced since, knowing what it replaced, is not in force (`review.store.activity`).
        needed: people who must vote before there is a decision, each in whatever spelling.
        not_retrieved: exclusion reasons that mean the full text could not be had.

    Returns:
        The decision, and the reason when it is an exclusion for one reason ("" when the
        reasons differ, which is a reason conflict and not a decision conflict).
    """
    votes = _deciding(ballots, needed)
    values = {b.vote for b in votes}
    if stage is Stage.TITLE_ABSTRACT:
        values = {VoteValue.INCLUDE if v is VoteValue.MAYBE else v for v in values}
    if not values or values == {VoteValue.MAYBE}:
        return Decision.AWAITING, ""
    if len(values) > 1:
        return Decision.CONFLICT, ""
    if values == {VoteValue.INCLUDE}:
        return Decision.INCLUDE, ""
    reasons = {b.reason for b in votes} - {""}
    reason = reasons.pop() if len(reasons) == 1 else ""
    if stage is Stage.FULL_TEXT and reason in not_retrieved:
        return Decision.NOT_RETRIEVED, reason
    return Decision.EXCLUDE, reason


def _deciding(ballots: Sequence[Ballot], needed: int) -> list[Ballot]:
    """The votes that decide: the newest final one, else all once enough have voted, else none."""
    finals = [b for b in ballots if b.final]
    if finals:
        return [max(finals, key=lambda b: b.seq)]
    return list(ballots) if len(persons(b.reviewer for b in ballots)) >= needed else []
