"""Finding reports, reading the whole file of one, and taking back one's own steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from review import outdated
from review.appraisal import service as appraisal
from review.coding.steps import confirmed_with
from review.display_fields import FIELD_RULES, FieldValue, fields_of
from review.errors import DecisionError, NotFoundError
from review.events import (
    DecisionConfirmed,
    Event,
    FieldChosen,
    NoteWritten,
    RecordCorrected,
    ReportPostponed,
    Undone,
    VoteCast,
)
from review.extraction import service as extraction
from review.model import (
    Finding,
    Record,
    Report,
    SearchRun,
    Stage,
    Standing,
    Suggestion,
    Tag,
    Vote,
)
from review.outdated import Shown
from review.people import same_person
from review.store import (
    Connection,
    active_decisions,
    bulk_reads,
    discussions,
    field_choices,
    filters,
    list_filters,
    log,
    model_places,
    people,
    records,
    reports,
    screening_status,
    study_reports,
    suggestions,
    visible_codes,
    visible_suggestions,
    visible_votes,
)
from review.workspace import Workspace

STATUSES = tuple(screening_status.STATUSES)
"""Where a report can stand, as `find` takes it."""

OWN_STATES = tuple(list_filters.OWN)
"""What the person who looks has done with a report."""

FEATURES = tuple(list_filters.FEATURES)
"""What a report has or lacks."""

SCREENED, PASSED, ASSESSED = list_filters.SCREENED, list_filters.PASSED, list_filters.ASSESSED
"""Those of them that coverage counts (`review.reporting.coverage`)."""

ORDERS = tuple(list_filters.ORDERS)
"""How the list is sorted."""

SCORES, BY_MODEL = tuple(model_places.SCORES), list_filters.BY_MODEL
"""Where a model had put a report before anybody voted on it, and orders by that."""


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What to look for; an empty field asks nothing.

    Attributes:
        text: words that must all occur, or an id.
        status: one of `STATUSES`.
        label: one that a record came with, or that its label is part of.
        years: first and last year of publication.
        ids: only these reports; other fields are not looked at then.
        reviewer: who looks, for ``own`` and for orders by own votes.
        own: one of `OWN_STATES`: what they have done with it.
        stage: of ``own`` and of own votes; None for both.
        has: one of `FEATURES`.
        order: one of `ORDERS`; as they arrived without.
        score: one of `SCORES`: where a model had put it at ``stage``, or on title and abstract,
            before anybody voted on it; only what the reader may know.
    """

    text: str = ""
    status: str = ""
    source: str = ""
    label: str = ""
    years: tuple[int | None, int | None] = (None, None)
    ids: tuple[str, ...] = ()
    reviewer: str = ""
    own: str = ""
    stage: Stage | None = None
    has: str = ""
    order: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event in the life of a report.

    Attributes:
        counts: whether it still counts; false once it was taken back.
        undone: for an undo, what it takes back.
        search: for records that came in, the name of the search that found them.
        standing: what a vote that is not taken back is worth.
    """

    event: Event
    counts: bool
    undone: Event | None = None
    search: str = ""
    standing: Standing = Standing.COUNTS


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the review knows of one report, as one reviewer may see it.

    Attributes:
        records: the records joined in it, with ids, oldest first.
        runs: record id -> search runs that found it.
        votes: those in sight (`review.store.visible_votes`), without replaced ones.
        tags, findings: those in sight (`review.store.visible_codes`).
        suggestions: each with the newest answer to it.
        notes: those in sight: reviewer, text, time.
        steps: oldest first; what is said in votes and notes as for these.
        siblings: the other reports of its study.
        fields: where each field of the report is taken from (`review.display_fields`).
    """

    report: Report
    records: tuple[tuple[str, Record], ...]
    runs: dict[str, tuple[SearchRun, ...]]
    votes: tuple[Vote, ...]
    tags: tuple[Tag, ...]
    findings: tuple[Finding, ...]
    suggestions: tuple[tuple[Suggestion, str], ...]
    notes: tuple[tuple[str, str, datetime], ...]
    steps: tuple[HistoryEntry, ...]
    siblings: tuple[Report, ...]
    fields: Mapping[str, FieldValue]


def find(
    ws: Workspace, search: ReportFilter, *, limit: int = 100, offset: int = 0
) -> tuple[list[Report], int]:
    """Reports that fit, without abstracts, in the order asked for.

    Returns:
        The page asked for, and how many fit in all.
    """
    with ws.store.read() as conn:
        found = _fitting(conn, search)
        here = found[offset : offset + limit]
        place = {id_: n for n, id_ in enumerate(here)}
        return sorted(reports.by_ids(conn, here), key=lambda r: place[r.id]), len(found)


def ids(ws: Workspace, search: ReportFilter) -> list[str]:
    """All reports that fit, in the order asked for."""
    with ws.store.read() as conn:
        return _fitting(conn, search)


def has_model_places(ws: Workspace) -> bool:
    """Whether the list can be filtered by what a model said: it did, and the protocol has it."""
    if not ws.protocol.machine_help:
        return False
    with ws.store.read() as conn:
        return model_places.any_kept(conn)


