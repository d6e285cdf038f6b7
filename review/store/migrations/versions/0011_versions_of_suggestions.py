"""Suggestions keep the version of the source that made them

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

READERS = (
    "codebook triggers",
    "wording rules",
    "shipped model",
    "OpenAlex study_designs",
    "OpenAlex type",
    "MeSH",
)
"""Sources that read every record, by their names of then."""


def upgrade() -> None:
    version = sa.Column("version", sa.String(64), nullable=False, server_default="")
    op.add_column("suggestion", version)
    op.create_table(
        "suggested",
        sa.Column("record", sa.String(16), primary_key=True),
        sa.Column("version", sa.String(64), nullable=False),
    )
    op.create_index(op.f("ix_suggested_version"), "suggested", ["version"])
    names = ", ".join(f"'{name}'" for name in READERS)
    op.execute(
        "INSERT INTO suggested (record, version) "
        f"SELECT DISTINCT record, '' FROM suggestion WHERE source IN ({names})"
    )
