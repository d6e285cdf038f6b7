"""Which codes count where several people code each report: `review.coding_rule` on the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from review.coding_rule import Code, CodingPlace, Weighed, finding_said, weigh
from review.events.double_coding import FINDINGS
from review.people import person_key
from review.store.chunks import chunks
from review.store.coding_tables import coding_state, form, settlement
from review.store.schema import finding, member, report, tag

_LOOSE = ""
"""Stands for the report of records that are in none; nothing on them is held, and none is read."""


def refresh(
    conn: Connection, records: Collection[str], needed: int, *, every: bool = False
) -> None:
    """Mark which codes of some records' reports count.

    Args:
        needed: people who code each report.
        every: the number of coders may have changed: of all records.
    """
    if every:
        records = _coded(conn)
    if not records or (needed < 2 and not every and not _settled(conn)):
        return
    homes = _homes(conn, records)
    for part in chunks(sorted(homes), 500):
        on = {r: homes[r] for r in part}
        _refresh_part(conn, on, needed)
    conn.execute(delete(coding_state).where(coding_state.c.report.not_in(select(report.c.id))))


def _settled(conn: Connection) -> bool:
    return conn.execute(select(settlement.c.event).limit(1)).first() is not None


def _coded(conn: Connection) -> set[str]:
    """Records with anything on them that may count."""
    return {
        r
        for table in (tag, finding, form, settlement)
        for r in conn.execute(select(table.c.record).distinct()).scalars()
    }


def _homes(conn: Connection, records: Collection[str]) -> dict[str, list[str]]:
    """Reports that hold some records, each with all its records."""
    found: dict[str, list[str]] = defaultdict(list)
    loose = set(records)
    ids: set[str] = set()
    for part in chunks(sorted(records)):
        ids.update(conn.execute(select(member.c.report).where(member.c.record.in_(part))).scalars())
    for part in chunks(sorted(ids)):
        for row in conn.execute(select(member).where(member.c.report.in_(part))):
            found[row.report].append(row.record)
            loose.discard(row.record)
    if loose:
        found[_LOOSE] = sorted(loose)
    return dict(found)


def _refresh_part(conn: Connection, homes: dict[str, list[str]], needed: int) -> None:
    home_of = {record: id_ for id_, members in homes.items() for record in members}
    codes: dict[str, list[Code]] = defaultdict(list)
    finished: dict[str, set[str]] = defaultdict(set)
    settled: dict[str, dict[str, str]] = defaultdict(dict)
    kept: dict[str, list[str]] = {}
    for part in chunks(sorted(home_of)):
        for row in conn.execute(select(tag).where(tag.c.record.in_(part), tag.c.active)):
            codes[home_of[row.record]].append(
                Code(row.event, row.seq, row.dimension, (row.value,), person_key(row.reviewer),
                     row.settles)
            )  # fmt: skip
        for row in conn.execute(
            select(finding).where(finding.c.record.in_(part), finding.c.active)
        ):
            said = finding_said(row._mapping.__getitem__)
            codes[home_of[row.record]].append(
                Code(row.event, row.seq, FINDINGS, said, person_key(row.reviewer))
            )
        for row in conn.execute(select(form).where(form.c.record.in_(part), form.c.active)):
            finished[home_of[row.record]].add(row.person)
        statement = select(settlement).where(settlement.c.record.in_(part), settlement.c.active)
        for row in conn.execute(statement.order_by(settlement.c.seq)):
            if row.dimension == FINDINGS:
                kept[home_of[row.record]] = row.kept
            else:
                settled[home_of[row.record]][row.dimension] = row.event
    weighed = {
        id_: weigh(codes[id_], finished[id_], needed, settled[id_], kept.get(id_))
        for id_ in homes
        if id_ != _LOOSE
    }
    _hold(conn, home_of, weighed, codes)
    _note_states(conn, weighed, finished, needed)


def _hold(
    conn: Connection,
    home_of: dict[str, str],
    weighed: dict[str, Weighed],
    codes: dict[str, list[Code]],
) -> None:
    held: list[dict[str, Any]] = []
    held_findings: list[str] = []
    for id_, those in codes.items():
        if id_ == _LOOSE:
            continue
        counting = weighed[id_].counting
        for code in those:
            if (code.event, code.said) in counting:
                continue
            if code.dimension == FINDINGS:
                held_findings.append(code.event)
            else:
                held.append({"of": code.event, "said": code.said[0]})
    for table in (tag, finding):
        for part in chunks(sorted(home_of)):
            released = update(table).where(table.c.record.in_(part), table.c.held)
            conn.execute(released.values(held=False))
    if held:
        one = and_(tag.c.event == bindparam("of"), tag.c.value == bindparam("said"))
        conn.execute(update(tag).where(one).values(held=True), held)
    for part in chunks(held_findings):
        conn.execute(update(finding).where(finding.c.event.in_(part)).values(held=True))


def _note_states(
    conn: Connection,
    weighed: dict[str, Weighed],
    finished: dict[str, set[str]],
    needed: int,
) -> None:
    for part in chunks(sorted(weighed)):
        conn.execute(delete(coding_state).where(coding_state.c.report.in_(part)))
    rows = [
        {
            "report": id_,
            "finished": len(finished[id_]),
            "place": str(found.place),
            "disputed": list(found.disputed),
        }
        for id_, found in weighed.items()
        if needed > 1 and finished[id_]
    ]
    for some in chunks(rows):
        conn.execute(insert(coding_state), some)


__all__ = ["CodingPlace", "refresh"]
