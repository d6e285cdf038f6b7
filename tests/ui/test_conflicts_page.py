"""The page Conflicts: who said what, and how it is settled."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.model import Stage, VoteValue
from review.screening import service as screening
from review.screening.conflicts import conflicts
from review.workspace import Workspace
from tests.ui.conftest import SURVEY, at_page, press, words_on


def disagree(ws: Workspace) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Cem", VoteValue.EXCLUDE, reason="not_kratom")


def test_without_conflicts_the_page_says_what_makes_them(app: AppTest) -> None:
    at_page(app, "conflicts")
    assert "No votes disagree" in words_on(app)
    assert "Undo my last vote" not in {button.label for button in app.button}


def test_a_conflict_shows_who_said_what_and_is_settled(app: AppTest, ws: Workspace) -> None:
    disagree(ws)
    at_page(app, "conflicts")
    text = words_on(app)
    assert "Ben" in text and "Cem" in text and "Not about kratom" in text
    press(app, f"settle-include-title_abstract-{SURVEY}")
    assert conflicts(ws) == []
    assert "No votes disagree" in words_on(app)
    press(app, "settle-undo")
    assert len(conflicts(ws)) == 1


def test_an_exclusion_asks_for_its_reason(app: AppTest, ws: Workspace) -> None:
    disagree(ws)
    at_page(app, "conflicts")
    press(app, f"settle-exclude-title_abstract-{SURVEY}")
    press(app, f"settle-policy_only-title_abstract-{SURVEY}")
    assert conflicts(ws) == []
