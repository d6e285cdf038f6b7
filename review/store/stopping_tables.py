"""Derived tables of the end of screening."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from review.store.column_types import Utc, metadata

stopped = Table(
    "stopped",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("record", String(16), primary_key=True, index=True),
    Column("seq", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Records of the reports that a stop left unscreened."""

rest_sample = Table(
    "rest_sample",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("record", String(16), primary_key=True, index=True),
    Column("seq", Integer, nullable=False),
    Column("stop", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Records of the reports that were drawn for a random check of what a stop left."""

confirmed = Table(
    "confirmed",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("record", String(16), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Decisions that a person looked at again and stands by."""

STOPPING_TABLES = (stopped, rest_sample, confirmed)
