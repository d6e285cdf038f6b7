"""Derived tables of the orders of screening."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table

from review.store.column_types import Utc, metadata

kept_place = Table(
    "kept_place",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("record", String(16), primary_key=True, index=True),
    Column("seq", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("ranked", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("ordered", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Where a model had put reports before anybody voted on them; kept once there was a vote."""

ORDERING_TABLES = (kept_place,)
