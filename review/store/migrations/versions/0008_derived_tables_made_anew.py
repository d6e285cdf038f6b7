"""Derived tables are made anew from the log: migrations are for the log's own tables from here on

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DERIVED = (
    "amendment",
    "answer",
    "cancels",
    "choice",
    "composition",
    "edge",
    "finding",
    "member",
    "note",
    "report",
    "retraction",
    "rules",
    "run",
    "tag",
    "touched",
    "vote",
    "withdrawal",
)
"""The derived tables that the migrations before this one made."""


def upgrade() -> None:
    for name in DERIVED:
        op.drop_table(name)
    op.create_table(
        "derived_version",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("tables", JSON, nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_derived_version")),
    )
