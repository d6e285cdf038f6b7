"""Filters: how they are read and said, and that they change every count alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import DecisionError
from review.gaps import filters as asking
from review.gaps import matrix, narrowing
from review.gaps.claims import ClaimAssessor
from review.gaps.filters import Filters
from review.gaps.model import ReportEvidence
from review.model import Direction, Finding
from tests.gaps.test_matrix import CODEBOOK, filled, finding, report
from tests.reviews import shipped_protocol

SLEEP = ("sleep_quality", "rct_parallel")
PAIN = ("pain_intensity", "rct_parallel")
HUMAN = {
    "study_design": {"rct_parallel"},
    "population": {"human_chronic_pain"},
    "exposure": {"extract"},
}


def said_by(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=3, unique=True).map(tuple)


def of(dimension: str) -> st.SearchStrategy[tuple[str, ...]]:
    return said_by(st.sampled_from(sorted(asking.choices(CODEBOOK.dimension(dimension)))))


every_filter = st.builds(
    Filters,
    population=of("population"),
    exposure=of("exposure"),
    years=st.tuples(*[st.none() | st.integers(1900, 2030)] * 2),
    included_only=st.booleans(),
    beyond_frame=st.booleans(),
    forms=st.booleans(),
    country=of("region"),
    risk_of_bias=said_by(st.sampled_from(asking.RISKS)),
    direction=said_by(st.sampled_from([str(d) for d in Direction])),
    confirmed_only=st.booleans(),
    without_retracted=st.booleans(),
)


# ---- read and said -----------------------------------------------------------------------------


@given(every_filter)
def test_an_address_brings_the_same_filters_back(chosen: Filters) -> None:
    address = asking.to_address(chosen)
    assert tuple(address) == asking.ADDRESS
    assert asking.from_address(address, CODEBOOK) == chosen
    kept = {name: value for name, value in address.items() if value}
    assert asking.from_address(kept, CODEBOOK) == chosen
    assert len(kept) - (None not in chosen.years) == chosen.number


@given(every_filter)
def test_every_filter_that_is_on_is_said(chosen: Filters) -> None:
    words = asking.words(chosen, CODEBOOK)
    assert (words == "") == (chosen == Filters())
    assert len(words.split("; ")) == max(chosen.number, 1)
    for field in fields(Filters):
        one = replace(Filters(), **{field.name: getattr(chosen, field.name)})
        assert asking.words(one, CODEBOOK) in words


def test_a_place_is_where_the_study_was_done_as_coded() -> None:
    words = asking.words(Filters(country=("Europe", "SE_Asia")), CODEBOOK)
    assert words == "region of the study, as coded: Europe or Southeast Asia"


def test_what_an_address_says_that_nobody_knows_is_absent() -> None:
    said = {
        "population": "martians,human", "exposure": "<b>", "from": "²⁰²⁰", "to": "99999",
        "risk": "none", "direction": "up", "confirmed": "no", "country": "Atlantis",
    }  # fmt: skip
    assert asking.from_address(said, CODEBOOK) == Filters(population=("human",))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", (None, None)), ("2015-2025", (2015, 2025)), ("2015–2025", (2015, 2025)),
        ("2015-", (2015, None)), ("-2025", (None, 2025)), (" 2015 ", (2015, 2015)),
    ],
)  # fmt: skip
def test_years_as_typed(text: str, years: tuple[int | None, int | None]) -> None:
    assert asking.read_years(text) == years


@pytest.mark.parametrize("text", ["2025-2015", "-", "20", "2015-now", "now", "2015-2016-2017"])
def test_what_are_no_years_is_refused(text: str) -> None:
    with pytest.raises(DecisionError, match="write 2015-2025"):
        asking.read_years(text)


@pytest.mark.parametrize(
    ("typed", "places", "message"),
    [
        (Filters(population=("humn",)), (), "no population 'humn'. There are: human"),
        (Filters(direction=("up",)), (), "no direction 'up'"),
        (Filters(risk_of_bias=("medium",)), (), "no risk of bias 'medium'"),
        (Filters(), ("Mars",), "no region 'Mars'"),
    ],
)
def test_an_option_that_is_not_there_names_those_that_are(
    typed: Filters, places: tuple[str, ...], message: str
) -> None:
    with pytest.raises(DecisionError, match=message):
        asking.from_options(CODEBOOK, typed, places=places)


def test_a_codebook_without_places_says_so() -> None:
    dimensions = tuple(d for d in CODEBOOK.dimensions if d.id != "region")
    bare = CODEBOOK.model_copy(update={"dimensions": dimensions})
    with pytest.raises(DecisionError, match="no dimension that says where"):
        asking.from_options(bare, Filters(), places=("Europe",))
    assert asking.from_address({"country": "Europe"}, bare) == Filters()


# ---- what is left ------------------------------------------------------------------------------


def pointing(outcome: str, direction: Direction, population: str = "human_chronic_pain") -> Finding:
    return replace(finding(outcome, population=population), direction=direction)


def cells(
    chosen: Filters, *facts: ReportEvidence, columns: str = "study_design"
) -> Mapping[tuple[str, str], tuple[int, int]]:
    found = matrix.build(facts, CODEBOOK, "outcome", columns, chosen, lambda r, c: True)
    return filled(found)


def level(claim: str, chosen: Filters, *facts: ReportEvidence) -> tuple[int | None, int | None]:
    protocol = shipped_protocol()
    want = narrowing.wanted(chosen, CODEBOOK, protocol.frame.exposure)
    judge = ClaimAssessor(
        CODEBOOK, narrowing.apply(facts, want), subject=protocol.frame.exposure,
        beyond=not want.frame,
    )  # fmt: skip
    state = judge.judge(protocol.claim(claim))
    return state.level, state.suggested_level


TWO = (
    pointing("sleep_quality", Direction.BETTER),
    pointing("pain_intensity", Direction.WORSE),
)


@pytest.mark.parametrize(
    ("directions", "left"),
    [
        (("better",), {SLEEP}),
        (("worse",), {PAIN}),
        (("better", "worse"), {SLEEP, PAIN}),
        (("mixed",), set()),
        (("not_stated",), set()),
    ],
)
def test_a_direction_leaves_the_findings_that_point_there(
    directions: tuple[str, ...], left: set[tuple[str, str]]
) -> None:
    chosen = Filters(direction=directions)
    one = report(tags=HUMAN | {"outcome": {"sleep_quality", "pain_intensity"}}, findings=TWO)
    assert set(cells(chosen, one)) == left
    pain_counts = level("C01", chosen, one)[0] == 3
    assert pain_counts == (PAIN in left)


def test_tags_alone_state_no_direction() -> None:
    tagged = report(tags=HUMAN | {"outcome": {"sleep_quality"}})
    assert cells(Filters(direction=("not_stated",)), tagged) == {SLEEP: (1, 0)}
    assert not cells(Filters(direction=("better",)), tagged)


def test_confirmed_only_drops_what_is_only_suggested_on_map_and_claims() -> None:
    offered = report(suggested={n: tuple(v) for n, v in HUMAN.items()} | {
        "outcome": ("pain_intensity",)
    })  # fmt: skip
    sure = Filters(confirmed_only=True)
    assert cells(Filters(), offered) == {PAIN: (0, 1)}
    assert not cells(sure, offered)
    assert level("C01", Filters(), offered) == (0, 3)
    assert level("C01", sure, offered) == (0, 0)


def test_what_is_asked_for_and_only_suggested_makes_a_report_suggested() -> None:
    tags = {n: v for n, v in HUMAN.items() if n != "population"} | {"outcome": {"pain_intensity"}}
    one = report(tags=tags, suggested={"population": ("human_chronic_pain",)})
    human = Filters(population=("human",))
    assert cells(Filters(), one) == {PAIN: (1, 0)}
    assert cells(human, one) == {PAIN: (0, 1)}
    assert not cells(replace(human, confirmed_only=True), one)
    placed = report(findings=TWO, suggested={"region": ("Europe",)})
    assert cells(Filters(country=("Europe",)), placed) == {PAIN: (0, 1), SLEEP: (0, 1)}
    assert level("C01", Filters(country=("Europe",)), placed) == (0, 3)


def test_what_lies_beyond_the_frame_is_no_evidence_of_a_claim_on_the_subject() -> None:
    other = report(findings=(finding("pain_intensity", exposure="none_pain_sleep"),))
    assert level("C01", Filters(beyond_frame=True), other) == (0, 0)
    assert level("C01", Filters(exposure=("none_pain_sleep",)), other) == (0, 0)


def test_without_retracted_they_are_not_even_listed() -> None:
    gone = report(tags=HUMAN | {"outcome": {"pain_intensity"}}, retracted=True)

    def listed(chosen: Filters) -> tuple[str, ...]:
        found = matrix.build([gone], CODEBOOK, "outcome", "study_design", chosen, lambda r, c: True)
        return found.cell(*PAIN).retracted_reports

    assert listed(Filters()) == ("P1",)
    assert listed(Filters(without_retracted=True)) == ()


@pytest.mark.parametrize("asked", asking.RISKS)
def test_risk_of_bias_leaves_the_reports_judged_so(asked: str) -> None:
    judged = {"P1": "low", "P2": "some", "P3": "high"}
    names = {"low": "P1", "some": "P2", "high": "P3", asking.NOT_APPRAISED: "P4"}
    made = report(tags=HUMAN | {"outcome": {"pain_intensity"}})
    facts = [replace(made, id=f"P{n}", study=f"S{n}") for n in range(1, 5)]
    want = narrowing.wanted(Filters(risk_of_bias=(asked,)), CODEBOOK)
    left = narrowing.apply(narrowing.appraised(facts, judged), want)
    assert [one.id for one in left] == [names[asked]]


def test_a_filter_does_not_bring_in_what_lies_outside_the_frame() -> None:
    """Its exposure is only suggested, and the filter looks at what is confirmed."""
    tags = {"study_design": {"rct_parallel"}, "outcome": {"pain_intensity"}}
    other = report(tags=tags, suggested={"exposure": ("none_pain_sleep",)})
    found = matrix.build(
        [other], CODEBOOK, "outcome", "study_design", Filters(confirmed_only=True),
        lambda r, c: True, frame=("extract",),
    )  # fmt: skip
    assert not filled(found) and found.outside == ("P1",)


def test_a_cell_says_what_its_filters_hide() -> None:
    old = report(tags=HUMAN | {"outcome": {"pain_intensity"}}, year=2001)
    new = replace(old, id="P2", study="S2", year=2021)
    chosen = Filters(years=(2010, None))
    found = matrix.build([old, new], CODEBOOK, "outcome", "study_design", chosen, lambda r, c: True)
    assert found.cell(*PAIN).confirmed_reports == ("P2",)
    assert found.cell(*PAIN).hidden_reports == ("P1",)
    assert found.hidden == ("P1",)
    whole = matrix.build(
        [old, new], CODEBOOK, "outcome", "study_design", Filters(), lambda r, c: True
    )
    assert not whole.hidden and not any(c.hidden_reports for c in whole.cells)


def test_where_results_were_judged_apart_each_outcome_passes_by_its_own() -> None:
    """A trial at low risk for pain and at high risk for sleep."""
    risk = {"pain_intensity": "low", "sleep": "high"}
    apart = {"P1": lambda outcome: risk.get(outcome, "")}
    by_tags = report(tags=HUMAN | {"outcome": {"pain_intensity", "sleep", "anxiety"}})
    by_findings = replace(
        report(findings=(finding(outcome="pain_intensity"), finding(outcome="sleep"))), id="P1"
    )

    def left(one: ReportEvidence, *asked: str) -> set[str]:
        judged = narrowing.appraised([replace(one, id="P1")], {"P1": "high"}, apart)
        want = narrowing.wanted(Filters(risk_of_bias=asked), CODEBOOK)
        passing = narrowing.apply(judged, want)
        return {
            o
            for kept in passing
            for o in (kept.tags.get("outcome", frozenset()) | {f.outcome for f in kept.findings})
        }

    assert left(by_tags, "low") == {"pain_intensity"}
    assert left(by_tags, "high") == {"sleep"}
    assert left(by_tags, asking.NOT_APPRAISED) == {"anxiety"}
    assert left(by_tags, "some") == set()
    assert left(by_findings, "low") == {"pain_intensity"}
    assert left(by_findings, "high", "low") == {"pain_intensity", "sleep"}
    without = report(tags=HUMAN)  # no outcome is known: the gravest counts
    judged = narrowing.appraised([replace(without, id="P1")], {"P1": "high"}, apart)
    assert narrowing.apply(judged, narrowing.wanted(Filters(risk_of_bias=("high",)), CODEBOOK))
