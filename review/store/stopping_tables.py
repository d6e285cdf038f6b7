"""Derived tables of the end of screening."""

from __future__ import annotations

from sqlalchemy import Column, String, Text

from review.store.column_types import rows_of_events

stopped = rows_of_events(
    "stopped",
    Column("record", String(16), primary_key=True, index=True),
)
"""Records of the reports that a stop left unscreened."""

rest_sample = rows_of_events(
    "rest_sample",
    Column("record", String(16), primary_key=True, index=True),
    Column("stop", String(16), nullable=False),
)
"""Records of the reports that were drawn for a random check of what a stop left."""

confirmed = rows_of_events(
    "confirmed",
    Column("record", String(16), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("decision", String(16), nullable=False),
)
"""Decisions that a person looked at again and stands by."""

STOPPING_TABLES = (stopped, rest_sample, confirmed)
