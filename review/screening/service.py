"""Votes: casting, taking back, importing, and what to show next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review import outdated
from review.errors import DecisionError, Mistake, ReviewError
from review.events import Event, VoteCast
from review.model import Decision, Place, Report, Stage, Standing, Vote, VoteValue
from review.outdated import Shown
from review.people import person_key, same_person
from review.screening import ordering
from review.screening.votes import settled_records, vote_cast, vote_here
from review.spreadsheet import read_csv, read_time, write_csv
from review.store import (
    Connection,
    active_decisions,
    log,
    queue_memory,
    reading,
    reports,
    screening_status,
    turns,
    visible_votes,
    votes,
)
from review.store.changed_since_votes import changed_since_votes
from review.store.record_changes import Amendment
from review.workspace import Workspace

VOTE_COLUMNS = ("report", "stage", "reviewer", "vote", "reason", "note", "time")
_COLUMNS_EVER = (*VOTE_COLUMNS, "event", "final", "counts", "standing", "also", "seconds")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far screening is at one stage, in reports.

    Attributes:
        conflicts: on the decision, and on the reason of an exclusion.
        awaiting: reports without a decision, conflicts aside.
        waiting: of these, reports this reviewer has still to vote on.
        unsure: of these, reports awaiting classification.
        stopped: reports that a stop left unscreened; awaited by nobody.
    """

    total: int
    included: int
    excluded: int
    conflicts: int
    awaiting: int
    waiting: int
    unsure: int = 0
    stopped: int = 0

    @property
    def others(self) -> int:
        """Reports that wait for somebody else's vote."""
        return self.awaiting - self.unsure - self.waiting

    @property
    def decided(self) -> int:
        """Reports with a decision."""
        return self.included + self.excluded


