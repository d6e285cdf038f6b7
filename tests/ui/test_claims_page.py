"""The page Claims: levels, directions, filters, and the way to the map and back."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.ui import evidence_levels
from review.workspace import Workspace
from tests.ui.conftest import SURVEY, TRIAL, at_page, links, press, words_on


def test_claims_are_shown_as_claims_and_not_as_advice(app: AppTest, ws: Workspace) -> None:
    at_page(app, "claims")
    labels = [b.label for b in app.button if str(b.key).startswith("claim-")]
    assert len(labels) == len(ws.protocol.claims)
    assert "None of them is advice" in words_on(app)
    assert any("(advice)" in label for label in labels)
    assert "only suggested, nothing confirmed" in words_on(app)  # in words, beside the claim


def test_a_link_opens_a_claim_with_what_would_raise_it(app: AppTest, ws: Workspace) -> None:
    claim = ws.protocol.claim("C02")
    at_page(app, "claims", claim=claim.id)
    text = words_on(app).replace("\\", "")
    assert claim.needs in text
    assert "Would raise the level" in text
    assert any("report=" in query for query in links(app).values())


def test_a_claim_says_what_its_studies_found(app: AppTest, ws: Workspace) -> None:
    claim = ws.protocol.claim("C01")
    pairing = {
        "exposure": "extract", "population": "human_chronic_pain", "outcome": "pain_intensity",
        "study_design": "rct_parallel", "reviewer": "Ann",
    }  # fmt: skip
    coding.add_finding(ws, SURVEY, **pairing, direction="better")
    coding.add_finding(ws, TRIAL, **pairing, direction="no_difference", quote="as under <placebo>")
    at_page(app, "claims", claim=claim.id)
    text = words_on(app).replace("\\", "")
    assert "What it says:** Mixed: 1 study supports it, 1 speaks against it." in text
    assert "speak against it: 1 report" in text
    assert "Findings on it: 2" in text and "“as under &lt;placebo&gt;”" in text
    (told,) = [c for c in gaps.claims_json(gaps.claims(ws)) if c["id"] == claim.id]
    assert told["direction"] == "mixed" and told["level"] == 4
    assert told["sides"]["supports"] == {"studies": 1, "reports": [SURVEY]}


def test_filters_change_the_claims_as_they_change_the_map(app: AppTest, ws: Workspace) -> None:
    coding.add_finding(
        ws, TRIAL, exposure="extract", population="human_chronic_pain", outcome="pain_intensity",
        study_design="rct_parallel", direction="better", reviewer="Ann",
    )  # fmt: skip
    at_page(app, "claims", claim="C01", direction="worse")
    text = words_on(app).replace("\\", "")
    assert "**Filters:** direction worse." in text
    states = {s.claim.id: s for s in gaps.claims(ws, Filters(direction=("worse",)))}
    assert states["C01"].level == 0 and TRIAL in states["C01"].hidden_reports
    assert "Hidden by the filters: " in text
    assert any("direction=worse" in q for name, q in links(app).items() if name.startswith("Map:"))
    press(app, "claims-no-filters")
    assert "**Filters:**" not in words_on(app)


def test_a_claim_says_what_was_tested_beside_what_it_claims(app: AppTest, ws: Workspace) -> None:
    for population in ("human_healthy", "human_chronic_pain"):
        coding.add_finding(
            ws, TRIAL, exposure="extract", population=population, outcome="sleep_quality",
            study_design="rct_parallel", direction="better", reviewer="Ann",
        )  # fmt: skip
    coding.tag(ws, TRIAL, "dose", "yes_grams_leaf", "Ann")
    claim = next(
        c for c in ws.protocol.claims
        if "sleep_quality" in c.outcome and c.testable and not c.timing and not c.comparator
        and not c.duration and not c.outcome_and
    )  # fmt: skip
    at_page(app, "claims", claim=claim.id)
    text = words_on(app).replace("\\", "")
    assert "Claimed | Tested, confirmed studies" in text
    assert "| Dose reported | nothing said | Grams of leaf (1) |" in text
    (population,) = [
        one for one in gaps.tested(ws, next(s for s in gaps.claims(ws) if s.claim == claim))
        if one.dimension == "population"
    ]  # fmt: skip
    assert sum(population.tested.values()) >= 1
    assert set(population.beyond) == (set(population.tested) - set(claim.population)
                                      if claim.population else set())  # fmt: skip


def test_a_claim_leads_to_the_map_with_its_populations_and_back(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "claims", claim="C01", to="2024")
    (query,) = {q for name, q in links(app).items() if name == "Map: Pain intensity"}
    assert "population=human_chronic_pain" in query and "claim=C01" in query and "to=2024" in query
    at_page(app, "gap_map", claim="C01", population="human_chronic_pain", to="2024")
    (back,) = {q for name, q in links(app).items() if name == "Back to claim C01"}
    assert "claim=C01" in back and "to=2024" in back and "population" not in back


def test_a_claim_is_flagged_where_there_is_something_to_mind(ws: Workspace) -> None:
    states = {s.claim.id: s for s in gaps.claims(ws)}
    suggested = next(s for s in states.values() if s.suggested_reports and not s.reports)
    assert "only suggested, nothing confirmed" in evidence_levels.flags(suggested)
    assert "Confirming what is suggested" in suggested.next_level
    named = next(s for s in states.values() if s.named_reports)
    screening.cast(
        ws, named.named_reports[0], Stage.TITLE_ABSTRACT, "Ann", VoteValue.EXCLUDE,
        reason="not_kratom",
    )  # fmt: skip
    after = next(s for s in gaps.claims(ws) if s.claim == named.claim)
    assert after.excluded_reports == (named.named_reports[0],)
    assert "1 of the papers named for it excluded since" in evidence_levels.flags(after)
    paper = next(r for s in states.values() for r in s.suggested_reports
                 if r != named.named_reports[0])  # fmt: skip
    coding.tag(ws, paper, "record_status", "retracted", "Ann")
    gone = [s for s in gaps.claims(ws) if paper in s.retracted_reports]
    assert gone and all(paper not in s.bearing for s in gaps.claims(ws))
    assert any("1 retracted report, counted nowhere" in evidence_levels.flags(s) for s in gone)


def test_claims_are_filtered_by_section_and_level(app: AppTest, ws: Workspace) -> None:
    at_page(app, "claims", group="mechanism", level="G0")
    shown = {str(b.key).removeprefix("claim-") for b in app.button if "claim-C" in str(b.key)}
    wanted = {s.claim.id for s in gaps.claims(ws) if s.claim.group == "mechanism" and s.level == 0}
    assert shown == wanted


def test_claims_are_listed_by_strength_on_demand(app: AppTest, ws: Workspace) -> None:
    at_page(app, "claims", order="level")
    shown = [str(b.key).removeprefix("claim-") for b in app.button if "claim-C" in str(b.key)]
    levels = {s.claim.id: s.level for s in gaps.claims(ws)}
    found = [levels[one] for one in shown]
    assert len(found) == len(levels)
    assert found == sorted(found, key=lambda level: 9 if level is None else level)
