"""Records keep the labels that people gave them elsewhere: collections, groups, tags

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record", sa.Column("labels", JSON, nullable=False, server_default="[]"))
    some = sa.text("labels <> '[]'")
    op.create_index(
        op.f("ix_record_labels"), "record", ["id"], sqlite_where=some, postgresql_where=some
    )
