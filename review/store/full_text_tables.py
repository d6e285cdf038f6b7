"""Derived tables of full texts: attached files, and what people said of getting them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Text

from review.store.column_types import rows_of_events

attachment = rows_of_events(
    "attachment",
    Column("record", String(16), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("how", Text, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""Files attached to records, by checksum."""

full_text_said = rows_of_events(
    "full_text_said",
    Column("record", String(16), nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""What people said of getting a full text."""

FULL_TEXT_TABLES = (attachment, full_text_said)
