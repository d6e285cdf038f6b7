"""The Search page with a source behind it: price first, runs, resuming, updates, citations."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import Config, key_file
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.store import records
from review.ui import jobs
from review.workspace import Workspace, open_workspace
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import make_works
from tests.ui.conftest import at_page, words_on


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[OpenAlexServer]:
    with OpenAlexServer(works=make_works(900)) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        monkeypatch.setenv("OPENALEX_API_KEY", "any")
        yield server
    for name in ("search", "citations", "preview", "terms", "recall"):
        jobs.registry().forget(name)


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
    assert "Complete:" in text and "Charged: 0.0" in text and "known papers" in text
    server.api.hold([{**w, "is_retracted": n % 2 == 0} for n, w in enumerate(server.works[:-100])])
    click(app, "Ask count and price")
    click(app, "Run this search")
    text = words_on(app)
    assert "Since the last complete run" in text
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
