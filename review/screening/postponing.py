"""Putting a report to the end of one's own queue, and earlier decisions of one's own."""

from __future__ import annotations

from review import outdated
from review.errors import DecisionError
from review.events import Event, ReportPostponed
from review.model import Stage
from review.outdated import Shown
from review.store import log, reading, screening_status, votes
from review.store.reading import OwnVote
from review.workspace import Workspace


def postpone(
    ws: Workspace, report: str, stage: Stage, reviewer: str, *, shown: Shown | None = None
) -> Event[ReportPostponed]:
    """Put a report to the end of this reviewer's queue at a stage; it still waits for their vote.

    A report that is postponed again goes behind those postponed meanwhile.

    Args:
        shown: what the page showed, where it may be old.

    Raises:
        DecisionError: it does not wait for their vote, or is not what was ``shown`` any more.
        NotFoundError: no such report.
    """
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        if not screening_status.waiting_among(conn, stage, reviewer, [on.report]):
            raise DecisionError(f"{on.report} does not wait for your vote.")
        said = ReportPostponed(record=on.lead, report=on.report, stage=stage, reviewer=reviewer)
        (done,) = log.append(conn, reviewer, [said], protocol=outdated.version_read(ws, shown))
    return done


def undo_newest(ws: Workspace, stage: Stage, reviewer: str) -> str | None:
    """Take back what this reviewer postponed last at a stage, unless they have voted since.

    Returns:
        The report, which is in its old place again; None when a vote is newer, or there is none.
    """
    with ws.store.write() as conn:
        found = reading.newest_postponing(conn, stage, reviewer)
        last = votes.last_cast(conn, reviewer)
        if found is None or (last is not None and last.seq > found[0]):
            return None
        log.undo(conn, reviewer, found[1])
    return found[2]


def postponed(ws: Workspace, stage: Stage, reviewer: str) -> int:
    """How many reports of this reviewer's queue they have postponed."""
    with ws.store.read() as conn:
        return reading.postponed_waiting(conn, stage, reviewer)


def earlier_decisions(ws: Workspace, stage: Stage, reviewer: str, limit: int = 50) -> list[OwnVote]:
    """This reviewer's votes at a stage that count, newest first."""
    with ws.store.read() as conn:
        return reading.newest_votes(conn, stage, reviewer, limit)
