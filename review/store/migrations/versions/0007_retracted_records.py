"""Retracted records found without reading the others

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_record_retracted",
        "record",
        ["id"],
        unique=False,
        sqlite_where=sa.text("retracted = 1"),
        postgresql_where=sa.text("retracted"),
    )
