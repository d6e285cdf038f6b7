"""Signing in: who comes in, and under which name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import words_on

AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "made up",
    "client_id": "tracker",
    "client_secret": "made up",
    "server_metadata_url": "http://localhost:9/.well-known/openid-configuration",
}
ANN = {
    "is_logged_in": True, "iss": "https://id.example", "sub": "17", "name": "A. Lee",
    "email": "ann@uni.example", "email_verified": True,
}  # fmt: skip


def opened(app: AppTest, user: dict[str, Any], allowed: str | list[str] = "") -> AppTest:
    app.secrets["auth"] = dict(AUTH)
    if allowed:
        app.secrets["REVIEW_ALLOWED"] = allowed
    app.user = user
    return app.run()


def is_inside(app: AppTest) -> bool:
    return "What to do next" in words_on(app)


def test_what_signing_in_needs_is_installed_with_the_app() -> None:
    text = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text("utf-8")
    assert "streamlit[auth]" in text
    assert find_spec("authlib") and find_spec("httpx")


def test_who_has_not_signed_in_sees_a_button_and_nothing_else(app: AppTest) -> None:
    opened(app, {"is_logged_in": False}, "@uni.example")
    assert [b.label for b in app.button] == ["Sign in"]
    assert not is_inside(app)


def test_pressing_sign_in_ends_in_no_traceback(app: AppTest) -> None:
    opened(app, {"is_logged_in": False}, "@uni.example")
    app.button[0].click().run()
    assert not app.exception


@pytest.mark.parametrize("allowed", ["@uni.example", ["bo@uni.example", "ann@uni.example"]])
def test_the_team_comes_in_and_each_is_their_account(
    app: AppTest, allowed: str | list[str]
) -> None:
    opened(app, ANN, allowed)
    assert is_inside(app)
    assert "Signed in as A. Lee <ann@uni.example>" in words_on(app).replace("\\", "")
    assert not app.text_input  # nobody writes another name


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ({**ANN, "email": "eve@other.example"}, "not on the list of those who work on this"),
        ({**ANN, "email_verified": False}, "not verified by the provider"),
    ],
)
def test_everybody_else_reads_a_sentence(app: AppTest, user: dict[str, Any], sentence: str) -> None:
    opened(app, user, "ann@uni.example")
    assert sentence in words_on(app)
    assert not is_inside(app)
    assert [b.label for b in app.button] == ["Sign out"]


def test_without_a_list_nobody_comes_in(app: AppTest) -> None:
    opened(app, ANN)
    assert "REVIEW_ALLOWED" in words_on(app).replace("\\", "")
    assert not is_inside(app)


def test_the_environment_may_hold_the_list(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_ALLOWED", "ann@uni.example")
    assert is_inside(opened(app, ANN))
