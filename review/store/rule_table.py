"""Derived table of what each protocol in force says about deciding and sharing."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from review.store.column_types import Json, Utc, metadata

rules = Table(
    "rules",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("version", String(16), nullable=False),
    Column("reviewers", Json, nullable=False),
    Column("not_retrieved", Json, nullable=False),
    Column("coders", Integer, nullable=False),
    Column("assigning", String(16), nullable=False),
    Column("at", Utc, nullable=False),
)
