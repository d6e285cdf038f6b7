"""Opening a review of another version, and checking the log, from ``app.py`` without a browser."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from streamlit.testing.v1 import AppTest

from review.config import Config, from_environment
from review.model import Stage, VoteValue
from review.progress import Progress, Watch
from review.screening import service as screening
from review.store import Store, integrity
from review.store.schema import derived_version, event, tag, vote
from review.ui import jobs, session
from review.ui.session import UPGRADING
from review.workspace import open_workspace
from tests import old_reviews
from tests.reviews import LIBRARY_SIZE

from .conftest import at_page, words_on

CHECK = "check"


class Held:
    """Long work that stops at one of its steps until it is let go."""

    def __init__(self) -> None:
        self.reached, self._go = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self._go.wait(60)

    def let_go(self, name: str) -> None:
        """Let it go on, and wait for its end."""
        self._go.set()
        for thread in threading.enumerate():
            if thread.name == f"job-{name}":
                thread.join(60)
        job = jobs.registry().get(name)
        assert job is None or not job.running


def review_file(data: Path) -> str:
    """URL of the review that the app opens."""
    return f"sqlite:///{(data / 'local' / 'review.db').as_posix()}"


def place_of_review(data: Path) -> str:
    """URL of the review that the app would open, of which nothing is there any more."""
    shutil.rmtree(data / "local")
    (data / "local").mkdir()
    return review_file(data)


def test_the_first_start_makes_a_review_of_the_library(app: AppTest, data: Path) -> None:
    shutil.rmtree(data / "local")
    app.run()
    assert not app.exception and (data / "local" / "review.db").exists()
    at_page(app, "records")
    assert f"{LIBRARY_SIZE} reports" in words_on(app)


# ---- reviews of other versions ---------------------------------------------------------------


def hold_upgrade(monkeypatch: pytest.MonkeyPatch) -> Held:
    held, upgrade = Held(), session.upgrade

    def held_upgrade(config: Config, watch: Watch) -> None:
        def tell(now: Progress) -> None:
            watch.tell(now)
            if now.done == 0:
                held.wait()

        upgrade(config, Watch(tell, watch.cancelled))

    monkeypatch.setattr(session, "upgrade", held_upgrade)
    return held


def test_the_page_counts_while_a_review_is_upgraded_and_then_opens(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_reviews.make(place_of_review(data), "0004")
    held = hold_upgrade(monkeypatch)
    app.run()
    assert held.reached.wait(60)
    app.run()
    (bar,) = app.get("progress")
    assert "Upgrading the review to this version" in bar.proto.text
    assert "0 of 16 events" in bar.proto.text
    assert "earlier version" in words_on(app)
    assert [b.label for b in app.button if b.label == "Cancel"] == []
    held.let_go(UPGRADING)
    at_page(app, "records")
    assert app.get("progress") == []
    assert "1 to 100 shown" in words_on(app)
    assert not app.exception and not app.error


def test_an_upgrade_that_fails_is_told_and_tried_again(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = place_of_review(data)
    old_reviews.make(url, "0004")
    store = Store(url)
    with store.write() as conn:
        conn.execute(text("CREATE TABLE derived_version (n INTEGER)"))
    held = hold_upgrade(monkeypatch)
    app.run()
    held.let_go(UPGRADING)
    app.run()
    (told,) = app.error
    words = told.value.replace("\\", "")
    assert "table derived_version already exists" in words and "CREATE TABLE" not in words
    with store.write() as conn:
        conn.execute(text("DROP TABLE derived_version"))
    store.close()
    app.run()
    held.let_go(UPGRADING)
    at_page(app, "records")
    assert "1 to 100 shown" in words_on(app)


def test_a_review_of_a_newer_version_is_refused_with_a_sentence(app: AppTest, data: Path) -> None:
    url = place_of_review(data)
    store = Store(url)
    store.upgrade()
    with store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0999'"))
        conn.execute(update(derived_version).values(program="7.2"))
    store.close()
    at_page(app, "records")
    (told,) = app.error
    words = told.value.replace("\\", "")
    assert "newer version" in words and "Install version 7.2" in words
    assert not app.exception
    store = Store(url)
    with store.read() as conn:
        assert conn.execute(event.select()).all() == []
    store.close()


# ---- the check -------------------------------------------------------------------------------


def hold_check(monkeypatch: pytest.MonkeyPatch) -> Held:
    held, check = Held(), integrity.check

    def held_check(store: Store, watch: Watch) -> integrity.Checked:
        def tell(now: Progress) -> None:
            watch.tell(now)
            if now.step == "events replayed" and not held.reached.is_set():
                held.wait()

        return check(store, Watch(tell, watch.cancelled))

    monkeypatch.setattr(integrity, "check", held_check)
    return held


def test_votes_are_cast_while_the_log_is_checked(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold_check(monkeypatch)
    at_page(app, "settings")
    app.button(key="settings-check").click().run()
    assert held.reached.wait(60)
    app.run()
    (bar,) = app.get("progress")
    assert "Checking the log" in bar.proto.text and "events replayed (0%)" in bar.proto.text
    ws = open_workspace(from_environment())
    screening.cast(ws, "P000003", Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    with ws.store.read() as conn:
        assert conn.execute(vote.select()).one().reviewer == "Ben"
    ws.store.close()
    held.let_go(CHECK)
    app.run()
    assert "log and state agree" in words_on(app)
    assert not app.error


def test_a_check_can_be_cancelled(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold_check(monkeypatch)
    at_page(app, "settings")
    app.button(key="settings-check").click().run()
    assert held.reached.wait(60)
    app.run()
    app.button(key=f"cancel-{CHECK}").click().run()
    held.let_go(CHECK)
    app.run()
    assert "The check was stopped" in words_on(app)
    assert "log and state agree" not in words_on(app)


def test_what_does_not_follow_from_the_log_is_told(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold_check(monkeypatch)
    at_page(app, "settings")
    store = Store(review_file(data))
    with store.write() as conn:
        conn.execute(delete(tag))
        conn.execute(text("UPDATE report SET reason = 'made up' WHERE id = 'P000003'"))
    store.close()
    app.button(key="settings-check").click().run()
    held.let_go(CHECK)
    app.run()
    assert any("Table report" in told.value for told in app.error)
