"""Which entries of a file are known: by what they say, not by a key or the name of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.dedupe import service as dedupe
from review.model import Record, RunStatus
from review.search import service
from review.search.entry_identity import Before, Entry, Stored, content_of, identified
from review.search.importing import ImportResult
from review.store import records, reports
from review.workspace import Workspace
from tests import reviews


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, db_url)
    yield ws
    ws.store.close()


Tags = dict[str, str]
FIRST: Tags = {"TI": "Tea and sleep in adults", "AU": "Vale, F.", "PY": "2014", "T2": "Tea"}
SECOND: Tags = FIRST | {"TI": "Coffee and wakefulness of nurses", "AU": "Brak, L."}
DOI, NUMBER, PMID = {"DO": "10.5555/b1"}, {"AN": "P000001"}, {"AN": "30111113", "DB": "PubMed"}


def ris(*entries: Tags) -> bytes:
    written = (
        "\n".join(["TY  - JOUR", *(f"{tag}  - {said}" for tag, said in entry.items()), "ER  - "])
        for entry in entries
    )
    return "\n\n".join(written).encode()


def bring(ws: Workspace, *entries: Tags, name: str = "included.ris") -> ImportResult:
    return service.import_bytes(ws, ris(*entries), name, actor="Zoe")


def stored(ws: Workspace) -> list[str]:
    """Titles of all records."""
    with ws.store.read() as conn:
        return [row["title"] for row in records.rows_for_dedupe(conn)]


def report_titles(ws: Workspace) -> list[str]:
    with ws.store.read() as conn:
        return [r.lead.title for r in reports.listing(conn)]


# ---- another file of the same name -------------------------------------------------------------


@pytest.mark.parametrize("key", [DOI, NUMBER, PMID], ids=["DOI", "number", "PubMed"])
def test_a_key_in_common_swallows_no_work(ws: Workspace, key: Tags) -> None:
    bring(ws, FIRST | key)
    second = bring(ws, SECOND | key)
    assert (second.new, second.known) == (1, 0)
    assert stored(ws) == [FIRST["TI"], SECOND["TI"]]
    for entries in ([FIRST | key], [SECOND | key], [FIRST | key, SECOND | key]):
        again = bring(ws, *entries)
        assert (again.new, again.known) == (0, len(entries))


FOUND = Record(
    "included", "doi:10.5555/b1", title="Tea and sleep in adults", authors=("Vale, F.",), year=2014
)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Tea and sleep in older adults"},
        {"title": "Tea and sleep in adults: part II"},
        {"authors": ("Brak, L.",)},
        {"year": 2019},
        {"pages": "20-31"},
        {"abstract": "Thirty people drank tea."},
        {"doi": "10.5555/b2"},
    ],
)
def test_what_differs_in_anything_that_is_printed_comes_in(other: dict[str, Any]) -> None:
    stored = {FOUND.key: Stored("R000001", "N1", FOUND)}
    entry = replace(FOUND, **other)
    (kept,) = identified([Entry.of(entry)], stored, Before())
    assert kept.key not in stored and kept.key.startswith(FOUND.key)


def test_chapters_are_known_in_whatever_company_they_come(ws: Workspace) -> None:
    """Alone in a file a chapter is called by the DOI; two with one DOI are not."""
    bring(ws, FIRST | DOI)
    both = bring(ws, FIRST | DOI, SECOND | DOI)
    assert (both.new, both.known) == (1, 1)
    alone = bring(ws, SECOND | DOI, name="elsewhere/included.ris")
    assert (alone.new, alone.known) == (0, 1)


def test_a_tables_row_number_is_no_identity(ws: Workspace) -> None:
    """Every export of Rayyan begins with ``rayyan-1``."""
    for title in ("Tea and sleep", "Coffee and wakefulness", "Milk and rest"):
        table = f"key,title,authors\nrayyan-1,{title},Vale F\n".encode()
        assert service.import_bytes(ws, table, "articles.csv", actor="Zoe").new == 1
    assert len(stored(ws)) == 3


# ---- the same file, and a changed one ----------------------------------------------------------


def test_a_file_imported_twice_brings_nothing_new_the_second_time(ws: Workspace) -> None:
    entries = [FIRST | DOI, SECOND | DOI, SECOND | DOI, FIRST, FIRST | NUMBER]
    assert bring(ws, *entries).new == 5
    again = bring(ws, *entries)
    assert (again.new, again.known) == (0, 5)


def test_a_changed_file_brings_what_changed_and_one_report_shows_it(ws: Workspace) -> None:
    bring(ws, FIRST | DOI, SECOND | NUMBER)
    told = FIRST | DOI | {"AB": "Forty people drank tea before bed. They slept sooner."}
    changed = bring(ws, told, SECOND | NUMBER)
    assert (changed.new, changed.known) == (1, 1)
    dedupe.dedupe(ws)
    assert sorted(report_titles(ws)) == sorted([FIRST["TI"], SECOND["TI"]])
    again = bring(ws, told, SECOND | NUMBER)
    assert (again.new, again.known) == (0, 2)


def test_another_way_of_writing_the_same_is_known(ws: Workspace) -> None:
    bring(ws, FIRST | DOI | {"AB": "Sleep, at last: 40 people."})
    written = FIRST | {"TI": "Tea and <i>sleep</i> in ADULTS.", "AB": "Sleep at last – 40 people"}
    assert bring(ws, written | DOI).known == 1


# ---- reviews of earlier versions ---------------------------------------------------------------


def test_a_file_that_was_read_otherwise_then_is_known_now(ws: Workspace) -> None:
    """Its fields, and with them its key, are another reading's; its bytes are the same."""
    entry = FIRST | {"M3": "10.5555/m.1", "C7": "e12", "AB": "One. Two."}
    data = ris(entry, SECOND | DOI)
    taken = service.import_bytes(ws, data, "included.ris", actor="Zoe")
    with ws.store.read() as conn:
        kept = [records.get(conn, "R000001"), records.get(conn, "R000002")]
    other = reviews_with(ws, taken, [
        replace(kept[0], key="hash:0123456789abcdef", pages="", doi="", abstract="One."),
        replace(kept[1], authors=("Brak L",)),
    ])  # fmt: skip
    again = service.import_bytes(ws, data, "included.ris", source=other, actor="Zoe")
    assert (again.new, again.known) == (0, 2)