def model_place_words(
    ws: Workspace, ids: Sequence[str], reviewer: str, stage: Stage
) -> dict[str, str]:
    """``12 of 322 (version 1, 2026-11-28)`` of each report that the person may know it of."""
    with ws.store.read() as conn:
        found = model_places.of(conn, ids, reviewer, stage)
    return {
        id_: f"{at.rank:,} of {at.ranked:,} (version {at.version}, {at.ordered:%Y-%m-%d})"
        for id_, at in found.items()
    }


def get(ws: Workspace, name: str) -> Report:
    """One report with its abstract, by its id, an absorbed one's, or a record's.

    Raises:
        NotFoundError: nothing has that id.
    """
    with ws.store.read() as conn:
        return reports.get(conn, reports.resolve(conn, name))


def record(ws: Workspace, record_id: str) -> Record:
    """One record as its source gave it.

    Raises:
        NotFoundError: no such record.
    """
    with ws.store.read() as conn:
        return records.get(conn, record_id)


def sources(ws: Workspace) -> dict[str, int]:
    """Records by source."""
    with ws.store.read() as conn:
        return records.count_by_source(conn)


def labels(ws: Workspace) -> list[str]:
    """Labels that records came with: collections, groups and tags of other tools."""
    with ws.store.read() as conn:
        return filters.labels(conn)


def identified(ws: Workspace) -> dict[str, int]:
    """Records identified by searches and files, by source, as the flow diagram counts them."""
    with ws.store.read() as conn:
        return bulk_reads.identified(conn)


def dossier(ws: Workspace, name: str, reviewer: str) -> Dossier:
    """Everything the review knows of one report.

    Raises:
        NotFoundError: nothing has that id.
    """
    with ws.store.read() as conn:
        report = reports.get(conn, reports.resolve(conn, name))
        members = records.of_report(conn, report.id)
        seen = records.sightings(conn, report.record_ids)
        runs = {run.id: run for run in records.runs(conn)}
        sight = visible_votes.sight(conn, reviewer, report.id)
        offered = visible_suggestions.sight(conn, report.id, reviewer, ws.protocol)
        codes = visible_codes.sight(conn, reviewer, report.id)
        answered_by = people.spellings(conn, reviewer) if codes.is_blind(report.id) else None
        history = log.history(conn, report.id)
        worth = active_decisions.vote_standings(conn, report.id)
        unseen = appraisal.hidden_events(conn, ws, report.id, reviewer)
        unseen |= extraction.hidden_events(conn, ws, report.id, reviewer)
        unseen |= discussions.unseen(conn, reviewer, ws.protocol.assignment.referee, report.id)
        return Dossier(
            report=report,
            records=tuple(members),
            runs={r: tuple(runs[n] for n in seen.get(r, ())) for r, _ in members},
            votes=tuple(visible_votes.votes(conn, reviewer, report.id)),
            tags=tuple(visible_codes.tags(conn, reviewer, report.id)),
            findings=tuple(visible_codes.findings(conn, reviewer, report.id)),
            suggestions=tuple(
                (s, said)
                for s, said in suggestions.of_report(conn, report.id, answered_by)
                if offered.shows(s.dimension)
            ),
            notes=tuple(visible_votes.notes(conn, reviewer, report.id)),
            steps=tuple(_steps(history, sight, codes, report, runs, worth, unseen)),
            siblings=tuple(study_reports.siblings(conn, report.id)),
            fields=_fields(conn, report.id, members),
        )


