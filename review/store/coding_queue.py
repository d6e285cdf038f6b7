"""Where reports are in coding by several people: to code, to compare, or coded by all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Select, case, func, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from review.coding_rule import CodingPlace
from review.people import person_key
from review.store.coding_tables import coding_state, form, settlement
from review.store.report_rules import current_rules
from review.store.schema import answer, event, member, report, suggestion, undo_state
from review.store.screening_status import EXCLUDED, INCLUDED, LEFT_UNSCREENED

CODED_BY_ALL = report.c.id.in_(
    select(coding_state.c.report).where(coding_state.c.place == str(CodingPlace.FINISHED))
)
"""Whether all coders of a report have finished and nothing between them is open."""


@dataclass(frozen=True, slots=True)
class FinishedForm:
    """One finished coding form as the log has it.

    Attributes:
        codes: dimension -> values that were on it.
        undone: place in the log of the undo that took it back, if one did.
    """

    report: str
    person: str
    reviewer: str
    codes: dict[str, list[str]]
    seq: int
    undone: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled on a report, and by whom."""

    event: str
    dimension: str
    kept: tuple[str, ...]
    reviewer: str
    why: str
    time: datetime


def coders(conn: Connection) -> int:
    """How many people code each report."""
    return current_rules(conn).coders


def finishers(conn: Connection, report_id: str) -> list[tuple[str, str]]:
    """Who has finished their form of a report, first to last: name, and the event."""
    statement = (
        select(form.c.reviewer, form.c.event)
        .join(member, member.c.record == form.c.record)
        .where(form.c.active, member.c.report == report_id)
        .order_by(form.c.seq)
    )
    return [(row.reviewer, row.event) for row in conn.execute(statement)]


def state(conn: Connection, report_id: str) -> tuple[CodingPlace, tuple[str, ...]]:
    """Where a report is, and the dimensions on which its forms disagree."""
    row = conn.execute(select(coding_state).where(coding_state.c.report == report_id)).one_or_none()
    if row is None:
        return CodingPlace.CODING, ()
    return CodingPlace(row.place), tuple(row.disputed)


def to_compare(conn: Connection) -> list[tuple[str, tuple[str, ...]]]:
    """Reports, not excluded, whose forms disagree, each with the dimensions; in order of id."""
    statement = (
        select(coding_state.c.report, coding_state.c.disputed)
        .join(report, report.c.id == coding_state.c.report)
        .where(coding_state.c.place == str(CodingPlace.COMPARE), ~EXCLUDED)
        .order_by(coding_state.c.report)
    )
    return [(row.report, tuple(row.disputed)) for row in conn.execute(statement)]


def settled(conn: Connection, report_id: str) -> list[Settled]:
    """What was settled on a report and is not taken back, first to last."""
    statement = (
        select(settlement)
        .join(member, member.c.record == settlement.c.record)
        .where(settlement.c.active, member.c.report == report_id)
        .order_by(settlement.c.seq)
    )
    return [
        Settled(row.event, row.dimension, tuple(row.kept), row.reviewer, row.why, row.at)
        for row in conn.execute(statement)
    ]


def counts(conn: Connection) -> dict[CodingPlace, int]:
    """How many reports that are not excluded are in each place, without those that a stop left
    unscreened and nobody has coded."""
    place = func.coalesce(coding_state.c.place, str(CodingPlace.CODING)).label("found_in")
    statement = (
        select(place, func.count())
        .select_from(report.outerjoin(coding_state, coding_state.c.report == report.c.id))
        .where(~EXCLUDED, or_(~LEFT_UNSCREENED, func.coalesce(coding_state.c.finished, 0) > 0))
        .group_by("found_in")
    )
    found = {CodingPlace(name): int(n) for name, n in conn.execute(statement)}
    return {one: found.get(one, 0) for one in CodingPlace}


