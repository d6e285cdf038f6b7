"""The app without a browser: `app` runs ``app.py`` on a copy of the data folder."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.config import Config, from_environment
from review.initialise import initialise
from review.ui import session
from review.workspace import Workspace, open_workspace
from tests.reviews import as_arrived, library_report

ROOT = Path(__file__).resolve().parents[2]
REVIEWER = "Ann"
SURVEY = library_report("K020")
"""A survey of the library with a suggested design."""
TRIAL = library_report("K007")
OWN_SPAN = re.compile(r":color\[(\\.)\]")
"""A span without a look, which keeps an address in a text from becoming a link."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the review of the first start, which is only copied from."""
    folder = tmp_path_factory.mktemp("made") / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("local"))
    as_arrived(folder)
    db = f"sqlite:///{(folder / 'local' / 'review.db').as_posix()}"
    initialise(Config(folder, db), session.ACTOR)
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with protocol, library and a review of that library."""
    folder = tmp_path / "data"
    shutil.copytree(made, folder)
    monkeypatch.setenv("REVIEW_DATA", str(folder))
    monkeypatch.setenv("REVIEW_REVIEWER", REVIEWER)
    monkeypatch.setenv("OPENALEX_URL", "http://127.0.0.1:9")  # nothing listens there
    return folder


@pytest.fixture
def app(data: Path) -> Iterator[AppTest]:
    """The app, not run yet."""
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    st.cache_resource.clear()
    root = logging.getLogger("review")
    for handler in list(root.handlers):  # the log file of this test's review
        root.removeHandler(handler)
        handler.close()


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    """The review that the app has made, seen from outside it."""
    app.run()
    review = open_workspace(from_environment())
    yield review
    review.store.close()


def at_page(app: AppTest, folder: str, **params: str) -> AppTest:
    """Open a page in the given state, from the first page of all."""
    if not _has_run(app):
        app.run()
    app.switch_page(f"review/ui/{folder}/page.py")
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def _has_run(app: AppTest) -> bool:
    try:
        return app.main is not None
    except KeyError:  # there is no page yet
        return False


def words_on(app: AppTest) -> str:
    """All text of the page, HTML included."""
    parts = [
        e.value
        for kind in (
            app.title,
            app.caption,
            app.markdown,
            app.error,
            app.info,
            app.warning,
            app.success,
            app.header,
        )
        for e in kind
    ]
    parts += [e.proto.label for e in app.get("page_link")]
    html = [str(e.proto.body) for e in app.get("html")]
    return "\n".join([*(OWN_SPAN.sub(r"\1", str(part)) for part in parts), *html])


def press(app: AppTest, key: str) -> AppTest:
    """Click the button of this key."""
    return app.button(key=key).click().run()


def links(app: AppTest) -> dict[str, str]:
    """Label -> page and query of the links on the page."""
    return {e.proto.label: f"{e.proto.page}?{e.proto.query_string}" for e in app.get("page_link")}


def confirm_first(ws: Workspace, report: str, dimension: str) -> str:
    """Accept the best suggestion of a dimension; returns its value."""
    first = coding.sheet(ws, report).open_suggestions[dimension][0]
    coding.tag(ws, report, dimension, first.value, REVIEWER, first.quote, first.id)
    return first.value
