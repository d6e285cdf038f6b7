"""An opened cell: why it is empty or thin, what was nearly there, and how to look again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review.cli import app
from review.coding import service as coding
from review.gaps import cell_opening, ledger_state, service
from review.gaps.cell_opening import OpenedCell, neighbours
from review.gaps.column_groups import by_class, groups_of
from review.gaps.filters import Filters
from review.gaps.ledger import Place
from review.gaps.look_again import query_for, subject_query
from review.gaps.model import Gap, Matrix
from review.protocol.loading import load
from review.sources import registry
from review.workspace import Workspace
from tests.factories import exclude, make_workspace, run_search, suggest
from tests.reviews import shipped_protocol
from tests.servers.openalex import OpenAlexServer


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}", 5)
    yield made
    made.store.close()


def drawn(ws: Workspace, *axes: str, filters: Filters | None = None) -> Matrix:
    found, placed = service.gap_map(ws, *(axes or service.AXES), filters)
    columns = ws.protocol.codebook.dimension(found.column_dimension)
    return by_class(found, placed, groups_of(columns))


def opened(
    ws: Workspace, row: str = "sleep_quality", column: str = "class:trial", *axes: str
) -> OpenedCell:
    shown = drawn(ws, *axes)
    return cell_opening.open_cell(ws, shown, shown.cell(row, column))


def find(ws: Workspace, report: str, design: str = "rct_parallel", outcome: str = "sleep_quality",
         population: str = "human_chronic_pain") -> None:  # fmt: skip
    coding.add_finding(
        ws, report, exposure="extract", population=population, outcome=outcome,
        study_design=design, reviewer="Ann",
    )  # fmt: skip


def test_an_empty_cell_says_its_gap_and_the_searches_that_cover_it(ws: Workspace) -> None:
    run_search(ws, "kratom_sleep")
    found = opened(ws)
    assert found.wanting and found.verdict.gap is Gap.SEARCHED_NONE
    runs = {search.name: run for search, run in found.searches}
    assert set(runs) == {"kratom_core", "kratom_sleep"}
    assert runs["kratom_sleep"] is not None and runs["kratom_core"] is None
    assert found.gap in {row.id for row in ledger_state.ledger(ws).rows}


def test_a_thin_cell_says_the_rule_and_a_filled_one_is_no_gap(ws: Workspace) -> None:
    find(ws, "P000001")
    thin = opened(ws)
    assert thin.verdict.gap is Gap.ONE_CONTROLLED and thin.verdict.kinds == {"controlled": (1, 0)}
    assert dict(thin.by_kind) == {"controlled": ("P000001",)}
    assert [one.report for one in thin.findings] == ["P000001"]
    find(ws, "P000002")
    assert not opened(ws).wanting


def test_tags_show_their_words_where_no_finding_does(ws: Workspace) -> None:
    find(ws, "P000001")
    for report, words in (("P000001", "Paper number 1"), ("P000002", "number 2")):
        coding.tag(ws, report, "study_design", "rct_parallel", "Ann", quote=words)
        coding.tag(ws, report, "outcome", "sleep_quality", "Ann")
        coding.tag(ws, report, "exposure", "extract", "Ann", quote=words)
    found = opened(ws)
    assert [(t.report, t.value, t.quote, t.quote_place) for t in found.tags] == [
        ("P000002", "rct_parallel", "number 2", "title 6-14")
    ]
    assert [f.report for f in found.findings] == ["P000001"]


@pytest.mark.parametrize("axes", [("outcome", "study_design"), ("outcome", "population")])
def test_every_cell_says_what_the_ledger_says_of_it(ws: Workspace, axes: tuple[str, str]) -> None:
    find(ws, "P000001", population="mouse", design="animal_in_vivo")
    find(ws, "P000002", design="cross_sectional_survey")
    suggest(ws, "P000003", "study_design", "rct_parallel")
    suggest(ws, "P000003", "outcome", "sleep_quality", "pain_intensity")
    suggest(ws, "P000003", "population", "human_healthy")
    rows = {row.id: row for row in ledger_state.ledger(ws, *axes).rows}
    shown = drawn(ws, *axes)
    for cell in (c for c in shown.cells if c.row in ("sleep_quality", "pain_intensity")):
        found = cell_opening.open_cell(ws, shown, cell)
        if found.wanting:
            assert (rows[found.gap].evidence.gap, rows[found.gap].evidence.kinds) == (
                found.verdict.gap, found.verdict.kinds,
            )  # fmt: skip


def test_a_near_miss_is_an_excluded_report_with_both_values_and_its_reason(
    tmp_path: Path, db_url: str
) -> None:
    ws, _ = make_workspace(tmp_path, db_url, 5)
    suggest(ws, "P000001", "study_design", "rct_parallel")
    suggest(ws, "P000001", "outcome", "sleep_quality")
    coding.tag(ws, "P000002", "study_design", "rct_crossover", "Ann")
    suggest(ws, "P000002", "outcome", "sleep_quality")
    find(ws, "P000003")
    suggest(ws, "P000004", "outcome", "sleep_quality")
    assert opened(ws).near_misses == ()  # nothing is excluded yet
    for report in ("P000001", "P000002", "P000003", "P000004"):
        exclude(ws, report)
    near = opened(ws).near_misses
    assert [one.report.id for one in near] == ["P000001", "P000002", "P000003"]
    assert all(one.why.startswith("Excluded on title and abstract") for one in near)
    assert opened(ws).near_reports == tuple(one.report.id for one in near)
    ws.store.close()


def test_the_nearest_filled_cells_come_first(ws: Workspace) -> None:
    find(ws, "P000001", "cohort")
    find(ws, "P000002", outcome="sleep_onset_latency")
    find(ws, "P000003", outcome="death")
    shown = drawn(ws)
    cell = shown.cell("sleep_quality", "class:trial")
    assert [one.column for one in neighbours(shown, cell, along=True)] == ["class:observational"]
    above = [one.row for one in neighbours(shown, cell, along=False)]
    at = shown.rows.index
    away = [abs(at(row) - at(cell.row)) for row in above]
    assert set(above) == {"sleep_onset_latency", "death"} and away == sorted(away)


def test_every_ready_query_is_taken_by_its_source(ws: Workspace) -> None:
    source = registry.named("openalex")
    protocol = shipped_protocol()
    for axes in (("outcome", "population"), ("outcome", "exposure"), ("outcome", "study_design")):
        columns = groups_of(protocol.codebook.dimension(axes[1]))
        for row in protocol.codebook.dimension("outcome").values:
            for values in columns.values():
                query = query_for(protocol, {"outcome": {row.id}, axes[1]: set(values)})
                assert query and not source.query_mistakes(query, "title_and_abstract"), query
                assert len(query) < 1_500
    for claim in protocol.claims:
        query = cell_opening.look_again(ws, Place(claim=claim.id)).query
        assert query and not source.query_mistakes(query, "title_and_abstract"), claim.id
    assert "kratom" in subject_query(protocol)
    again = opened(ws).again
    asked = again.query
    assert again.like.startswith("Sleep quality. Trial. Kratom")
    assert dict(again.covers) == {"outcome": ("sleep_quality",), "study_design": ("trial",)}
    assert asked.startswith(f"({subject_query(protocol)} AND (") and '"sleep quality"' in asked


def test_the_command_gives_the_query_adds_it_and_brings_in_like_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    ws, _ = make_workspace(tmp_path, db, 1)
    ws.store.close()
    monkeypatch.setenv("REVIEW_DATA", str(tmp_path / "data"))
    gap = "outcome:sleep_quality+study_design:class:trial"

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["look-again", gap, "--db", db, *words])
        assert done.exit_code == code, done.output
        return done.stdout

    query = run().strip()
    assert json.loads(run("--json"))["query"] == query
    with OpenAlexServer(works=60) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        run("--like", code=1)  # nobody says yes to the price
        assert not server.requests
        done = json.loads(run("--like", "--text", "kratom sleep", "--yes", "--json"))
        assert done["source"] == "openalex similarity" and done["outcome"] == "complete"
    name = json.loads(run("--add", "--json"))["search"]
    assert load(tmp_path / "data", registry.all_sources()).searches[-1].name == name
    run("--add", code=1)  # it is there already