def add_note(
    ws: Workspace, name: str, reviewer: str, text: str, *, shown: Shown | None = None
) -> Event:
    """Write a note on a report.

    Args:
        shown: what the page showed, where it may be old. So in all that follows.

    Raises:
        OutdatedError: the report is not what was ``shown`` any more. So in all that follows.
        DecisionError: the note is empty.
        NotFoundError: nothing has that id.
    """
    if not text.strip():
        raise DecisionError("The note is empty.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, name, shown)
        note = NoteWritten(record=on.lead, report=on.report, text=text.strip(), reviewer=reviewer)
        (done,) = log.append(conn, reviewer, [note], protocol=outdated.version_read(ws, shown))
    return done


def choose_field(
    ws: Workspace,
    name: str,
    field: str,
    record_id: str,
    reviewer: str,
    *,
    shown: Shown | None = None,
    instead_of: FieldValue | None = None,
) -> Event:
    """Show a field of a report as one of its records has it.

    The choice stays with the record: it holds in whatever report the record comes to be, and
    comes back with the record when a merge is taken back.

    Args:
        record_id: ``""`` leaves the field to the rule again.
        instead_of: what the page showed of the field.

    Raises:
        DecisionError: no such field, the record is not in the report or lacks the field, or there
            is no choice to leave.
        NotFoundError: nothing has that name.
    """
    if field not in FIELD_RULES:
        raise DecisionError(f"'{field}' is not a field of a report.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, name, shown)
        if instead_of is not None:
            here = _fields(conn, on.report, records.of_report(conn, on.report))[field]
            if (here.record, here.chosen) != (instead_of.record, instead_of.chosen):
                raise outdated.chosen_otherwise(conn, on, field)
        if not record_id:
            chosen = field_choices.events_of(conn, on.report, field)
            if not chosen:
                raise DecisionError(
                    f"Nobody chose a record for the {field} of {on.report}; a text written by hand "
                    "is taken back in its history."
                )
            (undone,) = log.append(conn, reviewer, [Undone(cancels=tuple(chosen))])
            return undone
        if record_id not in on.records:
            raise DecisionError(f"{record_id} is not a record of {on.report}.")
        if not getattr(records.get(conn, record_id), field):
            raise DecisionError(f"{record_id} has no {field}.")
        choice = FieldChosen(record=record_id, report=on.report, field=field, reviewer=reviewer)
        (done,) = log.append(conn, reviewer, [choice])
    return done


def take_back(
    ws: Workspace,
    event_id: str,
    reviewer: str,
    *,
    name: str = "",
    shown: Shown | None = None,
) -> Event:
    """Take back one step of one's own; a finding goes with the tags that were confirmed by it.

    Args:
        name: the report in whose history the step was ``shown``.

    Raises:
        DecisionError: it is another's step, of a kind that is not undone, or taken back already.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        event = log.get(conn, event_id)
        if not may_take_back(event, reviewer):
            raise DecisionError(f"{event_id} is a step of {event.actor}; only they take it back.")
        if shown is not None:
            outdated.membership(conn, name, shown)
            outdated.refuse_undone(conn, event_id)
        with_it = confirmed_with(conn, ws.protocol.codebook, event)
        return log.undo(conn, reviewer, event_id, with_it)


def may_take_back(event: Event, reviewer: str) -> bool:
    """Whether this reviewer may take the event back: what they did themselves, and what no person
    did but the library."""
    own = same_person(event.by, reviewer) or isinstance(event.data, RecordCorrected)
    return own and event.data.undoable


def _fields(
    conn: Connection, report: str, members: Sequence[tuple[str, Record]]
) -> dict[str, FieldValue]:
    """Where the fields of one report are taken from."""
    lead = reports.membership(conn, report).lead
    return fields_of(members, lead, field_choices.chosen_fields(conn, [report]).get(report))


def _fitting(conn: Connection, search: ReportFilter) -> list[str]:
    """Ids of the reports that fit, in the order asked for."""
    if search.ids:
        return _resolved(conn, search.ids)
    asker = list_filters.Asker(search.reviewer, search.stage)
    return filters.ids(
        conn,
        search.text,
        status=search.status if search.status in STATUSES else "",
        source=search.source,
        label=search.label,
        years=search.years,
        further=list_filters.conditions(asker, search.own, search.has, search.score),
        order=list_filters.order(asker, search.order),
    )


def _resolved(conn: Connection, ids: Sequence[str]) -> list[str]:
    """Report ids now in force; names that nothing has are left out."""
    found = reports.known(conn, ids)
    for name in set(ids) - found:
        try:
            found.add(reports.resolve(conn, name))
        except NotFoundError:
            continue
    return sorted(found)


def _steps(
    history: Sequence[tuple[Event, bool]],
    sight: visible_votes.Sight,
    codes: visible_codes.CodeSight,
    report: Report,
    runs: Mapping[str, SearchRun],
    worth: Mapping[str, Standing],
    unseen: Collection[str],
) -> list[HistoryEntry]:
    """The history of a report without the votes, notes and codes that are out of sight.

    Args:
        unseen: other events that are.
    """
    by_id = {event.id: event for event, _ in history}
    hidden = {
        event.id
        for event, _ in history
        if not _in_sight(event, sight, report.id)
        or not codes.shows(report.id, event.data, event.by)
    }
    hidden |= set(unseen)
    steps: list[HistoryEntry] = []
    for event, counts in history:
        cancels = event.data.cancels if isinstance(event.data, Undone) else ()
        if event.id in hidden or hidden.intersection(cancels):
            hidden.add(event.id)
            continue
        undone = by_id.get(next(iter(cancels), ""))
        run = runs.get(getattr(event.data, "run", ""))
        standing = worth.get(event.id, Standing.COUNTS)
        if isinstance(event.data, VoteCast) and not set(event.data.settles) <= set(
            report.record_ids
        ):
            standing = Standing.APART  # whichever of the records it is kept on
        search = run.search if run else ""
        steps.append(HistoryEntry(event, counts, undone, search, standing))
    return steps


def _in_sight(event: Event, sight: visible_votes.Sight, report: str) -> bool:
    """Whether a step on a report may be shown; what others say of it blind may not."""
    data = event.data
    if isinstance(data, VoteCast):
        return sight.may_see(report, data.stage, event.by)
    if isinstance(data, ReportPostponed):
        return sight.may_see(report, data.stage, event.by)
    if isinstance(data, DecisionConfirmed):
        return sight.may_see(report, Stage.TITLE_ABSTRACT, event.by)
    return not isinstance(data, NoteWritten) or sight.may_read(report, event.by)
