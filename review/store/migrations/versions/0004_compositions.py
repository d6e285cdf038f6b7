"""Compositions: title, year and DOI of reports of several records, as they are shown

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "composition",
        sa.Column("report", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("doi", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_composition")),
    )
