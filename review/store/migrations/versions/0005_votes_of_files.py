"""Votes of files: the import that brought a vote along

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vote", sa.Column("run", sa.String(length=16), server_default="", nullable=False))
