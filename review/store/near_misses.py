"""Excluded reports that would stand in a place of the gap map, had they been included."""

from __future__ import annotations

from collections.abc import Mapping, Set

from sqlalchemy import Connection, select, union

from review.store.schema import finding, member, report, suggestion, tag
from review.store.screening_status import EXCLUDED

_FINDING_COLUMNS = ("exposure", "population", "outcome", "study_design")


def excluded_with(
    conn: Connection, wanted: Mapping[str, Set[str]], roles: Mapping[str, str]
) -> list[str]:
    """Excluded reports that hold a value of every dimension, by tag, finding or suggestion.

    Args:
        wanted: id of a dimension -> values of which one must be held.
        roles: id of a dimension -> its name, by which findings know it.

    Returns:
        Their ids, in order.
    """
    left: set[str] | None = None
    for dimension, values in wanted.items():
        held = [
            select(member.c.report)
            .join(table, table.c.record == member.c.record)
            .join(report, report.c.id == member.c.report)
            .where(EXCLUDED, table.c.dimension == dimension, table.c.value.in_(sorted(values)))
            for table in (tag, suggestion)
        ]
        held[0] = held[0].where(tag.c.active)
        name = roles.get(dimension, dimension)
        if name in _FINDING_COLUMNS:
            held.append(
                select(member.c.report)
                .join(finding, finding.c.record == member.c.record)
                .join(report, report.c.id == member.c.report)
                .where(EXCLUDED, finding.c.active, finding.c[name].in_(sorted(values)))
            )
        found = set(conn.execute(union(*held)).scalars())
        left = found if left is None else left & found
    return sorted(left or ())
