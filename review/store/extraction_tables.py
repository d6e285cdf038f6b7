"""The derived table of data extraction."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text

from review.store.column_types import rows_of_events

extracted = rows_of_events(
    "extracted",
    Column("record", String(16), nullable=False, index=True),
    Column("field", String(64), nullable=False),
    Column("arm", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("quote", Text, nullable=False),
    Column("quote_place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("consensus", Boolean, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""What people took from reports, by field of the protocol and arm of the study."""
