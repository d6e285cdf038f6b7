"""Which votes measures of agreement are computed from: the first, cast without knowing better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.config import ROOT, Config
from review.model import Stage, VoteValue
from review.reporting.service import table
from review.reporting.texts import methods_facts
from review.screening.reviewer_agreement import (
    StageAgreement,
    agreement,
    agreement_json,
    headline,
    pair_words,
)
from review.screening.service import cast, undo_last
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add, workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Four reports that wait for the votes of two reviewers at each stage."""
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (ROOT / "data" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("reviewers: 1", "reviewers: 2"), "utf-8")
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "Ann")
    add(ws, [paper(n) for n in (1, 2, 3, 4)])
    yield ws
    ws.store.close()


def vote(ws: Workspace, report: int, reviewer: str, value: VoteValue, **more: bool) -> None:
    cast(ws, f"P{report:06d}", TA, reviewer, value, replace=True, **more)


def at_first(ws: Workspace) -> StageAgreement:
    return agreement(ws)[0]


def test_a_vote_changed_after_the_other_was_seen_counts_as_it_was(ws: Workspace) -> None:
    vote(ws, 1, "Ann", IN)
    vote(ws, 1, "Ben", OUT)
    vote(ws, 1, "Ben", IN)  # talked over
    vote(ws, 2, "Ann", OUT)
    vote(ws, 2, "Ben", OUT)
    found = at_first(ws)
    assert [(p.first, p.second, p.n, p.agreed) for p in found.pairs] == [("Ann", "Ben", 2, 1)]
    assert found.reports == ("P000001", "P000002")
    assert pair_words(found.pairs[0]).startswith("Ann and Ben: the same on 1 of 2 (50%); Cohen's")


def test_a_slip_taken_back_at_once_is_passed_over_and_a_later_taking_back_is_not(
    ws: Workspace,
) -> None:
    vote(ws, 1, "Ann", OUT)
    undo_last(ws, "Ann")
    vote(ws, 1, "Ann", IN)
    vote(ws, 1, "Ben", OUT)
    undo_last(ws, "Ben")
    vote(ws, 1, "Ben", IN)
    (pair,) = at_first(ws).pairs
    assert (pair.n, pair.agreed) == (1, 0)


def test_who_votes_third_or_settles_is_not_independent(ws: Workspace) -> None:
    vote(ws, 1, "Ann", IN)
    vote(ws, 1, "Ben", OUT)
    vote(ws, 1, "Cem", IN, final=True)
    vote(ws, 2, "Cem", IN)
    vote(ws, 2, "Ann", MAYBE)
    vote(ws, 2, "Ben", MAYBE)
    found = at_first(ws)
    assert [(p.first, p.second, p.n) for p in found.pairs] == [("Ann", "Ben", 1), ("Ann", "Cem", 1)]


def test_a_report_that_is_still_blind_says_nothing(ws: Workspace) -> None:
    vote(ws, 1, "Ann", IN)
    found = at_first(ws)
    assert (found.pairs, found.reports, found.alpha.value) == ((), (), None)
    assert "no report has 2 independent votes yet" in headline(found)


def test_one_person_in_two_spellings_is_one(ws: Workspace) -> None:
    vote(ws, 1, "Ann", IN)
    vote(ws, 1, "ann ", OUT)
    vote(ws, 1, "Ben", IN)
    (pair,) = at_first(ws).pairs
    assert (pair.n, pair.agreed) == (1, 1)


def test_a_stage_of_one_vote_has_nothing_to_compare(tmp_path: Path, db_url: str) -> None:
    ws = workspace(tmp_path, db_url)
    add(ws, [paper(1)])
    cast(ws, "P000001", TA, "Ann", IN)
    cast(ws, "P000001", TA, "Ben", OUT)
    found = agreement(ws)
    assert not found[0].pairs and "nothing to compare" in headline(found[0])
    assert agreement_json(found)["title_abstract"]["n"] == 0
    ws.store.close()


def test_fleiss_kappa_stands_beside_alpha_and_all_of_it_in_table_and_text(ws: Workspace) -> None:
    """Three people share the reports, two on each."""
    on_each = (("Ann", "Ben"), ("Ben", "Cy"), ("Ann", "Cy"))
    for n, both in enumerate(on_each, start=1):
        for who in both:
            vote(ws, n, who, OUT if who == both[0] and n == 2 else IN)
    found = at_first(ws)
    assert found.fleiss.value == pytest.approx(-0.2)  # 2/3 observed, 26/36 by chance
    assert f"Fleiss' kappa {found.fleiss.value:.2f}" in headline(found)
    assert agreement_json([found])["title_abstract"]["fleiss"] == found.fleiss.value
    with table(ws, "agreement", viewer=None) as shown:
        rows = list(shown.rows)
    assert [(row["part"], row["first"], row["n"], row["fleiss"]) for row in rows] == [
        ("all", first, 1, round(found.fleiss.value, 4)) for first in ("Ann", "Ann", "Ben")
    ]
    assert {row["remark"] for row in rows} == {"of one report alone, no figure says much"}
    said = methods_facts.agreement(ws).text
    assert headline(found) in said and all(pair_words(pair) in said for pair in found.pairs)
    vote(ws, 4, "Ann", OUT)
    vote(ws, 4, "Ben", OUT)
    assert at_first(ws).fleiss.value is not None
