"""What people said of two records, and which reports and studies it stands between now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.store.chunks import chunks
from review.store.schema import edge, member, report


@dataclass(frozen=True, slots=True)
class RulingKind:
    """Something that edges say, and of what: ``of`` is a column of ``member`` or ``report``."""

    edges: ColumnElement[bool]
    of: Column[str]


KEPT_APART = RulingKind(and_(edge.c.active, edge.c.kind == "apart"), member.c.report)
"""Two reports are different texts."""

LINKED = RulingKind(and_(edge.c.active, edge.c.kind == "link"), member.c.report)
"""Two reports are of one study."""

UNLINKED = RulingKind(and_(edge.c.active, edge.c.kind == "unlinked"), report.c.study)
"""Two studies are different ones."""

_TAKEN_APART = and_(edge.c.kind == "merge", ~edge.c.active)
_BY_RULE = edge.c.score.is_not(None)

DIFFERENT = RulingKind(
    or_(KEPT_APART.edges, LINKED.edges, UNLINKED.edges, and_(_TAKEN_APART, _BY_RULE)),
    member.c.report,
)
"""Two reports are not one text: kept apart, or held to be two reports of one study or of two, or
joined by the rules and taken apart. A person's own merge, once taken back, leaves that open."""

_NOT_FOR_RULES = RulingKind(or_(DIFFERENT.edges, _TAKEN_APART), member.c.report)


def out_of_bounds(conn: Connection) -> list[tuple[str, str]]:
    """Pairs of records in force that the rules must not join, as a person decided on them.

    Those that people hold to be different, and those of any merge that was taken back.
    """
    return [(a, b) for _, a, b in _ends(conn, _NOT_FOR_RULES)]


def between(conn: Connection, said: RulingKind) -> Mapping[frozenset[str], list[str]]:
    """Pairs of reports, or of studies, of which something was said -> the events that say it."""
    ends = _ends(conn, said)
    home: dict[str, str] = {}
    for part in chunks({r for _, *both in ends for r in both}):
        statement = select(member.c.record, said.of).join(report, report.c.id == member.c.report)
        home.update(map(tuple, conn.execute(statement.where(member.c.record.in_(part)))))
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    for event, a, b in ends:
        found[frozenset((home[a], home[b]))].append(event)
    return found


def between_records(conn: Connection, said: RulingKind, a: str, b: str) -> list[str]:
    """The events that say something of the reports, or the studies, of two records in force."""
    statement = select(said.of).select_from(member.join(report, report.c.id == member.c.report))
    ends = conn.execute(statement.where(member.c.record.in_((a, b)))).scalars()
    return between(conn, said).get(frozenset(map(str, ends)), [])


def _ends(conn: Connection, said: RulingKind) -> list[tuple[str, str, str]]:
    """Event and two records of which something was said, or those that stand for them."""
    columns = (edge.c.event, edge.c.record_a, edge.c.record_b)
    found = conn.execute(select(*columns).where(said.edges).order_by(edge.c.seq)).all()
    stands = _stand_ins(conn, {r for _, *both in found for r in both})
    return [(e, stands[a], stands[b]) for e, a, b in found if a in stands and b in stands]


def _stand_ins(conn: Connection, named: Collection[str]) -> dict[str, str]:
    """Records -> themselves, or while they are withdrawn a record in force they are merged with."""
    stands = {r: r for r in _present(conn, named)}
    for lost in set(named) - stands.keys():
        reached, frontier = {lost}, {lost}
        while frontier and lost not in stands:
            frontier = _merged_with(conn, frontier) - reached
            reached |= frontier
            if here := _present(conn, frontier):
                stands[lost] = min(here)
    return stands


def _present(conn: Connection, named: Collection[str]) -> set[str]:
    """Those of some records that are in force."""
    found: set[str] = set()
    for part in chunks(named):
        here = select(member.c.record).where(member.c.record.in_(part))
        found.update(conn.execute(here).scalars())
    return found


def _merged_with(conn: Connection, named: Collection[str]) -> set[str]:
    """Records that a merge in force joins to one of some records."""
    found: set[str] = set()
    for part in chunks(named):
        touching = or_(edge.c.record_a.in_(part), edge.c.record_b.in_(part))
        ends = select(edge.c.record_a, edge.c.record_b).where(
            edge.c.active, edge.c.kind == "merge", touching
        )
        found.update(r for row in conn.execute(ends) for r in row)
    return found
