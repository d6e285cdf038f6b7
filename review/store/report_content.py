"""What people said of reports and still counts, as files of our own carry it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from review.store import visible_votes
from review.store.schema import finding, member, note, tag, vote

Said = dict[str, Any]
"""One vote, tag, finding or note by the names of `review.report_content`; what is blank is left
out."""

_LEFT = frozenset("event seq person run at active held settles blind".split())


def said(
    conn: Connection, viewer: str | None, events: Collection[str]
) -> dict[str, dict[str, list[Said]]]:
    """Report -> kind (``votes``, ``tags``, ``findings``, ``notes``) -> what was said, oldest first.

    Args:
        viewer: notes that this person may not read are left out (`review.store.visible_votes`).
        events: the votes, tags and findings that are wanted.
    """
    found: dict[str, dict[str, list[Said]]] = defaultdict(dict)
    for kind, table in (("votes", vote), ("tags", tag), ("findings", finding)):
        for row in _active(conn, table):
            if row.event in events:
                found[row.report].setdefault(kind, []).append(_said(row))
    seen = visible_votes.sight(conn, viewer)
    for row in _active(conn, note):
        if seen.may_read(row.report, row.reviewer):
            found[row.report].setdefault("notes", []).append(_said(row))
    return found


def _active(conn: Connection, table: Table) -> Iterator[Row[Any]]:
    statement = (
        select(table, member.c.report)
        .join(member, member.c.record == table.c.record)
        .where(table.c.active)
        .order_by(table.c.seq)
    )
    yield from conn.execute(statement.execution_options(yield_per=2_000))


def _said(row: Row[Any]) -> Said:
    cells = row._mapping
    one = {
        name: value
        for name, value in cells.items()
        if name not in _LEFT and name != "report" and (value or value == 0) and value is not False
    }
    if "covers" in one and list(one["covers"]) == [row.record]:
        del one["covers"]
    if "stage" in cells and cells["settles"]:
        one["settles"] = list(cells["settles"])
    return {**one, "time": cells["at"].isoformat()}
