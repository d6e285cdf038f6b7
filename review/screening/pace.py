"""How far and how fast people screen: per stage and person, and what was found on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from review.model import Stage
from review.people import person_key, same_person
from review.screening.service import Progress, progress
from review.store import first_votes, reading, screening_status
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
    with ws.store.read() as conn:
        cast = reading.timed_votes(conn)
        found = []
        for stage in Stage:
            blind = ws.protocol.rule(stage).reviewers > 1
            of: dict[str, list[TimedVote]] = defaultdict(list)
            for vote in cast:
                if vote.stage is stage and (not blind or same_person(vote.reviewer, viewer)):
                    of[person_key(vote.reviewer)].append(vote)
            people = [
                pace(
                    votes[-1].reviewer,
                    votes,
                    screening_status.queue_length(conn, stage, votes[-1].reviewer),
                )
                for votes in of.values()
            ]
            found.append((stage, blind, sorted(people, key=lambda p: p.reviewer.casefold())))
    return [StagePace(s, progress(ws, s, viewer), b, tuple(people)) for s, b, people in found]


def pace(reviewer: str, votes: Sequence[TimedVote], waiting: int) -> Pace:
    """One person's pace from their votes at one stage, in order of the log.

    A vote's time is what was measured, or else the gap to their vote before; votes on many reports
    at once have none, and neither has the one after a pause.
    """
    known: list[float] = []
    before = None
    for vote in votes:
        gap = (vote.at - before).total_seconds() if before is not None else None
        seconds = vote.seconds if vote.seconds is not None else gap
        if not vote.batch and seconds is not None and 0 < seconds <= LONGEST_GAP:
            known.append(seconds)
        before = vote.at
    an_hour = 3600 * len(known) / sum(known) if len(known) >= FEWEST else None
    reports = len({vote.report for vote in votes})
    return Pace(reviewer, reports, waiting, len(known), an_hour)


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
