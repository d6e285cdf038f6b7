"""Votes: casting, taking back, importing, and what to show next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from review.errors import DecisionError, Mistake, ReviewError
from review.events import Event, VoteCast
from review.model import Decision, Report, Stage, Vote, VoteValue
from review.people import person_key, same_person
from review.screening.votes import vote_cast
from review.spreadsheet import read_csv, read_time, write_csv
from review.store import (
    Connection,
    active_decisions,
    log,
    reports,
    screening_status,
    visible_votes,
    votes,
)
from review.workspace import Workspace

VOTE_COLUMNS = ("report", "stage", "reviewer", "vote", "reason", "note", "time")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far screening is at one stage, in reports.

    Attributes:
        waiting: reports this reviewer has still to vote on.
    """

    total: int
    included: int
    excluded: int
    conflicts: int
    awaiting: int
    waiting: int

    @property
    def decided(self) -> int:
        """Reports with a decision."""
        return self.included + self.excluded


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of decisions, in rows."""

    added: int
    unchanged: int
    mistakes: tuple[Mistake, ...]


def next_report(
    ws: Workspace, stage: Stage, reviewer: str, skip: Sequence[str] = ()
) -> Report | None:
    """The report this reviewer should see next, with its abstract; None when all are done."""
    with ws.store.read() as conn:
        found = screening_status.next_in_queue(conn, stage, reviewer, skip)
        return reports.get(conn, found) if found else None


def cast(
    ws: Workspace,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    *,
    reason: str = "",
    note: str = "",
    replace: bool = False,
    final: bool = False,
) -> Event[VoteCast]:
    """Cast one vote; it is on disk when this returns.

    Args:
        reason: id of an exclusion reason; needed at full text (PRISMA 2020, item 16a).
        replace: the reviewer knows of an earlier vote of theirs and changes it.
        final: the vote of an adjudicator, which settles a conflict.

    Raises:
        DecisionError: no reviewer, unknown reason, or a second vote without ``replace``.
        NotFoundError: no such report.
    """
    if value is VoteValue.EXCLUDE and stage is Stage.FULL_TEXT and not reason:
        raise DecisionError("Say why: an exclusion at full text needs a reason.")
    with ws.store.write() as conn:
        on = reports.membership(conn, report)
        said = vote_cast(ws.protocol, on, stage, reviewer, value, reason, note, final=final)
        if not replace and _has_voted(conn, said):
            raise DecisionError(f"{reviewer} has voted on {report} at this stage already.")
        (done,) = log.append(conn, reviewer, [said], protocol=ws.protocol.version)
    return done


def undo_last(ws: Workspace, reviewer: str) -> Event[VoteCast] | None:
    """Take back the newest vote that this reviewer cast here and that still counts.

    Returns:
        The vote that was taken back; None when there is none.
    """
    with ws.store.write() as conn:
        last = votes.last_cast(conn, reviewer)
        if last is not None:
            log.undo(conn, reviewer, last.id)
        return last


def progress(ws: Workspace, stage: Stage, reviewer: str) -> Progress:
    """How far the stage is."""
    with ws.store.read() as conn:
        counts: dict[Decision, int] = dict.fromkeys(Decision, 0)
        for first, second, n in screening_status.counts(conn):
            if stage is Stage.TITLE_ABSTRACT:
                counts[first] += n
            elif first is Decision.INCLUDE:
                counts[second] += n
        waiting = counts[Decision.AWAITING]
        if ws.protocol.rule(stage).reviewers > 1 or stage is Stage.FULL_TEXT:
            waiting = screening_status.queue_length(conn, stage, reviewer)
    return Progress(
        total=sum(counts.values()),
        included=counts[Decision.INCLUDE],
        excluded=counts[Decision.EXCLUDE] + counts[Decision.NOT_RETRIEVED],
        conflicts=counts[Decision.CONFLICT],
        awaiting=counts[Decision.AWAITING],
        waiting=waiting,
    )


def own_votes(ws: Workspace, report: str, reviewer: str) -> list[Vote]:
    """This reviewer's votes on a report; nobody else's are read."""
    with ws.store.read() as conn:
        return [
            v for v in active_decisions.votes(conn, report) if same_person(v.reviewer, reviewer)
        ]


def import_votes(ws: Workspace, path: Path, actor: str) -> Imported:
    """Read votes from a CSV file with the columns `VOTE_COLUMNS`.

    A row equal to the vote that stands adds nothing. Bad rows are named, good rows go in, all in
    one transaction.

    Raises:
        FileError: the file cannot be read or lacks a column.
    """
    rows = list(read_csv(path, ("report", "stage", "reviewer", "vote")))
    new: list[VoteCast] = []
    mistakes: list[Mistake] = []
    unchanged = 0
    with ws.store.write() as conn:
        places = reports.memberships(conn, [row["report"] for _, row in rows])
        current = {
            (v.report, v.stage, person_key(v.reviewer)): (v.vote, v.reason)
            for v in active_decisions.votes(conn)
        }
        for line, row in rows:
            try:
                stage, value, reason = _words(ws, row)
                on = reports.found(places, row["report"])
                said = vote_cast(
                    ws.protocol, on, stage, row["reviewer"], value, reason,
                    row.get("note", ""), time=read_time(row.get("time", "")),
                )  # fmt: skip
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            key = (said.report, stage, person_key(said.reviewer))
            if current.get(key) == (value, reason):
                unchanged += 1
                continue
            current[key] = (value, reason)
            new.append(said)
        log.append(conn, actor, new, protocol=ws.protocol.version)
    return Imported(len(new), unchanged, tuple(mistakes))


def votes_still_blind(ws: Workspace) -> int:
    """How many votes are out of the sight of somebody who has still to vote on the same report."""
    with ws.store.read() as conn:
        return visible_votes.still_blind(conn)


def export_votes(ws: Workspace, path: Path, viewer: str | None = visible_votes.NOBODY) -> int:
    """Write the votes that count and that the viewer may see; returns how many.

    Args:
        viewer: who will read the file; None for whoever holds the database itself.
    """
    with ws.store.read() as conn:
        rows = [
            {
                "report": v.report,
                "stage": v.stage,
                "reviewer": v.reviewer,
                "vote": v.vote,
                "reason": v.reason,
                "note": v.note,
                "time": v.time.isoformat() if v.time else "",
            }
            for v in visible_votes.votes(conn, viewer)
        ]
    return write_csv(path, VOTE_COLUMNS, rows)


def _has_voted(conn: Connection, said: VoteCast) -> bool:
    votes = active_decisions.votes(conn, said.report)
    return any(v.stage is said.stage and same_person(v.reviewer, said.reviewer) for v in votes)


def _words(ws: Workspace, row: dict[str, str]) -> tuple[Stage, VoteValue, str]:
    """Read the words of a row; reasons may be given by id or by label."""
    try:
        stage = Stage(row["stage"].lower())
    except ValueError:
        raise DecisionError(f"stage '{row['stage']}' is not one of {', '.join(Stage)}.") from None
    try:
        value = VoteValue(row["vote"].lower())
    except ValueError:
        raise DecisionError(f"vote '{row['vote']}' is not one of {', '.join(VoteValue)}.") from None
    labels = {r.label.lower(): r.id for r in ws.protocol.reasons}
    reason = row.get("reason", "")
    return stage, value, labels.get(reason.lower(), reason)
