"""Where a model had put reports before anybody voted on them, for those who may know it.

A place is told of a report on which the reader has voted, or which is decided: never before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, null, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.events import Event, PlacesKept
from review.model import Decision, Stage
from review.store.ordering_tables import kept_place
from review.store.projectors import Rows, projects
from review.store.schema import member, report
from review.store.turns import has_voted

_OPEN = [str(d) for d in (Decision.AWAITING, Decision.CONFLICT, Decision.NOT_SCREENED)]


@projects(PlacesKept, kept_place)
def _kept(ev: Event, data: PlacesKept, rows: Rows) -> None:
    for record, rank in data.places.items():
        rows.add(
            kept_place, ev,
            record=record, stage=str(data.stage), rank=rank, ranked=data.ranked,
            version=data.version, ordered=data.ordered,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where a model had put a report, the likeliest to be relevant first.

    Attributes:
        rank: from 1, of ``ranked`` reports that nobody had voted on.
        version: of the program part that ordered, at the time ``ordered``.
    """

    rank: int
    ranked: int
    version: str
    ordered: datetime


def may_know(reviewer: str, stage: Stage) -> ColumnElement[bool]:
    """Whether a person may know what a model said of a report."""
    decided = report.c.title_abstract if stage is Stage.TITLE_ABSTRACT else report.c.full_text
    settled = decided.not_in(_OPEN)
    return or_(has_voted(reviewer, stage), settled) if reviewer else settled


def share(reviewer: str, stage: Stage) -> ColumnElement[Any]:
    """Which share of the reports that waited stood before a report or at its place; null where the
    person may not know it, or no model said."""
    newest = _newest(kept_place.c.rank * 1.0 / kept_place.c.ranked, stage).scalar_subquery()
    return case((may_know(reviewer, stage), newest), else_=null())


def _newest(column: ColumnElement[Any], stage: Stage) -> Select[Any]:
    return (
        select(column)
        .join(member, member.c.record == kept_place.c.record)
        .where(member.c.report == report.c.id)
        .where(kept_place.c.active, kept_place.c.stage == str(stage))
        .order_by(kept_place.c.seq.desc(), kept_place.c.rank)
        .limit(1)
        .correlate(report)
    )


def of(conn: Connection, ids: Sequence[str], reviewer: str, stage: Stage) -> dict[str, ModelPlace]:
    """Where models had put some reports, of those that a person may know it of."""
    columns = (kept_place.c.rank, kept_place.c.ranked, kept_place.c.version, kept_place.c.ordered)
    rows = (
        select(report.c.id, *columns)
        .join(member, member.c.report == report.c.id)
        .join(kept_place, kept_place.c.record == member.c.record)
        .where(report.c.id.in_(ids), may_know(reviewer, stage))
        .where(kept_place.c.active, kept_place.c.stage == str(stage))
        .order_by(kept_place.c.seq, kept_place.c.rank.desc())
    )
    return {id_: ModelPlace(*said) for id_, *said in conn.execute(rows)}


def any_kept(conn: Connection) -> bool:
    """Whether a place is kept of any report."""
    return bool(conn.execute(select(func.count()).select_from(kept_place).limit(1)).scalar())


Within = Callable[[ColumnElement[Any]], ColumnElement[bool]]
SCORES: dict[str, Within] = {
    "in the likeliest tenth": lambda at: at <= 0.1,
    "in the likelier half": lambda at: at <= 0.5,
    "in the less likely half": lambda at: at > 0.5,
    "in the least likely tenth": lambda at: at > 0.9,
}
"""Where the model had put a report among those that waited."""
