"""What is read to say how often people agreed with suggestions, each in one statement."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from review.model import Given, Offered, Said
from review.store.schema import answer, member, suggestion, tag


def offered(conn: Connection) -> list[Offered]:
    """Suggestions on reports with a tag or an answer."""
    tagged = select(member.c.report).join(tag, tag.c.record == member.c.record)
    answered = (
        select(member.c.report)
        .join(suggestion, suggestion.c.record == member.c.record)
        .join(answer, answer.c.suggestion == suggestion.c.id)
    )
    statement = (
        select(
            suggestion.c.id,
            member.c.report,
            suggestion.c.dimension,
            suggestion.c.value,
            suggestion.c.source,
            suggestion.c.rank,
            suggestion.c.confidence,
        )
        .join(member, member.c.record == suggestion.c.record)
        .where(member.c.report.in_(union(tagged, answered)))
        .order_by(member.c.report, suggestion.c.rank, suggestion.c.id)
    )
    return [Offered(*row) for row in conn.execute(statement)]


def given(conn: Connection) -> list[Given]:
    """All tags that people ever gave, oldest first; what a consensus says is nobody's own."""
    statement = (
        select(
            member.c.report,
            tag.c.dimension,
            tag.c.value,
            tag.c.reviewer,
            tag.c.blind,
            tag.c.active,
            tag.c.seq,
        )
        .join(member, member.c.record == tag.c.record)
        .where(~tag.c.settles)
        .order_by(tag.c.seq)
    )
    return [Given(*row) for row in conn.execute(statement)]


def said(conn: Connection) -> list[Said]:
    """Answers that count, oldest first."""
    columns = (answer.c.suggestion, answer.c.reviewer, answer.c.answer)
    statement = select(*columns).where(answer.c.active).order_by(answer.c.seq)
    return [Said(*row) for row in conn.execute(statement)]
