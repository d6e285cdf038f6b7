"""From votes to a decision, and from decisions to the one place where a report is.

These are the rules that pages, counts and exports share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.model import Decision, Place, Stage, Standing, VoteValue
from review.people import persons


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as the rule sees it.

    Attributes:
        seq: place in the log.
        final: cast by an adjudicator; it settles the votes that stood on the report then.
        record: the record it was cast on.
        covers: the records that were one report with that when it was cast.
        settles: records whose votes a final one settled; it counts while these are one report.
        filed: it came with a file of records, which tells of one record only.
        event: id of its event.
    """

    seq: int
    reviewer: str
    vote: VoteValue
    reason: str = ""
    final: bool = False
    record: str = ""
    covers: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    filed: bool = False
    event: str = ""

    def knew(self, earlier: Ballot) -> bool:
        """Whether it was cast on a report on which the other vote stood already."""
        seen = {self.record, *self.covers}
        return earlier.seq < self.seq and earlier.record in seen and earlier.holds(seen)

    def holds(self, records: Collection[str]) -> bool:
        """Whether it says anything of a report made of these records."""
        return all(record in records for record in self.settles)


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
    *,
    stopped: bool = False,
) -> Outcome:
    """Decide one report at both stages, and say where it is then.

    Args:
        ballots: stage -> votes in force, as for `decide`.
        needed: stage -> reviewers who must vote before there is a decision.
        not_retrieved: exclusion reasons that mean the full text could not be had.
        stopped: a stop covers the report; any vote on it, at either stage, goes before that.
    """
    if stopped and not any(ballots.values()):
        first, second = Decision.NOT_SCREENED, Decision.AWAITING
        return Outcome(first, second, "", place(first, second))
    decided = {
        stage: decide(
            ballots[stage], stage, needed[stage], not_retrieved if stage is Stage.FULL_TEXT else ()
        )
        for stage in Stage
    }
    first, second = decided[Stage.TITLE_ABSTRACT][0], decided[Stage.FULL_TEXT][0]
    stage = Stage.FULL_TEXT if first is Decision.INCLUDE else Stage.TITLE_ABSTRACT
    deciding = _deciding(ballots[stage], stage, needed[stage])
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
    if decision is Decision.NOT_SCREENED:
        return Place.STOPPED
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

    A final vote goes before all votes that stood on the report when it was cast, and before later
    ones that were cast while it stood. It does not go before what was decided on another record
    that was merged later: where that says otherwise, it is a conflict, until a final vote that was
    cast with both in sight settles it.

    Args:
        ballots: votes in force on the report at this stage, in any order. One that its reviewer
            has replaced since, knowing what it replaced, is not in force (`review.store.activity`).
        needed: people who must vote before there is a decision, each in whatever spelling.
        not_retrieved: exclusion reasons that mean the full text could not be had.

    Returns:
        The decision, and the reason when it is an exclusion for one reason ("" when the
        reasons differ, which is a reason conflict and not a decision conflict).
    """
    votes = _deciding(ballots, stage, needed)
    values = {_value(b, stage) for b in votes}
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


def standings(ballots: Sequence[Ballot], stage: Stage, needed: int) -> dict[int, Standing]:
    """What each of the votes in force on one report at one stage is worth, by place in the log.

    Args: as for `decide`.
    """
    finals, free = _weighed(ballots)
    deciding = {b.seq for b in _deciding(ballots, stage, needed)} if finals else set()
    found = dict.fromkeys((b.seq for b in finals), Standing.COUNTS)
    found |= {b.seq: Standing.COUNTS for b in free if not finals or b.seq in deciding}
    found |= {b.seq: Standing.FEW for b in free if b.seq not in found}
    for b in ballots:
        if b.seq not in found:
            settled = any(final.knew(b) for final in finals)
            found[b.seq] = Standing.SETTLED if settled else Standing.AFTER
    return found


def decided_apart(ballots: Sequence[Ballot], stage: Stage, needed: int) -> list[list[Ballot]]:
    """The sides of a conflict that no side is in by itself, as records that disagree were merged.

    Args: as for `decide`.

    Returns:
        The votes that decide, in groups of those cast on one record or in sight of each other;
        none where there is no conflict, on the decision or on the reason, or where votes of one
        group disagree already.
    """
    deciding = _deciding(ballots, stage, needed)
    if not _disagree(deciding, stage):
        return []
    groups: list[list[Ballot]] = []
    for b in sorted(deciding, key=lambda b: b.seq):
        near = [g for g in groups if any(b.record == a.record or b.knew(a) for a in g)]
        groups = [g for g in groups if g not in near]
        groups.append([*(a for g in near for a in g), b])
    return [] if any(_disagree(group, stage) for group in groups) else groups


def _disagree(ballots: Iterable[Ballot], stage: Stage) -> bool:
    """Whether votes differ in what they say, or in the reason of an exclusion all agree on."""
    found = list(ballots)
    several = len({_value(b, stage) for b in found}) > 1
    return several or len({b.reason for b in found} - {""}) > 1


def _deciding(ballots: Sequence[Ballot], stage: Stage, needed: int) -> list[Ballot]:
    """The votes that decide.

    Without a final one, all once enough have voted, else none. Otherwise the final ones that no
    later one knew, and beside them what as many as must vote decided alike on records merged since.
    """
    finals, free = _weighed(ballots)
    if not finals:
        return free if len(persons(b.reviewer for b in free)) >= needed else []
    alike: dict[VoteValue, list[Ballot]] = defaultdict(list)
    for b in free:
        alike[_value(b, stage)].append(b)
    enough = (some for some in alike.values() if len(persons(b.reviewer for b in some)) >= needed)
    found = [*finals, *(b for some in enough for b in some)]
    # Maybe is no decision: it stands against none.
    return [b for b in found if _value(b, stage) is not VoteValue.MAYBE] or found


def _weighed(ballots: Sequence[Ballot]) -> tuple[list[Ballot], list[Ballot]]:
    """The final votes that stand, and the other votes that none of them goes before."""
    finals = [b for b in ballots if b.final]
    finals = [b for b in finals if not any(later.knew(b) for later in finals)]
    free = [b for b in ballots if not b.final and not any(_settled(b, final) for final in finals)]
    return finals, free


def _settled(vote: Ballot, final: Ballot) -> bool:
    """Whether a final vote goes before another: one knew the other, or a file tells of a record
    that was settled before."""
    return final.knew(vote) or vote.knew(final) or (vote.filed and vote.record in final.covers)


def _value(ballot: Ballot, stage: Stage) -> VoteValue:
    """What a vote decides: at title and abstract, doubt goes forward."""
    if stage is Stage.TITLE_ABSTRACT and ballot.vote is VoteValue.MAYBE:
        return VoteValue.INCLUDE
    return ballot.vote
