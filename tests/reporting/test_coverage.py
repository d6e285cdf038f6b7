"""How much was looked at, in the same words beside every headline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.coding import service as coding
from review.model import RunStatus, Stage, VoteValue
from review.records import service as records
from review.reporting.coverage import Coverage, coded_reports, coverage
from review.reporting.service import about
from review.screening import service as screening
from review.workspace import Workspace
from tests.factories import paper, run_search
from tests.reviews import add, workspace

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in range(1, 9)])
    yield review
    review.store.close()


def test_only_what_was_decided_and_coded_is_said_to_be_so(ws: Workspace) -> None:
    assert coverage(ws).words == "0 of 8 reports screened; 0 coded"
    for n in (1, 2, 3, 4):
        screening.cast(ws, f"P{n:06d}", TA, "Ann", IN)
    screening.cast(ws, "P000005", TA, "Ann", OUT)
    screening.cast(ws, "P000006", TA, "Ann", OUT)
    screening.cast(ws, "P000006", TA, "Bo", IN)  # a conflict is no decision
    screening.cast(ws, "P000007", FT, "Ann", IN)  # waits for its title
    screening.cast(ws, "P000001", FT, "Ann", IN)
    screening.cast(ws, "P000002", FT, "Ann", MAYBE)  # awaits classification
    screening.cast(ws, "P000003", FT, "Ann", OUT, reason="full_text_missing")
    coding.tag(ws, "P000001", "study_design", "cohort", "Ann")
    coding.tag(ws, "P000002", "study_design", "cohort", "Ann")
    coding.tag(ws, "P000001", "outcome", "death", "Ann")
    found = coverage(ws)
    searches = len(ws.protocol.searches)
    assert found == Coverage(
        reports=8,
        screened=5,
        passed=4,
        assessed=1,
        coded=1,
        searches=searches,
        not_retrieved=1,
    )
    assert found.undecided == 5
    assert found.words == (
        "5 of 8 reports screened; 1 of 4 full texts assessed (1 not retrieved); 1 coded"
    )
    for has, n in ((records.SCREENED, found.screened), (records.PASSED, found.passed),
                   (records.ASSESSED, found.assessed)):  # fmt: skip
        assert len(records.ids(ws, records.ReportFilter(has=has))) == n  # what the number opens
    assert coded_reports(ws) == ("P000001",)


def test_it_says_which_searches_ran_and_when(ws: Workspace) -> None:
    total = len(ws.protocol.searches)
    assert coverage(ws).sentence.startswith(f"0 of {total} searches run to the end; 0 of 8")
    run_search(ws, ws.protocol.searches[0].name)
    run_search(ws, ws.protocol.searches[1].name, RunStatus.PARTIAL)
    found = coverage(ws)
    assert found.searched == 1 and found.last_search is not None
    day = f"{found.last_search.day} {found.last_search:%B %Y}"
    assert found.sentence == f"1 of {total} searches run to the end, last on {day}; {found.words}"
    assert found.to_json()["words"] == found.sentence
    assert about(ws)["coverage"] == found.sentence
