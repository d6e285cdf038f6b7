"""The Overview tells of a new edition of the library, and of what changed since a vote."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.initialise import initialise
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.workspace import open_workspace
from tests.reviews import library_report

from .conftest import REVIEWER, at_page, words_on

NEW = 'K999,A made-up paper,,2026,,,,,kratom,cohort,human,leaf,none,,,"reference list only"\r\n'


def test_new_and_changed_are_told_and_so_is_what_changed_since_a_vote(
    app: AppTest, data: Path
) -> None:
    at_page(app, "overview")
    assert "came in on" not in words_on(app)
    ws = open_workspace(from_environment())
    report = library_report("K002")
    screening.cast(ws, report, Stage.TITLE_ABSTRACT, REVIEWER, VoteValue.INCLUDE)
    ws.store.close()
    papers = data / "library" / "papers.csv"
    text = papers.read_bytes().decode()
    papers.write_bytes((text.replace("Beneficial and adverse", "Good and bad", 1) + NEW).encode())
    (data / "library" / "edition.yaml").write_text("edition: third edition\n")
    initialise(from_environment(), "start")
    at_page(app, "overview")
    words = words_on(app)
    assert not app.exception
    assert "The library, third edition, came in on" in words
    assert "1 report changed since you decided: title." in words
    links = [p.proto.label for p in app.get("page_link")]
    assert "**1** new from the library" in links and "**1** changed by it" in links
