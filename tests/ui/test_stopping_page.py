"""The page on the end of screening: the stop, the check of the rest, looking back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.model import Place, Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.screening import stops
from review.ui import jobs
from review.ui.stopping.looking_back import JOB
from review.workspace import Workspace, open_workspace
from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import REVIEWER, at_page, words_on
from tests.ui.test_pages import press

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def ws(app: AppTest, tmp_path: Path) -> Iterator[Workspace]:
    """The review of the library, all but its last five reports decided: every eighth included."""
    app.run()
    review = open_workspace(from_environment())
    rows = [
        f"P{n:06d},title_abstract,{REVIEWER},{'exclude' if n % 8 else 'include'}"
        for n in range(1, LIBRARY_SIZE - 4)
    ]
    file = tmp_path / "votes.csv"
    file.write_text("\n".join(["report,stage,reviewer,vote", *rows]), encoding="utf-8")
    screening.import_votes(review, file, REVIEWER)
    yield review
    review.store.close()


def test_a_stop_is_said_with_its_figures_checked_and_taken_back(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "stopping")
    assert "stopping early is not advised" in words_on(app)
    press(app, "Stop, and leave 5 reports unscreened")
    assert "Say why you stop all the same" in words_on(app)
    app.text_area(key="stopping-why").set_value("The *money* is spent")
    press(app, "Stop, and leave 5 reports unscreened")
    (stop,) = stops.in_force(ws)
    assert (stop.reviewer, stop.said.why) == (REVIEWER, "The *money* is spent")
    text = words_on(app)
    assert f"{REVIEWER} stopped title and abstract screening" in text and "5 were not" in text
    assert "\\*money\\*" in text and app.session_state["stopping-why"] == ""
    assert not [b for b in app.button if b.label.startswith("Stop, and leave")]
    app.number_input(key=f"stopping-check-{stop.event}").set_value(2)
    press(app, "Draw a random check")
    assert "2 of 5 reports not screened were drawn" in words_on(app)
    for report in records.ids(ws, records.ReportFilter(status=str(Place.TITLE_ABSTRACT))):
        screening.cast(ws, report, TA, REVIEWER, VoteValue.INCLUDE)
    app.run()
    assert "2 of 2 (100.0%, 95% interval 15.8% to 100.0%)" in words_on(app).replace("\\", "")
    assert "2 reports of the check are relevant" in words_on(app)
    at_page(app, "overview")
    links = [link.proto.label for link in app.get("page_link")]
    assert any("3" in label and "not screened: stopped" in label for label in links)
    at_page(app, "stopping")
    press(app, "Take the stop back")
    assert stops.in_force(ws) == []
    assert [b for b in app.button if b.label == "Stop, and leave 3 reports unscreened"]


def test_an_unlikely_decision_is_kept_or_changed_and_each_is_undone(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "stopping", view="back")
    press(app, "Look for unlikely decisions")
    (job,) = [*jobs.registry().running(JOB), *jobs.registry().ended(JOB)]
    while job.running:
        time.sleep(0.05)
    app.run()
    looks = job.result.looks
    assert looks and looks[0].report in words_on(app)
    press(app, "Keep: excluded")
    assert looks[0].report not in words_on(app) and looks[1].report in words_on(app)
    press(app, "Undo")
    assert looks[0].report in words_on(app)
    press(app, "Include")
    assert screening.own_votes(ws, looks[0].report, REVIEWER)[-1].vote is VoteValue.INCLUDE
    press(app, "Undo")
    assert screening.own_votes(ws, looks[0].report, REVIEWER)[-1].vote is VoteValue.EXCLUDE
    press(app, "Later")
    assert looks[1].report in words_on(app)
    assert "1 of them later" in words_on(app)
