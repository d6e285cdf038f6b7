"""What people judged of reports and still counts: votes, tags, findings and notes.

Each is kept with the record it was given to, and is told of the report that now holds that record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from review.decision_rule import Ballot, decided_apart, standings
from review.model import Direction, Finding, Stage, Standing, Tag, Vote, VoteValue
from review.people import person_key
from review.store.chunks import chunks
from review.store.report_state import ballot
from review.store.schema import finding, member, note, tag, vote
from review.store.votes_asked import Asked, asked

_AS_GIVEN = (
    "report exposure population outcome study_design instrument comparator duration quote "
    "reviewer event dose timing n effect effect_unit effect_interval quote_place"
).split()
"""Fields of a finding that are columns of its table as they are."""


def votes(conn: Connection, report_id: str | None = None) -> list[Vote]:
    """Votes, in order of the log, on one report or on all.

    A final vote that settled records which are not merged any more waits with its record, and is
    not among them.
    """
    return _in_place(conn, conn.execute(_counting(vote, report_id)).all())


def votes_of(conn: Connection, ids: Collection[str]) -> dict[str, list[Vote]]:
    """Votes on some reports, in order of the log; a report without any is left out."""
    found: dict[str, list[Vote]] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(_counting(vote).where(member.c.report.in_(part))).all()
        for cast in _in_place(conn, rows):
            found.setdefault(cast.report, []).append(cast)
    return found


def votes_ever(conn: Connection) -> list[tuple[Vote, bool]]:
    """All votes on reports of the review, in order of the log, replaced and undone ones too.

    Returns:
        Each vote, and whether it is neither replaced nor undone.
    """
    statement = (
        select(vote, member.c.report)
        .join(member, member.c.record == vote.c.record)
        .order_by(vote.c.seq)
    )
    rows = conn.execute(statement).all()
    worth = _standings(conn, [row for row in rows if row.active])
    return [(_vote(row, worth.get(row.event, Standing.COUNTS)), bool(row.active)) for row in rows]


def vote_standings(conn: Connection, report_id: str) -> dict[str, Standing]:
    """What each vote on a report that is not replaced or undone is worth, by event."""
    return _standings(conn, conn.execute(_counting(vote, report_id)).all())


def votes_decided_apart(conn: Connection, report_id: str, stage: Stage) -> list[list[Ballot]]:
    """The sides of a conflict that came with a merge (`review.decision_rule.decided_apart`)."""
    rows = conn.execute(_counting(vote, report_id).where(vote.c.stage == str(stage))).all()
    worth = _standings(conn, rows)
    ballots = [ballot(row) for row in rows if worth[row.event] is not Standing.APART]
    return decided_apart(ballots, stage, _needed(asked(conn), report_id, stage, ballots))


def tags(
    conn: Connection,
    report_id: str | None = None,
    among: Collection[str] | None = None,
    *,
    given: bool = False,
) -> list[Tag]:
    """Tags that count, in order of the log, of one report, of some or of all.

    Args:
        given: as people gave them, where several code a report: also those that do not count.
    """
    statement = _counting(tag, report_id, given=given)
    if among is not None:
        statement = statement.where(member.c.report.in_(sorted(among)))
    return [
        Tag(
            report=row.report,
            dimension=row.dimension,
            value=row.value,
            reviewer=row.reviewer,
            quote=row.quote,
            time=row.at,
            event=row.event,
            settles=bool(row.settles),
            quote_place=row.quote_place,
        )
        for row in conn.execute(statement)
    ]


def findings(
    conn: Connection,
    report_id: str | None = None,
    among: Collection[str] | None = None,
    *,
    given: bool = False,
) -> list[Finding]:
    """Findings that count, in order of the log, of one report, of some or of all.

    Args:
        given: as for `tags`.
    """
    statement = _counting(finding, report_id, given=given)
    if among is not None:
        statement = statement.where(member.c.report.in_(sorted(among)))
    return [
        Finding(
            **{name: row._mapping[name] for name in _AS_GIVEN},
            direction=Direction(row.direction),
            time=row.at,
        )
        for row in conn.execute(statement)
    ]


def notes(conn: Connection, report_id: str) -> list[tuple[str, str, datetime]]:
    """Notes on a report: reviewer, text, time."""
    rows = conn.execute(_counting(note, report_id))
    return [(row.reviewer, row.text, row.at) for row in rows]


def codes_by_reviewer(conn: Connection) -> list[tuple[str, str, str, int]]:
    """What every reviewer coded: name, ``tags`` or ``findings``, on which report, how many."""
    found: list[tuple[str, str, str, int]] = []
    for table, kind in ((tag, "tags"), (finding, "findings")):
        statement = (
            select(table.c.reviewer, member.c.report, func.count())
            .join(member, member.c.record == table.c.record)
            .where(table.c.active, *(~tag.c.settles for _ in range(table is tag)))
            .group_by(table.c.reviewer, member.c.report)
            .order_by(table.c.reviewer, member.c.report)
        )
        found += [(name, kind, report, int(n)) for name, report, n in conn.execute(statement)]
    return found


def _counting(table: Table, report_id: str | None = None, *, given: bool = False) -> Select[Any]:
    """The rows of a table that count, each with the report that now holds its record."""
    statement = (
        select(table, member.c.report)
        .join(member, member.c.record == table.c.record)
        .where(table.c.active)
        .order_by(table.c.seq)
    )
    if "held" in table.c and not given:
        statement = statement.where(~table.c.held)
    return statement if report_id is None else statement.where(member.c.report == report_id)


def _in_place(conn: Connection, rows: Sequence[Row[Any]]) -> list[Vote]:
    """Rows of votes that hold as their records are joined now."""
    worth = _standings(conn, rows)
    return [_vote(row, worth[row.event]) for row in rows if worth[row.event] is not Standing.APART]


def _standings(conn: Connection, rows: Sequence[Row[Any]]) -> dict[str, Standing]:
    """What votes are worth, by event.

    Args:
        rows: all that are active of each report and stage in them.
    """
    found = {row.event: Standing.COUNTS for row in rows}
    settled = {(row.report, row.stage) for row in rows if row.final}
    if not settled:
        return found
    joined = _records(conn, {row.report for row in rows if row.settles})
    needs = asked(conn)
    cast: dict[tuple[str, Stage], list[Ballot]] = defaultdict(list)
    for row in rows:
        if (row.report, row.stage) not in settled:
            continue
        one = ballot(row)
        if one.holds(joined.get(row.report, ())):
            cast[row.report, Stage(row.stage)].append(one)
        else:
            found[row.event] = Standing.APART
    for (id_, stage), ballots in cast.items():
        worth = standings(ballots, stage, _needed(needs, id_, stage, ballots))
        found |= {one.event: worth[one.seq] for one in ballots}
    return found


def _records(conn: Connection, ids: Collection[str]) -> dict[str, set[str]]:
    """The records of some reports."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(sorted(ids)):
        for row in conn.execute(select(member).where(member.c.report.in_(part))):
            found[row.report].add(row.record)
    return found


def _needed(needs: Asked, report_id: str, stage: Stage, ballots: Sequence[Ballot]) -> int:
    return needs.votes(report_id, stage, {person_key(b.reviewer) for b in ballots if not b.final})


def _vote(row: Row[Any], standing: Standing) -> Vote:
    return Vote(
        report=row.report,
        stage=Stage(row.stage),
        reviewer=row.reviewer,
        vote=VoteValue(row.vote),
        reason=row.reason,
        note=row.note,
        time=row.at,
        event=row.event,
        run=row.run,
        record=row.record,
        final=bool(row.final),
        standing=standing,
        also=tuple(row.also),
    )
