"""Notes on a conflict: what its parties and who settles it say to each other."""

from __future__ import annotations

from pathlib import Path

from review import outdated
from review.errors import DecisionError
from review.events import Event
from review.events.screening import ConflictDiscussed
from review.model import Stage
from review.outdated import Shown
from review.people import same_person
from review.screening.conflicts import Role, role
from review.spreadsheet import write_csv
from review.store import active_decisions, discussions, log, visible_votes
from review.store.discussions import DiscussionNote
from review.workspace import Workspace

COLUMNS = ("report", "stage", "reviewer", "text", "time", "event")


def thread(ws: Workspace, report: str, stage: Stage, viewer: str) -> list[DiscussionNote]:
    """What was said on a report at a stage, oldest first, as far as a person may read it."""
    referee = ws.protocol.assignment.referee
    with ws.store.read() as conn:
        found = discussions.notes(conn, viewer, referee, report)
    return [note for note in found if note.stage is stage]


def say(
    ws: Workspace,
    report: str,
    stage: Stage,
    reviewer: str,
    text: str,
    *,
    shown: Shown | None = None,
) -> Event[ConflictDiscussed]:
    """Write a note on a conflict.

    Args:
        shown: the report and the votes that were on the screen.

    Raises:
        DecisionError: it is empty, the reviewer is no party and does not settle, the votes are not
            all in, or what was ``shown`` holds no more.
        NotFoundError: no such report.
    """
    if not text.strip():
        raise DecisionError("The note is empty.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        outdated.refuse_other_votes(conn, on, stage, shown)
        here = [v for v in active_decisions.votes(conn, on.report) if v.stage is stage]
        blind = visible_votes.sight(conn, reviewer, on.report).blind.get(on.report, ())
        if stage in blind or not here:
            raise DecisionError(f"{on.report} is not discussed before all its votes are in.")
        if role(ws, stage, here, reviewer) is Role.LOOKS_ON:
            raise DecisionError(
                f"The parties and {ws.protocol.assignment.referee}, the referee, discuss "
                f"{on.report}."
            )
        said = ConflictDiscussed(
            record=on.lead, report=on.report, stage=stage, reviewer=reviewer, text=text.strip()
        )
        (done,) = log.append(conn, reviewer, [said], protocol=outdated.version_read(ws, shown))
    return done


def take_back(ws: Workspace, event: str, reviewer: str) -> None:
    """Take back a note of one's own.

    Raises:
        DecisionError: it is another's, no such note, or taken back already.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        found = log.get(conn, event)
        own = isinstance(found.data, ConflictDiscussed) and same_person(found.by, reviewer)
        if not own:
            raise DecisionError("Only who wrote a note takes it back.")
        log.undo(conn, reviewer, event)


def export(ws: Workspace, path: Path, viewer: str | None = visible_votes.NO_VIEWER) -> int:
    """Write the notes that the viewer may read with the columns `COLUMNS`; returns how many.

    Args:
        viewer: who will read the file; None for whoever holds the database itself.
    """
    with ws.store.read() as conn:
        found = discussions.notes(conn, viewer, ws.protocol.assignment.referee)
    rows = [
        {
            "report": note.report,
            "stage": str(note.stage),
            "reviewer": note.reviewer,
            "text": note.text,
            "time": note.time.isoformat(),
            "event": note.event,
        }
        for note in found
    ]
    return write_csv(path, COLUMNS, rows)
