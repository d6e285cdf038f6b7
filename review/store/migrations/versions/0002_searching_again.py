"""Searching again: changes of known records, newest word on retractions, runs taken up again

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "amendment",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("old", JSON, nullable=False),
        sa.Column("new", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event", "record", "field", name=op.f("pk_amendment")),
    )
    op.create_index(
        "ix_amendment_record_field_seq", "amendment", ["record", "field", "seq"], unique=False
    )
    op.create_index("ix_amendment_run", "amendment", ["run"], unique=False)

    op.create_table(
        "retraction",
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_retraction")),
    )

    op.add_column("run", sa.Column("resumed", sa.Integer(), server_default="0", nullable=False))
