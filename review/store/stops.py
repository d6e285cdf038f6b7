"""What stops of the screening cover, and the random checks of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Table, select

from review.events import Event, RestSampled, ScreeningStopped
from review.model import Place
from review.store.chunks import chunks
from review.store.projectors import Rows, projects
from review.store.schema import member, report, vote
from review.store.stopping_tables import rest_sample, stopped


@projects(ScreeningStopped, stopped)
def _stopped(ev: Event, data: ScreeningStopped, rows: Rows) -> None:
    for record in dict.fromkeys(data.records):
        rows.add(stopped, ev, record=record)


@projects(RestSampled, rest_sample)
def _sampled(ev: Event, data: RestSampled, rows: Rows) -> None:
    for record in dict.fromkeys(data.records):
        rows.add(rest_sample, ev, record=record, stop=data.stop)


def not_to_screen(conn: Connection, clusters: Mapping[str, Sequence[str]]) -> set[str]:
    """Those of some reports that a stop covers, and no random check of it calls back.

    A record that comes in later and is the same text as one covered belongs to that report.

    Args:
        clusters: report -> its records.
    """
    if conn.execute(select(stopped.c.event).where(stopped.c.active).limit(1)).scalar() is None:
        return set()
    records = [r for members in clusters.values() for r in members]
    covering, called = _by_record(conn, stopped, records), _by_record(conn, rest_sample, records)
    found = set()
    for id_, members in clusters.items():
        stops = {stop for r in members for stop in covering.get(r, ())}
        if stops - {stop for r in members for stop in called.get(r, ())}:
            found.add(id_)
    return found


def _by_record(conn: Connection, table: Table, records: Collection[str]) -> dict[str, set[str]]:
    """Record -> the stops that rows of a table in force name for it."""
    stop = table.c.event if table is stopped else table.c.stop
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(records):
        rows = conn.execute(
            select(table.c.record, stop).where(table.c.record.in_(part), table.c.active)
        )
        for record, of in rows:
            found[record].add(of)
    return found


def drawn(conn: Connection) -> set[str]:
    """The reports that random checks in force have called back."""
    statement = (
        select(member.c.report)
        .join(rest_sample, rest_sample.c.record == member.c.record)
        .where(rest_sample.c.active)
    )
    return set(conn.execute(statement).scalars())


def unscreened(conn: Connection, place: Place) -> dict[str, list[str]]:
    """The reports in a place with all their records, in order of id."""
    rows = (
        select(report.c.id, member.c.record)
        .join(member, member.c.report == report.c.id)
        .where(report.c.place == str(place))
        .order_by(report.c.id, member.c.record)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for id_, record in conn.execute(rows):
        found[id_].append(record)
    return dict(found)


def to_leave(conn: Connection) -> dict[str, list[str]]:
    """The reports that a stop would leave unscreened now, with all their records: those that wait
    on title and abstract, on which nobody has voted, and which no random check has called back."""
    in_force = select(stopped.c.event).where(stopped.c.active)
    called = select(rest_sample.c.record).where(
        rest_sample.c.active, rest_sample.c.stop.in_(in_force)
    )
    voted = select(vote.c.record).where(vote.c.active)
    kept = {*conn.execute(called).scalars(), *conn.execute(voted).scalars()}
    waiting = unscreened(conn, Place.TITLE_ABSTRACT)
    return {id_: records for id_, records in waiting.items() if kept.isdisjoint(records)}


def covered(conn: Connection, stop: str) -> dict[str, list[str]]:
    """The reports that one stop leaves unscreened now, with all their records."""
    of_stop = select(stopped.c.record).where(stopped.c.event == stop, stopped.c.active)
    inside = set(conn.execute(of_stop).scalars())
    waiting = unscreened(conn, Place.STOPPED)
    return {id_: records for id_, records in waiting.items() if not inside.isdisjoint(records)}
