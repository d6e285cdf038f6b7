"""The Search page with a source behind it: price first, runs, resuming, updates, citations."""

from __future__ import annotations

import math
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import Config, key_file
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.search import service as searching
from review.store import record_changes, records
from review.ui import jobs
from review.workspace import Workspace, open_workspace
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import make_works
from tests.ui.conftest import at_page
from tests.ui.conftest import words_on as marked_words_on


def words_on(app: AppTest) -> str:
    """All text of the page as it is read."""
    return marked_words_on(app).replace("\\", "")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[OpenAlexServer]:
    with OpenAlexServer(works=make_works(900)) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        monkeypatch.setenv("OPENALEX_API_KEY", "any")
        yield server
    for job in jobs.registry().ended():
        jobs.registry().forget(job.name)


@pytest.fixture
def review(server: OpenAlexServer, data: Path, app: AppTest) -> Iterator[Workspace]:
    app.run()
    db = f"sqlite:///{(data / 'local' / 'review.db').as_posix()}"
    ws = open_workspace(Config(data, db, server.url, "any"))
    yield ws
    ws.store.close()


def click(app: AppTest, label: str, place: int = 0) -> AppTest:
    """Click a button and wait for the work behind the page."""
    [b for b in app.button if b.label.startswith(label)][place].click().run()
    for _ in range(600):
        if not jobs.registry().running():
            return app.run()
        time.sleep(0.05)
    raise AssertionError("the work did not end")


