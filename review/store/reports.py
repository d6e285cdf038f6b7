"""Reports: lists, search, queues, and the votes, tags and findings that hang on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from review.errors import NotFoundError
from review.fields import composed
from review.model import (
    Decision,
    Direction,
    Finding,
    Record,
    Report,
    Stage,
    Suggestion,
    Tag,
    Vote,
    VoteValue,
)
from review.store.choices import chosen_fields
from review.store.chunks import chunks
from review.store.composition import SHOWN, YEAR
from review.store.records import LIGHT, WHOLE, to_record
from review.store.schema import (
    answer,
    finding,
    member,
    note,
    record,
    report,
    suggestion,
    tag,
    vote,
)


def resolve(conn: Connection, name: str) -> str:
    """The report that now holds ``name``: a report id, an absorbed one too, or a record id.

    Raises:
        NotFoundError: nothing has that id.
    """
    wanted = name.strip()
    record_id = "R" + wanted[1:] if wanted[:1] in ("P", "R") else wanted
    found = conn.execute(select(member.c.report).where(member.c.record == record_id)).scalar()
    if found is None:
        raise NotFoundError(f"There is no report '{wanted}'.")
    return str(found)


def members(conn: Connection, name: str) -> tuple[str, str, list[str]]:
    """What a decision on ``name`` is about: report id, lead record, all records joined in it.

    Raises:
        NotFoundError: nothing has that id.
    """
    found = resolve(conn, name)
    lead = conn.execute(select(report.c.lead).where(report.c.id == found)).scalar_one()
    joined = select(member.c.record).where(member.c.report == found).order_by(member.c.record)
    return found, str(lead), [str(r) for r in conn.execute(joined).scalars()]


def get(conn: Connection, report_id: str) -> Report:
    """One report with the abstract of its lead record.

    Raises:
        NotFoundError: no such report.
    """
    rows = conn.execute(_full().where(report.c.id == report_id)).all()
    if not rows:
        raise NotFoundError(f"There is no report {report_id}.")
    return _reports(conn, rows, WHOLE)[0]


def listing(
    conn: Connection,
    *,
    where: ColumnElement[bool] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Report]:
    """Reports in order of id, without abstracts."""
    statement = (
        select(report, *(c.label(f"r_{c.key}") for c in LIGHT))
        .select_from(SHOWN)
        .order_by(report.c.id)
    )
    if where is not None:
        statement = statement.where(where)
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return _reports(conn, conn.execute(statement).all(), LIGHT)


def by_ids(conn: Connection, ids: Collection[str]) -> list[Report]:
    """The named reports, in order of id, without abstracts; unknown ids are left out."""
    found: list[Report] = []
    for part in chunks(sorted(ids)):
        found += listing(conn, where=report.c.id.in_(part))
    return found


def search(
    conn: Connection,
    text: str = "",
    *,
    status: str = "",
    source: str = "",
    years: tuple[int | None, int | None] = (None, None),
    tagged: tuple[str, str] | None = None,
    limit: int = 200,
    offset: int = 0,
) -> tuple[list[Report], int]:
    """Find reports.

    Args:
        text: words that must all occur in title, authors, journal, abstract, DOI or PMID of one of
            the report's records, or the id of a report or record.
        status: one of `STATUSES`.
        tagged: dimension and value of a tag a person gave.

    Returns:
        The page asked for, and how many reports match in all.
    """
    conditions: list[ColumnElement[bool]] = []
    for word in text.split():
        conditions.append(_mentions(word))
    if status:
        conditions.append(STATUSES[status])
    if source:
        conditions.append(_has_record(record.c.source == source))
    low, high = years
    if low is not None:
        conditions.append(YEAR >= low)
    if high is not None:
        conditions.append(YEAR <= high)
    if tagged:
        dimension, value = tagged
        own = exists().where(
            tag.c.record == member.c.record,
            member.c.report == report.c.id,
            tag.c.active,
            tag.c.dimension == dimension,
            tag.c.value == value,
        )
        conditions.append(own)
    where = and_(*conditions) if conditions else None
    count = select(func.count()).select_from(SHOWN)
    if where is not None:
        count = count.where(where)
    total = conn.execute(count).scalar() or 0
    return listing(conn, where=where, limit=limit, offset=offset), total


def _mentions(word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    fields = (record.c.title, record.c.journal, record.c.abstract, record.c.doi)
    texts = [func.lower(c).like(like.lower(), escape="\\") for c in fields]
    authors = func.lower(cast(record.c.authors, Text)).like(like.lower(), escape="\\")
    named = or_(record.c.pmid == word, record.c.key == word, record.c.id == word.upper())
    same = report.c.id == word.upper()
    return or_(_has_record(or_(*texts, authors, named)), same)


def _has_record(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    own = select(member.c.report).join(record, record.c.id == member.c.record).where(condition)
    return report.c.id.in_(own)


STATUSES: dict[str, ColumnElement[bool]] = {
    "awaiting title and abstract": report.c.title_abstract == str(Decision.AWAITING),
    "awaiting full text": and_(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.AWAITING),
    ),
    "conflict": or_(
        report.c.title_abstract == str(Decision.CONFLICT),
        and_(
            report.c.title_abstract == str(Decision.INCLUDE),
            report.c.full_text == str(Decision.CONFLICT),
        ),
    ),
    "excluded": or_(
        report.c.title_abstract == str(Decision.EXCLUDE),
        and_(
            report.c.title_abstract == str(Decision.INCLUDE),
            report.c.full_text.in_([str(Decision.EXCLUDE), str(Decision.NOT_RETRIEVED)]),
        ),
    ),
    "included": and_(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.INCLUDE),
    ),
}
"""Where a report can stand, in the words of the pages."""


def queue(conn: Connection, stage: Stage, reviewer: str) -> Select[Any]:
    """Statement for ids of reports this reviewer has still to vote on at a stage, in order."""
    own = exists().where(
        vote.c.record == member.c.record,
        member.c.report == report.c.id,
        vote.c.active,
        vote.c.stage == str(stage),
        vote.c.reviewer == reviewer,
    )
    statement = select(report.c.id).where(~own).order_by(report.c.id)
    if stage is Stage.TITLE_ABSTRACT:
        return statement.where(report.c.title_abstract == str(Decision.AWAITING))
    return statement.where(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.AWAITING),
    )


def queue_length(conn: Connection, stage: Stage, reviewer: str) -> int:
    """How many reports this reviewer has still to vote on at a stage."""
    waiting = queue(conn, stage, reviewer).order_by(None).subquery()
    return int(conn.execute(select(func.count()).select_from(waiting)).scalar() or 0)


def next_in_queue(
    conn: Connection, stage: Stage, reviewer: str, skip: Sequence[str] = ()
) -> str | None:
    """The report this reviewer should see next; None when the queue is empty."""
    statement = queue(conn, stage, reviewer)
    if skip:
        statement = statement.where(report.c.id.not_in(skip))
    found = conn.execute(statement.limit(1)).scalar()
    return None if found is None else str(found)


def status_counts(conn: Connection) -> list[tuple[Decision, Decision, str, int, int]]:
    """How many reports and records stand where.

    Returns:
        Rows of title-abstract decision, full-text decision, reason, reports, records.
    """
    columns = (report.c.title_abstract, report.c.full_text, report.c.reason)
    statement = select(*columns, func.count(), func.sum(report.c.records)).group_by(*columns)
    return [
        (Decision(a), Decision(b), reason, int(n), int(records))
        for a, b, reason, n, records in conn.execute(statement)
    ]


def disputable(conn: Connection) -> list[Row[Any]]:
    """Id, records and decisions of the reports whose votes may disagree.

    Those in conflict at a stage, and those excluded for no one reason.
    """
    decided = (report.c.title_abstract, report.c.full_text)
    excluded = or_(*(column == str(Decision.EXCLUDE) for column in decided))
    where = or_(
        *(column == str(Decision.CONFLICT) for column in decided),
        and_(excluded, report.c.reason == ""),
    )
    return list(conn.execute(select(report).where(where).order_by(report.c.id)))


def count(conn: Connection) -> int:
    """Number of reports."""
    return int(conn.execute(select(func.count()).select_from(report)).scalar() or 0)


def votes_of(conn: Connection, ids: Collection[str]) -> dict[str, list[Vote]]:
    """Votes that count on some reports, in order of the log; a report without any is left out."""
    found: dict[str, list[Vote]] = {}
    for part in chunks(sorted(ids)):
        for one in _votes(conn, member.c.report.in_(part)):
            found.setdefault(one.report, []).append(one)
    return found


def work(conn: Connection) -> dict[str, dict[str, int]]:
    """What counts of every reviewer: name -> ``tags``, ``findings`` or stage -> how many."""
    found: dict[str, dict[str, int]] = {}
    for table, kind in (
        (vote, vote.c.stage),
        (tag, literal("tags")),
        (finding, literal("findings")),
    ):
        statement = (
            select(table.c.reviewer, kind, func.count())
            .join(member, member.c.record == table.c.record)
            .where(table.c.active)
            .group_by(table.c.reviewer, kind)
        )
        for reviewer, name, n in conn.execute(statement):
            found.setdefault(reviewer, {})[name] = int(n)
    return found


def votes(conn: Connection, report_id: str | None = None) -> list[Vote]:
    """Votes that count, in order of the log, each under the report that now holds its record."""
    return list(_votes(conn, None if report_id is None else member.c.report == report_id))


def _votes(conn: Connection, where: ColumnElement[bool] | None) -> Iterator[Vote]:
    statement = (
        select(vote, member.c.report)
        .join(member, member.c.record == vote.c.record)
        .where(vote.c.active)
        .order_by(vote.c.seq)
    )
    if where is not None:
        statement = statement.where(where)
    for row in conn.execute(statement):
        yield Vote(
            report=row.report,
            stage=Stage(row.stage),
            reviewer=row.reviewer,
            vote=VoteValue(row.vote),
            reason=row.reason,
            note=row.note,
            time=row.at,
            event=row.event,
            run=row.run,
        )


def tags(conn: Connection, report_id: str | None = None) -> list[Tag]:
    """Tags that count, in order of the log."""
    statement = (
        select(tag, member.c.report)
        .join(member, member.c.record == tag.c.record)
        .where(tag.c.active)
        .order_by(tag.c.seq)
    )
    if report_id is not None:
        statement = statement.where(member.c.report == report_id)
    return [
        Tag(
            report=row.report,
            dimension=row.dimension,
            value=row.value,
            reviewer=row.reviewer,
            quote=row.quote,
            time=row.at,
            event=row.event,
        )
        for row in conn.execute(statement)
    ]


def findings(conn: Connection, report_id: str | None = None) -> list[Finding]:
    """Findings that count, in order of the log."""
    statement = (
        select(finding, member.c.report)
        .join(member, member.c.record == finding.c.record)
        .where(finding.c.active)
        .order_by(finding.c.seq)
    )
    if report_id is not None:
        statement = statement.where(member.c.report == report_id)
    names = (
        "report exposure population outcome study_design instrument comparator duration quote "
        "reviewer event"
    ).split()
    return [
        Finding(
            **{name: row._mapping[name] for name in names},
            direction=Direction(row.direction),
            time=row.at,
        )
        for row in conn.execute(statement)
    ]


def notes(conn: Connection, report_id: str) -> list[tuple[str, str, Any]]:
    """Notes on a report: reviewer, text, time."""
    statement = (
        select(note.c.reviewer, note.c.text, note.c.at)
        .join(member, member.c.record == note.c.record)
        .where(note.c.active, member.c.report == report_id)
        .order_by(note.c.seq)
    )
    return [(a, b, c) for a, b, c in conn.execute(statement)]


def suggestions(
    conn: Connection, report_id: str | None = None
) -> list[tuple[str, Suggestion, str]]:
    """What machines propose: report, suggestion, and the newest answer to it ("" when none)."""
    statement = (
        select(suggestion, member.c.report)
        .join(member, member.c.record == suggestion.c.record)
        .order_by(member.c.report, suggestion.c.dimension, suggestion.c.rank, suggestion.c.id)
    )
    answers = select(answer.c.suggestion, answer.c.answer).where(answer.c.active)
    if report_id is not None:
        statement = statement.where(member.c.report == report_id)
        own = select(suggestion.c.id).join(member, member.c.record == suggestion.c.record)
        answers = answers.where(answer.c.suggestion.in_(own.where(member.c.report == report_id)))
    said: dict[str, str] = {}
    for row in conn.execute(answers.order_by(answer.c.seq)):
        said[row.suggestion] = row.answer
    names = "id record dimension value confidence source quote rank".split()
    return [
        (row.report, Suggestion(**{n: row._mapping[n] for n in names}), said.get(row.id, ""))
        for row in conn.execute(statement)
    ]


def _full() -> Select[Any]:
    return select(report, *(c.label(f"r_{c.key}") for c in WHOLE)).join(
        record, record.c.id == report.c.lead
    )


def _reports(
    conn: Connection, rows: Sequence[Row[Any]], columns: Sequence[ColumnElement[Any]]
) -> list[Report]:
    """Put leads and member ids to report rows.

    Args:
        columns: those of the record table that the leads are to have.
    """
    several = {row.id: row.lead for row in rows if row.records > 1}
    members: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    for part in chunks(sorted(several)):
        found = (
            select(member.c.report, *columns)
            .join(record, record.c.id == member.c.record)
            .where(member.c.report.in_(part))
            .order_by(member.c.record)
        )
        for row in conn.execute(found):
            members[row.report].append((row.id, to_record(row._asdict())))
    chosen = chosen_fields(conn, several) if several else {}
    return [
        Report(
            id=row.id,
            lead=composed(members[row.id], row.lead, chosen.get(row.id))
            if row.id in members
            else _lead(row),
            record_ids=tuple(id_ for id_, _ in members[row.id])
            if row.id in members
            else (row.lead,),
            study=row.study,
            title_abstract=Decision(row.title_abstract),
            full_text=Decision(row.full_text),
            reason=row.reason,
        )
        for row in rows
    ]


def _lead(row: Row[Any]) -> Record:
    return to_record({str(k)[2:]: v for k, v in row._mapping.items() if str(k).startswith("r_")})
