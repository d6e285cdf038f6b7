"""How often people agreed with suggestions: by source, value, and what they had in sight."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from review.cli import app
from review.coding import service, suggestion_account
from review.coding.suggestion_precision import Judgement, Precision, Sight, judged, precision
from review.model import Given, Offered, Said
from review.protocol.model import CodingRule
from review.reporting import service as reporting
from review.store import suggestions
from review.workspace import Workspace
from tests.coding.conftest import Small
from tests.factories import suggest

WORDS, MODEL = "codebook triggers", "shipped model"


def figures(ws: Workspace) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    return {
        (p.source, p.value, str(p.sight)): (p.confirmed, p.rejected, p.overruled)
        for p in suggestion_account.account(ws).by_value
    }


def test_a_value_given_confirms_what_proposed_it_and_overrules_the_best_of_others(
    small: Small,
) -> None:
    ws, (report, *_) = small.ws, small.reports
    (yes, _) = suggest(ws, report, "study_design", "cohort", "case_report")
    suggest(ws, report, "study_design", "in_vitro", source=MODEL)
    service.tag(ws, report, "study_design", "cohort", "Ann", suggestion=yes)
    assert figures(ws) == {
        (WORDS, "cohort", "seeing"): (1, 0, 0),
        (MODEL, "in_vitro", "seeing"): (0, 0, 1),
    }


def test_undoing_takes_the_judgement_back(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    (one,) = suggest(ws, report, "outcome", "death")
    service.reject(ws, one, report, "Ann")
    assert figures(ws) == {(WORDS, "death", "seeing"): (0, 1, 0)}
    service.undo_last(ws, "Ann")
    assert figures(ws) == {}


def test_of_many_answers_only_what_was_said_counts(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    death, _, seizure = suggest(ws, report, "outcome", "death", "sleep_quality", "seizure")
    service.tag(ws, report, "outcome", "death", "Ann", suggestion=death)
    service.tag(ws, report, "outcome", "pain_intensity", "Ann", suggestion=seizure)
    assert figures(ws) == {
        (WORDS, "death", "seeing"): (1, 0, 0),
        (WORDS, "seizure", "seeing"): (0, 0, 1),
    }
    service.tag(ws, report, "outcome", "death", "Ben")
    assert figures(ws)[WORDS, "death", "seeing"] == (2, 0, 0)
    assert suggestion_account.account(ws).by_value[0].reports in ((), (report,))


def test_who_coded_blind_is_judged_by_the_first_value(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    suggest(ws, report, "study_design", "cohort")
    rule = CodingRule(blind=True)
    blind = replace(ws, protocol=ws.protocol.model_copy(update={"coding": rule}))
    service.tag(blind, report, "study_design", "case_report", "Ann")
    service.tag(blind, report, "study_design", "cohort", "Ann")  # now it is in sight
    service.tag(ws, report, "study_design", "cohort", "Ben")
    found = suggestion_account.account(blind)
    assert figures(ws) == {
        (WORDS, "cohort", "blind"): (0, 0, 1),
        (WORDS, "cohort", "seeing"): (1, 0, 0),
    }
    words = found.paragraph(ws.protocol.codebook)
    assert "coded blind" in words and "0 of 1" in words and "only after a first value" in words
    rows = found.to_json()["by_value"]
    assert [r["disagreed_on"] for r in rows if r["coded"] == "blind"] == [[report]]


def test_an_interval_as_published() -> None:
    # Newcombe 1998, table I: 81 of 263, Wilson: 0.2553 to 0.3662.
    low, high = Precision("s", "d", "v", Sight.BLIND, 81, 100, 82).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


VALUES = st.sampled_from("abc")
PEOPLE = st.sampled_from(["Ann", "ann ", "Ben"])
OFFERED = st.lists(
    st.builds(
        Offered, st.integers(0, 99).map(lambda n: f"G{n}"), st.sampled_from(["P1", "P2"]),
        st.sampled_from(["one", "many"]), VALUES, st.sampled_from([WORDS, MODEL]),
        st.integers(1, 3), st.just(0.5),
    ), max_size=8, unique_by=lambda o: o.id,
)  # fmt: skip
GIVEN = st.lists(
    st.builds(
        Given, st.sampled_from(["P1", "P2"]), st.sampled_from(["one", "many"]), VALUES, PEOPLE,
        st.sampled_from([None, True, False]), st.booleans(),
    ), max_size=8,
)  # fmt: skip


@given(offered=OFFERED, tags=GIVEN)
def test_a_person_judges_a_suggestion_once_and_sums_agree(
    offered: list[Offered], tags: list[Given]
) -> None:
    said = [Said(o.id, "Ann", "rejected") for o in offered[::2]]
    found = judged({"one": False, "many": True}, offered, tags, said)
    people = 2
    assert len(found) <= people * len(offered)
    by_value, by_dimension = precision(found), precision(found, by_value=False)
    for kind in ("confirmed", "rejected", "overruled"):
        want = sum(j.judgement is Judgement(kind) for j in found)
        assert sum(getattr(p, kind) for p in by_value) == want
        assert sum(getattr(p, kind) for p in by_dimension) == want
    assert all(0 <= p.interval[0] <= p.share <= p.interval[1] <= 1 for p in by_value)


@pytest.mark.parametrize("blind", [True, None, False])
def test_what_was_in_sight_is_said(blind: bool | None) -> None:
    offered = [Offered("G1", "P1", "one", "a", WORDS, 1, 0.5)]
    (found,) = judged({"one": False}, offered, [Given("P1", "one", "a", "Ann", blind, True)], [])
    assert found.sight is {True: Sight.BLIND, None: Sight.UNKNOWN, False: Sight.SEEING}[blind]


def test_the_command_says_it_and_makes_anew_where_asked(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    if not ws.store.is_sqlite:
        return
    (yes,) = suggest(ws, report, "study_design", "cohort")
    service.tag(ws, report, "study_design", "cohort", "Ann", suggestion=yes)
    service.refresh_suggestions(ws)
    with ws.store.write() as conn:
        suggestions.mark(conn, ["R" + report[1:]], "older")

    def run(*more: str) -> Any:
        where = {"REVIEW_DATA": str(ws.config.data), "REVIEW_DB": str(ws.store.url)}
        result = CliRunner().invoke(app, ["suggestions", "--json", *more], env=where)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    told = run()
    assert told["would_change"]["records"] == 1
    assert [(p["value"], p["agreed"]) for p in told["by_value"]] == [("cohort", 1.0)]
    assert "1 of 1" in told["paragraph"]
    file = ws.config.data / "automation.md"
    reporting.export(ws, "automation", file)
    assert f"- **Codes.** {told['paragraph']}\n" in file.read_text("utf-8")
    assert run("--make-anew")["changed"]["records"] == 1
    assert run()["would_change"]["records"] == 0
