"""The order in which the reports of a stage are shown

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_plan",
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("plan", sa.Integer, nullable=False),
        sa.Column("chosen", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("votes", sa.Integer, nullable=False),
        sa.Column("sample", sa.Integer, nullable=False),
        sa.Column("sample_left", sa.Integer, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("stage", name="pk_queue_plan"),
    )
    op.create_table(
        "queue_place",
        sa.Column("plan", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("report", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("plan", "position", name="pk_queue_place"),
    )
