"""Reviews as earlier versions left them: tables of a migration, and a log without its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from review.store import Store, upgrades
from review.store.schema import event, record, record_raw, sighting

BEGAN = datetime(2024, 3, 1, tzinfo=UTC)
PAPER = {
    "authors": [], "year": 2020, "journal": "", "volume": "", "issue": "", "pages": "", "doi": "",
    "pmid": "", "pmcid": "", "openalex_id": "", "isbn": "", "abstract": "", "language": "",
    "type": "", "url": "", "keywords": [], "mesh": [], "study_designs": [], "retracted": False,
}  # fmt: skip


def make(url: str, revision: str, papers: int = 6, votes: int = 6) -> None:
    """A review of some papers, merged in part, voted on, tagged, and some of it undone."""
    store = Store(url)
    with store.write() as conn:
        upgrades.migrate(conn, revision)
        names = _add_papers(conn, papers)
        _log(conn, [*_searched(names), *_decided(names), *_voted(names, votes)])
    store.close()


def _add_papers(conn: Connection, papers: int) -> list[str]:
    names = [f"R{n:06d}" for n in range(1, papers + 1)]
    rows = [
        {**PAPER, "id": name, "source": "openalex", "key": f"W{n}", "run": "S1", "title": name}
        for n, name in enumerate(names)
    ]
    conn.execute(insert(record), rows)
    conn.execute(insert(record_raw), [{"record": name, "raw": {"id": name}} for name in names])
    conn.execute(insert(sighting), [{"run": "S1", "record": name} for name in names])
    return names


def _searched(names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rules = {"version": "v1", "title": "t", "reviewers": {"title_abstract": 1, "full_text": 1}}
    yield "protocol", {**rules, "not_retrieved": [], "text": {}}
    yield "run_started", {"run": "S1", "search": "core", "source": "openalex"}
    yield "records_added", {"run": "S1", "records": list(names), "received": len(names)}
    yield "run_finished", {"run": "S1", "outcome": "complete", "why": ""}


def _decided(names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "merge", {"records": [names[0], names[1]], "score": 0.97, "why": "same DOI"}
    yield "merge", {"records": [names[2], names[3]], "score": 0.9, "why": "same title"}
    yield "undo", {"cancels": ["E000000005"]}
    about = {"record": names[4], "report": "P" + names[4][1:], "reviewer": "Ann"}
    yield "note", {**about, "text": "look again"}
    tag = {**about, "dimension": "study_design", "quote": ""}
    yield "tag", {**tag, "value": "case_report"}
    yield "tag", {**tag, "value": "survey", "cancels": ["E000000008"]}


def _voted(names: Sequence[str], votes: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for n in range(votes):
        name = names[n % len(names)]
        vote = {"record": name, "report": "P" + name[1:], "covers": [name]}
        stage = {"stage": "title_abstract", "vote": ("include", "maybe")[n % 2]}
        yield "vote", {**vote, **stage, "reviewer": "Ann", "reason": "", "note": ""}


def _log(conn: Connection, entries: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    rows = [
        {
            "id": f"E{n:09d}",
            "at": BEGAN + timedelta(minutes=n),
            "actor": "Ann",
            "kind": kind,
            "protocol": "v1",
            "payload": dict(payload),
        }
        for n, (kind, payload) in enumerate(entries)
    ]
    conn.execute(insert(event), rows)
