"""Derived tables of reading: how votes were cast, what is postponed, what people prefer, and what
they say about conflicts."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, String, Text

from review.store.column_types import Json, rows_of_events

vote_detail = rows_of_events(
    "vote_detail",
    Column("batch", String(16), nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("seconds", Float),
)
"""Votes that were cast together with others, were read from a file, or whose time was measured."""

postponed = rows_of_events(
    "postponed",
    Column("record", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False),
    Index(None, "record", "stage", "person"),
)
"""Reports that a person has put to the end of their queue."""

preference = rows_of_events(
    "preference",
    Column("person", Text, nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("chosen", Json, nullable=False),
)
"""How one person wants the program to be; it decides nothing."""

discussion = rows_of_events(
    "discussion",
    Column("record", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "record"),
)
"""Notes of the parties to a conflict and of who settles it, to each other."""

READING_TABLES = (vote_detail, postponed, preference, discussion)
