"""What was on the screen when a press was drawn, and whether it still holds.

A page may be hours old when a button on it is pressed. What it showed travels with the press; where
the review has moved on since, nothing is stored and the refusal says who did what, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from review.errors import DecisionError, NotFoundError, OutdatedError
from review.events import (
    Event,
    EventData,
    FieldChosen,
    FindingRemoved,
    FindingWritten,
    PairRuled,
    ProtocolAdopted,
    RecordMended,
    RecordsMerged,
    RunWithdrawn,
    SuggestionAnswered,
    TagGiven,
    Undone,
    VoteCast,
)
from review.model import Answer, Report, Stage, Vote
from review.people import same_person
from review.store import Connection, active_decisions, log, reports
from review.store.reports import Membership
from review.workspace import Workspace

NOTHING_STORED = "Nothing was stored; it is shown as it is now."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page showed of a report.

    Attributes:
        records: ids of the records that the report was made of.
        protocol: version of the protocol whose criteria and codebook were read.
        votes: ids of the votes that stood there, for the page that settles a conflict; None where
            the votes of others are not shown.
    """

    records: tuple[str, ...]
    protocol: str
    votes: frozenset[str] | None = None


def shown(ws: Workspace, report: Report) -> Shown:
    """What a page shows of a report, to go with the presses that write about it."""
    return Shown(report.record_ids, ws.protocol.version)


def votes_shown(votes: Iterable[Vote]) -> frozenset[str]:
    """Votes as `Shown` holds them."""
    return frozenset(vote.event for vote in votes)


def version_read(ws: Workspace, seen: Shown | None) -> str:
    """The protocol version under which a press is kept: the one that was read."""
    return ws.protocol.version if seen is None else seen.protocol


def membership(conn: Connection, name: str, seen: Shown | None) -> Membership:
    """What a press on ``name``, an id of a report or record, is about.

    Args:
        seen: what the page showed; None where it is no page that asks.

    Raises:
        OutdatedError: the report has other records than the page showed.
        NotFoundError: nothing has that id.
    """
    if seen is None:
        return reports.membership(conn, name)
    on = reports.memberships(conn, [name]).get(name)
    here = on.records if on else ()
    if on is not None and set(here) == set(seen.records):
        return on
    done = _newest(conn, {*here, *seen.records}, _regroups)
    if on is None and done is None:
        raise NotFoundError(f"There is no report '{name.strip()}'.")
    raise _refusal(name, conn, done, "its records were joined or parted")


def refuse_other_votes(conn: Connection, on: Membership, stage: Stage, seen: Shown | None) -> None:
    """See that the votes which a page laid side by side still stand.

    Raises:
        OutdatedError: other votes count on the report now.
    """
    if seen is None or seen.votes is None:
        return
    here = [v for v in active_decisions.votes(conn, on.report) if v.stage is stage]
    if votes_shown(here) == seen.votes:
        return

    def voted(data: EventData) -> bool:
        return isinstance(data, VoteCast) and data.stage is stage

    raise _refusal(on.report, conn, _newest(conn, on.records, voted), "the votes have changed")


def refuse_answered(
    conn: Connection, on: Membership, suggestion: str, alike: Collection[str], reviewer: str
) -> None:
    """See that no other person has answered a suggestion since a page showed it as open.

    Args:
        alike: ids of all suggestions of the same value; a no to one of them is a no to all.

    Raises:
        OutdatedError: someone has.
    """

    def answer(data: EventData) -> bool:
        if not isinstance(data, (TagGiven, SuggestionAnswered)):
            return False
        said_no = data.suggestion in alike and data.answer is Answer.REJECTED
        here = said_no or data.suggestion == suggestion
        return here and not same_person(data.reviewer, reviewer)

    found = [e for e, counts in log.about(conn, on.records) if counts and answer(e.data)]
    if found:
        raise _refusal(on.report, conn, found[-1], "")


def chosen_otherwise(conn: Connection, on: Membership, field: str) -> OutdatedError:
    """The refusal where another record was chosen for a field since a page was drawn."""

    def choice(data: EventData) -> bool:
        return isinstance(data, FieldChosen) and data.field == field

    done = _newest(conn, on.records, choice)
    return _refusal(on.report, conn, done, "the field is shown from another record")


def mended_meanwhile(conn: Connection, field: str, on: Membership) -> OutdatedError:
    """The refusal where another text stands in a field than the page showed."""

    def mended(data: EventData) -> bool:
        return isinstance(data, RecordMended) and field in data.changes

    done = _newest(conn, on.records, mended)
    return _refusal(f"The {field} of {on.report}", conn, done, "its source has changed it")