def next_to_code(
    conn: Connection, reviewer: str, after: str | None = None, *, only_included: bool = False
) -> str | None:
    """A report that this reviewer has not finished, and fewer people than are asked for.

    Included ones first, then those that others have finished, so that they come to be compared.

    Args:
        after: the report just seen; the one behind it is given, and the first at the end.
    """
    own = (
        select(member.c.report)
        .join(form, form.c.record == member.c.record)
        .where(form.c.active, form.c.person == person_key(reviewer))
    )
    finished = func.coalesce(coding_state.c.finished, 0)
    ranks: Sequence[ColumnElement[int] | ColumnElement[str]] = (
        case((INCLUDED, 0), else_=1), -finished, report.c.id,
    )  # fmt: skip
    joined = report.outerjoin(coding_state, coding_state.c.report == report.c.id)
    waiting = (
        select(report.c.id)
        .select_from(joined)
        .where(~EXCLUDED, ~LEFT_UNSCREENED, report.c.id.not_in(own), finished < coders(conn))
        .order_by(*ranks)
        .limit(1)
    )
    if only_included:
        waiting = waiting.where(INCLUDED)
    tried = [waiting]
    here = conn.execute(
        select(*ranks).select_from(joined).where(report.c.id == after)
    ).one_or_none()
    if here is not None:
        others = waiting.where(report.c.id != after)
        tried = [others.where(tuple_(*ranks) > tuple_(*here)), others]
    found = (conn.execute(statement).scalar() for statement in tried)
    return next((str(id_) for id_ in found if id_ is not None), None)


def forms_finished(conn: Connection) -> list[FinishedForm]:
    """All forms that were ever finished, on reports of the review, in order of the log."""
    undo = event.alias("undo")
    statement = (
        select(form, member.c.report, undo.c.seq.label("undone"))
        .join(member, member.c.record == form.c.record)
        .outerjoin(undo_state, (undo_state.c.event == form.c.event) & undo_state.c.undone)
        .outerjoin(undo, undo.c.id == undo_state.c.by)
        .order_by(form.c.seq)
    )
    return [
        FinishedForm(row.report, row.person, row.reviewer, row.codes, row.seq, row.undone)
        for row in conn.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class ClosedForms:
    """Forms that may not be changed any more.

    Attributes:
        coders: people who code each report; with one, forms are always open.
        finished: report -> people who have finished theirs.
        compared: reports of which all coders have.
    """

    coders: int
    finished: Mapping[str, Collection[str]]
    compared: Collection[str]

    def why_not(self, report: str, reviewer: str) -> str:
        """Why a person may not change what they coded of a report; "" when they may."""
        if self.coders < 2:
            return ""
        if report in self.compared:
            return (
                f"All {self.coders} coders have finished {report}; what differs is settled by "
                "comparing their forms."
            )
        if person_key(reviewer) in self.finished.get(report, ()):
            return f"{reviewer} has finished coding {report}. Open the form again to change it."
        return ""


def closed_forms(conn: Connection, report_id: str | None = None) -> ClosedForms:
    """The forms of one report, or of all, that may not be changed any more."""
    asked = coders(conn)
    if asked < 2:
        return ClosedForms(asked, {}, ())
    people = (
        select(member.c.report, form.c.person)
        .join(member, member.c.record == form.c.record)
        .where(form.c.active)
    )
    all_done = select(coding_state.c.report)
    all_done = all_done.where(coding_state.c.place != str(CodingPlace.CODING))
    if report_id is not None:
        people = people.where(member.c.report == report_id)
        all_done = all_done.where(coding_state.c.report == report_id)
    finished: dict[str, set[str]] = defaultdict(set)
    for home, person in conn.execute(people):
        finished[home].add(person)
    return ClosedForms(asked, finished, set(conn.execute(all_done).scalars()))


def answers(conn: Connection) -> Select[str]:
    """Events of the answers that close their suggestions: where several people code each report,
    none before all of them agree, as what one says does not count before."""
    return _answers(conn, answer.c.event)


def answered(conn: Connection) -> Select[str]:
    """Suggestions that such answers close."""
    return _answers(conn, answer.c.suggestion)


def _answers(conn: Connection, wanted: Column[str]) -> Select[str]:
    closing = select(wanted).where(answer.c.active)
    if coders(conn) < 2:
        return closing
    return (
        closing.join(suggestion, suggestion.c.id == answer.c.suggestion)
        .join(member, member.c.record == suggestion.c.record)
        .join(coding_state, coding_state.c.report == member.c.report)
        .where(coding_state.c.place == str(CodingPlace.FINISHED))
    )
