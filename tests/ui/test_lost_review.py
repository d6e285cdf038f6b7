"""The page in the place of a review whose database is lost, and the copies on Settings."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from review.backups import made
from review.config import from_environment

from .conftest import at_page, words_on


def test_a_lost_review_is_offered_its_copies_and_comes_back(app: AppTest, data: Path) -> None:
    at_page(app, "settings")
    app.button(key="settings-copy").click().run()
    assert "asked" in {backup.why for backup in made(from_environment())}
    (data / "local" / "review.db").unlink()
    app.run()
    said = words_on(app).replace("\\", "")
    assert "cannot be opened" in said and "local/review.db held a review and is gone" in said
    assert not app.exception
    app.button(key="copies-restore").click().run()
    assert "Database and sources" in words_on(app)
    assert not app.error and not app.exception


def test_a_new_review_is_made_when_a_person_says_so(app: AppTest, data: Path) -> None:
    at_page(app, "settings")
    (data / "local" / "review.db").unlink()
    app.run()
    assert not (data / "local" / "review.db").exists()
    app.button(key="lost-new").click().run()
    assert "Database and sources" in words_on(app)
    assert (data / "local" / "review.db").exists()
