"""Derived tables of who votes on what."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from review.store.column_types import metadata, rows_of_events

assigned = rows_of_events(
    "assigned",
    Column("record", String(16), primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False),
    Index(None, "record", "stage", "person"),
)
"""Reports that people are to vote on, by lead record."""

departed = rows_of_events(
    "departed",
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("why", Text, nullable=False),
)
"""People who vote no more."""

pilot = rows_of_events(
    "pilot",
    Column("record", String(16), primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("seed", Integer, nullable=False),
    Index(None, "record", "stage"),
)
"""The reports of pilot batches."""

pilot_person = rows_of_events(
    "pilot_person",
    Column("person", Text, primary_key=True),
    Column("reviewer", String(200), nullable=False),
)
"""Who takes part in pilot batches."""

pilot_end = rows_of_events(
    "pilot_end",
    Column("pilot", String(16), nullable=False, index=True),
)
"""Pilot batches after which the rest is open."""

draw_order = Table(
    "draw_order",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("places", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""Whom reports are drawn for (`review.store.assignment_draw`), by the protocol's place in the log.
"""

ASSIGNMENT_TABLES = (assigned, departed, pilot, pilot_person, pilot_end, draw_order)
