"""Tables of what machines propose: suggestions, pairs, orders. They may be worked out anew."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, String, Table, Text, UniqueConstraint

from review.store.column_types import Utc, metadata

suggestion = Table(
    "suggestion",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("record", String(16), nullable=False, index=True),
    Column("dimension", String(64), nullable=False),
    Column("value", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("source", String(200), nullable=False),
    Column("quote", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("version", String(64), nullable=False, server_default=""),
)

suggested = Table(
    "suggested",
    metadata,
    Column("record", String(16), primary_key=True),
    Column("version", String(64), nullable=False, index=True),
)
"""Records that the rules and the model have read, and the version of all of them together."""

pair = Table(
    "pair",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("record_a", String(16), nullable=False),
    Column("record_b", String(16), nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("why", Text, nullable=False),
    UniqueConstraint("record_a", "record_b"),
)

queue_plan = Table(
    "queue_plan",
    metadata,
    Column("stage", String(16), primary_key=True),
    Column("plan", Integer, nullable=False),
    Column("chosen", String(32), nullable=False),
    Column("at", Utc, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event", String(16), nullable=False),
    Column("votes", Integer, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("sample_left", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
)
"""The order in force at each stage.

``seq`` is the last event that it knows of, ``event`` what the log says of its model (``""`` where
no model made it), ``sample_left`` how many reports of the random sample were still to be voted on.
"""

queue_place = Table(
    "queue_place",
    metadata,
    Column("plan", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("report", String(16), nullable=False),
)
"""The reports that nobody had voted on when an order was made, from its beginning."""

PROPOSAL_TABLES = (suggestion, suggested, pair, queue_plan, queue_place)
