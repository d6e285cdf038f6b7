"""Derived tables of the orders of screening."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String

from review.store.column_types import Utc, rows_of_events

kept_place = rows_of_events(
    "kept_place",
    Column("record", String(16), primary_key=True, index=True),
    Column("stage", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("ranked", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("ordered", Utc, nullable=False),
)
"""Where a model had put reports before anybody voted on them; kept once there was a vote."""

ORDERING_TABLES = (kept_place,)
