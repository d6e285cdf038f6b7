"""All that the gap map, the claims and the coding queue read, each in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    Connection,
    Row,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.elements import ColumnElement

from review.events import Undone
from review.model import Answer
from review.retraction import Retraction
from review.store import coding_queue
from review.store.chunks import chunks
from review.store.coding_queue import CODED_BY_ALL
from review.store.displayed_fields import DOI, SHOWN, TITLE, YEAR
from review.store.people import spellings
from review.store.records import RETRACTED_RECORDS
from review.store.schema import (
    amendment,
    answer,
    event,
    finding,
    member,
    record,
    report,
    run,
    suggestion,
    tag,
    touched,
    undo_root,
)
from review.store.screening_status import EXCLUDED, INCLUDED, LEFT_UNSCREENED

_COUNTS = and_(tag.c.active, ~tag.c.held)
"""Whether a tag counts."""

Needed = Mapping[str, Mapping[str, Collection[str]]]
"""Dimension without a value of which a report is not coded -> where that holds only of reports with
one of some values of another: that dimension -> these."""

_TAGGED = select(member.c.report).join(tag, tag.c.record == member.c.record).where(_COUNTS)
"""Reports with a tag that counts."""


def change_marker(conn: Connection) -> tuple[int, int]:
    """The end of the log and the number of suggestions: another after every change of evidence."""
    return (
        int(conn.execute(select(func.max(event.c.seq))).scalar() or 0),
        int(conn.execute(select(func.count()).select_from(suggestion)).scalar() or 0),
    )


def _among(reports: Collection[str] | None) -> list[ColumnElement[bool]]:
    """The condition that it is one of some reports; none where all are asked for."""
    return [] if reports is None else [member.c.report.in_(sorted(reports))]


def kinds_since(conn: Connection, seq: int) -> set[str]:
    """Kinds of the events later than a place of the log; for an undo also that of what it undoes.

    Where undos are undone, that is the event at the root of them.
    """
    later = select(event.c.id, event.c.kind).where(event.c.seq > seq)
    rows = conn.execute(later).all()
    found = {kind for _, kind in rows}
    root_kinds = select(event.c.kind).join(undo_root, undo_root.c.root == event.c.id)
    for part in chunks([id_ for id_, kind in rows if kind == Undone.kind]):
        found.update(conn.execute(root_kinds.where(undo_root.c.undo.in_(part))).scalars())
    return found


def reports_since(conn: Connection, seq: int) -> set[str]:
    """Reports whose evidence may be another since a place of the log, by events on records.

    They hold a record that later events are about, or one with a suggestion that an event on such
    a record ever answered.
    """
    about = select(touched.c.record).where(touched.c.seq > seq)
    found = set(conn.execute(about).scalars())
    for part in chunks(sorted(found)):
        on_them = (
            select(event.c.id)
            .join(touched, touched.c.seq == event.c.seq)
            .where(touched.c.record.in_(part))
        )
        offered = select(suggestion.c.record).join(answer, answer.c.suggestion == suggestion.c.id)
        found.update(conn.execute(offered.where(answer.c.event.in_(on_them))).scalars())
    homes: set[str] = set()
    for part in chunks(found):
        home = select(member.c.report).where(member.c.record.in_(part))
        homes.update(conn.execute(home).scalars())
    return homes


def unexcluded_reports(
    conn: Connection, reports: Collection[str] | None = None
) -> Sequence[Row[str, str, str, int | None, str, bool]]:
    """Reports that are not excluded.

    Args:
        reports: only of these.

    Returns:
        Rows with id, study, title, year, doi and included, in order of id.
    """
    statement = (
        select(
            report.c.id,
            report.c.study,
            TITLE.label("title"),
            YEAR.label("year"),
            DOI.label("doi"),
            INCLUDED.label("included"),
        )
        .select_from(SHOWN)
        .where(~EXCLUDED)
        .order_by(report.c.id)
    )
    if reports is not None:
        statement = statement.where(report.c.id.in_(sorted(reports)))
    return conn.execute(statement).all()


def retracted_reports(
    conn: Connection,
    saying_so: Collection[tuple[str, str]],
    reports: Collection[str] | None = None,
) -> set[str]:
    """Reports of which a source, or a person's tag, says that they were retracted.

    Args:
        saying_so: the tags that say so, as dimension and value.
        reports: only of these.
    """
    return set(retractions(conn, saying_so, reports))


def retractions(
    conn: Connection,
    saying_so: Collection[tuple[str, str]],
    reports: Collection[str] | None = None,
) -> dict[str, Retraction]:
    """The same with who says so and when the review learned of it; the earliest word of each."""
    told = (
        select(amendment.c.record, func.max(amendment.c.at).label("at"))
        .where(amendment.c.field == "retracted")
        .group_by(amendment.c.record)
        .subquery()
    )
    by_source = (
        select(
            member.c.report, record.c.source, func.coalesce(told.c.at, run.c.started), literal("")
        )
        .join(record, record.c.id == member.c.record)
        .join(run, run.c.id == record.c.run)
        .join(told, told.c.record == record.c.id, isouter=True)
        .where(record.c.id.in_(RETRACTED_RECORDS))
    )
    by_tag = (
        select(member.c.report, tag.c.reviewer, tag.c.at, tag.c.quote)
        .join(tag, tag.c.record == member.c.record)
        .where(_COUNTS, tuple_(tag.c.dimension, tag.c.value).in_(sorted(saying_so)))
    )
    told_by = (one.where(*_among(reports)) for one in (by_source, by_tag))
    found = [tuple(row) for one in told_by for row in conn.execute(one)]
    earliest: dict[str, Retraction] = {}
    for report_id, by, at, notice in sorted(found, key=lambda row: row[2]):
        earliest.setdefault(report_id, Retraction(by, at.date(), notice))
    return earliest


def tag_values(
    conn: Connection, reports: Collection[str] | None = None
) -> dict[str, dict[str, set[str]]]:
    """What people confirmed: report -> dimension -> values; of all reports or only of some."""
    statement = (
        select(member.c.report, tag.c.dimension, tag.c.value)
        .join(member, member.c.record == tag.c.record)
        .where(_COUNTS, *_among(reports))
        .distinct()
    )
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for report_id, dimension, value in conn.execute(statement).all():
        found[report_id][dimension].add(value)
    return found


def open_values(
    conn: Connection, dimensions: Collection[str], reports: Collection[str] | None = None
) -> Sequence[Row[str, str, str, float, int, str]]:
    """Suggestions without an answer, in the given dimensions, on reports that are not excluded.

    Returns:
        Rows with report, dimension, value, confidence, rank and source, in no order.
    """
    statement = (
        select(
            member.c.report,
            suggestion.c.dimension,
            suggestion.c.value,
            suggestion.c.confidence,
            suggestion.c.rank,
            suggestion.c.source,
        )
        .join(member, member.c.record == suggestion.c.record)
        .join(report, report.c.id == member.c.report)
        .where(~EXCLUDED, suggestion.c.dimension.in_(sorted(dimensions)))
        .where(suggestion.c.id.not_in(coding_queue.answered(conn)), *_among(reports))
    )
    return conn.execute(statement).all()


def rejected_values(
    conn: Connection, reports: Collection[str] | None = None
) -> set[tuple[str, str, str]]:
    """Report, dimension and value of what people said no to, whoever proposed it."""
    statement = (
        select(answer.c.suggestion, answer.c.answer, member.c.report)
        .add_columns(suggestion.c.dimension, suggestion.c.value)
        .join(suggestion, suggestion.c.id == answer.c.suggestion)
        .join(member, member.c.record == suggestion.c.record)
        .where(answer.c.event.in_(coding_queue.answers(conn)), *_among(reports))
        .order_by(answer.c.seq)
    )
    newest = {row.suggestion: row for row in conn.execute(statement)}
    return {
        (row.report, row.dimension, row.value)
        for row in newest.values()
        if row.answer == Answer.REJECTED
    }


def reports_of_keys(conn: Connection, keys: Collection[str], source_prefix: str) -> dict[str, str]:
    """Reports that hold the records with these keys, of sources whose name begins so."""
    statement = (
        select(record.c.key, member.c.report)
        .join(member, member.c.record == record.c.id)
        .where(record.c.key.in_(sorted(keys)), record.c.source.like(f"{source_prefix}%"))
    )
    return {key: home for key, home in conn.execute(statement)}


def count_codes(conn: Connection) -> tuple[int, int]:
    """How many tags and how many findings stand."""
    tags, findings = (
        conn.execute(
            select(func.count()).select_from(table).where(table.c.active, ~table.c.held)
        ).scalar()
        or 0
        for table in (tag, finding)
    )
    return int(tags), int(findings)


def count_coded(conn: Connection, needed: Needed | Collection[str]) -> dict[bool, tuple[int, int]]:
    """How far coding is, for included reports (True) and others that are not excluded (False).

    What a stop left unscreened waits for no code; it counts where it has its codes all the same.

    Returns:
        Reports, and those of them with a confirmed value in every needed dimension; where several
        people code, those that all have finished and nobody disputes.
    """
    done = CODED_BY_ALL if coding_queue.coders(conn) > 1 else _coded(needed)
    included = INCLUDED.label("included")
    asked = ~EXCLUDED & or_(~LEFT_UNSCREENED, done)
    every = select(included, func.count()).where(asked).group_by("included")
    total, coded = (
        {bool(which): int(n) for which, n in conn.execute(statement)}
        for statement in (every, every.where(done))
    )
    return {which: (total.get(which, 0), coded.get(which, 0)) for which in (True, False)}


def coded(conn: Connection, needed: Needed | Collection[str]) -> list[str]:
    """The reports that `count_coded` counts as coded, included or not."""
    done = CODED_BY_ALL if coding_queue.coders(conn) > 1 else _coded(needed)
    statement = select(report.c.id).where(~EXCLUDED, done).order_by(report.c.id)
    return [str(id_) for id_ in conn.execute(statement).scalars()]


def next_to_code(
    conn: Connection,
    needed: Needed | Collection[str],
    reviewer: str,
    after: str | None = None,
    *,
    only_included: bool = False,
) -> str | None:
    """A report, not excluded or left unscreened, that lacks a confirmed value in one of the needed
    dimensions.

    Included ones first, those that others have begun last.

    Args:
        after: the report just seen; the one behind it is given, and the first at the end.
    """
    begun = report.c.id.in_(_TAGGED.where(tag.c.reviewer.not_in(spellings(conn, reviewer))))
    ranks = (_rank(~INCLUDED), _rank(begun), report.c.id)
    open_ = (~EXCLUDED, ~LEFT_UNSCREENED, ~_coded(needed))
    waiting = select(report.c.id).where(*open_).order_by(*ranks).limit(1)
    if only_included:
        waiting = waiting.where(INCLUDED)
    tried = [waiting]
    here = conn.execute(select(*ranks).where(report.c.id == after)).one_or_none()
    if here is not None:
        others_only = waiting.where(report.c.id != after)
        tried = [others_only.where(tuple_(*ranks) > tuple_(*here)), others_only]
    found = (conn.execute(statement).scalar() for statement in tried)
    return next((str(id_) for id_ in found if id_ is not None), None)


def _coded(needed: Needed | Collection[str]) -> ColumnElement[bool]:
    """Whether a report has a confirmed value in every needed dimension that applies to it."""
    parts: list[ColumnElement[bool]] = []
    asked: Needed = needed if isinstance(needed, Mapping) else dict.fromkeys(needed, {})
    for name in sorted(asked):
        has: ColumnElement[bool] = report.c.id.in_(_TAGGED.where(tag.c.dimension == name))
        for on, values in asked[name].items():
            asking = _TAGGED.where(tag.c.dimension == on, tag.c.value.in_(sorted(values)))
            has = or_(has, report.c.id.not_in(asking))
        parts.append(has)
    return and_(true(), *parts)


def _rank(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Sorts reports of which the condition holds behind the others."""
    return case((condition, 1), else_=0)
