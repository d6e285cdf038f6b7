"""How much was looked at, in the same words beside every headline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.coding import service as coding
from review.model import Stage, VoteValue
from review.reporting.coverage import Coverage, coverage
from review.screening import service as screening
from review.workspace import Workspace
from tests.factories import paper
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
    assert found == Coverage(reports=8, screened=5, passed=4, assessed=2, coded=1)
    assert found.undecided == 5
    assert found.words == "5 of 8 reports screened; 2 of 4 full texts assessed; 1 coded"
