"""Reports whose title, abstract or retraction changed after a person voted on them."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from review.store.record_changes import Amendment
from review.store.schema import amendment, correction, member, vote, withdrawal

TELLING = ("title", "abstract", "retracted")
"""Fields on which a decision may rest."""


def changed_since_votes(conn: Connection, person: str) -> dict[str, list[Amendment]]:
    """Report -> what its sources changed in what a vote may rest on, since the person's last vote.

    Args:
        person: as `review.people.person_key` gives it.
    """
    last = (
        select(member.c.report, func.max(vote.c.seq).label("seq"))
        .join(vote, vote.c.record == member.c.record)
        .where(vote.c.active, vote.c.person == person)
        .group_by(member.c.report)
        .subquery()
    )
    taken_back = select(correction.c.event).where(~correction.c.active)
    gone = select(withdrawal.c.run).where(withdrawal.c.active)
    statement = (
        select(amendment, member.c.report)
        .join(member, member.c.record == amendment.c.record)
        .join(last, last.c.report == member.c.report)
        .where(amendment.c.field.in_(TELLING), amendment.c.seq > last.c.seq)
        .where(amendment.c.event.not_in(taken_back), amendment.c.run.not_in(gone))
        .order_by(member.c.report, amendment.c.seq, amendment.c.field)
    )
    found: dict[str, list[Amendment]] = {}
    for row in conn.execute(statement):
        told = Amendment(row.record, row.field, row.old, row.new, row.run, row.at)
        found.setdefault(row.report, []).append(told)
    return found
