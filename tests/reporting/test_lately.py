"""What was done of late, and studies by year: numbers of the dashboard, each with its reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review.coding import service as coding
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.model import Stage
from review.reporting import contributors
from review.reporting.lately import DAYS, WEEKS, lately, weeks
from review.store import log
from review.workspace import Workspace
from tests.factories import exclude, include, make_workspace, paper, suggest
from tests.reviews import add


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, db_url, 4)
    yield made
    made.store.close()


def code(ws: Workspace, report: str, design: str) -> None:
    coding.tag(ws, report, "study_design", design, "Ann")


def test_the_last_days_are_told_with_their_reports(ws: Workspace) -> None:
    code(ws, "P000002", "cohort")
    include(ws, "P000001")
    exclude(ws, "P000003")
    found = lately(ws)
    assert found.added == ("P000001", "P000002", "P000003", "P000004")
    assert found.voted == {
        Stage.TITLE_ABSTRACT: ("P000001", "P000003"),
        Stage.FULL_TEXT: ("P000001",),
    }
    assert found.tagged == ("P000002",) and found.found == () and len(found.runs) == 1
    (ann,) = contributors.contributions(ws, None)
    assert ann.voted_on == found.voted and ann.tagged == found.tagged
    assert {stage: len(ids) for stage, ids in ann.voted_on.items()} == ann.votes
    with ws.store.write() as conn:
        (tagged,) = [e for e in log.events(conn) if e.kind == "tag"]
        log.undo(conn, "Ann", tagged.id)
    assert lately(ws).tagged == ()  # what is taken back does not count
    later = datetime.now(UTC) + timedelta(days=DAYS, minutes=1)
    assert lately(ws, later).added == () and lately(ws, later).runs == ()


def test_weeks_add_up_and_begin_on_monday(ws: Workspace) -> None:
    include(ws, "P000001")
    code(ws, "P000001", "cohort")
    found = weeks(ws)
    assert len(found) == WEEKS and all(one.monday.weekday() == 0 for one in found)
    now = found[-1]
    assert (now.added, now.votes, now.tags, now.findings) == (4, 2, 1, 0)
    assert sum(one.added for one in found[:-1]) == 0
    next_week = weeks(ws, datetime.now(UTC) + timedelta(weeks=1))
    assert [one.added for one in next_week[-2:]] == [4, 0]


def test_a_study_counts_once_by_its_best_kind_in_the_year_it_came_out(ws: Workspace) -> None:
    code(ws, "P000001", "cohort")
    code(ws, "P000002", "nonrandomized_trial")
    suggest(ws, "P000003", "study_design", "cohort")
    (gone,) = add(ws, [paper(9, retracted=True)])
    code(ws, "P" + gone[1:], "cohort")
    found = {(one.year, one.kind): one for one in gaps.by_year(ws)}
    assert {key: one.studies for key, one in found.items()} == {
        (2001, "uncontrolled"): 1,
        (2002, "controlled"): 1,
        (2003, "uncontrolled"): 1,
        (2004, "not coded"): 1,
    }
    assert found[2003, "uncontrolled"].suggested == ("P000003",)
    assert found[2001, "uncontrolled"].confirmed == ("P000001",)
    only = gaps.by_year(ws, Filters(years=(2002, 2003)))
    assert {one.year for one in only} == {2002, 2003}
    exclude(ws, "P000002")
    assert 2002 not in {one.year for one in gaps.by_year(ws)}
