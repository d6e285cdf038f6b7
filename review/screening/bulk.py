"""One vote on many reports at once: first what it would do, then all of it or nothing.

The votes of one press share a batch (`review.events.VoteCast.batch`), so that one undo takes all of
them back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from review import outdated
from review.errors import DecisionError, OutdatedError
from review.events import VoteCast
from review.model import Decision, Stage, Vote, VoteValue
from review.people import same_person
from review.screening.votes import settled_records, vote_cast
from review.store import Connection, active_decisions, log, reading, reports
from review.store.reports import Membership
from review.workspace import Workspace

MOST = 5000
"""Reports that one press votes on at most."""


@dataclass(frozen=True, slots=True)
class OneVote:
    """What a press would do with one report.

    Attributes:
        on: the report with its records, as they were when it was planned.
        earlier: event of this reviewer's vote that it would replace; "" where there is none.
        said: what that vote says.
    """

    on: Membership
    earlier: str = ""
    said: VoteValue | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a vote on many reports would do, and under which protocol it was laid out.

    Attributes:
        left_out: why -> reports that it would leave as they are.
    """

    stage: Stage
    reviewer: str
    value: VoteValue
    reason: str
    protocol: str
    votes: tuple[OneVote, ...]
    left_out: dict[str, tuple[str, ...]]

    @property
    def new(self) -> tuple[str, ...]:
        """Reports this reviewer has not voted on at this stage."""
        return tuple(v.on.report for v in self.votes if not v.earlier)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Reports on which it replaces a vote of theirs."""
        return tuple(v.on.report for v in self.votes if v.earlier)


SETTLED = "a final decision stands"
THE_SAME = "you have voted so already"
NOT_PASSED = "not passed to full text"


def plan(
    ws: Workspace,
    ids: Sequence[str],
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str = "",
) -> Plan:
    """What one vote on some reports would do; nothing is stored.

    Raises:
        DecisionError: more than `MOST` reports, or no reason for an exclusion at full text.
    """
    if len(ids) > MOST:
        raise DecisionError(
            f"{len(ids):,} reports are too many for one vote; narrow the list to {MOST:,}."
        )
    if value is VoteValue.EXCLUDE and stage is Stage.FULL_TEXT and not reason:
        raise DecisionError("Say why: an exclusion at full text needs a reason.")
    reason = reason if value is VoteValue.EXCLUDE else ""
    found: list[OneVote] = []
    left: dict[str, list[str]] = {}
    with ws.store.read() as conn:
        places = reports.memberships(conn, ids)
        passed = _passed(conn, ids) if stage is Stage.FULL_TEXT else set(ids)
        cast = active_decisions.votes_of(conn, ids)
    for id_ in ids:
        on = places.get(id_)
        if on is None:
            continue
        here = [v for v in cast.get(on.report, ()) if v.stage is stage]
        mine = _own(here, reviewer)
        if settled_records(here):
            left.setdefault(SETTLED, []).append(id_)
        elif on.report not in passed:
            left.setdefault(NOT_PASSED, []).append(id_)
        elif mine and (mine.vote, mine.reason) == (value, reason):
            left.setdefault(THE_SAME, []).append(id_)
        else:
            found.append(OneVote(on, mine.event, mine.vote) if mine else OneVote(on))
    skipped = {why: tuple(some) for why, some in left.items()}
    return Plan(stage, reviewer, value, reason, ws.protocol.version, tuple(found), skipped)


def cast_all(ws: Workspace, planned: Plan, note: str = "") -> list[str]:
    """Cast the votes of a plan, all in one step.

    Returns:
        The events, in order of the plan; any one of them names the batch (`take_back`).

    Raises:
        OutdatedError: a report, the reviewer's vote on it or the protocol is not what the plan
            laid out; nothing is stored.
        DecisionError: there is nothing to vote on.
    """
    if not planned.votes:
        raise DecisionError("There is nothing to vote on.")
    names = [v.on.report for v in planned.votes]
    batch = secrets.token_hex(6)
    said: list[VoteCast] = []
    with ws.store.write() as conn:
        places = reports.memberships(conn, names)
        cast = active_decisions.votes_of(conn, names)
        passed = _passed(conn, names) if planned.stage is Stage.FULL_TEXT else set(names)
        if planned.protocol != ws.protocol.version:
            raise _outdated("The protocol", "another version is in force")
        for one in planned.votes:
            name = one.on.report
            here = [v for v in cast.get(name, ()) if v.stage is planned.stage]
            mine = _own(here, planned.reviewer)
            if places.get(name) != one.on:
                raise _outdated(name, "its records were joined or parted")
            if (mine.event if mine else "") != one.earlier:
                raise _outdated(name, "you have voted on it meanwhile")
            if settled_records(here) or name not in passed:
                raise _outdated(name, "it was decided meanwhile")
            vote = vote_cast(
                ws.protocol, one.on, planned.stage, planned.reviewer, planned.value,
                planned.reason, note,
            )  # fmt: skip
            said.append(vote.model_copy(update={"batch": batch}))
        done = log.append(conn, planned.reviewer, said, protocol=planned.protocol)
    return [event.id for event in done]


def take_back(ws: Workspace, event: str, reviewer: str) -> int:
    """Take back the votes that were cast by one press and still count; returns how many.

    Raises:
        DecisionError: they are another's, or were taken back or replaced already.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        if not same_person(log.get(conn, event).by, reviewer):
            raise DecisionError("Only who cast these votes takes them back.")
        batch = reading.batch_of(conn, event)
        log.undo(conn, reviewer, batch[0], batch[1:])
        return len(batch)


def _own(here: Sequence[Vote], reviewer: str) -> Vote | None:
    """The newest vote of a person among some that stand, final ones aside."""
    mine = [v for v in here if same_person(v.reviewer, reviewer) and not v.final]
    return mine[-1] if mine else None


def _passed(conn: Connection, ids: Sequence[str]) -> set[str]:
    """Reports that have passed title and abstract."""
    found = reports.by_ids(conn, ids)
    return {r.id for r in found if r.title_abstract is Decision.INCLUDE}


def _outdated(what: str, why: str) -> OutdatedError:
    said = f"{what} is not what was listed any more: {why}"
    return OutdatedError(said, None, outdated.NOTHING_STORED)
