"""Finding reports by words, by where they stand, by source and by year."""

from __future__ import annotations

from sqlalchemy import Connection, Text, and_, cast, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from review.model import Report
from review.store.displayed_fields import SHOWN, YEAR
from review.store.reports import by_ids
from review.store.schema import member, record, report
from review.store.screening_status import STATUSES


def find(
    conn: Connection,
    text: str = "",
    *,
    status: str = "",
    source: str = "",
    years: tuple[int | None, int | None] = (None, None),
    limit: int = 200,
    offset: int = 0,
) -> tuple[list[Report], int]:
    """Reports that fit, in order of id, without abstracts; conditions as for `ids`.

    Returns:
        The page asked for, and how many reports match in all.
    """
    found = ids(conn, text, status=status, source=source, years=years)
    return by_ids(conn, found[offset : offset + limit]), len(found)


def ids(
    conn: Connection,
    text: str = "",
    *,
    status: str = "",
    source: str = "",
    years: tuple[int | None, int | None] = (None, None),
) -> list[str]:
    """Ids of the reports that fit, in order.

    Args:
        text: words that must all occur in title, authors, journal, abstract, DOI or PMID of one of
            the report's records, or the id of a report or record.
        status: one of `review.store.screening_status.STATUSES`, or ``""``.
        source: where one of the report's records is from, or ``""``.
        years: first and last year of publication, both included; None for an open end.
    """
    conditions = [_mentions(word) for word in text.split()]
    if status:
        conditions.append(STATUSES[status])
    if source:
        conditions.append(_has_record(record.c.source == source))
    low, high = years
    if low is not None:
        conditions.append(YEAR >= low)
    if high is not None:
        conditions.append(YEAR <= high)
    shown = report if years == (None, None) else SHOWN  # only years are of what is shown
    statement = select(report.c.id).select_from(shown).where(and_(true(), *conditions))
    return list(conn.execute(statement.order_by(report.c.id)).scalars().all())


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
