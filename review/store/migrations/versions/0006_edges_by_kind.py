"""Edges found by their kind, so that what people said is read without all merges

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_edge_kind_active", "edge", ["kind", "active"], unique=False)
