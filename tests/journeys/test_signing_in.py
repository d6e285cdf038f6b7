"""Signing in with a provider, in a browser: who comes in, and as whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import App
from tests.servers.identity import provider

SECRETS = """
REVIEW_ALLOWED = ["@uni.example"]
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "made up, and long enough to sign a cookie with"
client_id = "tracker"
client_secret = "made up"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def test_the_team_comes_in_and_nobody_else(
    start_app: Callable[..., App], page: Page, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".streamlit").mkdir(parents=True)
    app = start_app(env={"HOME": str(home)})
    with provider() as found:
        text = SECRETS.format(app=app.url, provider=found.url)
        (home / ".streamlit" / "secrets.toml").write_text(text, "utf-8")
        app.restart()
        account = {"sub": "1", "name": "Ann", "email": "eve@other.example", "email_verified": True}
        found.account = account
        page.goto(app.url)
        page.get_by_role("button", name="Sign in").click()
        expect(
            page.get_by_text("is not on the list of those who work on this review")
        ).to_be_visible(timeout=20_000)
        found.account = {**account, "sub": "2", "email": "ann@uni.example"}
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Signed in as Ann <ann@uni.example>")).to_be_visible(timeout=20_000)
