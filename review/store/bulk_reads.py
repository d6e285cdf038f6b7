"""Everything of one kind at once, for the flow diagram, tables and exports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from review.model import Decision, Record, is_citation_search
from review.store.chunks import chunks
from review.store.records import WHOLE, to_record
from review.store.schema import edge, event, member, record, report, run, sighting, withdrawal


@dataclass(frozen=True, slots=True)
class Edge:
    """A merge, a link, or two records kept apart.

    ``kind`` is ``merge``, ``apart`` (different texts), ``link`` (one study) or ``unlinked``
    (different studies); ``event`` the id of the event that says so.
    """

    event: str
    kind: str
    record_a: str
    record_b: str
    actor: str
    time: str
    score: float | None
    why: str
    active: bool


def memberships(conn: Connection) -> list[tuple[str, str, str]]:
    """Every record's id, source and report, in order of id.

    The source of a record that only following citations brought is that of those runs.
    """
    chased = _only_chased(conn)
    statement = (
        select(record.c.id, record.c.source, member.c.report)
        .join(member, member.c.record == record.c.id)
        .order_by(record.c.id)
    )
    return [(a, chased.get(a, b), c) for a, b, c in conn.execute(statement).all()]


def _only_chased(conn: Connection) -> dict[str, str]:
    """Records that no search of a database and no file brought -> source of the run that did."""
    sources = conn.execute(select(run.c.id, run.c.source)).all()
    source_of = {id_: source for id_, source in sources if is_citation_search(source)}
    if not source_of:
        return {}
    chasing = list(source_of)
    gone = select(withdrawal.c.run).where(withdrawal.c.active)
    found = select(sighting.c.record, sighting.c.run).where(sighting.c.run.in_(chasing))
    otherwise = select(sighting.c.record).where(
        sighting.c.run.not_in(chasing), sighting.c.run.not_in(gone)
    )
    only = found.where(sighting.c.record.not_in(otherwise)).order_by(sighting.c.run.desc())
    return {record: source_of[run_id] for record, run_id in conn.execute(only).all()}


def decisions(conn: Connection) -> list[tuple[str, str, Decision, Decision, str]]:
    """Every report's id, study, title-abstract and full-text decision and reason."""
    columns = (
        report.c.id,
        report.c.study,
        report.c.title_abstract,
        report.c.full_text,
        report.c.reason,
    )
    rows = conn.execute(select(*columns).order_by(columns[0])).all()
    word = {str(decision): decision for decision in Decision}
    return [
        (id_, study, word[first], word[second], reason)
        for id_, study, first, second, reason in rows
    ]


def records_by_report(conn: Connection) -> dict[str, list[tuple[str, Record]]]:
    """Records with their ids by report, oldest first, abstracts included."""
    found: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    statement = (
        select(member.c.report, *WHOLE)
        .join(member, member.c.record == record.c.id)
        .order_by(record.c.n)
    )
    for row in conn.execute(statement.execution_options(yield_per=2_000)):
        found[row.report].append((row.id, to_record(row._asdict())))
    return dict(found)


def edges(conn: Connection, kind: str = "", *, active: bool | None = None) -> list[Edge]:
    """Merges, links and records kept apart, oldest first.

    Args:
        kind: one of those of `Edge`; all when empty.
        active: only those that count, or only those taken back.
    """
    statement = select(edge).order_by(edge.c.seq)
    if kind:
        statement = statement.where(edge.c.kind == kind)
    if active is not None:
        statement = statement.where(edge.c.active if active else ~edge.c.active)
    return [_edge(row) for row in conn.execute(statement)]


def newest_edges(
    conn: Connection, kinds: Collection[str], limit: int | None = None, offset: int = 0
) -> list[Edge]:
    """Edges of some kinds, those taken back too, newest first; as many at most as ``limit``."""
    statement = select(edge).where(edge.c.kind.in_(kinds)).order_by(edge.c.seq.desc())
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [_edge(row) for row in conn.execute(statement)]


def count_edges(conn: Connection, kinds: Collection[str], *, active: bool = False) -> int:
    """How many edges of some kinds there are, or only how many count."""
    statement = select(func.count()).where(edge.c.kind.in_(kinds))
    if active:
        statement = statement.where(edge.c.active)
    return int(conn.execute(statement).scalar() or 0)


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


def _edge(row: Row[tuple[object, ...]]) -> Edge:
    return Edge(
        event=row.event,
        kind=row.kind,
        record_a=row.record_a,
        record_b=row.record_b,
        actor=row.actor,
        time=row.at.isoformat(),
        score=row.score,
        why=row.why,
        active=row.active,
    )
