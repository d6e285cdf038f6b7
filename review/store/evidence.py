"""All that the gap map, the claims and the coding queue read, each in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, func, literal, or_, select

from review.model import Answer
from review.retraction import Retraction
from review.store.composition import DOI, SHOWN, TITLE, YEAR
from review.store.records import RETRACTED
from review.store.schema import (
    amendment,
    answer,
    cancels,
    event,
    finding,
    member,
    record,
    report,
    run,
    suggestion,
    tag,
)
from review.store.standings import EXCLUDED, STATUSES


class OpenValue(NamedTuple):
    """A suggestion nobody has answered, without its words."""

    report: str
    dimension: str
    value: str
    confidence: float
    rank: int
    source: str


def mark(conn: Connection) -> tuple[int, int]:
    """The end of the log and the number of suggestions: another after every change of evidence."""
    return (
        int(conn.execute(select(func.max(event.c.seq))).scalar() or 0),
        int(conn.execute(select(func.count()).select_from(suggestion)).scalar() or 0),
    )


class Waiting(NamedTuple):
    """A report that lacks codes: whether it is included, and whether others have begun it."""

    report: str
    included: bool
    begun_by_others: bool


def standing_reports(conn: Connection) -> list[Row[Any]]:
    """Reports that are not excluded.

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
            STATUSES["included"].label("included"),
        )
        .select_from(SHOWN)
        .where(~EXCLUDED)
        .order_by(report.c.id)
    )
    return list(conn.execute(statement))


def retracted_reports(conn: Connection) -> set[str]:
    """Reports of which a source, or a person's tag, says that they were retracted."""
    return set(retractions(conn))


def retractions(conn: Connection) -> dict[str, Retraction]:
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
        .where(RETRACTED)
    )
    by_tag = (
        select(member.c.report, tag.c.reviewer, tag.c.at, tag.c.quote)
        .join(tag, tag.c.record == member.c.record)
        .where(tag.c.active, tag.c.dimension == "record_status", tag.c.value == "retracted")
    )
    found = [tuple(row) for one in (by_source, by_tag) for row in conn.execute(one)]
    earliest: dict[str, Retraction] = {}
    for report_id, by, at, notice in sorted(found, key=lambda row: row[2]):
        earliest.setdefault(report_id, Retraction(by, at.date(), notice))
    return earliest


def tag_values(conn: Connection) -> dict[str, dict[str, set[str]]]:
    """What people confirmed: report -> dimension -> values."""
    statement = (
        select(member.c.report, tag.c.dimension, tag.c.value)
        .join(member, member.c.record == tag.c.record)
        .where(tag.c.active)
        .distinct()
    )
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for report_id, dimension, value in conn.execute(statement):
        found[report_id][dimension].add(value)
    return found


def open_values(conn: Connection, dimensions: Collection[str]) -> Iterator[OpenValue]:
    """Suggestions without an answer, in the given dimensions, in no order."""
    homes = dict(map(tuple, conn.execute(select(member.c.record, member.c.report))))
    answered = select(answer.c.suggestion).where(answer.c.active)
    statement = select(
        suggestion.c.record,
        suggestion.c.dimension,
        suggestion.c.value,
        suggestion.c.confidence,
        suggestion.c.rank,
        suggestion.c.source,
    ).where(suggestion.c.dimension.in_(sorted(dimensions)), suggestion.c.id.not_in(answered))
    for row in conn.execute(statement):
        yield OpenValue(homes[row[0]], *row[1:])


def rejected_values(conn: Connection) -> set[tuple[str, str, str]]:
    """Report, dimension and value of what people said no to, whoever proposed it."""
    statement = (
        select(answer.c.suggestion, answer.c.answer, member.c.report)
        .add_columns(suggestion.c.dimension, suggestion.c.value)
        .join(suggestion, suggestion.c.id == answer.c.suggestion)
        .join(member, member.c.record == suggestion.c.record)
        .where(answer.c.active)
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


def replaced(conn: Connection, events: Collection[str]) -> list[str]:
    """The given events and all that they took the place of, however long ago.

    What takes the place of a code cancels these all: with the newest alone cancelled, the one
    before it would count again.
    """
    found: set[str] = set()
    left = set(events)
    while left:
        found |= left
        targets = select(cancels.c.target).where(cancels.c.by.in_(sorted(left)))
        left = set(conn.execute(targets).scalars()) - found
    return sorted(found)


def count_codes(conn: Connection) -> tuple[int, int]:
    """How many tags and how many findings stand."""
    tags, findings = (
        conn.execute(select(func.count()).select_from(table).where(table.c.active)).scalar() or 0
        for table in (tag, finding)
    )
    return int(tags), int(findings)


def waiting_for_codes(
    conn: Connection, needed: Collection[str], reviewer: str, *, only_included: bool
) -> list[Waiting]:
    """Reports, not excluded, that lack a confirmed value in one of the needed dimensions.

    In no particular order.
    """
    lacks = or_(*(~exists().where(_own_tag(), tag.c.dimension == name) for name in sorted(needed)))
    begun = exists().where(_own_tag(), tag.c.reviewer != reviewer)
    included = STATUSES["included"]
    statement = select(report.c.id, included, begun).where(~EXCLUDED, lacks)
    if only_included:
        statement = statement.where(included)
    rows = conn.execute(statement)
    return [Waiting(str(id_), bool(is_in), bool(others)) for id_, is_in, others in rows]


def _own_tag() -> Any:
    """A tag that counts on one of the records of the report of the outer statement."""
    return and_(tag.c.active, tag.c.record == member.c.record, member.c.report == report.c.id)
