"""The overview: its numbers add up, and each opens the list of what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.model import Stage, VoteValue
from review.protocol.loading import PROTOCOL_FILE
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import conflicts
from review.workspace import Workspace, open_workspace
from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import REVIEWER, at_page, words_on

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE


@pytest.fixture
def ws(app: AppTest, data: Path) -> Iterator[Workspace]:
    """A review in which two people vote on each report at each stage."""
    file = data / PROTOCOL_FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("reviewers: 1", "reviewers: 2"), encoding="utf-8")
    app.run()
    review = open_workspace(from_environment())
    yield review
    review.store.close()


def tiles(app: AppTest) -> dict[str, tuple[int, dict[str, list[str]]]]:
    """Unit -> number and what its link asks for."""
    links = [e.proto for e in app.get("page_link")]
    found = [(re.fullmatch(r"\*\*([\d,]+)\*\* (.+)", p.label), p.query_string) for p in links]
    return {m[2]: (int(m[1].replace(",", "")), parse_qs(query)) for m, query in found if m}


def numbers(app: AppTest, pattern: str) -> int:
    """The numbers of the sentences that fit, added up."""
    return sum(int(n.replace(",", "")) for n in re.findall(pattern, words_on(app)))


def test_tasks_add_up_to_the_tiles_and_tiles_to_the_reports(app: AppTest, ws: Workspace) -> None:
    def said(report: int, stage: Stage, *votes: tuple[str, VoteValue]) -> None:
        for who, value in votes:
            reason = "language" if report == 5 or who == "Bo" else "not_kratom"
            reason = reason if value is OUT else ""
            screening.cast(ws, f"P{report:06d}", stage, who, value, reason=reason)

    for report in (1, 2, 3):
        said(report, TA, (REVIEWER, IN))
    said(4, TA, (REVIEWER, IN), ("Bo", OUT))
    said(5, TA, (REVIEWER, OUT), ("Bo", OUT))
    said(9, TA, (REVIEWER, OUT), ("Bo", OUT))
    for report in (6, 7, 8):
        said(report, TA, (REVIEWER, IN), ("Bo", IN))
    said(6, FT, (REVIEWER, MAYBE), ("Bo", MAYBE))
    said(7, FT, (REVIEWER, MAYBE))
    said(8, FT, (REVIEWER, IN), ("Bo", IN))
    at_page(app, "overview")
    assert not app.exception
    found = tiles(app)
    shown = {unit: n for unit, (n, _) in found.items()}
    assert shown == {
        "records identified": LIBRARY_SIZE, "reports": LIBRARY_SIZE,
        "awaiting screening": LIBRARY_SIZE - 6,
        "awaiting full text": 1, "awaiting classification": 1, "in conflict": 1,
        "excluded": 2, "included": 1,
    }  # fmt: skip
    for unit, (n, asked) in found.items():
        if "status" in asked:
            wanted = records.ReportFilter(status=asked["status"][0])
            assert len(records.ids(ws, wanted)) == n, unit
    waiting = numbers(app, r"([\d,]+) reports? waiting for (?:your vote|another reviewer)")
    assert waiting == shown["awaiting screening"] + shown["awaiting full text"]
    assert numbers(app, r"([\d,]+) reports? awaiting classification") == 1
    assert numbers(app, r"([\d,]+) conflicts?") == shown["in conflict"]
    assert "1 conflict on the decision, 1 exclusion for different reasons." in words_on(app)
    assert len(conflicts(ws)) == 2
    (link,) = [
        e.proto.query_string
        for e in app.get("page_link")
        if e.proto.label == "See what waits on title and abstract"
    ]
    assert parse_qs(link)["ids"] == ["P000001,P000002,P000003"]
    # What waits for this person stands before what is open for anybody.
    words = words_on(app)
    own, others = words.index("Waiting for you"), words.index("Open for anybody")
    assert own < words.index("waiting for your vote on title") < others
    assert others < words.index("waiting for another reviewer on title")


def test_maybe_on_the_full_text_is_a_task(app: AppTest, ws: Workspace) -> None:
    for stage, value in ((TA, IN), (FT, MAYBE)):
        for who in (REVIEWER, "Bo"):
            screening.cast(ws, "P000001", stage, who, value)
    at_page(app, "screening", stage="full_text")
    assert "the votes say maybe" in words_on(app)
    assert "Classify reports" in [b.label for b in app.button]


@pytest.mark.parametrize("page", ["overview", "gap_map", "gap_ledger", "claims", "report"])
def test_how_much_was_looked_at_stands_beside_the_numbers(
    app: AppTest, ws: Workspace, page: str
) -> None:
    for who in (REVIEWER, "Bo"):
        screening.cast(ws, "P000001", TA, who, IN)
    at_page(app, page)
    assert not app.exception
    words = words_on(app).replace("\\", "")
    for part in (f"1 of {LIBRARY_SIZE} reports screened", "0 of 1 full text assessed", "0 coded"):
        assert part in words
    assert f"out of {LIBRARY_SIZE}" not in words


def test_it_says_how_far_screening_is_from_where_it_may_stop(app: AppTest, ws: Workspace) -> None:
    at_page(app, "overview")
    assert "when-to-stop" not in app.session_state  # nothing is screened yet
    for report in ("P000001", "P000002"):
        for reviewer, value in (("Ann", IN), ("Ben", IN)):
            screening.cast(ws, report, TA, reviewer, value)
    at_page(app, "overview")
    app.session_state["when-to-stop"] = True
    app.run()
    text = words_on(app).replace("\\", "")
    assert f"2 of {LIBRARY_SIZE} reports screened, 2 of them included" in text
    assert "stopping early is not advised" in text
