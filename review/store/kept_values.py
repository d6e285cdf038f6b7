"""Which values were given to reports, and which retired ones somebody has let stand."""

from __future__ import annotations

from sqlalchemy import Connection, select

from review.store.coding_tables import kept_value
from review.store.schema import finding, member, tag


def kept(conn: Connection) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Report, dimension, value, and what was offered in its place then."""
    statement = (
        select(member.c.report, kept_value)
        .join(member, member.c.record == kept_value.c.record)
        .where(kept_value.c.active)
    )
    return {
        (row.report, row.dimension, row.value, tuple(row.becomes))
        for row in conn.execute(statement)
    }


def given(conn: Connection) -> set[tuple[str, str]]:
    """Every value that was given to some report, with its dimension; in findings by the role."""
    tagged = select(tag.c.dimension, tag.c.value).where(tag.c.active).distinct()
    found = {(dimension, value) for dimension, value in conn.execute(tagged)}
    for name in ("exposure", "population", "outcome", "study_design"):
        said = select(finding.c[name]).where(finding.c.active).distinct()
        found |= {(name, value) for value in conn.execute(said).scalars()}
    return found
