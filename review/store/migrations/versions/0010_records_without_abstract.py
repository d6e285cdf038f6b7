"""Records without an abstract found without reading the others

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("abstract = ''")
    op.create_index(
        "ix_record_without_abstract", "record", ["id"], sqlite_where=none, postgresql_where=none
    )
