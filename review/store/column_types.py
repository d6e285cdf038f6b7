"""What the tables of a review are made of: their names' form, JSON and times on every database, and
the columns of rows that stand for events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON().with_variant(JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """A point in time, UTC in storage on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone; hand the rest over as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must carry a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; all stored times are UTC."""
        if value is None:
            return None
        time: datetime = value
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def rows_of_events(name: str, *columns: Column[Any] | Index) -> Table:
    """A derived table whose rows count as long as their event does (`Rows.add` of the projectors).

    Args:
        columns: what a row says beside its event, the event's place in the log, its time, and
            whether it counts. Where an event has several rows, further columns of the primary key
            come first.
    """
    own = [column for column in columns if isinstance(column, Column)]
    return Table(
        name,
        metadata,
        Column("event", String(16), primary_key=True),
        *(column for column in own if column.primary_key),
        Column("seq", Integer, nullable=False),
        *(column for column in own if not column.primary_key),
        Column("at", Utc, nullable=False),
        Column("active", Boolean, nullable=False),
        *(index for index in columns if isinstance(index, Index)),
    )