def reviews_with(ws: Workspace, like: ImportResult, found: list[Record]) -> str:
    """Store records as an import of the same file in another source did; returns the source."""
    source = "then"
    with ws.store.write() as conn:
        run = records.start_run(conn, "Zoe", "import", source, like.run.request)
        records.add_records(conn, "Zoe", run, [replace(r, source=source) for r in found])
        records.finish_run(conn, "Zoe", run, RunStatus.COMPLETE)
    return source


def test_a_work_that_an_earlier_version_swallowed_comes_in_when_its_file_does(
    ws: Workspace,
) -> None:
    bring(ws, FIRST | DOI)
    swallowed = bring(ws, SECOND | DOI)
    with ws.store.read() as conn:
        first = records.get(conn, "R000001")
    source = "then"
    with ws.store.write() as conn:
        for request, found in (("a.ris (ris, SHA-256 0)", first), (swallowed.run.request, first)):
            run = records.start_run(conn, "Zoe", "import", source, request)
            records.add_records(conn, "Zoe", run, [replace(found, source=source)])
            records.finish_run(conn, "Zoe", run, RunStatus.COMPLETE)
    again = service.import_bytes(ws, ris(SECOND | DOI), "included.ris", source=source, actor="Zoe")
    assert (again.new, again.known) == (1, 0)


def test_other_columns_of_the_same_table_are_another_reading(ws: Workspace) -> None:
    table = b"Titel;Kurz\nKratom;Forty people slept.\n"
    service.import_bytes(ws, table, "a.csv", columns={"Titel": "title", "Kurz": ""}, actor="Zoe")
    columns = {"Titel": "title", "Kurz": "abstract"}
    more = service.import_bytes(ws, table, "a.csv", columns=columns, actor="Zoe")
    assert (more.new, more.known) == (1, 0)


# ---- rules -------------------------------------------------------------------------------------

words = st.text("abc ", min_size=1, max_size=4)
some = st.builds(
    Record, source=st.just("s"), key=st.sampled_from(["k1", "k2", "k3"]), title=words,
    authors=st.lists(words, max_size=2).map(tuple), year=st.sampled_from([None, 2019, 2020]),
    abstract=words,
)  # fmt: skip


@given(st.lists(some, max_size=8))
def test_no_two_contents_share_a_key_and_one_content_keeps_its_key(entries: list[Record]) -> None:
    """Whatever order files of one entry each come in, under whatever keys."""
    kept: dict[str, Stored] = {}
    for entry in entries:
        (found,) = identified([Entry.of(entry)], kept, Before())
        if found.key in kept:
            assert content_of(kept[found.key].record) == content_of(entry)
        kept.setdefault(found.key, Stored(found.key, "N1", found))
        assert identified([Entry.of(entry)], kept, Before())[0].key == found.key
