"""Tables of a review.

Two kinds. The *log* side is only ever appended to: ``event``, ``record``, ``record_raw``,
``sighting``; but fields of a record follow the corrections in the log, which keep what was
(`review.store.corrections`). `PROPOSAL_TABLES` hold what machines propose and may be recomputed.
These, `STORED`, are what migrations are for, with ``derived_version``, which tells what the others
were made by. All other tables are *derived*: `review.store.log.replay` empties
them and builds them again from the log, and must arrive at the same rows. A change of a derived
table needs no migration: `review.store.derived` makes them anew when a review is opened.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from review.store.appraisal_tables import appraisal
from review.store.assignment_tables import ASSIGNMENT_TABLES
from review.store.coding_tables import CODING_TABLES
from review.store.column_types import Json, Utc, metadata, rows_of_events
from review.store.extraction_tables import extracted
from review.store.full_text_tables import FULL_TEXT_TABLES
from review.store.ordering_tables import ORDERING_TABLES
from review.store.proposal_tables import PROPOSAL_TABLES, pair, suggested, suggestion
from review.store.reading_tables import READING_TABLES
from review.store.report_text_tables import REPORT_TEXT_TABLES
from review.store.rule_table import rules
from review.store.stopping_tables import STOPPING_TABLES

# --- the log -----------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("kind", String(32), nullable=False, index=True),
    Column("protocol", String(16), nullable=False),
    Column("payload", Json, nullable=False),
    sqlite_autoincrement=True,
)

record = Table(
    "record",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("source", String(200), nullable=False),
    Column("key", String(400), nullable=False),
    Column("run", String(16), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("authors", Json, nullable=False),
    Column("year", Integer),
    Column("journal", Text, nullable=False),
    Column("volume", Text, nullable=False),
    Column("issue", Text, nullable=False),
    Column("pages", Text, nullable=False),
    Column("doi", String(600), nullable=False, index=True),
    Column("pmid", String(40), nullable=False),
    Column("pmcid", String(40), nullable=False),
    Column("openalex_id", String(40), nullable=False),
    Column("isbn", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("keywords", Json, nullable=False),
    Column("mesh", Json, nullable=False),
    Column("study_designs", Json, nullable=False),
    Column("retracted", Boolean, nullable=False),
    Column("labels", Json, nullable=False, server_default="[]"),
    UniqueConstraint("source", "key"),
    sqlite_autoincrement=True,
)

# Few records are retracted, and the flag stands behind the long abstract.
Index(
    "ix_record_retracted",
    record.c.id,
    sqlite_where=text("retracted = 1"),
    postgresql_where=text("retracted"),
)

# The same of labels, which only files of other tools bring.
Index(
    "ix_record_labels",
    record.c.id,
    sqlite_where=text("labels <> '[]'"),
    postgresql_where=text("labels <> '[]'"),
)

# Records without an abstract, for which one is looked up.
Index(
    "ix_record_without_abstract",
    record.c.id,
    sqlite_where=text("abstract = ''"),
    postgresql_where=text("abstract = ''"),
)

record_raw = Table(
    "record_raw",
    metadata,
    Column("record", String(16), primary_key=True),
    Column("raw", Json, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("run", String(16), primary_key=True),
    Column("record", String(16), primary_key=True),
    Index(None, "record"),
)

# --- what the derived tables were made by ------------------------------------------------------

derived_version = Table(
    "derived_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("tables", Json, nullable=False),
    Column("program", String(40), nullable=False),
)
"""One row: the version of the derived tables, their names, and the program that made them.

Programs older than the review read ``program`` to say which one is needed.
"""

STORED = (event, record, record_raw, sighting, *PROPOSAL_TABLES, derived_version)

# --- derived from the log ----------------------------------------------------------------------

run = Table(
    "run",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("search", String(200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("request", Text, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("started", Utc, nullable=False),
    Column("finished", Utc),
    Column("promised", Integer),
    Column("received", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("cost_usd", Float, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("resumed", Integer, nullable=False, server_default="0"),
)

amendment = Table(
    "amendment",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("record", String(16), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("run", String(16), nullable=False, index=True),
    Column("old", Json, nullable=False),
    Column("new", Json, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "record", "field", "seq"),
)
"""What a source said of a known record when it was asked again, field by field."""

correction = rows_of_events(
    "correction",
    Column("field", String(64), primary_key=True),
    Column("record", String(16), nullable=False, index=True),
    Column("run", String(16), nullable=False),
    Column("old", Json, nullable=False),
    Column("new", Json, nullable=False),
)
"""What a later edition of the library changed in known records, field by field."""

retraction = Table(
    "retraction",
    metadata,
    Column("record", String(16), primary_key=True),
    Column("retracted", Boolean, nullable=False),
)
"""The newest word on a record whose retraction was told, or taken back, after it came in."""

report = Table(
    "report",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("lead", String(16), nullable=False, index=True),
    Column("records", Integer, nullable=False),
    Column("study", String(16), nullable=False, index=True),
    Column("title_abstract", String(16), nullable=False),
    Column("full_text", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("place", String(32), nullable=False),
    Column("lacks", Integer, nullable=False),
    Column("voters", Integer, nullable=False),
    Column("first_vote", Integer),
    Index(None, "place", "id"),
    Index(None, "place", "lacks", "id", "voters"),
    Index(None, "title_abstract", "full_text", "place", "id"),
    Index(None, "title_abstract", "first_vote"),
)
"""``lacks`` is how many people have still to vote where the report waits, ``voters`` how many have;
0 where it does not. They tell that others have voted: they order a queue, and nobody sees them.
``first_vote`` is the place in the log of the first vote on title and abstract, also of one that was
taken back."""

composition = Table(
    "composition",
    metadata,
    Column("report", String(16), primary_key=True),
    Column("title", Text, nullable=False),
    Column("year", Integer),
    Column("doi", String(600), nullable=False),
)
"""What a report of several records is shown with; one of a single record has that record's."""

