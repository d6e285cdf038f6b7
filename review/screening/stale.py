"""What was on the screen when a decision was drawn, and whether it still holds.

A page may be hours old when a button on it is pressed. What it showed travels with the press; where
the review has moved on since, the decision is refused in words that say who did what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.errors import OutdatedError
from review.events import Event, RecordsMerged, RunWithdrawn, Undone, VoteCast
from review.model import Stage, Vote
from review.store import Connection, active_decisions, log
from review.store.reports import Membership


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page showed of a report.

    Attributes:
        records: ids of the records that the report was made of.
        protocol: version of the protocol whose criteria were read.
        votes: ids of the votes that stood there, for the page that settles a conflict; None where
            the votes of others are not shown.
    """

    records: tuple[str, ...]
    protocol: str
    votes: frozenset[str] | None = None


def votes_shown(votes: Iterable[Vote]) -> frozenset[str]:
    """Votes as `Shown` holds them."""
    return frozenset(vote.event for vote in votes)


def refuse_outdated(conn: Connection, on: Membership, stage: Stage, shown: Shown) -> None:
    """See that what a decision was drawn for still holds.

    Raises:
        OutdatedError: the report has other records now, or other votes count on it.
    """
    if set(on.records) != set(shown.records):
        done = _newest(conn, on.report, (RecordsMerged, Undone, RunWithdrawn))
        by = f"{done.actor} has since joined or parted its records" if done else "It has changed"
        raise OutdatedError(
            f"{on.report} is not what was on the screen any more: {by}. Nothing was stored; read "
            "it as it is now and decide again."
        )
    if shown.votes is None:
        return
    here = [v for v in active_decisions.votes(conn, on.report) if v.stage is stage]
    if votes_shown(here) != shown.votes:
        done = _newest(conn, on.report, (VoteCast, Undone))
        said = "The votes have changed"
        if done is not None and isinstance(done.data, VoteCast):
            final = " as the final word" if done.data.final else ""
            said = f"{done.data.reviewer} has voted {done.data.vote}{final}"
        elif done is not None:
            said = f"{done.actor} has taken a vote back"
        raise OutdatedError(
            f"{on.report} is not what was on the screen any more: {said}. Nothing was stored; the "
            "votes as they are now are shown."
        )


def _newest(conn: Connection, report: str, kinds: tuple[type, ...]) -> Event | None:
    found = [e for e, _counts in log.history(conn, report) if isinstance(e.data, kinds)]
    return found[-1] if found else None
