"""Fields of reports that people want shown as a certain record has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from review.store.schema import choice, member


def chosen_fields(
    conn: Connection, report_ids: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """The fields that people chose: report -> field -> record it is taken from.

    The newest choice counts whose record is in the report.

    Args:
        report_ids: only these reports; all when None.
    """
    statement = (
        select(member.c.report, choice.c.field, choice.c.record)
        .join(member, member.c.record == choice.c.record)
        .where(choice.c.active)
        .order_by(choice.c.seq)
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = None if report_ids is None else set(report_ids)
    for row in conn.execute(statement):  # people choose few
        if wanted is None or row.report in wanted:
            found[row.report][row.field] = row.record
    return dict(found)


def events_of(conn: Connection, report_id: str, field: str) -> list[str]:
    """Events that choose a field of a report and count, newest last."""
    statement = (
        select(choice.c.event)
        .join(member, member.c.record == choice.c.record)
        .where(choice.c.active, member.c.report == report_id, choice.c.field == field)
        .order_by(choice.c.seq)
    )
    return [str(e) for e in conn.execute(statement).scalars()]