member = Table(
    "member",
    metadata,
    Column("record", String(16), primary_key=True),
    Column("report", String(16), nullable=False, index=True),
)

edge = Table(
    "edge",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("record_a", String(16), nullable=False, index=True),
    Column("record_b", String(16), nullable=False, index=True),
    Column("actor", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("score", Float),
    Column("why", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Index(None, "kind", "active"),
)

vote = rows_of_events(
    "vote",
    Column("record", String(16), nullable=False),
    Column("covers", Json, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("person", Text, nullable=False),
    Column("vote", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("also", Json, nullable=False),
    Column("note", Text, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("settles", Json, nullable=False),
    Column("run", String(16), nullable=False, server_default=""),
    Index(None, "record", "stage", "person"),
)

tag = Table(
    "tag",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("record", String(16), nullable=False, index=True),
    Column("dimension", String(64), nullable=False),
    Column("value", String(64), primary_key=True),
    Column("reviewer", String(200), nullable=False),
    Column("quote", Text, nullable=False),
    Column("quote_place", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("blind", Boolean),
    Column("active", Boolean, nullable=False),
    Column("settles", Boolean, nullable=False),
    Column("held", Boolean, nullable=False),
)
"""``settles``: a value of a consensus; ``held``: active, but not counted (`review.coding_rule`)."""

finding = Table(
    "finding",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("record", String(16), nullable=False, index=True),
    Column("exposure", String(64), nullable=False),
    Column("population", String(64), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("study_design", String(64), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("comparator", Text, nullable=False),
    Column("duration", Text, nullable=False),
    Column("direction", String(16), nullable=False),
    Column("quote", Text, nullable=False),
    Column("dose", Text, nullable=False),
    Column("timing", Text, nullable=False),
    Column("n", Integer),
    Column("effect", Text, nullable=False),
    Column("effect_unit", Text, nullable=False),
    Column("effect_interval", Text, nullable=False),
    Column("quote_place", Text, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("held", Boolean, nullable=False),
)

answer = rows_of_events(
    "answer",
    Column("suggestion", String(32), nullable=False, index=True),
    Column("answer", String(16), nullable=False),
    Column("reviewer", String(200), nullable=False),
)

note = rows_of_events(
    "note",
    Column("record", String(16), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("reviewer", String(200), nullable=False),
)

choice = rows_of_events(
    "choice",
    Column("record", String(16), nullable=False, index=True),
    Column("field", String(32), nullable=False),
    Column("reviewer", String(200), nullable=False),
)
"""A field that a person wants shown as this record has it, in whatever report holds the record."""

withdrawal = rows_of_events(
    "withdrawal",
    Column("run", String(16), nullable=False, index=True),
    Column("why", Text, nullable=False),
)

search_statement = rows_of_events(
    "search_statement",
    Column("item", Integer, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("none", Boolean, nullable=False),
    Column("details", Json, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("protocol", String(16), nullable=False),
)
"""What people state of the searching, by item of PRISMA-S."""

gap_statement = rows_of_events(
    "gap_statement",
    *(Column(name, Text, nullable=False) for name in ("gap", "aspect", "value", "text")),
    Column("reviewer", String(200), nullable=False),
    Column("protocol", String(16), nullable=False),
)
"""What people say of gaps: priority, note, status."""

undo_root = Table(
    "undo_root",
    metadata,
    Column("undo", String(16), primary_key=True),
    Column("root", String(16), primary_key=True),
    Column("undone", Boolean, nullable=False),
)
"""What each undo says of the event at the root of its chain: taken back, or brought back."""

undo_state = Table(
    "undo_state",
    metadata,
    Column("event", String(16), primary_key=True),
    Column("undone", Boolean, nullable=False),
    Column("by", String(16), nullable=False),
)
"""The newest word on each event that was ever undone, and the undo that said it."""

keyed_event = Table(
    "keyed_event",
    metadata,
    Column("key", String(24), primary_key=True),
    Column("event", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("home", Boolean, nullable=False),
    Column("undone", Boolean, nullable=False),
    Index(None, "key", "seq"),
    Index(None, "event"),
)
"""Events by the keys on which only the newest counts; ``home`` is an event's own key."""

key_holder = Table(
    "key_holder",
    metadata,
    Column("key", String(24), primary_key=True),
    Column("event", String(16), nullable=False),
)
"""The event that counts on each key; ``""`` where all are undone."""

touched = Table(
    "touched",
    metadata,
    Column("record", String(16), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Index(None, "seq"),
)
"""The records that each event is about."""

DERIVED = (
    rules, run, amendment, correction, retraction, report, composition, member, edge, vote, tag,
    finding, answer, note, choice, withdrawal, search_statement, gap_statement, undo_root,
    undo_state, keyed_event, key_holder, touched, appraisal, extracted, *CODING_TABLES,
    *READING_TABLES, *ASSIGNMENT_TABLES, *FULL_TEXT_TABLES, *REPORT_TEXT_TABLES,
    *ORDERING_TABLES,
    *STOPPING_TABLES,
)  # fmt: skip

__all__ = ["DERIVED", "STORED", "Json", "Utc", "metadata", "pair", "suggested", "suggestion"]
