"""Versions: make one, look at it, see what changed since. The dashboard: only to look at."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.reporting.exports import EXPORTS
from review.reporting.offline.service import MAP_EXPORTS
from review.store import past
from review.ui import jobs
from review.versions import service as versions
from review.workspace import Workspace
from tests.factories import include
from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import at_page, words_on


def at_rest(app: AppTest) -> AppTest:
    """The page once no work of it goes on."""
    for _ in range(200):
        if not jobs.registry().running():
            break
        app.run()
    return app.run()


def test_a_version_is_made_looked_at_and_compared(app: AppTest, ws: Workspace) -> None:
    at_page(app, "versions")
    app.text_input(key="versions-trigger").set_value("First *map*")
    app.button(key="versions-make").click().run()
    assert [v.trigger for v in versions.versions(ws)] == ["First *map*"]
    assert "Version 1" in words_on(app) and app.text_input(key="versions-trigger").value == ""
    coding.tag(ws, "P000003", "study_design", "cohort", "Ann")
    coding.tag(ws, "P000003", "outcome", "death", "Ann")
    at_rest(at_page(app, "versions", old="1", new="now"))
    assert "From version 1 to now" in words_on(app)
    assert not app.exception and not app.error
    at_rest(at_page(app, "versions", at="1"))
    assert "The review as of version 1" in words_on(app)
    assert not app.exception and not app.error
    assert f"**{LIBRARY_SIZE}** reports to screen" in words_on(app)
    files = app.selectbox(key="versions-file")  # one file of all is chosen and taken along
    assert set(files.options) == {one.label for one in (*EXPORTS.values(), *MAP_EXPORTS.values())}
    files.set_value("map:html-map").run()
    assert [one.label for one in app.get("download_button")] == ["Download gap-map.html"]
    assert app.toggle(key="map-files-team").value is False and not app.exception
    app.query_params["list"] = "records_screened"  # as the number's link has it
    app.run()
    (listed,) = app.dataframe
    assert "P000003" in list(listed.value["Report"]) and not app.exception


def test_a_time_that_is_none_is_told_in_a_sentence(app: AppTest) -> None:
    for asked in ({"at": "99"}, {"old": "1999-01-01", "new": "now"}, {"at": "<b>"}):
        at_page(app, "versions", **asked)
        assert len(app.error) == 1 and not app.exception
        for name in asked:
            del app.query_params[name]


def test_the_dashboard_has_numbers_and_nothing_to_press(app: AppTest, ws: Workspace) -> None:
    include(ws, "P000001")
    coding.tag(ws, "P000001", "study_design", "cohort", "Ann")
    before = log_length(ws)
    at_page(app, "dashboard")
    assert not app.exception and not app.error
    words = words_on(app)
    for part in ("1 of ", "The last 7 days", "By stage", "By reviewer", "Biggest gaps", "Claims"):
        assert part in words
    assert list(app.main.button) == [] and list(app.main.text_input) == []
    assert log_length(ws) == before


def log_length(ws: Workspace) -> int:
    with ws.store.read() as conn:
        place = past.newest_place(conn)
        return place.seq if place else 0