@dataclass(frozen=True, slots=True)
class Worklists:
    """Every report in the one list it is on, as one reviewer sees them.

    Attributes:
        places: place -> reports there.
        yours: stage -> reports that wait for this reviewer's vote.
        others: stage -> reports they have voted on, which wait for somebody else's, by id.
    """

    places: dict[Place, int]
    yours: dict[Stage, int]
    others: dict[Stage, tuple[str, ...]]

    @property
    def total(self) -> int:
        """All reports."""
        return sum(self.places.values())

    @property
    def excluded(self) -> int:
        """Reports that left the review, also those whose reasons differ."""
        return sum(n for place, n in self.places.items() if place.left)

    @property
    def decided(self) -> int:
        """Reports for which nothing is left to decide."""
        return self.places[Place.INCLUDED] + self.excluded


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of decisions, in rows.

    Attributes:
        late: of the votes added, those on reports that a final decision had settled.
    """

    added: int
    unchanged: int
    mistakes: tuple[Mistake, ...]
    late: int = 0


def next_report(
    ws: Workspace, stage: Stage, reviewer: str, skip: Sequence[str] = ()
) -> Report | None:
    """The report this reviewer should see next, with its abstract; None when all are done."""
    with ws.store.read() as conn:
        order = ordering.in_force(ws, conn, stage)
        known = queue_memory.memory_of(ws.store).reports(conn, stage, reviewer)
        found = reading.next_card(conn, stage, reviewer, skip, order=order, known=known)
        return reports.get(conn, found) if found else None


def cast(
    ws: Workspace,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    *,
    reason: str = "",
    also: Sequence[str] = (),
    note: str = "",
    replace: bool = False,
    final: bool = False,
    shown: Shown | None = None,
    seconds: float | None = None,
) -> Event[VoteCast]:
    """Cast one vote; it is on disk when this returns.

    Args:
        reason: id of an exclusion reason; needed at full text (PRISMA 2020, item 16a).
        also: ids of further reasons; the flow diagram counts the first alone.
        replace: the reviewer knows of an earlier vote of theirs and changes it.
        final: the vote of an adjudicator, which settles a conflict; what was decided on records
            that were merged since comes back when they are parted again.
        shown: what the page showed, where it may be old; the vote is kept under the protocol
            version that was read.
        seconds: from when the report was shown to the vote, where that was measured.

    Raises:
        DecisionError: no reviewer, unknown reason, a second vote without ``replace``, or the report
            is not what was ``shown`` any more.
        NotFoundError: no such report.
    """
    if value is VoteValue.EXCLUDE and stage is Stage.FULL_TEXT and not reason:
        raise DecisionError("Say why: an exclusion at full text needs a reason.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        outdated.refuse_other_votes(conn, on, stage, shown)
        with outdated.words_of_now(conn, ws, shown):
            said = vote_here(
                conn, ws.protocol, on, stage, reviewer, value, reason, note, also=also, final=final
            ).model_copy(update={"seconds": seconds})
        if not replace and _has_voted(conn, said):
            raise DecisionError(f"{reviewer} has voted on {report} at this stage already.")
        (done,) = log.append(conn, reviewer, [said], protocol=outdated.version_read(ws, shown))
    return done


def undo_last(ws: Workspace, reviewer: str) -> Event[VoteCast] | None:
    """Take back the newest vote that this reviewer cast here and that still counts, with those
    that were cast by the same press.

    Returns:
        The vote that was taken back; None when there is none.
    """
    with ws.store.write() as conn:
        last = votes.last_cast(conn, reviewer)
        if last is not None:
            batch = reading.batch_of(conn, last.id)
            log.undo(conn, reviewer, last.id, [one for one in batch if one != last.id])
        return last


def may_undo(ws: Workspace, reviewer: str) -> bool:
    """Whether `undo_last` has something to take back."""
    with ws.store.read() as conn:
        return votes.last_cast(conn, reviewer) is not None


def progress(ws: Workspace, stage: Stage, reviewer: str) -> Progress:
    """How far the stage is."""
    with ws.store.read() as conn:
        counts: dict[Decision, int] = dict.fromkeys(Decision, 0)
        differ = unsure = 0
        for first, second, place, n in screening_status.counts(conn):
            passed = first is Decision.INCLUDE
            if stage is Stage.FULL_TEXT and not passed:
                continue
            counts[first if stage is Stage.TITLE_ABSTRACT else second] += n
            if passed is (stage is Stage.FULL_TEXT):
                differ += n if place is Place.REASONS_DIFFER else 0
                unsure += n if place is Place.CLASSIFICATION else 0
        waiting = counts[Decision.AWAITING] - unsure
        if ws.protocol.rule(stage).reviewers > 1 or turns.is_shared(conn):
            waiting = len(queue_memory.memory_of(ws.store).reports(conn, stage, reviewer))
    return Progress(
        total=sum(counts.values()),
        included=counts[Decision.INCLUDE],
        excluded=counts[Decision.EXCLUDE] + counts[Decision.NOT_RETRIEVED],
        conflicts=counts[Decision.CONFLICT] + differ,
        awaiting=counts[Decision.AWAITING],
        waiting=waiting,
        unsure=unsure,
        stopped=counts[Decision.NOT_SCREENED],
    )


def worklists(ws: Workspace, reviewer: str) -> Worklists:
    """Where every report is, and whose vote it waits for."""
    with ws.store.read() as conn:
        places = dict.fromkeys(Place, 0)
        for _first, _second, place, n in screening_status.counts(conn):
            places[place] += n
        yours = {s: screening_status.queue_length(conn, s, reviewer) for s in Stage}
        others = {s: tuple(screening_status.voted_and_waiting(conn, s, reviewer)) for s in Stage}
    return Worklists(places, yours, others)


def waiting_for_others(ws: Workspace, stage: Stage, reviewer: str) -> list[str]:
    """Reports this reviewer has voted on, which wait for somebody else's vote at a stage."""
    with ws.store.read() as conn:
        return screening_status.voted_and_waiting(conn, stage, reviewer)


def own_votes(ws: Workspace, report: str, reviewer: str) -> list[Vote]:
    """This reviewer's votes on a report; nobody else's are read."""
    with ws.store.read() as conn:
        return [
            v for v in active_decisions.votes(conn, report) if same_person(v.reviewer, reviewer)
        ]


def changed_since_voted(ws: Workspace, reviewer: str) -> dict[str, list[Amendment]]:
    """Reports this person voted on whose title, abstract or retraction changed after the last vote.

    Told so that they can look again; no vote and no decision changes by it.

    Returns:
        Report -> what changed, oldest first; empty for nobody.
    """
    if not reviewer:
        return {}
    with ws.store.read() as conn:
        return changed_since_votes(conn, person_key(reviewer))


