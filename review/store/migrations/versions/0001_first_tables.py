"""First tables

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("suggestion", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_suggestion", "answer", ["suggestion"], unique=False)

    op.create_table(
        "cancels",
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("by", "target", name=op.f("pk_cancels")),
    )
    op.create_index("ix_cancels_target", "cancels", ["target"], unique=False)

    op.create_table(
        "edge",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("record_a", sa.String(length=16), nullable=False),
        sa.Column("record_b", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_edge")),
    )
    op.create_index("ix_edge_record_a", "edge", ["record_a"], unique=False)
    op.create_index("ix_edge_record_b", "edge", ["record_b"], unique=False)

    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("protocol", sa.String(length=16), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_kind", "event", ["kind"], unique=False)

    op.create_table(
        "finding",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("exposure", sa.String(length=64), nullable=False),
        sa.Column("population", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("study_design", sa.String(length=64), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("comparator", sa.Text(), nullable=False),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_record", "finding", ["record"], unique=False)

    op.create_table(
        "member",
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("report", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_member")),
    )
    op.create_index("ix_member_report", "member", ["report"], unique=False)

    op.create_table(
        "note",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_note")),
    )
    op.create_index("ix_note_record", "note", ["record"], unique=False)

    op.create_table(
        "pair",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("record_a", sa.String(length=16), nullable=False),
        sa.Column("record_b", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
        sa.UniqueConstraint("record_a", "record_b", name=op.f("uq_pair_record_a_record_b")),
    )
    op.create_index("ix_pair_record_b", "pair", ["record_b"], unique=False)

    op.create_table(
        "record",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("volume", sa.Text(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("doi", sa.String(length=600), nullable=False),
        sa.Column("pmid", sa.String(length=40), nullable=False),
        sa.Column("pmcid", sa.String(length=40), nullable=False),
        sa.Column("openalex_id", sa.String(length=40), nullable=False),
        sa.Column("isbn", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("mesh", JSON, nullable=False),
        sa.Column("study_designs", JSON, nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_record")),
        sa.UniqueConstraint("id", name=op.f("uq_record_id")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_record_source_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_record_doi", "record", ["doi"], unique=False)
    op.create_index("ix_record_run", "record", ["run"], unique=False)

    op.create_table(
        "record_raw",
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("raw", JSON, nullable=False),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_record_raw")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("lead", sa.String(length=16), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("study", sa.String(length=16), nullable=False),
        sa.Column("title_abstract", sa.String(length=16), nullable=False),
        sa.Column("full_text", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_lead", "report", ["lead"], unique=False)
    op.create_index("ix_report_study", "report", ["study"], unique=False)
    op.create_index(
        "ix_report_title_abstract_full_text_id",
        "report",
        ["title_abstract", "full_text", "id"],
        unique=False,
    )
    op.create_index("ix_report_title_abstract_id", "report", ["title_abstract", "id"], unique=False)

    op.create_table(
        "rules",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reviewers", JSON, nullable=False),
        sa.Column("not_retrieved", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rules")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("search", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised", sa.Integer(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "sighting",
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("run", "record", name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_record", "sighting", ["record"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("dimension", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index("ix_suggestion_record", "suggestion", ["record"], unique=False)

    op.create_table(
        "tag",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("dimension", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_tag")),
    )
    op.create_index("ix_tag_record", "tag", ["record"], unique=False)

    op.create_table(
        "touched",
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record", "seq", name=op.f("pk_touched")),
    )
    op.create_table(
        "vote",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("covers", JSON, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("vote", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_vote")),
    )
    op.create_index(
        "ix_vote_record_stage_reviewer", "vote", ["record", "stage", "reviewer"], unique=False
    )

    op.create_table(
        "withdrawal",
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_withdrawal")),
    )
    op.create_index("ix_withdrawal_run", "withdrawal", ["run"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_withdrawal_run", table_name="withdrawal")

    op.drop_table("withdrawal")
    op.drop_index("ix_vote_record_stage_reviewer", table_name="vote")

    op.drop_table("vote")
    op.drop_table("touched")
    op.drop_index("ix_tag_record", table_name="tag")

    op.drop_table("tag")
    op.drop_index("ix_suggestion_record", table_name="suggestion")

    op.drop_table("suggestion")
    op.drop_index("ix_sighting_record", table_name="sighting")

    op.drop_table("sighting")
    op.drop_table("run")
    op.drop_table("rules")
    op.drop_index("ix_report_title_abstract_id", table_name="report")
    op.drop_index("ix_report_title_abstract_full_text_id", table_name="report")
    op.drop_index("ix_report_study", table_name="report")
    op.drop_index("ix_report_lead", table_name="report")

    op.drop_table("report")
    op.drop_table("record_raw")
    op.drop_index("ix_record_run", table_name="record")
    op.drop_index("ix_record_doi", table_name="record")

    op.drop_table("record")
    op.drop_index("ix_pair_record_b", table_name="pair")

    op.drop_table("pair")
    op.drop_index("ix_note_record", table_name="note")

    op.drop_table("note")
    op.drop_index("ix_member_report", table_name="member")

    op.drop_table("member")
    op.drop_index("ix_finding_record", table_name="finding")

    op.drop_table("finding")
    op.drop_index("ix_event_kind", table_name="event")

    op.drop_table("event")
    op.drop_index("ix_edge_record_b", table_name="edge")
    op.drop_index("ix_edge_record_a", table_name="edge")

    op.drop_table("edge")
    op.drop_index("ix_cancels_target", table_name="cancels")

    op.drop_table("cancels")
    op.drop_index("ix_answer_suggestion", table_name="answer")

    op.drop_table("answer")
