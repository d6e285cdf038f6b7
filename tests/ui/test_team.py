"""The page Team: sharing, giving, leaving and pilot batches, each said before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.model import Stage, VoteValue
from review.protocol.loading import PROTOCOL_FILE
from review.screening import assignment, pilot
from review.screening import service as screening
from review.workspace import Workspace, open_workspace
from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import REVIEWER, at_page, press, words_on

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    """A review where two people vote, of a team of three with a referee."""
    review = open_workspace(from_environment())
    file = review.config.data / PROTOCOL_FILE
    text = file.read_text(encoding="utf-8").replace("reviewers: 1", "reviewers: 2")
    team = "\nassignment: {people: [Ann, Bo, Cy], seed: 7, referee: Rae}\n"
    file.write_text(text + team, encoding="utf-8")
    app.run()
    yield replace(review, protocol=open_workspace(from_environment()).protocol)
    review.store.close()


def test_sharing_says_first_what_it_does_and_can_be_undone(app: AppTest, ws: Workspace) -> None:
    at_page(app, "team")
    press(app, "team-share-plan")
    each = {name: len(ids) for name, ids in assignment.plan_share(ws, TA).given.items()}
    assert sum(each.values()) == LIBRARY_SIZE * 2
    assert f"**Cy** has {each['Cy']} reports more" in words_on(app)
    assert not assignment.any_given(ws, TA)
    press(app, "team-do-share")
    assert {w.reviewer: w.assigned for w in assignment.workloads(ws, TA)} == each
    press(app, f"team-undo-{assignment.steps(ws)[0].id}")
    assert len(assignment.steps(ws)) == 2 and not app.exception


def test_a_list_is_given_and_what_nothing_has_is_named(app: AppTest, ws: Workspace) -> None:
    at_page(app, "team")
    app.selectbox(key="team-give-to").set_value("Bo").run()
    app.text_area(key="team-give-list").set_value("P000003, R000004\nP999999").run()
    press(app, "team-give-plan")
    assert "not known, and left out: **1 report**: P999999" in words_on(app)
    press(app, "team-do-give")
    assert {w.reviewer: w.assigned for w in assignment.workloads(ws, TA)}["Bo"] == 2
    assert app.text_area(key="team-give-list").value == ""


def test_who_has_left_is_said_here_and_taken_back(app: AppTest, ws: Workspace) -> None:
    at_page(app, "team")
    app.selectbox(key="team-left").set_value("Cy").run()
    press(app, "team-left-plan")
    assert "votes no more" in words_on(app) and not assignment.steps(ws)
    press(app, "team-do-left")
    assert "Cy" not in assignment.people(ws)
    assert "Referee: Rae." in words_on(app)
    press(app, f"team-undo-{assignment.steps(ws)[0].id}")
    assert "Cy" in assignment.people(ws)


def test_a_referee_who_has_left_is_not_named_as_the_one_who_settles(
    app: AppTest, ws: Workspace
) -> None:
    assignment.leave(ws, "Rae", REVIEWER)
    at_page(app, "team")
    assert "Rae, the referee, has left" in words_on(app)
    assert "Referee: Rae" not in words_on(app)


def test_a_pilot_batch_is_drawn_shown_and_ended_here(app: AppTest, ws: Workspace) -> None:
    at_page(app, "team")
    app.number_input(key="team-pilot-size").set_value(2).run()
    press(app, "team-pilot-plan")
    assert "Ann, Bo, Cy each vote on all of them" in words_on(app)
    press(app, "team-do-pilot")
    now = pilot.under_way(ws, TA)
    assert now and len(now.reports) == 2
    screening.cast(ws, now.reports[0], TA, "Bo", VoteValue.INCLUDE)
    app.run()
    assert "Ann: 0 of 2" in words_on(app) and "Bo: takes part" in words_on(app)
    assert "team-do-end" not in {b.key for b in app.button}
    for who in ("Ann", "Bo", "Cy"):
        for report in now.reports:
            screening.cast(ws, report, TA, who, VoteValue.INCLUDE, replace=True)
    app.run()
    said = words_on(app).replace("\\", "")
    assert "pilot batch 1: 2 reports with 3 independent votes" in said
    press(app, "team-do-end")
    assert pilot.under_way(ws, TA) is None and REVIEWER == "Ann"


def test_an_empty_stage_says_what_comes_first(app: AppTest, ws: Workspace) -> None:
    at_page(app, "team", stage="full_text")
    assert "No report has passed title and abstract yet" in words_on(app)


def test_progress_does_not_say_that_nobody_has_voted_where_others_may_have(
    app: AppTest, ws: Workspace
) -> None:
    screening.cast(ws, "P000001", TA, "Bo", VoteValue.INCLUDE)
    at_page(app, "progress")
    assert "You have not voted here yet." in words_on(app)
    assert "Nobody has voted" not in words_on(app)
