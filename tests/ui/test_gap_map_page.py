"""The page Gap map: its cells, filters and table, and what an opened cell shows and offers."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.gaps import service as gaps
from review.gaps.column_groups import CLASS
from review.gaps.filters import Filters
from review.protocol.loading import load
from review.sources import registry
from review.ui.gap_map import chart
from review.workspace import Workspace
from tests.factories import run_search
from tests.ui.conftest import (
    REVIEWER,
    SURVEY,
    TRIAL,
    at_page,
    confirm_first,
    links,
    press,
    words_on,
)


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
