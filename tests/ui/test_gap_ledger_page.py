"""The page of the ledger of gaps, from ``app.py`` without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.gaps import ledger_state
from review.gaps.filters import Filters
from review.gaps.ledger import GapRow, GapStatus, PlaceKind, Priority
from review.workspace import Workspace
from tests.ui.conftest import REVIEWER, at_page, words_on

SLEEP = "outcome:sleep_quality"


def row(ws: Workspace, gap: str = SLEEP) -> GapRow:
    return ledger_state.ledger(ws).row(gap)


def listed(app: AppTest) -> list[str]:
    (table,) = app.dataframe
    return [str(gap) for gap in table.value["Gap"]]


def text(app: AppTest) -> str:
    return words_on(app).replace("\\", "")


def test_the_page_lists_the_ledger_in_its_order(app: AppTest, ws: Workspace) -> None:
    ledger_state.prioritise(ws, SLEEP, "high", REVIEWER)
    at_page(app, "gap_ledger")
    shown = [r.label for r in ledger_state.ledger(ws).open if r.place.kind is not PlaceKind.CELL]
    assert listed(app) == shown and shown[0] == "Sleep quality"
    assert f"{len(shown)} gaps open in whole rows and claims" in text(app)
    assert "1 of high priority" in text(app)
    app.pills(key="gaps-priority").set_value([Priority.HIGH]).run()
    assert listed(app) == ["Sleep quality"]
    assert app.query_params["urgent"] in ("high", ["high"])


def test_an_opened_gap_says_why_and_takes_words_that_can_be_taken_back(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "gap_ledger", gap=SLEEP)
    found = row(ws)
    assert found.rule in text(app) and "Kratom and sleep: never run to its end" in text(app)
    opens = {e.proto.label: str(e.proto.query_string) for e in app.get("page_link")}
    for kind, (sure, only) in found.evidence.kinds.items():
        label = next(one for one in opens if one.startswith(f"{kind} {sure + only}"))
        assert opens[label].startswith("ids=")  # the number lists its reports
    app.segmented_control(key=f"gap-priority-{SLEEP}-").set_value("high").run()
    assert row(ws).priority is Priority.HIGH
    app.text_area(key=f"gap-note-{SLEEP}-new").set_value("Ask *them*.")
    app.button(key=f"keep-gap-note-{SLEEP}-new").click().run()
    assert row(ws).note == "Ask *them*." and not app.exception
    word = row(ws).words["priority"]
    assert word.who == REVIEWER
    app.button(key=f"gap-back-{word.event}").click().run()
    assert row(ws).priority is Priority.NONE and row(ws).note


def test_a_gap_is_set_aside_with_a_reason_and_opened_again(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_ledger", gap=SLEEP)
    app.button(key=f"gap-aside-{SLEEP}").click().run()
    assert row(ws).status is GapStatus.OPEN  # nobody said why
    app.text_input(key=f"gap-why-{SLEEP}-new").set_value("Another review has it.")
    app.button(key=f"gap-aside-{SLEEP}").click().run()
    assert row(ws).status is GapStatus.SET_ASIDE
    assert "Sleep quality" not in listed(app)
    app.button(key=f"gap-open-{SLEEP}").click().run()
    assert row(ws).status is GapStatus.OPEN and "Sleep quality" in listed(app)


def test_a_press_on_what_another_has_said_meanwhile_is_refused(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_ledger", gap=SLEEP)
    ledger_state.prioritise(ws, SLEEP, "low", "Bo")
    app.segmented_control(key=f"gap-priority-{SLEEP}-").set_value("high").run()
    assert row(ws).priority is Priority.LOW
    assert any("Bo has said" in error.value for error in app.error)


def test_the_filters_of_the_map_hold_here_too(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_ledger", population="mouse")
    said = text(app)
    assert "Filters:** population Mouse" in said
    under = ledger_state.ledger(ws, filters=Filters(population=("mouse",)))
    shown = [r.label for r in under.open if r.place.kind is not PlaceKind.CELL]
    assert listed(app) == shown
    app.button(key="gaps-no-filters").click().run()
    assert "Filters:**" not in text(app) and "population" not in app.query_params
