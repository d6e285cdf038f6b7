"""Decisions of other screening tools become votes here, under one rule for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.model import Stage, Vote, VoteValue
from review.screening import service as screening
from review.screening.votes import import_summary
from review.search import service
from review.search.importing import ImportResult, VotesWanted
from review.store import active_decisions
from review.workspace import Workspace
from tests import reviews

FIRST, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE
HEAD = "Title,Authors,Abstract,Published Year,Journal,DOI,Covidence #,Study,Notes,Tags\n"
EXCLUDED = "review_7_excluded_csv_20240303130126.csv"


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, db_url)
    yield ws
    ws.store.close()


def bring(ws: Workspace, text: str, name: str, reviewer: str = "Dee") -> ImportResult:
    wanted = VotesWanted(reviewer=reviewer)
    return service.import_bytes(
        ws, text.encode(), name, source="other tool", votes=wanted, actor="Zoe"
    )


def paper(number: int, notes: str = "") -> str:
    return f'Kratom {number},"Vale, F.",,2021,J,10.1000/{number},#{number},Vale 2021,"{notes}",\n'


def votes(ws: Workspace) -> list[Vote]:
    with ws.store.read() as conn:
        return active_decisions.votes(conn)


def said(ws: Workspace) -> list[tuple[str, Stage, VoteValue, str, str]]:
    return [(v.reviewer, v.stage, v.vote, v.reason, v.note) for v in votes(ws)]


def full_text_reason(ws: Workspace) -> tuple[str, str]:
    reason = next(r for r in ws.protocol.reasons if FULL in r.stages)
    return reason.id, reason.label


def test_what_was_excluded_on_full_text_has_a_vote_at_either_stage(ws: Workspace) -> None:
    id_, label = full_text_reason(ws)
    text = (
        HEAD
        + paper(1, f"Exclusion reason: {label.upper()}")
        + paper(2, "Exclusion reason: Wrong colour")
    )
    result = bring(ws, text, EXCLUDED)
    assert said(ws) == [
        ("Dee", FIRST, IN, "", ""),
        ("Dee", FULL, OUT, id_, ""),
        ("Dee", FIRST, IN, "", ""),
        ("Dee", FULL, OUT, "", "Reasons: Wrong colour"),
    ]
    assert result.votes.stages == {FIRST: 2, FULL: 2}
    told = " ".join(import_summary(result.votes))
    assert "4 new votes: Dee 4." in told and "Wrong colour (1)" in told
    assert "title and abstract 2, full text 2" in told


def test_the_same_list_again_adds_nothing_and_a_vote_cast_here_stays(ws: Workspace) -> None:
    text = HEAD + paper(1, "Exclusion reason: Wrong colour")
    bring(ws, text, EXCLUDED)
    again = bring(ws, text, EXCLUDED)
    assert (again.votes.added, again.votes.known) == (0, 2)
    screening.cast(ws, "P000001", FULL, "Dee", IN, replace=True)
    later = bring(ws, text + paper(2), "review_7_excluded_csv_20250101.csv")
    assert later.votes.kept == ("P000001",)
    mine = [v for v in votes(ws) if (v.report, v.stage) == ("P000001", FULL)]
    assert [v.vote for v in mine] == [IN]


def test_lists_of_one_review_come_together_by_the_file(ws: Workspace) -> None:
    bring(ws, HEAD + paper(1), "review_7_irrelevant_csv_1.csv")
    bring(ws, HEAD + paper(2), "review_7_included_csv_1.csv")
    bring(ws, HEAD + paper(3), "review_7_screen_csv_1.csv")
    assert [(v.report, v.stage, v.vote) for v in votes(ws)] == [
        ("P000001", FIRST, OUT),
        ("P000002", FIRST, IN),
        ("P000002", FULL, IN),
    ]


def test_colandr_comes_in_by_the_same_rule(ws: Workspace) -> None:
    id_, label = full_text_reason(ws)
    text = (
        "study_id,citation_screening_status,fulltext_screening_status,citation_title,"
        "fulltext_exclude_reasons\n"
        f'1,included,excluded,Kratom,"{label}"\n2,excluded,,Sleep,\n'
    )
    bring(ws, text, "colandr.csv", "Cy")
    assert said(ws) == [
        ("Cy", FIRST, IN, "", ""),
        ("Cy", FULL, OUT, id_, ""),
        ("Cy", FIRST, OUT, "", ""),
    ]
