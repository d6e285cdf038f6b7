"""What pages say of decisions that a merge or a settlement has overtaken."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.dedupe import manual_decisions
from review.model import Place, Stage, Standing, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import conflicts, settle
from review.workspace import Workspace
from tests.ui.conftest import REVIEWER, at_page, words_on
from tests.ui.test_pages import press

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE
FIRST, SECOND = "P000001", "P000002"


def dispute(ws: Workspace, report: str) -> None:
    screening.cast(ws, report, TA, "Berta", IN)
    screening.cast(ws, report, TA, "Cem", OUT)


def test_conflicts_says_who_decided_what_on_which_record_before_a_merge(
    app: AppTest, ws: Workspace
) -> None:
    dispute(ws, FIRST)
    settle(ws, FIRST, TA, "Dora", IN)
    screening.cast(ws, SECOND, TA, "Emil", OUT, reason="not_kratom")
    merge = manual_decisions.merge(ws, "R000001", "R000002", "Kim")
    at_page(app, "conflicts")
    words = words_on(app)
    assert "It became a conflict by a merge." in words
    assert "R000001 and R000002 by Kim" in words
    assert "R000001: Include. Final decision of Dora" in words
    assert "R000002: Exclude: Not about kratom. Vote of Emil" in words
    assert "does not count" not in words and str(Standing.SETTLED) in words
    press(app, "Include")
    assert conflicts(ws) == [] and records.get(ws, FIRST).place is Place.FULL_TEXT
    manual_decisions.undo(ws, merge.id, "Kim")
    assert records.get(ws, SECOND).place is Place.EXCLUDED


def test_a_conflict_of_people_says_nothing_of_merges(app: AppTest, ws: Workspace) -> None:
    dispute(ws, FIRST)
    at_page(app, "conflicts")
    assert "merge" not in words_on(app).lower()


def test_a_vote_on_a_settled_report_says_what_stands(app: AppTest, ws: Workspace) -> None:
    dispute(ws, FIRST)
    settle(ws, FIRST, TA, "Dora", OUT, "not_kratom")
    at_page(app, "screening", report=FIRST, stage="title_abstract")
    words = words_on(app)
    assert "Settled." in words and "by Dora on" in words
    assert "comes after the settlement and does not count, unless Dora takes" in words
    assert "Take the final decision back" not in [b.label for b in app.button]
    press(app, "Include")
    assert records.get(ws, FIRST).place is Place.EXCLUDED
    (said,) = [t.value for t in app.toast]
    assert "Not about kratom, by Dora on" in said and str(Standing.AFTER) in said
    assert str(Standing.AFTER) in words_on(app)
    at_page(app, "screening", report=FIRST)
    assert f"Your vote so far: Included on title and abstract ({Standing.AFTER})" in words_on(app)
    at_page(app, "records", report=FIRST)
    words = words_on(app).lower()
    assert words.count(str(Standing.AFTER)) == 2  # in the table of votes and in the history
    assert "counts, final" in words


def test_who_settled_a_conflict_can_open_it_again_where_they_vote(
    app: AppTest, ws: Workspace
) -> None:
    dispute(ws, FIRST)
    settle(ws, FIRST, TA, REVIEWER, OUT, "not_kratom")
    at_page(app, "screening", report=FIRST, stage="title_abstract")
    assert "unless you take the final decision back" in words_on(app)
    assert "Your vote so far" not in words_on(app)
    press(app, "Take the final decision back")
    assert [c.report for c in conflicts(ws)] == [FIRST]
    assert "Settled." not in words_on(app)


def test_a_vote_does_not_settle_what_a_merge_made_a_conflict(app: AppTest, ws: Workspace) -> None:
    for report, value in ((FIRST, IN), (SECOND, OUT)):
        dispute(ws, report)
        settle(ws, report, TA, "Dora", value)
    manual_decisions.merge(ws, "R000001", "R000002", "Kim")
    at_page(app, "screening", report=FIRST, stage="title_abstract")
    assert "In conflict since records were merged." in words_on(app)
    press(app, "Include")
    assert [c.report for c in conflicts(ws)] == [FIRST]
