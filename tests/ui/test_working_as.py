"""Under which name a tab works: its own, one person in one spelling, and nobody by default."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from review.model import Stage, VoteValue
from review.screening import service as screening
from review.ui import browser_behaviour, working_as
from review.ui.browser_behaviour import Tab
from review.workspace import Workspace
from tests.ui.conftest import at_page, words_on

TabSays = Callable[[Tab], None]


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> TabSays:
    """Sets what the browser's tab says of itself."""

    def says(found: Tab) -> None:
        monkeypatch.setattr(browser_behaviour, "manners", lambda _name: found)

    return says


def name(app: AppTest) -> str:
    return str(app.text_input(key=working_as.REVIEWER).value)


def toasts(app: AppTest) -> str:
    return " ".join(str(t.value) for t in app.toast)


def test_a_tab_keeps_its_own_name(
    app: AppTest, tab: TabSays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_behaviour, "last_name", lambda: "Berta")
    tab(Tab("Zoe", "b1"))
    assert name(app.run()) == "Zoe"


def test_a_new_tab_says_under_whose_name_it_works(
    app: AppTest, tab: TabSays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_behaviour, "last_name", lambda: "Berta")
    tab(Tab("", "b1"))
    assert name(app.run()) == "Berta"
    assert "This tab works as Berta" in toasts(app)


def test_a_change_of_name_is_said(app: AppTest) -> None:
    app.run().text_input(key=working_as.REVIEWER).set_value("Berta").run()
    assert "This tab now works as Berta" in toasts(app)


def test_nothing_is_drawn_before_the_tab_has_said_whose_it_is(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_behaviour, "manners", lambda _name: None)
    at_page(app, "screening")
    assert not app.button and not app.text_input


def test_a_default_is_no_name_where_more_than_one_browser_is_at_work(
    app: AppTest, tab: TabSays
) -> None:
    tab(Tab("", "b1"))
    assert name(app.run()) == "Ann"  # the setting's
    working_as._browsers().add("b2")
    at_page(app, "screening")
    assert name(app) == ""
    assert "Say who is working first" in words_on(app)
    app.text_input(key=working_as.REVIEWER).set_value("Ann").run()
    assert "Say who is working first" not in words_on(app)


def test_a_known_person_in_another_spelling_is_asked_about(app: AppTest, ws: Workspace) -> None:
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Berta Lee", VoteValue.INCLUDE)
    at_page(app, "screening")
    app.text_input(key=working_as.REVIEWER).set_value("berta  lee").run()
    assert "Is this you?" in words_on(app)
    assert "Say who is working first" in words_on(app)  # nothing is decided meanwhile
    app.button(key="reviewer-yes").click().run()
    assert name(app) == "Berta Lee"
    assert "Say who is working first" not in words_on(app)


def test_somebody_else_takes_a_name_that_can_be_told_apart(app: AppTest, ws: Workspace) -> None:
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Berta Lee", VoteValue.INCLUDE)
    at_page(app, "screening")
    app.text_input(key=working_as.REVIEWER).set_value("BERTA LEE").run()
    app.button(key="reviewer-no").click().run()
    assert name(app) == ""
    assert "nobody takes it for Berta Lee" in words_on(app)


@pytest.mark.parametrize(
    ("address", "open_to_all"),
    [("localhost", False), ("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), (None, True)],
)
def test_an_open_server_says_on_every_page_that_anyone_may_write(
    app: AppTest, address: str | None, open_to_all: bool
) -> None:
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        for page in ("overview", "screening"):
            at_page(app, page)
            assert ("may write here under any name" in words_on(app)) is open_to_all
    finally:
        config.set_option("server.address", before)
