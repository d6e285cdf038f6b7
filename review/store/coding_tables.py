"""Derived tables of coding by several people: finished forms, and what was settled."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from review.store.column_types import Json, metadata, rows_of_events

form = rows_of_events(
    "form",
    Column("record", String(16), nullable=False, index=True),
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False),
    Column("codes", Json, nullable=False),
)
"""Coding forms that their reviewers have finished."""

settlement = rows_of_events(
    "settlement",
    Column("record", String(16), nullable=False, index=True),
    Column("dimension", String(64), nullable=False),
    Column("kept", Json, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("why", Text, nullable=False),
)
"""What was settled where coding forms disagree; ``kept`` are the values, or events of findings."""

kept_value = rows_of_events(
    "kept_value",
    Column("record", String(16), nullable=False, index=True),
    Column("dimension", String(64), nullable=False),
    Column("value", String(64), nullable=False),
    Column("becomes", Json, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""Retired values that somebody has looked at again and let stand."""

coding_state = Table(
    "coding_state",
    metadata,
    Column("report", String(16), primary_key=True),
    Column("finished", Integer, nullable=False),
    Column("place", String(16), nullable=False),
    Column("disputed", Json, nullable=False),
)
"""Reports of which somebody has finished a form, where several people code each."""

CODING_TABLES = (form, settlement, coding_state, kept_value)
