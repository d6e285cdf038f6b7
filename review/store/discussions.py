"""Notes on conflicts: their rows, and which of them one person may read.

The parties to a conflict and who settles it write to each other. Nobody else reads along, and
nobody at all before the votes that a report asks for are in: then only what they wrote themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from review.events import Event
from review.events.screening import ConflictDiscussed
from review.model import Stage
from review.people import person_key, same_person
from review.store import active_decisions, assignments, visible_votes
from review.store.projectors import Rows, projects
from review.store.reading_tables import discussion
from review.store.schema import member


@dataclass(frozen=True, slots=True)
class DiscussionNote:
    """What one person wrote on a conflict."""

    report: str
    stage: Stage
    reviewer: str
    text: str
    time: datetime
    event: str


@projects(ConflictDiscussed, discussion)
def _discussed(ev: Event, data: ConflictDiscussed, rows: Rows) -> None:
    rows.add(
        discussion, ev,
        record=data.record, stage=str(data.stage), reviewer=data.reviewer, text=data.text,
    )  # fmt: skip


def notes(
    conn: Connection, viewer: str | None, referee: str, report_id: str | None = None
) -> list[DiscussionNote]:
    """The notes on conflicts that one person may read, in order of the log, on one report or all.

    Args:
        viewer: as for `review.store.visible_votes`.
        referee: whom the protocol names; "" where anyone but the parties settles.
    """
    statement = (
        select(discussion, member.c.report)
        .join(member, member.c.record == discussion.c.record)
        .where(discussion.c.active)
        .order_by(discussion.c.seq)
    )
    if report_id is not None:
        statement = statement.where(member.c.report == report_id)
    found = [
        DiscussionNote(row.report, Stage(row.stage), row.reviewer, row.text, row.at, row.event)
        for row in conn.execute(statement)
    ]
    if viewer is None or not found:
        return found
    if viewer == visible_votes.NO_VIEWER:
        return []
    blind = visible_votes.sight(conn, viewer, report_id).blind
    parties = _parties(conn, {note.report for note in found})
    gone = assignments.people_gone(conn)

    def may_read(note: DiscussionNote) -> bool:
        if same_person(viewer, note.reviewer):
            return True
        here = parties[note.report, note.stage]
        acting = referee_of(referee, gone, (who for who, final in here if not final))
        settles = not acting or same_person(viewer, acting)
        is_party = any(person_key(viewer) == who for who, _ in here)
        return note.stage not in blind.get(note.report, ()) and (is_party or settles)

    return [note for note in found if may_read(note)]


def referee_of(referee: str, gone: Collection[str], parties: Iterable[str]) -> str:
    """Who settles one conflict, where one person does; "" where anyone may but its parties.

    Nobody waits for a referee who has left, or who is a party to it.

    Args:
        referee: whom the protocol names, or "".
        gone: keys of the people who have left; ``parties`` of those who disagree.
    """
    return "" if person_key(referee) in {*gone, *parties} else referee


def unseen(conn: Connection, viewer: str | None, referee: str, report_id: str) -> set[str]:
    """Events of notes on a report, those taken back too, that one person may not read."""
    on = select(member.c.record).where(member.c.report == report_id)
    ever = select(discussion.c.event).where(discussion.c.record.in_(on))
    seen = {note.event for note in notes(conn, viewer, referee, report_id)}
    return set(conn.execute(ever).scalars()) - seen


def _parties(conn: Connection, ids: set[str]) -> dict[tuple[str, Stage], set[tuple[str, bool]]]:
    """Report and stage -> who has voted there, and whether that was a final vote."""
    found: dict[tuple[str, Stage], set[tuple[str, bool]]] = defaultdict(set)
    for report, cast in active_decisions.votes_of(conn, ids).items():
        for vote in cast:
            found[report, vote.stage].add((person_key(vote.reviewer), vote.final))
    return found
