"""Everything of one kind at once, for the flow diagram, tables and exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection, select

from review.model import (
    Decision,
    Place,
    Record,
    is_look_up,
    is_other_method,
    look_ups_of,
)
from review.store.chunks import chunks
from review.store.displayed_fields import SHOWN, TITLE
from review.store.records import WHOLE, count_by_source, to_record
from review.store.schema import event, member, record, report, run, sighting, withdrawal


def memberships(conn: Connection) -> list[tuple[str, str, str]]:
    """Every record's id, source and report, in order of id.

    The source of a record that only following citations brought, or only looking up what known
    reports lack, is that of those runs.
    """
    otherwise = _not_searched(conn)
    statement = (
        select(record.c.id, record.c.source, member.c.report)
        .join(member, member.c.record == record.c.id)
        .order_by(record.c.id)
    )
    return [(a, otherwise.get(a, b), c) for a, b, c in conn.execute(statement).all()]


def identified(conn: Connection) -> dict[str, int]:
    """Records identified, by source: all in force but those that only completed a report.

    A record that was looked up for a report identifies nothing, as the flow diagram has it; alone,
    after its merge was taken back, it is a record of its source like any other.
    """
    counts = count_by_source(conn)
    if not any(is_look_up(source) for source in conn.execute(select(run.c.source)).scalars()):
        return counts
    rows = memberships(conn)
    found = {report_id for _id, source, report_id in rows if not is_look_up(source)}
    for source, number in Counter(
        _looked_up_at(source) for _id, source, home in rows if is_look_up(source) and home in found
    ).items():
        counts[source] -= number
    return {source: number for source, number in counts.items() if number}


def _looked_up_at(source: str) -> str:
    return source.removesuffix(look_ups_of(""))


def _not_searched(conn: Connection) -> dict[str, str]:
    """Records that no search of a database and no file brought -> source of the run that did."""
    sources = conn.execute(select(run.c.id, run.c.source)).all()
    special = {
        id_: source for id_, source in sources if is_other_method(source) or is_look_up(source)
    }
    if not special:
        return {}
    runs = list(special)
    gone = select(withdrawal.c.run).where(withdrawal.c.active)
    searched = select(sighting.c.record).where(
        sighting.c.run.not_in(runs), sighting.c.run.not_in(gone)
    )
    found = select(sighting.c.record, sighting.c.run).where(
        sighting.c.run.in_(runs), sighting.c.record.not_in(searched)
    )
    brought: dict[str, str] = {}
    for record_id, run_id in conn.execute(found).all():
        source = special[run_id]
        if is_look_up(brought.get(record_id, look_ups_of(""))):  # another method goes before one
            brought[record_id] = source
    return brought


def decisions(conn: Connection) -> list[tuple[str, str, Decision, Decision, str, bool]]:
    """Every report's id, study, decisions at both stages, reason, and whether reasons differ."""
    columns = (
        report.c.id,
        report.c.study,
        report.c.title_abstract,
        report.c.full_text,
        report.c.reason,
        report.c.place,
    )
    rows = conn.execute(select(*columns).order_by(columns[0])).all()
    word = {str(decision): decision for decision in Decision}
    return [
        (id_, study, word[first], word[second], reason, place == Place.REASONS_DIFFER)
        for id_, study, first, second, reason, place in rows
    ]


def standings(conn: Connection) -> list[tuple[str, str, Decision, Decision, str, Place]]:
    """Every report's id, title, decisions at both stages, reason, and where it stands."""
    columns = (report.c.title_abstract, report.c.full_text, report.c.reason, report.c.place)
    rows = conn.execute(select(report.c.id, TITLE, *columns).select_from(SHOWN)).all()
    return [
        (id_, title, Decision(first), Decision(second), reason, Place(place))
        for id_, title, first, second, reason, place in rows
    ]


def homes(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The report that holds each of some records; withdrawn ones are left out."""
    found: dict[str, str] = {}
    for part in chunks(ids):
        statement = select(member.c.record, member.c.report).where(member.c.record.in_(part))
        found.update(map(tuple, conn.execute(statement)))
    return found


def studies(conn: Connection) -> dict[str, str]:
    """The study that each record's report belongs to."""
    statement = select(member.c.record, report.c.study).join(report, report.c.id == member.c.report)
    return dict(map(tuple, conn.execute(statement)))


def records(conn: Connection, ids: Collection[str]) -> dict[str, Record]:
    """The named records by id, abstracts included; unknown ids are left out."""
    found: dict[str, Record] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(select(*WHOLE).where(record.c.id.in_(part)))
        found.update({row.id: to_record(row._asdict()) for row in rows})
    return found


def protocol_versions(conn: Connection) -> list[tuple[str, str, str]]:
    """Time, actor and version of every protocol the review has followed, oldest first."""
    statement = select(event.c.at, event.c.actor, event.c.protocol)
    rows = conn.execute(statement.where(event.c.kind == "protocol").order_by(event.c.seq))
    return [(row.at.isoformat(), row.actor, row.protocol) for row in rows]
