"""The page Settings: who works on the review, and what is never shown."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from review.model import Stage, VoteValue
from review.screening import service as screening
from review.workspace import Workspace
from tests.ui.conftest import SURVEY, at_page, words_on


def test_settings_name_reviewers_and_never_the_key(
    app: AppTest, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    monkeypatch.setenv("OPENALEX_API_KEY", "very-secret")
    at_page(app, "settings")
    assert "Before a stop" in words_on(app)
    assert list(app.dataframe[0].value["Reviewer"]) == ["Ben"]
    assert "very-secret" not in words_on(app)
    assert "set. It is never shown" in words_on(app)
