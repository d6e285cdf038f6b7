"""Lists and maps with thousands of records, and the totals they show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.dedupe import decision_list as decided_list
from review.events import EventData, RecordsMerged, TagGiven, VoteCast
from review.gaps import service as gaps
from review.model import Record, RunStatus
from review.reporting import service as reporting
from review.store import log, records
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import at_page, words_on

MADE = 3_000
DESIGNS = ("rct_parallel", "cohort", "case_report", "animal_in_vivo")
OUTCOMES = ("pain_intensity", "sleep_quality", "liver_injury")


@pytest.fixture
def ws(data: Path) -> Iterator[Workspace]:
    """A review of thousands: every second report coded, every fifth excluded."""
    ws = open_workspace(from_environment(), create=True)
    with ws.store.write() as conn:
        run = records.start_run(conn, "Ann", "big file", "file")
        found = [
            Record("file", str(n), title=f"Paper {n} of many", year=1990 + n % 35, journal="J Many")
            for n in range(MADE)
        ]
        ids = records.add_records(conn, "Ann", run, found).new
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
        log.append(conn, "Ann", [entry for n, r in enumerate(ids) for entry in decided(n, r)])
    yield ws
    ws.store.close()


def decided(n: int, record: str) -> Iterator[EventData]:
    """What was decided on the n-th paper."""
    about = {"record": record, "reviewer": "Ann"}
    if n % 5 == 0:
        vote = {"stage": "title_abstract", "vote": "exclude", "reason": "language"}
        yield VoteCast(**{**about, **vote})
    if n % 2 == 0:
        for dimension, value in (
            ("study_design", DESIGNS[n % len(DESIGNS)]),
            ("outcome", OUTCOMES[n % len(OUTCOMES)]),
        ):
            yield TagGiven(**{**about, "dimension": dimension, "value": value})


def test_the_list_of_records_counts_all_and_shows_a_page(ws: Workspace, app: AppTest) -> None:
    at_page(app, "records", source="file")
    assert not app.exception
    assert f"{MADE:,} reports" in words_on(app)
    assert len(app.dataframe[0].value) <= 200


def test_the_list_of_merges_counts_all_and_shows_a_page(ws: Workspace, app: AppTest) -> None:
    with ws.store.write() as conn:
        first = records.later_than(conn, 0)[0]
        log.append(conn, "Ann", [
            RecordsMerged(**{"records": [first, other], "score": 0.9, "why": f"Reason {n}."})
            for n, other in enumerate(records.later_than(conn, 1))
        ])  # fmt: skip
    at_page(app, "duplicates", view="merges")
    assert not app.exception
    shown = app.dataframe[0].value
    count = decided_list.count(ws)
    assert count >= MADE - 1 and len(shown) == 50
    assert list(shown["Why"])[:2] == [f"Reason {count - 1}.", f"Reason {count - 2}."]
    assert f"Merges · {count:,}" in [
        words for control in app.get("button_group") for words in control.options
    ]


def test_the_map_counts_every_coded_report_once_and_leaves_the_excluded_out(
    ws: Workspace, app: AppTest
) -> None:
    at_page(app, "gap_map")
    assert not app.exception
    found = gaps.matrix(ws)
    coded = sum(1 for n in range(MADE) if n % 2 == 0 and n % 5)
    assert found.confirmed_total == coded == sum(cell.confirmed for cell in found.cells)
    assert f"{coded:,}" in words_on(app)


def test_the_flow_diagram_adds_up(ws: Workspace, app: AppTest) -> None:
    at_page(app, "report")
    assert not app.exception
    flow = reporting.flow(ws)
    assert flow.failed_sums == []
    assert flow.boxes["records_excluded"] == len(range(0, MADE, 5))
    assert f"{flow.boxes['records_screened']:,}" in words_on(app)


def test_a_number_opens_what_it_counts_however_many_there_are(ws: Workspace, app: AppTest) -> None:
    at_page(app, "report")
    screened = reporting.flow(ws).ids["records_screened"]
    assert len(screened) > 400
    (name,) = [k for k, v in app.session_state["listed"].items() if list(v) == screened]
    at_page(app, "records", list=name)
    assert not app.exception
    assert f"{len(screened):,} reports" in words_on(app)


def test_a_list_of_a_closed_window_says_where_to_find_it_again(ws: Workspace, app: AppTest) -> None:
    at_page(app, "records", list="gone")
    assert not app.exception
    assert "Open it again" in words_on(app)
