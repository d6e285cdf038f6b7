"""Retired values of the codebook that somebody has looked at again and let stand."""

from __future__ import annotations

from sqlalchemy import Connection, select

from review.store.schema import kept_value, member


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