def settled_by(ws: Workspace, report: str, stage: Stage, reviewer: str) -> list[Vote]:
    """The final votes that stand on a report at a stage; several where records were merged since.

    Another vote changes nothing there.
    """
    with ws.store.read() as conn:
        cast = visible_votes.votes(conn, reviewer, report)
    return [v for v in cast if v.stage is stage and v.final and v.standing is Standing.COUNTS]


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
        current: dict[tuple[str, Stage, str], set[tuple[VoteValue, tuple[str, ...]]]] = defaultdict(
            set
        )
        known = active_decisions.votes(conn)
        settled = settled_records(known)
        for v in known:
            current[v.report, v.stage, person_key(v.reviewer)].add((v.vote, v.reasons))
        for line, row in rows:
            try:
                stage, value, reason, also = _words(ws, row)
                on = reports.found(places, row["report"])
                said = vote_cast(
                    ws.protocol, on, stage, row["reviewer"], value, reason, row.get("note", ""),
                    also=also,
                    after=settled.get((on.report, stage), ""),
                    time=read_time(row.get("time", "")),
                )  # fmt: skip
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            key = (said.report, stage, person_key(said.reviewer))
            reasons = tuple(filter(None, (said.reason, *said.also)))
            if (value, reasons) in current[key]:
                unchanged += 1
                continue
            current[key] = {(value, reasons)}
            new.append(said.model_copy(update={"file": path.name}))
        log.append(conn, actor, new, protocol=ws.protocol.version)
    late = sum(said.after_final for said in new)
    return Imported(len(new), unchanged, tuple(mistakes), late)


def votes_still_blind(ws: Workspace) -> int:
    """How many votes are out of the sight of somebody who has still to vote on the same report."""
    with ws.store.read() as conn:
        return visible_votes.still_blind(conn)


def export_votes(ws: Workspace, path: Path, viewer: str | None = visible_votes.NO_VIEWER) -> int:
    """Write the votes in force that the viewer may see; returns how many.

    ``standing`` says which of them does not count, as it was cast after a settlement; ``seconds``
    how long it took, where that was measured.

    Args:
        viewer: who will read the file; None for whoever holds the database itself.
    """
    with ws.store.read() as conn:
        took = reading.seconds(conn)
        rows = [_row(v, took) for v in visible_votes.votes(conn, viewer)]
        return write_csv(path, (*VOTE_COLUMNS, "standing", "also", "seconds"), rows)


def export_votes_ever(ws: Workspace, path: Path) -> int:
    """Write every vote, those replaced or taken back among them; returns how many.

    ``final`` says whether it settled a conflict, ``counts`` whether it counts still, ``standing``
    why not.
    """
    with ws.store.read() as conn:
        took = reading.seconds(conn)
        rows = [
            _row(v, took)
            | {
                "event": v.event,
                "final": _yes(v.final),
                "counts": _yes(active and not v.standing.is_idle),
                "standing": str(v.standing) if active else "replaced or taken back",
            }
            for v, active in active_decisions.votes_ever(conn)
        ]
    return write_csv(path, _COLUMNS_EVER, rows)


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def _row(v: Vote, took: Mapping[str, float]) -> dict[str, str]:
    return {
        "report": v.report,
        "stage": v.stage,
        "reviewer": v.reviewer,
        "vote": v.vote,
        "reason": v.reason,
        "note": v.note,
        "time": v.time.isoformat() if v.time else "",
        "standing": str(v.standing),
        "also": ";".join(v.also),
        "seconds": f"{took[v.event]:.1f}" if v.event in took else "",
    }


def _has_voted(conn: Connection, said: VoteCast) -> bool:
    votes = active_decisions.votes(conn, said.report)
    return any(v.stage is said.stage and same_person(v.reviewer, said.reviewer) for v in votes)


def _words(ws: Workspace, row: dict[str, str]) -> tuple[Stage, VoteValue, str, list[str]]:
    """Read the words of a row; reasons may be given by id or by label, further ones parted by
    semicolons."""
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
    also = [one.strip() for one in row.get("also", "").split(";") if one.strip()]
    return (
        stage,
        value,
        labels.get(reason.lower(), reason),
        [labels.get(a.lower(), a) for a in also],
    )
