"""How far and how fast people screen: per stage and person, and what was found on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from review.model import Stage
from review.people import person_key, same_person
from review.screening.service import Progress, progress
from review.store import Connection, first_votes, reading, screening_status
from review.store.reading import TimedVote
from review.workspace import Workspace

LONGEST_GAP = 300.0
"""Seconds between two votes after which somebody was away: such a gap is not counted."""

FEWEST = 5
"""Votes whose time is known that a pace needs."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one person is at one stage.

    Attributes:
        voted: reports they have voted on.
        waiting: reports that wait for their vote.
        timed: votes whose time is known: measured, or from the vote before.
        an_hour: reports an hour, pauses aside; None with fewer than `FEWEST` timed votes.
    """

    reviewer: str
    voted: int
    waiting: int
    timed: int
    an_hour: float | None

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at this pace."""
        return timedelta(hours=self.waiting / self.an_hour) if self.an_hour else None


@dataclass(frozen=True, slots=True)
class StagePace:
    """How far a stage is.

    Attributes:
        blind: several people vote independently, so that each sees their own pace only.
        people: whom the reader may see, by name.
    """

    stage: Stage
    progress: Progress
    blind: bool
    people: tuple[Pace, ...]


def paces(ws: Workspace, viewer: str) -> list[StagePace]:
    """How far each stage is, as one person may see it."""
    found = []
    with ws.store.read() as conn:
        for stage in Stage:
            people = [
                pace(
                    votes[-1].reviewer,
                    votes,
                    screening_status.queue_length(conn, stage, votes[-1].reviewer),
                )
                for votes in _votes_of(ws, conn, stage, viewer).values()
            ]
            found.append((stage, sorted(people, key=lambda p: p.reviewer.casefold())))
    return [
        StagePace(s, progress(ws, s, viewer), _is_blind(ws, s), tuple(people))
        for s, people in found
    ]


def reports_an_hour(ws: Workspace, stage: Stage, viewer: str) -> tuple[float | None, bool]:
    """The pace at a stage as one person may see it: their own, else the mean of others'.

    Returns:
        Reports an hour, None where no pace is known; and whether it is their own.
    """
    with ws.store.read() as conn:
        votes = _votes_of(ws, conn, stage, viewer)
    own: list[float] = []
    others: list[float] = []
    for cast in votes.values():
        if speed := an_hour(_timed(cast)):
            (own if same_person(cast[-1].reviewer, viewer) else others).append(speed)
    known = own or others
    return (sum(known) / len(known) if known else None), bool(own)


def _is_blind(ws: Workspace, stage: Stage) -> bool:
    return ws.protocol.rule(stage).reviewers > 1


def _votes_of(
    ws: Workspace, conn: Connection, stage: Stage, viewer: str
) -> dict[str, list[TimedVote]]:
    """The votes at a stage of each person whose pace the viewer may see, in order of the log."""
    only = viewer if _is_blind(ws, stage) else None
    found: dict[str, list[TimedVote]] = defaultdict(list)
    for vote in reading.timed_votes(conn, stage, only):
        found[person_key(vote.reviewer)].append(vote)
    return found


def pace(reviewer: str, votes: Sequence[TimedVote], waiting: int) -> Pace:
    """One person's pace from their votes at one stage, in order of the log.

    A vote's time is what was measured, or else the gap to their vote before; votes on many reports
    at once, or from one file, have none, and neither has the one after a pause.
    """
    known = _timed(votes)
    reports = len({vote.report for vote in votes})
    return Pace(reviewer, reports, waiting, len(known), an_hour(known))


def an_hour(seconds: Sequence[float]) -> float | None:
    """Reports an hour by how long votes took; None where too few are known."""
    return 3600 * len(seconds) / sum(seconds) if len(seconds) >= FEWEST else None


def _timed(votes: Sequence[TimedVote]) -> list[float]:
    """How many seconds those votes took of which it is known."""
    known: list[float] = []
    at_once = Counter(vote.at for vote in votes)
    before = None
    for vote in votes:
        gap = (vote.at - before).total_seconds() if before is not None else None
        seconds = vote.seconds if vote.seconds is not None else gap
        if (
            not vote.batch
            and at_once[vote.at] == 1
            and seconds is not None
            and 0 < seconds <= LONGEST_GAP
        ):
            known.append(seconds)
        before = vote.at
    return known


def curve(ws: Workspace) -> list[int]:
    """Reports included so far after each report that was decided on title and abstract, in the
    order of their first votes; what waits for a vote or is disputed is not in it.
    """
    with ws.store.read() as conn:
        decided = first_votes.decided_in_order(conn)
    found: list[int] = []
    for _, included in decided:
        found.append((found[-1] if found else 0) + int(included))
    return found
