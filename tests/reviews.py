"""Small reviews for tests of services: the shipped protocol, an empty database, made-up records."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from review import protocol as protocols
from review.config import ROOT, Config
from review.model import Record, RunStatus
from review.protocol.model import Protocol
from review.sources import registry
from review.store import Store, records
from review.workspace import Workspace, adopt_protocol
from tests import templates

with (ROOT / "data" / "library" / "papers.csv").open(encoding="utf-8", newline="") as _file:
    LIBRARY_KEYS = [row["id"] for row in csv.DictReader(_file)]
"""Keys of the entries of the library that ships, in the order in which they become records."""

LIBRARY_SIZE = len(LIBRARY_KEYS)


def library_report(key: str) -> str:
    """The report that an entry of the library makes in a new review: ``K001`` -> ``P000001``."""
    return f"P{LIBRARY_KEYS.index(key) + 1:06d}"


@cache
def shipped_protocol() -> Protocol:
    return protocols.load(ROOT / "data", registry.all_sources())


def as_arrived(data: Path) -> None:
    """Let a copy of the shipped protocol show reports as they arrived: no model orders the queue
    while a test looks at it."""
    file = data / "protocol.yaml"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r"(stage: \w+, reviewers: 1)\}", r"\1, order: arrived}", text), "utf-8")


def config(tmp_path: Path, db_url: str, **settings: str) -> Config:
    """Settings of a review whose data folder is a copy of the shipped one, so tests may write."""
    data = tmp_path / "data"
    if not data.exists():
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local"))
    return Config(data=data, db=db_url, **settings)


def workspace(tmp_path: Path, db_url: str, **settings: str) -> Workspace:
    """An empty review that follows the shipped protocol. The caller closes its store."""
    templates.begin_with(db_url, "empty_review", _make_empty)
    store = Store(db_url)
    store.upgrade()
    ws = Workspace(config(tmp_path, db_url, **settings), store, shipped_protocol())
    adopt_protocol(ws, "Ann")
    return ws


def _make_empty(url: str) -> None:
    """Make the tables and adopt the shipped protocol."""
    store = Store(url)
    store.upgrade()
    adopt_protocol(Workspace(Config(data=ROOT / "data", db=url), store, shipped_protocol()), "Ann")
    store.close()


def add(ws: Workspace, found: Sequence[Record], source: str = "made-up") -> list[str]:
    """Store records as one finished run; returns the ids of the new ones."""
    with ws.store.write() as conn:
        run = records.start_run(conn, "Ann", "made-up search", source)
        added = records.add_records(conn, "Ann", run, found)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
    return list(added.new)
