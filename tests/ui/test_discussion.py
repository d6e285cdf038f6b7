"""Conflicts: what its parties say to each other, and a page that is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.model import Stage, VoteValue
from review.protocol.loading import PROTOCOL_FILE
from review.screening import discussion
from review.screening import service as screening
from review.screening.conflicts import conflicts
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import REVIEWER, at_page, words_on

TA, IN, OUT, ONE = Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, VoteValue.EXCLUDE, "P000001"
FIELD = f"discuss-title_abstract-{ONE}"


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    """One conflict between the person at the screen and Bo."""
    review = open_workspace(from_environment())
    file = review.config.data / PROTOCOL_FILE
    text = file.read_text(encoding="utf-8").replace("reviewers: 1", "reviewers: 2")
    file.write_text(text + "\nassignment: {referee: Rae}\n", encoding="utf-8")
    app.run()
    two = replace(review, protocol=open_workspace(from_environment()).protocol)
    screening.cast(two, ONE, TA, REVIEWER, IN)
    screening.cast(two, ONE, TA, "Bo", OUT)
    yield two
    review.store.close()


def test_a_note_is_added_read_and_taken_back(app: AppTest, ws: Workspace) -> None:
    discussion.say(ws, ONE, TA, "Bo", "It is about <b>tea</b>.")
    at_page(app, "conflicts")
    assert "It is about &lt;b&gt;tea&lt;/b&gt;." in words_on(app)
    app.text_area(key=FIELD).set_value("The leaves are kratom.\nSee the methods.")
    app.button(key=f"say-title_abstract-{ONE}").click().run()
    assert "kratom.<br>See" in words_on(app) and app.text_area(key=FIELD).value == ""
    mine = discussion.thread(ws, ONE, TA, "Bo")[-1]
    app.button(key=f"say-undo-{mine.event}").click().run()
    assert len(discussion.thread(ws, ONE, TA, "Bo")) == 1
    app.sidebar.text_input(key="reviewer").set_value("Cy").run()
    assert "tea" not in words_on(app) and not app.exception


def test_what_changed_meanwhile_is_not_settled_and_a_note_stays_typed(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "conflicts")
    app.text_area(key=FIELD).set_value("Why out?")
    screening.cast(ws, ONE, TA, "Bo", VoteValue.EXCLUDE, reason="not_kratom", replace=True)
    app.button(key=f"say-title_abstract-{ONE}").click().run()
    assert any("Bo has voted exclude" in e.value for e in app.error)
    assert app.text_area(key=FIELD).value == "Why out?"
    screening.cast(ws, ONE, TA, "Bo", VoteValue.EXCLUDE, reason="language", replace=True)
    app.button(key=f"settle-exclude-title_abstract-{ONE}").click().run()
    screening.cast(ws, ONE, TA, "Bo", VoteValue.EXCLUDE, reason="not_kratom", replace=True)
    app.button(key=f"settle-not_kratom-title_abstract-{ONE}").click().run()
    assert any("Bo has voted exclude" in e.value for e in app.error)
    assert len(conflicts(ws)) == 1


def test_who_only_looks_on_has_no_button_that_settles(app: AppTest, ws: Workspace) -> None:
    at_page(app, "conflicts")
    open_to = {}
    notes = []
    for name in ("Cy", "Rae", REVIEWER):
        app.sidebar.text_input(key="reviewer").set_value(name).run()
        open_to[name] = {b.label for b in app.button if b.key and not b.disabled}
        notes.append([field.label for field in app.text_area if field.label.startswith("Note on")])
    assert notes == [[], ["Note on the final vote"], ["Note on your vote"]]
    assert not {"Include", "Exclude", "Undo"} & open_to["Cy"]
    assert {"Include", "Exclude"} <= open_to["Rae"] and "Undo" not in open_to["Rae"]
    assert {"Include", "Exclude", "Undo"} <= open_to[REVIEWER] and not app.exception
