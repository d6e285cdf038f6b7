"""What people confirmed of study designs, and which model of designs the log names."""

from __future__ import annotations

from sqlalchemy import Connection, select

from review.events import DesignModelTrained, Event, ShippedModelChosen
from review.store import log
from review.store.schema import event, report, tag


def newest_model(conn: Connection) -> Event | None:
    """The newest event that says which model is in use; None while none does."""
    kinds = (DesignModelTrained.kind, ShippedModelChosen.kind)
    statement = select(event.c.id).where(event.c.kind.in_(kinds)).order_by(event.c.seq.desc())
    for id_ in conn.execute(statement).scalars():
        found = log.get(conn, id_)
        if not isinstance(found.data, DesignModelTrained) or found.data.used:
            return found
    return None


def newest_training(conn: Connection) -> Event | None:
    """The newest training, whether its model is used or not."""
    statement = (
        select(event.c.id)
        .where(event.c.kind == DesignModelTrained.kind)
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    id_ = conn.execute(statement).scalar()
    return None if id_ is None else log.get(conn, id_)


def count(conn: Connection, dimension: str) -> int:
    """How many records hold a confirmed design: at most so many papers can be trained on."""
    statement = select(tag.c.record).where(tag.c.active, tag.c.dimension == dimension).distinct()
    return len(conn.execute(statement).all())


def lead_records(conn: Connection) -> dict[str, str]:
    """Report -> the record it is shown by."""
    return {id_: lead for id_, lead in conn.execute(select(report.c.id, report.c.lead))}
