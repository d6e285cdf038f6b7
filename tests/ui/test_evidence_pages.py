"""Coding, conflicts, gap map, claims, report and settings, from ``app.py`` without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.config import from_environment
from review.gaps import service as gaps
from review.gaps.column_groups import CLASS
from review.gaps.filters import Filters
from review.model import Answer, Direction, Stage, VoteValue
from review.protocol.loading import load
from review.reporting import service as reporting
from review.screening import service as screening
from review.screening.conflicts import conflicts
from review.sources import registry
from review.ui import evidence_levels
from review.ui.gap_map import chart
from review.workspace import Workspace, open_workspace
from tests.factories import run_search
from tests.reviews import library_report
from tests.ui.conftest import REVIEWER, at_page, words_on

SURVEY = library_report("K020")
"""A survey of the library with a suggested design."""
TRIAL = library_report("K007")


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    """The review that the app has made, seen from outside it."""
    app.run()
    review = open_workspace(from_environment())
    yield review
    review.store.close()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def links(app: AppTest) -> dict[str, str]:
    """Label -> page and query of the links on the page."""
    return {e.proto.label: f"{e.proto.page}?{e.proto.query_string}" for e in app.get("page_link")}


def confirm_first(ws: Workspace, report: str, dimension: str) -> str:
    """Accept the best suggestion of a dimension; returns its value."""
    first = coding.sheet(ws, report).open_suggestions[dimension][0]
    coding.tag(ws, report, dimension, first.value, REVIEWER, first.quote, first.id)
    return first.value


# ---- coding ----------------------------------------------------------------------------------


def test_a_suggestion_is_accepted_for_the_report_on_the_screen(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    assert first.quote[:20] in words_on(app)
    press(app, f"Accept-{first.id}-{SURVEY}")
    found = coding.sheet(ws, SURVEY)
    assert [(t.value, t.reviewer) for t in found.tags] == [(first.value, REVIEWER)]
    answered = dict(found.answered_suggestions["study_design"])
    assert answered[first] is Answer.ACCEPTED


def test_a_suggestion_is_rejected_and_undo_brings_it_back(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    press(app, f"Reject-{first.id}-{SURVEY}")
    assert first not in coding.sheet(ws, SURVEY).open_suggestions.get("study_design", ())
    press(app, f"undo-{SURVEY}")
    assert first in coding.sheet(ws, SURVEY).open_suggestions["study_design"]


def test_another_value_corrects_the_suggestion(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    assert first.value != "qualitative"
    press(app, f"value-{SURVEY}-study_design-qualitative")
    found = coding.sheet(ws, SURVEY)
    assert [t.value for t in found.tags] == ["qualitative"]
    assert dict(found.answered_suggestions["study_design"])[first] is Answer.CHANGED


def test_a_value_is_taken_off_by_the_same_button(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    for _ in range(2):
        press(app, f"value-{SURVEY}-study_design-qualitative")
    assert coding.sheet(ws, SURVEY).tags == ()


def test_no_two_buttons_on_the_sheet_share_a_key(app: AppTest, ws: Workspace) -> None:
    book = ws.protocol.codebook
    at_page(app, "coding", report=SURVEY)
    app.session_state["code-more"] = True
    for dimension in book.dimensions:
        app.session_state["code-dimension"] = dimension.id
        for group in dimension.groups:
            app.session_state[f"code-group-{dimension.id}"] = group
            app.run()
            keys = [b.proto.shortcut for b in app.button if b.proto.shortcut]
            assert len(keys) == len(set(keys)), (dimension.id, group, keys)


def test_next_opens_another_report_and_the_address_names_it(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    press(app, f"next-{SURVEY}")
    named = app.query_params["report"]
    assert named not in (SURVEY, [SURVEY])


def test_a_proposed_finding_is_confirmed_and_removed(app: AppTest, ws: Workspace) -> None:
    report = next(
        id_
        for id_ in (f"P{n:06d}" for n in range(1, 60))
        if coding.sheet(ws, id_).proposed_findings
    )
    at_page(app, "coding", report=report)
    outcome = coding.sheet(ws, report).proposed_findings[0].outcome
    press(app, f"confirm-worse-{report}-{outcome}")
    (found,) = coding.sheet(ws, report).findings
    assert (found.outcome, found.direction) == (outcome, Direction.WORSE)
    press(app, f"remove-{found.event}")
    assert coding.sheet(ws, report).findings == ()


def test_several_designs_or_exposures_make_the_page_ask(app: AppTest, ws: Workspace) -> None:
    for dimension, value in (
        ("exposure", "mitragynine"),
        ("exposure", "leaf_powder"),
        ("population", "mouse"),
        ("study_design", "animal_in_vivo"),
        ("outcome", "pain_intensity"),
    ):
        coding.tag(ws, SURVEY, dimension, value, REVIEWER)
    at_page(app, "coding", report=SURVEY)
    assert "2 values of exposure" in words_on(app)


# ---- gap map ---------------------------------------------------------------------------------


def test_the_map_has_every_cell_and_says_when_nothing_was_searched(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "gap_map")
    text = words_on(app)
    assert "no search of the protocol has run to its end yet" in text.replace("\\", "")
    book = ws.protocol.codebook
    kinds = len(book.dimension("study_design").groups) - 1  # publication forms have no column
    cells = len(book.dimension("outcome").values) * kinds
    assert len(app.selectbox(key="map-row").options) == len(book.dimension("outcome").values)
    found = gaps.matrix(ws)
    ruled_out = sum(
        all(
            design.evidence not in book.dimension("outcome").kinds(row.id)
            and not found.cell(row.id, design.id).suggested
            for design in group
        )
        for row in book.dimension("outcome").values
        for group in book.dimension("study_design").groups.values()
        if group[0].evidence != "none"
    )
    assert ruled_out
    assert f"of {cells - ruled_out:,}" in text
    assert f"{ruled_out} more cells not applicable" in text


def test_a_click_on_a_cell_lists_its_papers(app: AppTest, ws: Workspace) -> None:
    found = next(c for c in gaps.matrix(ws).cells if c.suggested_reports and c.column == "cohort")
    at_page(app, "gap_map", every="yes")
    app.session_state["gaps"] = {
        "selection": {chart.CELL: [{"row": found.row, "column": found.column}]}
    }
    app.run()
    opened = [query for query in links(app).values() if "report=" in query]
    for report in found.suggested_reports[:10]:
        assert any(f"report={report}" in query for query in opened)


def test_a_link_opens_a_cell_and_close_shuts_it(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_map", row="driving", column=CLASS + "trial")
    text = words_on(app)
    assert "Driving × Trial" in text
    assert "never run to its end" in text
    assert "Run these searches" in links(app)
    press(app, "map-close")
    assert "Driving × Trial" not in words_on(app)


def test_confirming_moves_a_study_from_suggested_to_confirmed(app: AppTest, ws: Workspace) -> None:
    design = confirm_first(ws, SURVEY, "study_design")
    coding.tag(ws, SURVEY, "outcome", "driving", REVIEWER)
    at_page(app, "gap_map", row="driving", column=design)
    assert "Confirmed: 1 report" in words_on(app).replace("\\", "")
    assert "1 of " in app.header[0].value


@pytest.mark.parametrize(
    ("params", "filters"),
    [
        ({"population": "human"}, Filters(population=("human",))),
        ({"exposure": "leaf,alkaloid"}, Filters(exposure=("leaf", "alkaloid"))),
        ({"from": "2020", "to": "2022"}, Filters(years=(2020, 2022))),
        ({"included": "yes"}, Filters(included_only=True)),
        (
            {"confirmed": "yes", "retracted": "out"},
            Filters(confirmed_only=True, without_retracted=True),
        ),
        ({"country": "Europe"}, Filters(country=("Europe",))),
        ({"direction": "better,not_stated"}, Filters(direction=("better", "not_stated"))),
    ],
)
def test_filters_of_the_address_change_map_and_table_alike(
    app: AppTest, ws: Workspace, params: dict[str, str], filters: Filters
) -> None:
    at_page(app, "gap_map", **params)
    found = gaps.matrix(ws, filters=filters)
    text = words_on(app)
    assert f"{found.suggested_total:,} with a suggested one" in text.replace("\\", "")
    assert "adds up to the same" in text
    assert [w.value for w in app.warning] == []
    assert "**Filters:**" in text
    if found.hidden:
        assert any(f"{len(found.hidden):,} report" in name for name in links(app))


def test_the_ready_views_keep_the_filters(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_map", population="human", fold="sleep", sort="number", look="directions")
    found = gaps.matrix(ws, filters=Filters(population=("human",)))
    assert f"{found.suggested_total:,} with a suggested one" in words_on(app).replace("\\", "")
    press(app, "map-view-exposure")
    assert (app.selectbox(key="map-rows").value, app.selectbox(key="map-columns").value) == (
        "exposure", "outcome",
    )  # fmt: skip
    found = gaps.matrix(ws, "exposure", "outcome", Filters(population=("human",)))
    assert f"{found.suggested_total:,} with a suggested one" in words_on(app).replace("\\", "")
    assert not app.exception


def test_nonsense_in_the_address_is_left_out(app: AppTest) -> None:
    at_page(app, "gap_map", rows="colour", columns="colour", row="x", column="y", population="z")
    assert not app.exception
    assert [e.value for e in app.error] == []


def test_the_ledger_names_the_rule_of_every_gap(app: AppTest, ws: Workspace) -> None:
    at_page(app, "gap_map")
    listed = next(e.value for e in app.dataframe if "Rule" in e.value)
    told = [(str(gap).capitalize(), rule) for gap, rule in gaps.matrix(ws).row_gaps.values()]
    assert list(zip(listed["Gap"], listed["Rule"], strict=True)) == told


def test_a_cell_opens_with_the_findings_behind_it(app: AppTest, ws: Workspace) -> None:
    pairing = {
        "exposure": "extract", "population": "human_chronic_pain", "reviewer": "Ann",
        "study_design": "rct_parallel", "direction": "better",
    }  # fmt: skip
    coding.add_finding(ws, TRIAL, **pairing, outcome="sleep_quality", quote="slept longer")
    coding.add_finding(ws, TRIAL, **pairing, outcome="pain_intensity", quote="hurt less")
    at_page(app, "gap_map", row="sleep_quality", column=f"{CLASS}trial")
    text = words_on(app)
    assert "Findings in it: 1" in text and "slept longer" in text and "hurt less" not in text
    opens = links(app)
    for words in ("controlled 1", "1 better"):  # each number lists its reports
        assert opens[words].endswith(f"ids={TRIAL}")


# ---- claims ----------------------------------------------------------------------------------


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


# ---- conflicts -------------------------------------------------------------------------------


def disagree(ws: Workspace) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Cem", VoteValue.EXCLUDE, reason="not_kratom")


def test_without_conflicts_the_page_says_what_makes_them(app: AppTest) -> None:
    at_page(app, "conflicts")
    assert "No votes disagree" in words_on(app)


def test_a_conflict_shows_who_said_what_and_is_settled(app: AppTest, ws: Workspace) -> None:
    disagree(ws)
    at_page(app, "conflicts")
    text = words_on(app)
    assert "Ben" in text and "Cem" in text and "Not about kratom" in text
    press(app, f"settle-include-title_abstract-{SURVEY}")
    assert conflicts(ws) == []
    assert "No votes disagree" in words_on(app)


def test_an_exclusion_asks_for_its_reason(app: AppTest, ws: Workspace) -> None:
    disagree(ws)
    at_page(app, "conflicts")
    press(app, f"settle-exclude-title_abstract-{SURVEY}")
    press(app, f"settle-policy_only-title_abstract-{SURVEY}")
    assert conflicts(ws) == []


# ---- report and settings ---------------------------------------------------------------------


def test_the_report_shows_the_numbers_of_the_flow(app: AppTest, ws: Workspace) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    screening.cast(ws, SURVEY, Stage.FULL_TEXT, "Ben", VoteValue.INCLUDE)
    at_page(app, "report")
    boxes = reporting.flow(ws).boxes
    found = links(app)
    assert f"**{boxes['records_screened']:,}** Records to screen" in found
    assert f"ids={SURVEY}" in found["**1** Reports of included studies"]
    assert [w.value for w in app.warning] == []


def test_every_export_is_offered(app: AppTest) -> None:
    at_page(app, "report", view="exports")
    labels = [b.proto.label for b in app.get("download_button")]
    for words in ("Table of reports (CSV)", "Workbook (Excel)", "References (RIS)", "Votes (CSV)"):
        assert words in labels


def test_settings_name_reviewers_and_never_the_key(
    app: AppTest, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    monkeypatch.setenv("OPENALEX_API_KEY", "very-secret")
    at_page(app, "settings")
    assert list(app.dataframe[0].value["Reviewer"]) == ["Ben"]
    assert "very-secret" not in words_on(app)
    assert "set. It is never shown" in words_on(app)


def test_what_lies_outside_the_question_is_counted_apart_and_one_press_away(
    app: AppTest, ws: Workspace
) -> None:
    framed, whole = gaps.matrix(ws), gaps.matrix(ws, filters=gaps.Filters(beyond_frame=True))
    assert framed.outside and whole.suggested_total > framed.suggested_total
    at_page(app, "gap_map")
    links = [link.proto.label for link in app.get("page_link")]
    assert any(f"{len(framed.outside)} more reports without the exposure" in x for x in links)
    app.button(key="map-count-outside").click().run()
    assert app.query_params["beyond"] == "yes"
    assert f"{whole.suggested_total:,} with a suggested one" in words_on(app)


# ---- an opened cell --------------------------------------------------------------------------


def test_an_empty_cell_offers_a_query_that_one_press_adds_to_the_protocol(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "gap_map", row="sleep_quality", column=CLASS + "trial")
    text = words_on(app).replace("\\", "")
    assert "Not searched: No search that covers this cell has run to its end." in text
    assert "Nearest filled cells" in text and "Kratom and sleep: never run to its end" in text
    gap = f"outcome:sleep_quality+study_design:{CLASS}trial"
    query = app.text_area(key=f"again-{gap}").value
    assert '"sleep quality"' in query
    press(app, f"add-again-{gap}")
    assert not app.exception and not app.error
    added = load(ws.config.data, registry.all_sources()).searches[-1]
    assert added.query == query and dict(added.covers)["outcome"] == ("sleep_quality",)
    assert "again: never run to its end" in words_on(app).replace("\\", "")
    run_search(ws, "kratom_sleep")
    app.run()
    waiting = gaps.matrix(ws).uncoded
    assert f"{len(waiting)} reports are not coded for it yet" in words_on(app)
    assert links(app)[f"Open the {len(waiting)} reports not coded yet"].endswith(
        "%2C".join(waiting)
    )
