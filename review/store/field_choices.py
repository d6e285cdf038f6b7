"""Fields of reports that people want shown as a certain record has them, or wrote there by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select, true

from review.store.schema import choice, correction, member

BY_HAND = ""
"""The run of a correction that a person wrote."""

FEW = 200
"""Reports up to which the database is told which ones; else what stands of all is read."""


def chosen_fields(
    conn: Connection, report_ids: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """The fields that people chose: report -> field -> record it is taken from.

    The newest choice counts whose record is in the report. A text that a person wrote in place of
    a record's is one: it is shown though another record has a longer one.

    Args:
        report_ids: only these reports; all when None.
    """
    wanted = None if report_ids is None else set(report_ids)
    rows: list[tuple[int, str, str, str]] = []
    for table, counts in ((choice, true()), (correction, correction.c.run == BY_HAND)):
        statement = (
            select(table.c.seq, member.c.report, table.c.field, table.c.record)
            .join(member, member.c.record == table.c.record)
            .where(table.c.active, counts)
        )
        if wanted is not None and len(wanted) <= FEW:
            statement = statement.where(member.c.report.in_(wanted))
        rows += (tuple(row) for row in conn.execute(statement))  # people choose and mend few
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for _, report, field, record in sorted(rows):
        if wanted is None or report in wanted:
            found[report][field] = record
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
