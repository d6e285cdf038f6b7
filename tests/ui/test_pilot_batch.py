"""The screening page during a pilot batch."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.model import Stage, VoteValue
from review.screening import pilot
from review.screening import service as screening
from review.workspace import Workspace
from tests.ui.conftest import at_page, words_on
from tests.ui.test_pages import press

TA = Stage.TITLE_ABSTRACT


def test_the_rest_opens_once_all_who_take_part_have_voted(app: AppTest, ws: Workspace) -> None:
    drawn = pilot.draw(ws, TA, 2, "Rae", people=["Ann", "Bo"])
    at_page(app, "screening")
    press(app, "Include")
    assert "Pilot batch" not in words_on(app)
    press(app, "Include")
    assert "Pilot batch: 0 of 2 reports decided" in words_on(app)
    for record in drawn.data.records:
        screening.cast(ws, record, TA, "Bo", VoteValue.INCLUDE)
    app.run()
    assert "Pilot batch: 2 of 2 reports decided" in words_on(app)
    press(app, "Open the rest")
    assert pilot.under_way(ws, TA) is None
    assert "Pilot batch" not in words_on(app)
