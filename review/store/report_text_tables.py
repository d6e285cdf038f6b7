"""Derived table of the report: what people wrote for its documents."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from review.store.column_types import Utc, metadata

report_text = Table(
    "report_text",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("document", String(40), nullable=False, index=True),
    Column("item", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("none", Boolean, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("protocol", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Items of checklists and words of boxes, as people wrote them."""

REPORT_TEXT_TABLES = (report_text,)
"""What events of the report write into the derived tables."""