def test_price_then_run_then_cost_then_an_update_with_differences(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    at_page(app, "search")
    click(app, "Ask count and price")
    assert "left today" in words_on(app) and "works" in words_on(app)
    click(app, "Run this search")
    text = words_on(app)
    assert "Complete:" in text and "Charged 0.0" in text and "known papers" in text
    server.api.hold([{**w, "is_retracted": n % 2 == 0} for n, w in enumerate(server.works[:-100])])
    click(app, "Ask count and price")
    click(app, "Run this search")
    text = words_on(app)
    assert "Since its last complete run" in text
    assert any(e.label.startswith("What changed in") for e in app.expander)
    assert not app.exception


def test_a_run_that_stopped_offers_to_go_on(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    server.api.budget_usd = 0.003
    at_page(app, "search")
    click(app, "Ask count and price")
    click(app, "Run this search")
    assert "budget" in words_on(app)
    server.api.budget_usd = 1.0
    app.run()
    click(app, "Go on where it stopped")
    assert "Taken up again" in words_on(app) and not app.exception


def test_a_query_of_ones_own_is_checked_and_previewed_before_it_runs(
    app: AppTest, review: Workspace
) -> None:
    at_page(app, "search")
    app.text_area(key="own_query").set_value("kratom or sleep").run()
    assert "capitals" in words_on(app)
    assert next(b for b in app.button if b.label == "Preview").disabled
    app.text_area(key="own_query").set_value("(kratom OR zzznothing)").run()
    click(app, "Preview")
    assert any(b.label == "Run this query" for b in app.button)
    click(app, "Count each term")
    assert "No work has zzznothing" in words_on(app)
    click(app, "Run this query")
    assert "Search of your own" in words_on(app) and not app.exception


def test_citations_wait_for_included_reports(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    at_page(app, "search")
    place = len([b for b in app.button if b.label == "Ask count and price"]) - 1
    click(app, "Ask count and price", place)
    assert "Include reports" in words_on(app)
    click(app, "Ask count and price")
    click(app, "Run this search")
    with review.store.read() as conn:
        found = records.rows_for_dedupe(conn)[-1]["id"]
    for stage in Stage:
        screening.cast(review, "P" + found[1:], stage, "Ann", VoteValue.INCLUDE)
    jobs.registry().forget("citations")
    app.run()
    place = len([b for b in app.button if b.label == "Ask count and price"]) - 1
    click(app, "Ask count and price", place)
    assert any(b.label == "Follow them" for b in app.button) and not app.exception


def test_included_reports_that_openalex_does_not_know_are_named_with_the_citations(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    at_page(app, "search")
    click(app, "Ask count and price")
    click(app, "Run this search")
    with review.store.read() as conn:
        found = records.rows_for_dedupe(conn)[-1]["id"]
    for report in ("P000001", "P" + found[1:]):  # the first is of the library, not of the source
        for stage in Stage:
            screening.cast(review, report, stage, "Ann", VoteValue.INCLUDE)
    app.run()
    assert "does not know" not in words_on(app)
    place = len([b for b in app.button if b.label == "Ask count and price"]) - 1
    for label, at in (("Ask count and price", place), ("Follow them", 0)):
        click(app, label, at)
        assert "OpenAlex does not know 1 included report, so its citations" in words_on(app)
        links = [(link.proto.page, link.proto.query_string) for link in app.get("page_link")]
        assert ("records", "report=P000001") in links and not app.exception
    assert "did not begin" not in words_on(app)
    lines = [line.value for line in searching.search_log(review) if line.item == 5]
    assert lines and all("does not know: P000001 " in line for line in lines)


def test_opening_the_page_asks_nothing_of_the_network(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    for view in ("searches", "import", "log"):
        at_page(app, "search", view=view)
        assert not app.exception
    assert server.requests == []


def test_searches_named_in_the_address_come_first(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    at_page(app, "search", search="kratom_sleep, kratom_pain,nothing<b>,")
    text = words_on(app)
    assert "no search named nothing<b>" in text and "2 searches were asked for" in text
    asking = [str(b.key) for b in app.button if str(b.key).startswith("ask-kratom")]
    assert asking[:2] == ["ask-kratom_sleep", "ask-kratom_pain"]
    click(app, "Ask counts and prices of these 2")
    click(app, "Run these 2 for")
    text = words_on(app)
    assert "2 searches are complete: " in text.replace("*", "") and server.requests
    ran = {r.run.search for r in searching.searches(review) if r.run.cost_usd}
    assert ran == {"kratom_sleep", "kratom_pain"}
    next(b for b in app.button if b.label == "Show all alike").click().run()
    assert "asked for" not in words_on(app) and "search" not in app.query_params


def test_a_price_above_what_is_left_is_told_before_the_run(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    server.api.budget_usd = 0.004
    at_page(app, "search")
    click(app, "Ask count and price")
    assert "costs more than is left today" in words_on(app)


def test_a_run_is_withdrawn_and_restored_in_the_log(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    at_page(app, "search")
    click(app, "Ask count and price")
    click(app, "Run this search")
    run = searching.searches(review)[0].run
    at_page(app, "search", view="log", run=run.id)
    click(app, "Withdraw this run")
    assert f"{run.added} records leave the review" in words_on(app)
    click(app, "Keep it")
    assert not searching.searches(review)[0].withdrawn
    click(app, "Withdraw this run")
    app.text_input(key=f"withdraw-why-{run.id}").set_value("wrong <i>string</i>").run()
    click(app, "Withdraw it")
    assert "Withdrawn by Ann" in words_on(app) and "wrong <i>string</i>" in words_on(app)
    assert searching.searches(review)[0].withdrawn
    assert [e.value["Ended"][0] for e in app.dataframe] == ["Withdrawn"]
    click(app, "Restore this run")
    assert not searching.searches(review)[0].withdrawn and not app.exception


def test_the_log_tells_what_was_charged_where_a_source_was_asked(
    app: AppTest, review: Workspace, tmp_path: Path
) -> None:
    at_page(app, "search")
    click(app, "Ask count and price")
    click(app, "Run this search")
    file = tmp_path / "more.csv"
    file.write_text("title,year\nTea of kratom leaves,2020\n", encoding="utf-8")
    searching.import_file(review, file, actor="Ann")
    at_page(app, "search", view="log")
    (log,) = (e.value for e in app.dataframe)
    imported, searched, library = log["Charged, USD"]  # newest first
    assert math.isnan(imported) and math.isnan(library) and searched > 0


def test_abstracts_are_got_on_the_overview_and_what_is_not_known_stays_listed(
    app: AppTest, review: Workspace, server: OpenAlexServer
) -> None:
    wanted = searching.incomplete(review)
    work = {**server.works[0], "doi": f"https://doi.org/{wanted[0].lead.doi}",
            "title": wanted[0].lead.title, "abstract_inverted_index": {"Better": [0]}}  # fmt: skip
    server.api.hold([work, *server.works[1:]])
    at_page(app, "overview")
    assert f"{len(wanted)} reports without an abstract" in words_on(app)
    click(app, "Get abstracts")
    assert "1 report completed" in words_on(app) and not app.exception
    in_vain = f"{len(wanted) - 1} reports not known to OpenAlex"
    assert in_vain in [fold.label for fold in app.expander]
    jobs.registry().forget("completing")
    app.run()
    assert in_vain in [fold.label for fold in app.expander]
    assert searching.incomplete(review) == []


def opened(app: AppTest, number: int) -> AppTest:
    """Open an item of PRISMA-S."""
    app.session_state[f"item-{number}"] = True
    return app.run()


def test_an_item_is_stated_changed_and_taken_back_on_the_page(
    app: AppTest, review: Workspace
) -> None:
    at_page(app, "search", view="log")
    before = sum(i.answered for i in searching.search_items(review))
    assert f"{before} of 16 items of PRISMA-S are answered" in words_on(app)
    opened(app, 6)
    next(b for b in app.button if b.label == "Keep").click().run()
    assert "Write what was done for item 6" in words_on(app)
    app.text_area(key="text-6-new").set_value("Asked <b>two</b> authors.")
    click(app, "Keep")
    assert f"{before + 1} of 16 items" in words_on(app) and "Asked <b>two</b> authors." in words_on(
        app
    )
    first = next(i.stated for i in searching.search_items(review) if i.item.number == 6)
    assert first is not None and first.reviewer == "Ann"
    app.radio(key=f"none-6-{first.event}").set_value("None was done")
    app.text_area(key=f"text-6-{first.event}").set_value("")
    click(app, "Keep")
    text = words_on(app)
    assert "None was done." in text and "1 earlier statement" in text
    click(app, "Take back")
    said = next(i.stated for i in searching.search_items(review) if i.item.number == 6)
    assert said is not None and said.event == first.event and not app.exception


def test_a_peer_review_is_stated_in_its_parts(app: AppTest, review: Workspace) -> None:
    at_page(app, "search", view="log")
    opened(app, 14)
    app.text_input(key="by-14-new").set_value("J. Doe, librarian")
    app.date_input(key="on-14-new").set_value(date(2026, 3, 2))
    app.text_area(key="text-14-new").set_value("ketum was added")
    click(app, "Keep")
    (said,) = [line.value for line in searching.search_log(review) if line.item == 14]
    assert said == "Reviewed by J. Doe, librarian on 2026-03-02. Changed: ketum was added."
    assert not app.exception


@pytest.mark.parametrize("page", ["search", "overview", "claims"])
def test_a_retracted_report_that_is_included_is_flagged_and_can_be_decided_again(
    app: AppTest, review: Workspace, page: str
) -> None:
    for stage in Stage:
        screening.cast(review, "P000001", stage, "Ann", VoteValue.INCLUDE)
    with review.store.write() as conn:
        told = replace(records.get(conn, "R000001"), retracted=True)
        record_changes.note_changes(conn, "Ann", "N0", {"R000001": told})
    at_page(app, page)
    assert "1 included report was retracted" in words_on(app)
    links = [(link.proto.page, link.proto.query_string) for link in app.get("page_link")]
    assert ("records", "report=P000001") in links
    assert ("screen", "report=P000001&stage=full_text") in links and not app.exception


def test_a_key_is_entered_under_settings_and_shown_nowhere(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    at_page(app, "settings")
    app.text_input(key="settings_key").set_value("keyOfOurs123")
    next(b for b in app.button if b.label == "Keep").click().run()
    path = key_file(data / "local")
    assert path.read_text().strip() == "keyOfOurs123"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    app.run()
    assert "keyOfOurs123" not in words_on(app) and app.text_input(key="settings_key").value == ""
    assert not app.exception


def test_a_string_of_another_database_is_offered_in_translation_and_used_on_a_press(
    app: AppTest, review: Workspace
) -> None:
    at_page(app, "search")
    pasted = "kratom[tiab] AND Pain[mh]"
    app.text_area(key="own_query").set_value(pasted).run()
    assert "a search of PubMed" in words_on(app) and "Not carried over: Pain[mh]" in words_on(app)
    assert app.text_area(key="own_query").value == pasted
    assert next(b for b in app.button if b.label == "Preview").disabled
    click(app, "Put it into the field")
    assert app.text_area(key="own_query").value == "(kratom AND Pain)"
    assert not next(b for b in app.button if b.label == "Preview").disabled