def refuse_undone(conn: Connection, event: str) -> None:
    """See that a step still counts which a page offered to take back.

    Raises:
        OutdatedError: someone has taken it back, or something newer has replaced it.
        NotFoundError: no such event.
    """
    target = log.get(conn, event)
    if log.counts(conn, event):
        return
    done = None
    for later, _ in log.about(conn, root(conn, target).data.about):
        over = {*_cancelled(later), *later.data.taken_over, root(conn, later).id}
        newer = later.data.key is not None and later.data.key == target.data.key
        if later.seq > target.seq and (event in over or newer):
            done = later
    raise _refusal("This step", conn, done, "it has been taken back or replaced already")


def judged_meanwhile(conn: Connection, a: str, b: str) -> OutdatedError:
    """The refusal where two records have been judged since a page asked what they are."""

    def ruling(data: EventData) -> bool:
        return isinstance(data, PairRuled)

    done = _newest(conn, {a, b}, ruling)
    return _refusal(f"The pair {a} and {b}", conn, done, "it was judged meanwhile")


def removed_meanwhile(conn: Connection, finding: str, on: Membership) -> OutdatedError:
    """The refusal where a finding counts no more that a page showed."""

    def removal(data: EventData) -> bool:
        written = isinstance(data, (FindingWritten, FindingRemoved))
        return written and finding in data.taken_over

    done = _newest(conn, on.records, removal)
    return _refusal("This finding", conn, done, "it has been removed")


@contextmanager
def words_of_now(conn: Connection, ws: Workspace, seen: Shown | None) -> Iterator[None]:
    """Say who changed the protocol where a press names a reason or value that was dropped since.

    Raises:
        OutdatedError: in place of another refusal, when the page was drawn under another version.
    """
    try:
        yield
    except OutdatedError:
        raise
    except DecisionError as error:
        if seen is None or seen.protocol == ws.protocol.version:
            raise
        adopted = log.newest(conn, ProtocolAdopted)
        before = f"The protocol or codebook is not what was on the screen any more. {error}"
        raise OutdatedError(
            f"{before} {adopted.actor if adopted else 'Someone'} has put version "
            f"{ws.protocol.version} in force",
            adopted.at if adopted else None,
            NOTHING_STORED,
        ) from error


def _refusal(what: str, conn: Connection, done: Event | None, otherwise: str) -> OutdatedError:
    """The sentence for a press that came too late.

    Args:
        done: what happened since; ``otherwise`` is said when that cannot be told.
    """
    said = f"{done.by} {_words(conn, done)}" if done else otherwise
    at = done.at if done else None
    return OutdatedError(f"{what} is not what was on the screen any more: {said}", at,
                         NOTHING_STORED)  # fmt: skip


def _newest(
    conn: Connection, records: Collection[str], fits: Callable[[EventData], bool]
) -> Event | None:
    """The newest event about some records that fits, or takes back one that does."""
    found = [e for e, _ in log.about(conn, records) if fits(root(conn, e).data)]
    return found[-1] if found else None


def root(conn: Connection, event: Event) -> Event:
    """What a chain of undos is about in the end; any other event itself."""
    while cancels := _cancelled(event):
        event = log.get(conn, cancels[0])
    return event


def _cancelled(event: Event) -> tuple[str, ...]:
    return event.data.cancels if isinstance(event.data, Undone) else ()


def _regroups(data: EventData) -> bool:
    return isinstance(data, (RecordsMerged, RunWithdrawn))


def _words(conn: Connection, done: Event) -> str:
    """What someone has done, to stand after their name."""
    data = done.data
    if isinstance(data, Undone):
        target = log.get(conn, data.cancels[0])
        if isinstance(target.data, Undone):
            return f"has let {_named(root(conn, done).data)} count again"
        return f"has taken {_named(target.data)} back"
    if isinstance(data, VoteCast):
        return f"has voted {data.vote}{' as the final word' if data.final else ''}"
    if isinstance(data, PairRuled):
        return f"has judged: {' and '.join(data.records)} {data.sentence}"
    if isinstance(data, RunWithdrawn):
        return f"has withdrawn the run {data.run}"
    if isinstance(data, (TagGiven, SuggestionAnswered)):
        return f"has {data.answer} this suggestion"
    if isinstance(data, FieldChosen):
        return f"has chosen {data.record} for this field"
    if isinstance(data, (FindingWritten, RecordMended)):
        return "has written it anew"
    return "has removed it"


def _named(data: EventData) -> str:
    if isinstance(data, RecordsMerged):
        return f"the merge of {' and '.join(data.records)}"
    if isinstance(data, VoteCast):
        return "a vote"
    if isinstance(data, RunWithdrawn):
        return f"the withdrawal of {data.run}"
    if isinstance(data, PairRuled):
        return f"what was said of {' and '.join(data.records)}"
    return "it"
