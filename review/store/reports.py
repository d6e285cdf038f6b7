"""Reports: one by its id, and lists of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, literal_column, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.display_fields import composed
from review.errors import NotFoundError
from review.model import Decision, Place, Record, Report
from review.store.chunks import chunks
from review.store.displayed_fields import SHOWN
from review.store.field_choices import chosen_fields
from review.store.records import LIGHT, WHOLE, to_record
from review.store.schema import member, record, report


def resolve(conn: Connection, name: str) -> str:
    """The report that now holds ``name``: a report id, an absorbed one too, or a record id.

    Raises:
        NotFoundError: nothing has that id.
    """
    statement = select(member.c.report).where(member.c.record == _record_id(name))
    home = conn.execute(statement).scalar()
    if home is None:
        raise NotFoundError(f"There is no report '{name.strip()}'.")
    return str(home)


@dataclass(frozen=True, slots=True)
class Membership:
    """What a decision on a report is about: the report, its lead record, all records in it."""

    report: str
    lead: str
    records: tuple[str, ...]


def membership(conn: Connection, name: str) -> Membership:
    """What a decision on ``name``, an id of a report or record, is about.

    Raises:
        NotFoundError: nothing has that id.
    """
    return found(memberships(conn, [name]), name)


def found(known: Mapping[str, Membership], name: str) -> Membership:
    """One of several that `memberships` read.

    Raises:
        NotFoundError: nothing has that id.
    """
    try:
        return known[name]
    except KeyError:
        raise NotFoundError(f"There is no report '{name.strip()}'.") from None


def memberships(conn: Connection, names: Collection[str]) -> dict[str, Membership]:
    """What decisions on some ids of reports or records are about; unknown ids are left out."""
    wanted = {name: _record_id(name) for name in names}
    holds: dict[str, str] = {}
    for part in chunks(sorted(set(wanted.values()))):
        statement = select(member.c.record, member.c.report).where(member.c.record.in_(part))
        holds.update({record_id: home for record_id, home in conn.execute(statement)})
    joined: dict[str, list[str]] = defaultdict(list)
    leads: dict[str, str] = {}
    for part in chunks(sorted(set(holds.values()))):
        statement = (
            select(report.c.id, report.c.lead, member.c.record)
            .join(member, member.c.report == report.c.id)
            .where(report.c.id.in_(part))
            .order_by(member.c.record)
        )
        for row in conn.execute(statement):
            joined[row.id].append(row.record)
            leads[row.id] = row.lead
    homes = {name: holds[record_id] for name, record_id in wanted.items() if record_id in holds}
    return {name: Membership(id_, leads[id_], tuple(joined[id_])) for name, id_ in homes.items()}


def get(conn: Connection, report_id: str) -> Report:
    """One report with the abstract of its lead record.

    Raises:
        NotFoundError: no such report.
    """
    rows = conn.execute(_with_leads(WHOLE).where(report.c.id == report_id)).all()
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
    statement = _with_leads(LIGHT).order_by(report.c.id)
    if where is not None:
        statement = statement.where(where)
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return _reports(conn, conn.execute(statement).all(), LIGHT)


def ids(conn: Connection) -> list[str]:
    """The ids of all reports, in order."""
    # As one text: a row for each takes ten times as long.
    text = conn.execute(select(func.aggregate_strings(report.c.id, ","))).scalar()
    return sorted(str(text).split(",")) if text else []


def by_ids(conn: Connection, ids: Collection[str]) -> list[Report]:
    """The named reports, in order of id, without abstracts; unknown ids are left out."""
    found: list[Report] = []
    for part in chunks(sorted(ids)):
        found += listing(conn, where=report.c.id.in_(part))
    return found


LACKING = {name: record.c[name] for name in ("abstract", "doi", "pmid", "journal", "type")}
"""Fields that a report may lack, for `lacking`."""


def lacking(conn: Connection, fields: Collection[str]) -> list[Report]:
    """Reports of which no record has a text in one of some fields, in order of id.

    Raises:
        KeyError: a field is not in `LACKING`.
    """
    blank: ColumnElement[str] = literal_column(
        "''"
    )  # not a parameter: the index of what lacks an abstract holds so
    tests = []
    for name in sorted(fields):
        having = (
            select(member.c.report)
            .join(record, record.c.id == member.c.record)
            .where(member.c.report == report.c.id, LACKING[name] != blank)
        )
        some_lack_it = (
            select(member.c.report)
            .join(record, record.c.id == member.c.record)
            .where(LACKING[name] == blank)
        )
        tests.append(and_(report.c.id.in_(some_lack_it), ~having.exists()))
    return listing(conn, where=or_(*tests)) if tests else []


def not_from(conn: Connection, source: str, among: Collection[str] | None = None) -> list[Report]:
    """Reports of which a source has given no record, in order of id.

    Args:
        among: ids of the reports that are asked about; None for all.
    """
    given = (
        select(member.c.report)
        .join(record, record.c.id == member.c.record)
        .where(member.c.report == report.c.id, record.c.source == source)
    )
    if among is None:
        return listing(conn, where=~given.exists())
    found: list[Report] = []
    for part in chunks(sorted(among)):
        found += listing(conn, where=report.c.id.in_(part) & ~given.exists())
    return found


def known(conn: Connection, ids: Collection[str]) -> set[str]:
    """Those of some ids that a report in force has."""
    found: set[str] = set()
    for part in chunks(sorted(ids)):
        found.update(conn.execute(select(report.c.id).where(report.c.id.in_(part))).scalars())
    return found


def _record_id(name: str) -> str:
    """The record that a report's id is made from; a record's own id."""
    wanted = name.strip()
    return "R" + wanted[1:] if wanted[:1] in ("P", "R") else wanted


def _with_leads(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Reports beside columns of the records that lead them, which come after."""
    return select(report, *(c.label(f"r_{c.key}") for c in columns)).select_from(SHOWN)


def _reports(
    conn: Connection, rows: Sequence[Row[Any]], columns: Sequence[ColumnElement[Any]]
) -> list[Report]:
    """Put leads and member ids to report rows.

    Args:
        columns: those of the record table that the leads are to have.
    """
    several = {row.id: row.lead for row in rows if row.records > 1}
    joined: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    for part in chunks(sorted(several)):
        found = (
            select(member.c.report, *columns)
            .join(record, record.c.id == member.c.record)
            .where(member.c.report.in_(part))
            .order_by(member.c.record)
        )
        for row in conn.execute(found):
            joined[row.report].append((row.id, to_record(row._asdict())))
    chosen = chosen_fields(conn, several) if several else {}
    names = [str(column.key) for column in columns]
    before = len(report.c)
    return [
        Report(
            id=row.id,
            lead=composed(joined[row.id], row.lead, chosen.get(row.id))
            if row.id in joined
            else to_record(dict(zip(names, row[before:], strict=True))),
            record_ids=tuple(id_ for id_, _ in joined[row.id]) if row.id in joined else (row.lead,),
            study=row.study,
            title_abstract=Decision(row.title_abstract),
            full_text=Decision(row.full_text),
            reason=row.reason,
            place=Place(row.place),
        )
        for row in rows
    ]
