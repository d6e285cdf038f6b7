"""Derived tables of reading: how votes were cast, what is postponed, what people prefer, and what
they say about conflicts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from review.store.column_types import Json, Utc, metadata

vote_detail = Table(
    "vote_detail",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("batch", String(16), nullable=False, index=True),
    Column("seconds", Float),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Votes that were cast together with others, or whose time was measured."""

postponed = Table(
    "postponed",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("record", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
    Index(None, "record", "stage", "person"),
)
"""Reports that a person has put to the end of their queue."""

preference = Table(
    "preference",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("chosen", Json, nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""How one person wants the program to be; it decides nothing."""

discussion = Table(
    "discussion",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("record", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
    Index(None, "record"),
)
"""Notes of the parties to a conflict and of who settles it, to each other."""

READING_TABLES = (vote_detail, postponed, preference, discussion)
