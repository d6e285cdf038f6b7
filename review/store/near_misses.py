"""Excluded reports that would stand in a place of the gap map, had they been included."""

from __future__ import annotations

from collections.abc import Mapping, Set

from sqlalchemy import CompoundSelect, Connection, Select, select, union_all

from review.store.chunks import chunks
from review.store.schema import finding, member, report, suggestion, tag
from review.store.screening_status import EXCLUDED

_FINDING_COLUMNS = ("exposure", "population", "outcome", "study_design")


def excluded_with(
    conn: Connection, wanted: Mapping[str, Set[str]], roles: Mapping[str, str]
) -> list[str]:
    """Excluded reports that hold a value of every dimension, by tag, finding or suggestion.

    Args:
        wanted: id of a dimension -> values of which one must be held; one dimension at least.
        roles: id of a dimension -> its name, by which findings know it.

    Returns:
        Their ids, in order.
    """
    home = select(member.c.report).join(report, report.c.id == member.c.report).where(EXCLUDED)
    first, *others = sorted(wanted, key=lambda one: len(wanted[one]))
    held = _holding(first, wanted[first], roles.get(first, first))
    left = set(conn.execute(home.where(member.c.record.in_(held))).scalars())
    for dimension in others:
        found: set[str] = set()
        for part in chunks(sorted(left)):
            own = select(member.c.record).where(member.c.report.in_(part))
            held = _holding(dimension, wanted[dimension], roles.get(dimension, dimension), own)
            found.update(conn.execute(home.where(member.c.record.in_(held))).scalars())
        left &= found
    return sorted(left)


def _holding(
    dimension: str, values: Set[str], role: str, among: Select[str] | None = None
) -> CompoundSelect[str]:
    """The records with one of some values.

    Args:
        among: only of these records. Without it, each table is read once from end to end, which
            takes less than asking it for every record of the many excluded reports.
    """
    held = [
        select(table.c.record).where(table.c.dimension == dimension, table.c.value.in_(values))
        for table in (tag, suggestion)
    ]
    held[0] = held[0].where(tag.c.active)
    if role in _FINDING_COLUMNS:
        column = finding.c[role]
        held.append(select(finding.c.record).where(finding.c.active, column.in_(values)))
    if among is not None:
        held = [one.where(one.selected_columns.record.in_(among)) for one in held]
    return union_all(*held)
