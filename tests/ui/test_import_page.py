"""Importing on the Search page: mapping columns, naming voters, and what is said afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import Config
from review.store import active_decisions, records, reports
from review.ui import jobs
from review.ui.search.import_form import IMPORT, LEAVE
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import REVIEWER, at_page, words_on

GERMAN = b"Nr.;Titel;Wer;Jahr\n1;Kratom und <b>Schlaf</b>;Borg, A.;2021\n2;Zwei;Chai, B.;2020\n"
LABELS = b"title,included\nKratom one,1\nKratom two,0\n"
RAYYAN = b"""key,title,notes
rayyan-1,Kratom one,"RAYYAN-INCLUSION: {""Berta""=>""Included"", ""Chris""=>""Excluded""}"
"""


@pytest.fixture
def page(app: AppTest) -> Iterator[AppTest]:
    """The view that imports files."""
    yield at_page(app, "search", view="import")
    for name in (IMPORT, "suggesting"):
        jobs.registry().forget(name)


@pytest.fixture
def ws(page: AppTest, data: Path) -> Iterator[Workspace]:
    ws = open_workspace(Config(data, f"sqlite:///{(data / 'local' / 'review.db').as_posix()}"))
    yield ws
    ws.store.close()


def choose(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader[0].set_value([(name, data, "text/plain") for name, data in files])
    return page.run()


def start(page: AppTest) -> AppTest:
    """Press Import and wait for the work behind the page."""
    next(b for b in page.button if b.label == "Import").click().run()
    for _ in range(600):
        if not jobs.registry().running():
            return page.run()
        time.sleep(0.05)
    raise AssertionError("the import did not end")


def text_of(page: AppTest) -> str:
    """All text of the page without the signs that keep Markdown from reading it."""
    return words_on(page).replace("\\", "")


def newest(ws: Workspace) -> list[tuple[str, int | None]]:
    """Title and year of what the newest run brought."""
    with ws.store.read() as conn:
        run = records.runs(conn)[0].id
        found = reports.listing(conn)
        seen = records.sightings(conn, [id_ for r in found for id_ in r.record_ids])
    return [(r.lead.title, r.lead.year) for r in found if run in seen[r.record_ids[0]]]


def voters(ws: Workspace) -> list[tuple[str, str]]:
    with ws.store.read() as conn:
        return [(v.reviewer, str(v.vote)) for v in active_decisions.votes(conn)]


def test_columns_of_an_unknown_table_are_chosen_and_imported(page: AppTest, ws: Workspace) -> None:
    choose(page, ("meine.csv", GERMAN))
    text = text_of(page)
    assert "What do the columns of meine" in text
    assert "Kratom und &lt;b&gt;Schlaf&lt;/b&gt; · Zwei" in text
    chosen = {box.label: box.value for box in page.selectbox if box.label.startswith("What ")}
    assert chosen == {
        "What Nr. holds": "", "What Titel holds": "title", "What Wer holds": "authors",
        "What Jahr holds": "year",
    }  # fmt: skip
    next(b for b in page.selectbox if b.label == "What Jahr holds").set_value("")
    start(page.run())
    assert "2 new records, 0 known before" in text_of(page)
    assert newest(ws) == [("Kratom und Schlaf", None), ("Zwei", None)]
    assert not page.exception


def test_the_first_entries_are_shown_field_by_field_before_anything_is_stored(
    page: AppTest, ws: Workspace
) -> None:
    before = newest(ws)
    rows = b"title,authors,year,colour\n" + b"".join(
        b'Paper %d <img>,"Sand, R.; Dune, K.",20%d,red\n' % (n, n) for n in range(10, 17)
    )
    choose(page, ("papers.csv", rows))
    text = text_of(page)
    labels = [box.label.replace("\\", "") for box in page.expander]
    assert "The first 5 entries of papers.csv, field by field" in labels
    assert "Paper 14 &lt;img&gt;" in text and "Paper 15" not in text
    assert "Sand, R.; Dune, K." in text and "colour (5 times: red)" in text
    assert newest(ws) == before
    start(page)
    text = text_of(page)
    assert "7 entries found in the file: 7 new, 0 known before, 0 left out" in text
    assert "Fields left aside, kept with the record as they came: colour (7 times: red)" in text
    assert "Fields read: title, authors, year" in text


def test_a_guessed_encoding_and_what_was_not_understood_are_said(page: AppTest) -> None:
    title = "Wp\u0142yw herbaty na b\u00f3l u doros\u0142ych"
    entry = f"TY  - JOUR\nTI  - {title}\nPY  - in press\nER  - \n"
    choose(page, ("polish.ris", entry.encode("cp1250")))
    assert "Wp\u0142yw herbaty" in text_of(page)
    start(page)
    text = text_of(page)
    assert "Read as Windows-1250 (Central European), which is a guess" in text
    assert "year (once: in press)" in text


def test_without_a_title_there_is_nothing_to_import(page: AppTest) -> None:
    choose(page, ("meine.csv", GERMAN))
    next(b for b in page.selectbox if b.label == "What Titel holds").set_value("").run()
    assert next(b for b in page.button if b.label == "Import").disabled
    assert "Choose Title" in text_of(page)


def test_votes_of_a_file_are_those_of_whom_it_names(page: AppTest, ws: Workspace) -> None:
    choose(page, ("articles.csv", RAYYAN))
    assert "votes of another screening tool" in text_of(page)
    assert not [t for t in page.text_input if t.label.startswith("Whose")]
    start(page)
    assert "2 new votes: Berta 1, Chris 1" in text_of(page)
    assert voters(ws) == [("Berta", "include"), ("Chris", "exclude")]
    at_page(page, "settings")
    assert {"Berta", "Chris"} <= set(page.dataframe[0].value["Reviewer"])


def test_votes_that_name_nobody_are_asked_about(page: AppTest, ws: Workspace) -> None:
    choose(page, ("labels.csv", LABELS))
    whose = next(t for t in page.text_input if t.label == "Whose decisions are these?")
    assert whose.value == REVIEWER
    whose.set_value("Dee")
    start(page.run())
    assert voters(ws) == [("Dee", "include"), ("Dee", "exclude")]
    choose(page, ("labels.csv", LABELS))
    next(t for t in page.text_input if t.label.startswith("Whose")).set_value("Dee")
    start(page.run())
    assert "0 new records, 2 known before" in text_of(page)
    assert "2 votes known before" in text_of(page)


def test_votes_can_be_left_out(page: AppTest, ws: Workspace) -> None:
    choose(page, ("labels.csv", LABELS))
    page.segmented_control(key="import_votes").set_value(LEAVE).run()
    assert not [t for t in page.text_input if t.label.startswith("Whose")]
    start(page)
    assert "2 new records" in text_of(page) and voters(ws) == []


def test_one_bad_file_harms_no_other_and_says_why(page: AppTest, ws: Workspace) -> None:
    bad_row = b"title,year\nKratom,2020\n,2021\n"
    choose(page, ("photo.csv", b"\x89PNG\x00\x00\x00"), ("good.csv", bad_row))
    assert "photo.csv is not a text file" in text_of(page)
    start(page)
    assert "1 new record" in text_of(page) and newest(ws) == [("Kratom", 2020)]
    assert "good.csv:3: title" in text_of(page)
    assert not page.exception


def test_without_a_file_there_is_nothing_to_import(page: AppTest) -> None:
    assert next(b for b in page.button if b.label == "Import").disabled


def test_votes_of_covidence_are_seen_before_and_filed_under_who_is_named(
    page: AppTest, ws: Workspace
) -> None:
    data = b"Title,Covidence #,Notes,Tags\nKratom one,#1,Exclusion reason: Wrong colour,Pain\n"
    choose(page, ("review_7_excluded_csv_20240303.csv", data))
    text = text_of(page)
    assert "full text: exclude · Wrong colour, by nobody named" in text
    next(f for f in page.text_input if f.label == "Whose decisions are these?").set_value("Dee")
    start(page.run())
    assert voters(ws)[-2:] == [("Dee", "include"), ("Dee", "exclude")]
    text = text_of(page)
    assert "2 new votes: Dee 2." in text
    assert "New votes by stage: title and abstract 1, full text 1." in text
    assert "Wrong colour (1)" in text
    records_page = at_page(page, "records")
    next(box for box in records_page.selectbox if box.label == "Label").set_value("Pain").run()
    assert [list(table.value["Title"]) for table in records_page.dataframe] == [["Kratom one"]]
