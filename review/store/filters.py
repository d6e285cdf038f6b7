"""Finding reports by words, by where they stand, by source and by year."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, func, or_, select, true
from sqlalchemy import text as sql
from sqlalchemy.sql.elements import ColumnElement

from review.model import PART_OF
from review.store.displayed_fields import SHOWN, YEAR
from review.store.schema import member, record, report
from review.store.screening_status import STATUSES


def ids(
    conn: Connection,
    text: str = "",
    *,
    status: str = "",
    source: str = "",
    label: str = "",
    years: tuple[int | None, int | None] = (None, None),
    further: Sequence[ColumnElement[bool]] = (),
    order: ColumnElement[Any] | None = None,
) -> list[str]:
    """Ids of the reports that fit, in order of id.

    Args:
        text: words that must all occur in title, authors, journal, abstract, labels, DOI or PMID of
            one of the report's records, or the id of a report or record.
        status: one of `review.store.screening_status.STATUSES`, or ``""``.
        source: where one of the report's records is from, or ``""``.
        label: one that a record of the report came with, or that the label is part of
            (``Pain`` of ``Pain / Opioids``); or ``""``.
        years: first and last year of publication, both included; None for an open end.
        further: other conditions (`review.store.list_filters`).
        order: what they are sorted by before their id.
    """
    # SQLite's own LIKE knows no case of ASCII letters, at a third of the cost of folding all texts.
    blind = conn.dialect.name == "sqlite"
    conditions = [_mentions(word, blind and word.isascii()) for word in text.split()]
    if status:
        conditions.append(STATUSES[status])
    if source:
        conditions.append(_has_record(record.c.source == source))
    if label:
        conditions.append(_labelled(label))
    low, high = years
    if low is not None:
        conditions.append(YEAR >= low)
    if high is not None:
        conditions.append(YEAR <= high)
    conditions.extend(further)
    # Years and orders are of what is shown.
    shown = report if years == (None, None) and order is None else SHOWN
    statement = select(report.c.id).select_from(shown).where(and_(true(), *conditions))
    by = [report.c.id] if order is None else [order, report.c.id]
    return list(conn.execute(statement.order_by(*by)).scalars().all())


def labels(conn: Connection) -> list[str]:
    """The labels that records of reports came with, and what these are part of, in order."""
    some = select(record.c.labels).join(member, member.c.record == record.c.id)
    rows = conn.execute(some.where(sql("record.labels <> '[]'"))).scalars()
    found = {label for labels in rows for label in labels}
    return sorted({part for label in found for part in _parts(label)}, key=str.casefold)


def _parts(label: str) -> list[str]:
    """A label and all that it is part of: ``Pain / Opioids`` and ``Pain``."""
    steps = label.split(PART_OF)
    return [PART_OF.join(steps[: number + 1]) for number in range(len(steps))]


def _labelled(label: str) -> ColumnElement[bool]:
    """A record with the label, or with one that is part of it, as they stand in its JSON."""
    within = json.dumps(label, ensure_ascii=False)[:-1]
    texts = (f'%{_escaped(within)}"%', f"%{_escaped(within + PART_OF)}%")
    column = func.lower(cast(record.c.labels, Text))
    return _has_record(or_(*(column.like(each.lower(), escape="\\") for each in texts)))


def _mentions(word: str, blind: bool) -> ColumnElement[bool]:
    """Whether a record has a word, whatever its case; ``blind`` where LIKE sees no case itself."""
    like = f"%{_escaped(word)}%".lower()
    fields = (record.c.title, record.c.journal, record.c.abstract, record.c.doi)
    lists = (record.c.authors, record.c.labels)
    columns = (*fields, *(cast(c, Text) for c in lists))
    texts = [(c if blind else func.lower(c)).like(like, escape="\\") for c in columns]
    named = or_(record.c.pmid == word, record.c.key == word, record.c.id == word.upper())
    same = report.c.id == word.upper()
    return or_(_has_record(or_(*texts, named)), same)


def _escaped(text: str) -> str:
    """A text as a pattern that fits itself alone."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _has_record(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    own = select(member.c.report).join(record, record.c.id == member.c.record).where(condition)
    return report.c.id.in_(own)
