"""No page, and no file that a page offers, shows what a colleague said of an undecided report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.initialise import begin
from review.model import Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.ui import downloads
from review.workspace import open_workspace
from tests.reporting.test_blindness import words_of
from tests.ui.conftest import at_page, words_on

SECRET = "Zuleika"
DOUBT = "a secret doubt"


@pytest.fixture
def blind(data: Path) -> str:
    """A report that two are to vote on, one of them has, with a note besides; its id."""
    file = data / "protocol.yaml"
    file.write_text(file.read_text("utf-8").replace("reviewers: 1", "reviewers: 2"), "utf-8")
    ws = open_workspace(from_environment(), create=True)
    begin(ws, "keeper", later=lambda _: None)
    report = screening.next_report(ws, Stage.TITLE_ABSTRACT, SECRET)
    assert report is not None
    screening.cast(
        ws, report.id, Stage.TITLE_ABSTRACT, SECRET, VoteValue.EXCLUDE, note=DOUBT
    )  # fmt: skip
    records.add_note(ws, report.id, SECRET, DOUBT)
    ws.store.close()
    return report.id


def test_pages_and_their_files_hold_nothing_of_it(
    blind: str, app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered: dict[str, Callable[[Path], object]] = {}

    def collect(label: str, name: str, write: Callable[[Path], object], help: str = "") -> None:
        offered[name] = write

    monkeypatch.setattr(downloads, "button", collect)
    shown = {}
    for page, params in (
        ("overview", {}),
        ("report", {}),
        ("report", {"view": "tables"}),
        ("report", {"view": "exports"}),
        ("settings", {}),
        ("screening", {"report": blind}),
        ("coding", {"report": blind}),
        ("records", {"report": blind}),
        ("records", {"q": blind}),
    ):
        app.query_params.clear()
        shown[page, *params] = words_on(at_page(app, page, **params))
        assert not app.exception, page
        shown[page, *params] += "".join(str(d.value) for d in app.dataframe)
    assert {"votes.csv", "rayyan.csv", "asreview.csv", "review.xlsx"} <= set(offered)
    for name, write in offered.items():
        write(tmp_path / name)
        shown["file", name] = words_of(tmp_path / name)
    assert [where for where, text in shown.items() if SECRET in text or DOUBT in text] == []


def test_no_page_changes_with_a_vote_that_is_still_blind(blind: str, app: AppTest) -> None:
    """No count, list or sentence tells when another votes."""

    def seen() -> dict[str, str]:
        found = {}
        for page, params in (
            ("overview", {}),
            ("progress", {}),
            ("stopping", {}),
            ("team", {}),
            ("dashboard", {}),
            ("report", {"view": "exports"}),
        ):
            app.query_params.clear()
            found[page] = words_on(at_page(app, page, **params))
            assert not app.exception, page
            found[page] += "".join(b.label for b in app.button)
        return found

    before = seen()
    ws = open_workspace(from_environment())
    for value in (VoteValue.INCLUDE, VoteValue.EXCLUDE):
        report = screening.next_report(ws, Stage.TITLE_ABSTRACT, SECRET)
        assert report is not None
        screening.cast(ws, report.id, Stage.TITLE_ABSTRACT, SECRET, value)
    ws.store.close()
    assert seen() == before
