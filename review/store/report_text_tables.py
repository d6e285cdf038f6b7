"""Derived table of the report: what people wrote for its documents."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text

from review.store.column_types import rows_of_events

report_text = rows_of_events(
    "report_text",
    Column("document", String(40), nullable=False, index=True),
    Column("item", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("none", Boolean, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("protocol", String(16), nullable=False),
)
"""Items of checklists and words of boxes, as people wrote them."""

REPORT_TEXT_TABLES = (report_text,)
"""What events of the report write into the derived tables."""
