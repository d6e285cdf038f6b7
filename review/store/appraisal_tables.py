"""The derived table of risk of bias."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text

from review.store.column_types import Json, rows_of_events

appraisal = rows_of_events(
    "appraisal",
    Column("record", String(16), nullable=False, index=True),
    Column("form", String(64), nullable=False),
    Column("form_version", String(16), nullable=False),
    Column("domain", String(64), nullable=False),
    Column("result", Text, nullable=False),
    Column("answers", Json, nullable=False),
    Column("judgement", String(64), nullable=False),
    Column("quote", Text, nullable=False),
    Column("quote_place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("consensus", Boolean, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""What people said of the domains of a form; those of all together stand under ``overall``."""
