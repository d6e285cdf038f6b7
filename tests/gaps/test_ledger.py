"""The ledger of gaps: what is in it, what the team says, and how evidence closes a gap."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from typer.testing import CliRunner

from review.cli import app
from review.coding import service as coding
from review.errors import DecisionError, OutdatedError
from review.gaps import gap_rules, implications, ledger_state, matrix, service
from review.gaps.column_groups import by_class, groups_of
from review.gaps.filters import Filters
from review.gaps.ledger import Bar, GapRow, GapStatus, Ledger, Place, PlaceKind, Priority, build
from review.gaps.ledger_table import COLUMNS, to_json
from review.gaps.ledger_views import of_cells, of_rows
from review.gaps.model import DESIGN, EvidenceStatus, Gap, ReportEvidence, TableRow
from review.reporting import gap_text
from review.reporting import service as reporting
from review.store import integrity
from review.workspace import Workspace
from tests.factories import exclude, make_workspace, run_search, suggest
from tests.gaps.test_matrix import CODEBOOK
from tests.gaps.test_properties import axes, reviews, some_examples

SLEEP = "outcome:sleep_quality"
YEAR = 2010
"""The present year of these tests; the made-up papers are of 2001, 2002, …"""


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A review on SQLite; the words that people say are tried on both databases, in `both`."""
    made, _ = make_workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}", 4)
    yield made
    made.store.close()


@pytest.fixture
def both(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, db_url, 4)
    yield made
    made.store.close()


def find(ws: Workspace, report: str, design: str, outcome: str = "sleep_quality", who: str = "Ann",
         population: str = "human_chronic_pain") -> None:  # fmt: skip
    coding.add_finding(
        ws, report, exposure="extract", population=population, outcome=outcome,
        study_design=design, reviewer=who,
    )  # fmt: skip


def ledger(ws: Workspace, *axes: str) -> Ledger:
    return ledger_state.ledger(ws, *axes, year=YEAR)


def row(ws: Workspace, gap: str = SLEEP) -> GapRow:
    return ledger(ws).row(gap)


# ---- what is in it ---------------------------------------------------------------------------


def test_a_gap_says_its_rule_its_counts_and_who_looked(ws: Workspace) -> None:
    run_search(ws, "kratom_sleep")
    find(ws, "P000001", "cross_sectional_survey")
    suggest(ws, "P000002", "study_design", "case_report")
    suggest(ws, "P000002", "outcome", "sleep_quality")
    found = row(ws)
    assert (found.gap, found.status) == (Gap.UNCONTROLLED_ONLY, GapStatus.OPEN)
    assert found.rule == service.matrix(ws).row_gaps["sleep_quality"][1]
    assert found.evidence.kinds == {"uncontrolled": (1, 1)}
    assert (found.evidence.confirmed, found.evidence.suggested) == (1, 1)
    assert found.evidence.reports == ("P000001",)
    searches = {one.search: one.who for one in found.looked}
    assert searches["kratom_sleep"] == "Ann" and searches["kratom_core"] == ""
    assert found.searched is not None and list(found.coders) == ["Ann"]
    assert "C04" in found.claims


def test_every_gap_of_the_map_is_a_row_with_the_same_words(ws: Workspace) -> None:
    find(ws, "P000001", "rct_parallel")
    find(ws, "P000002", "animal_in_vivo", "pain_intensity")
    found = ledger(ws)
    said = {r.place.at[0][1]: (r.gap, r.rule) for r in found.open if r.place.kind is PlaceKind.ROW}
    shown = {
        name: (gap, rule) for name, (gap, rule) in service.matrix(ws).row_gaps.items()
        if said[name][0] is gap
    }  # fmt: skip
    assert said.items() >= shown.items() and set(said) >= set(service.matrix(ws).row_gaps)
    drawn, placed = service.gap_map(ws)
    drawn = by_class(drawn, placed, groups_of(CODEBOOK.dimension(DESIGN)))
    empty = {(c.row, c.column): c.gap for c in drawn.cells if c.gap}
    cells = {(r.place.at[0][1], r.place.at[1][1]): r.gap for r in found.open
             if r.place.kind is PlaceKind.CELL and not r.evidence.studies}  # fmt: skip
    assert cells == empty
    levels = {s.claim.id: s for s in service.claims(ws)}
    for one in found.rows:
        if one.place.claim and (state := levels[one.place.claim]).level != state.top:
            assert one.status is GapStatus.OPEN


def test_a_thin_cell_is_told_by_the_designs_in_it_alone(ws: Workspace) -> None:
    find(ws, "P000001", "rct_parallel", population="human_healthy")
    find(ws, "P000001", "cross_sectional_survey")
    thin = ledger(ws, "outcome", "population")
    kinds = {r.place.at[1][1]: r.evidence.kinds for r in thin.rows
             if r.place.kind is PlaceKind.CELL and r.evidence.studies}  # fmt: skip
    (only,) = kinds.values()  # both populations are of one group, drawn as one column
    assert only == {"controlled": (1, 0), "uncontrolled": (1, 0)}


def test_evidence_that_cannot_be_is_no_gap(ws: Workspace) -> None:
    ruled_out = [c for c in service.matrix(ws).cells if not c.applicable]
    assert ruled_out
    ids = {r.id for r in ledger(ws).rows}
    groups = {v.id: f"class:{v.group}" for v in CODEBOOK.dimension(DESIGN).values}
    drawn, placed = service.gap_map(ws)
    drawn = by_class(drawn, placed, groups_of(CODEBOOK.dimension(DESIGN)))
    for cell in ruled_out:
        column = groups[cell.column]
        if not drawn.cell(cell.row, column).applicable:
            assert Place((("outcome", cell.row), (DESIGN, column))).id not in ids


def test_an_id_is_the_same_however_the_map_is_turned() -> None:
    there = Place((("outcome", "a"), ("population", "b")))
    assert there.id == Place((("population", "b"), ("outcome", "a"))).id


# ---- does it stay ----------------------------------------------------------------------------


def test_each_bar_says_whether_the_gap_stays(ws: Workspace) -> None:
    find(ws, "P000001", "cross_sectional_survey")  # of 2001, YEAR - 9
    bars = row(ws).bars
    assert set(bars.values()) == {Gap.UNCONTROLLED_ONLY}
    later = ledger_state.ledger(ws, year=YEAR + 1).row(SLEEP).bars
    assert later[Bar.RECENT] is Gap.NOT_SEARCHED
    coding.tag(ws, "P000001", "study_design", "rct_parallel", "Bo")
    assert row(ws).bars[Bar.AGREED] is Gap.NOT_SEARCHED
    suggest(ws, "P000003", "study_design", "rct_parallel")
    suggest(ws, "P000003", "outcome", "sleep_quality")
    found = row(ws)
    assert (found.gap, found.bars[Bar.CONFIRMED]) == (Gap.ONE_CONTROLLED, Gap.UNCONTROLLED_ONLY)


def test_low_risk_of_bias_is_a_bar_once_somebody_has_judged_any(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(ws, "P000001", "rct_parallel")
    find(ws, "P000002", "rct_parallel")
    assert Bar.LOW_RISK not in ledger(ws).bars
    judged = {"P000001": "low", "P000002": "high"}
    monkeypatch.setattr(service, "risk_of_bias", lambda ws: judged)
    found = row(ws)
    assert (found.gap, found.bars[Bar.LOW_RISK]) == (Gap.SYNTHESIS_MISSING, Gap.ONE_CONTROLLED)


def test_suggestions_alone_close_nothing(ws: Workspace) -> None:
    for n, design in enumerate(("rct_parallel", "rct_parallel", "systematic_review"), 1):
        suggest(ws, f"P00000{n}", "study_design", design)
        suggest(ws, f"P00000{n}", "outcome", "sleep_quality")
    assert "sleep_quality" not in service.matrix(ws).row_gaps
    found = row(ws)
    assert (found.status, found.gap) == (GapStatus.OPEN, Gap.NOT_SEARCHED)
    assert "Suggestions would close it" in found.rule


# ---- evidence closes it ----------------------------------------------------------------------


def test_evidence_closes_a_gap_says_by_which_papers_and_opens_it_again(ws: Workspace) -> None:
    ledger_state.set_aside(ws, SLEEP, "Nobody asks for it.", "Ann")
    assert row(ws).status is GapStatus.SET_ASIDE
    find(ws, "P000001", "rct_parallel")
    find(ws, "P000002", "rct_parallel")
    find(ws, "P000003", "systematic_review")
    found = row(ws)
    assert (found.status, found.gap) == (GapStatus.CLOSED, None)
    assert found.closed_by == ("P000001", "P000002", "P000003")
    exclude(ws, "P000003")
    found = row(ws)
    assert (found.status, found.gap) == (GapStatus.SET_ASIDE, Gap.SYNTHESIS_MISSING)
    assert not found.closed_by


def look(
    facts: list[ReportEvidence], rows: str, columns: str, *, sure: bool = False
) -> tuple[dict[Place, object], list[TableRow], list[TableRow]]:
    """One look at made-up evidence, with the tables behind it."""
    filters = Filters(confirmed_only=sure)
    found, placed = matrix.build_with_table(
        facts, CODEBOOK, rows, columns, filters, lambda r, c: True
    )
    designs = placed
    if columns != DESIGN:
        _, designs = matrix.build_with_table(
            facts, CODEBOOK, rows, DESIGN, filters, lambda r, c: True
        )
    drawn = by_class(found, placed, groups_of(CODEBOOK.dimension(columns)))
    by_id = {one.id: one for one in facts}
    views = {**of_rows(found, designs, CODEBOOK), **of_cells(drawn, by_id, designs, CODEBOOK)}
    return views, placed, designs  # type: ignore[return-value]


@given(reviews(), axes)
@some_examples
def test_a_place_is_closed_where_confirmed_evidence_leaves_no_gap_and_names_it(
    facts: list[ReportEvidence], axis: tuple[str, str]
) -> None:
    if axis[0] == DESIGN:
        axis = axis[1], axis[0]
    every, _, _ = look(facts, *axis)
    sure, table, _ = look(facts, *axis, sure=True)
    rows = build(every, {Bar.CONFIRMED: sure}, {}, {})  # type: ignore[arg-type, dict-item]
    for one in rows:
        left = [views[one.place].gap for views in (every, sure) if one.place in views]  # type: ignore[attr-defined]
        assert (one.status is GapStatus.CLOSED) == (not any(left)) == (one.gap is None)
        held = {
            r.report
            for r in table
            if r.status is EvidenceStatus.CONFIRMED and (axis[0], r.row) in one.place.at
        }
        if one.place.kind is PlaceKind.ROW:
            assert set(one.closed_by) == (held if one.gap is None else set())


@given(reviews(), axes)
@some_examples
def test_the_counts_behind_a_row_follow_from_the_table(
    facts: list[ReportEvidence], axis: tuple[str, str]
) -> None:
    if axis[0] == DESIGN:
        axis = axis[1], axis[0]
    every, _, designs = look(facts, *axis)
    kinds = {v.id: v.evidence for v in CODEBOOK.dimension(DESIGN).values}
    for place, verdict in every.items():
        if place.kind is not PlaceKind.ROW:
            continue
        here = [r for r in designs if r.row == place.at[0][1]]
        for kind in {k for k in kinds.values() if k not in (None, "none")}:
            of = {
                status: {r.study for r in here if r.status is status and kinds[r.column] == kind}
                for status in EvidenceStatus
            }
            confirmed = of[EvidenceStatus.CONFIRMED]
            counted = (len(confirmed), len(of[EvidenceStatus.SUGGESTED] - confirmed))
            assert verdict.kinds.get(kind, (0, 0)) == counted  # type: ignore[attr-defined]
        controlled = {r.study for r in here if kinds[r.column] == "controlled"
                      and r.status is not EvidenceStatus.RETRACTED}  # fmt: skip
        if len(controlled) == 1:
            possible = CODEBOOK.dimension(axis[0]).kinds(place.at[0][1])
            assert (verdict.gap is Gap.ONE_CONTROLLED) == ("controlled" in possible)  # type: ignore[attr-defined]


# ---- what the team says ----------------------------------------------------------------------


def test_words_on_a_gap_are_kept_replaced_and_taken_back(both: Workspace) -> None:
    first = ledger_state.prioritise(both, SLEEP, "high", "Ann")
    second = ledger_state.prioritise(both, SLEEP, "low", "Bo")
    ledger_state.note(both, SLEEP, "Ask a sleep laboratory.", "Ann")
    found = row(both)
    assert (found.priority, found.note) == (Priority.LOW, "Ask a sleep laboratory.")
    ledger_state.take_back(both, second.id, "Bo")
    assert row(both).priority is Priority.HIGH
    told = [(w.event, w.value, w.who, w.active) for w in ledger_state.history(both, SLEEP)]
    assert told[:2] == [(first.id, "high", "Ann", True), (second.id, "low", "Bo", False)]
    assert not integrity.check(both.store).differences


def test_the_order_is_priority_then_the_weakest_then_the_fewest(ws: Workspace) -> None:
    run_search(ws, "kratom_core")
    find(ws, "P000001", "cross_sectional_survey")
    find(ws, "P000002", "animal_in_vivo", "pain_intensity")
    ledger_state.prioritise(ws, SLEEP, "medium", "Ann")
    ledger_state.prioritise(ws, "claim:C01", "high", "Ann")
    ledger_state.set_aside(ws, "outcome:death", "Not asked.", "Ann")
    rows = ledger(ws).rows
    assert [r.id for r in rows[:2]] == ["claim:C01", SLEEP]
    order = list(Gap)
    rest = [r for r in rows[2:] if r.status is GapStatus.OPEN]
    ranks = [(order.index(r.gap), r.evidence.studies) for r in rest if r.gap]
    assert ranks == sorted(ranks) and len(ranks) == len(rest)
    assert [r.id for r in rows if r.status is GapStatus.SET_ASIDE] == ["outcome:death"]


@pytest.mark.parametrize(
    "gap", ["outcome:nothing", "colour:red", "claim:C999", "", "outcome:death+population:nobody"]
)
def test_what_is_no_gap_takes_no_words(ws: Workspace, gap: str) -> None:
    with pytest.raises(DecisionError, match="no gap"):
        ledger_state.note(ws, gap, "x", "Ann")


def test_words_that_change_nothing_or_say_nothing_are_refused(ws: Workspace) -> None:
    for refused in (
        lambda: ledger_state.prioritise(ws, SLEEP, "", "Ann"),
        lambda: ledger_state.prioritise(ws, SLEEP, "urgent", "Ann"),
        lambda: ledger_state.set_aside(ws, SLEEP, " ", "Ann"),
        lambda: ledger_state.reopen(ws, SLEEP, "Ann"),
        lambda: ledger_state.note(ws, SLEEP, "x" * 5_000, "Ann"),
        lambda: ledger_state.note(ws, SLEEP, "x", " "),
    ):
        with pytest.raises(DecisionError):
            refused()


def test_a_press_on_an_old_page_overrules_nobody(ws: Workspace) -> None:
    ledger_state.prioritise(ws, SLEEP, "high", "Bo", shown="")
    with pytest.raises(OutdatedError, match="Bo"):
        ledger_state.prioritise(ws, SLEEP, "low", "Ann", shown="")
    assert row(ws).priority is Priority.HIGH


# ---- as file and text ------------------------------------------------------------------------


def test_page_command_and_export_write_the_same_ledger(ws: Workspace, tmp_path: Path) -> None:
    find(ws, "P000001", "cross_sectional_survey")
    ledger_state.prioritise(ws, SLEEP, "high", "Ann")
    ledger_state.note(ws, SLEEP, "=1+1", "Ann")
    reporting.export(ws, "gap-ledger", tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    found = ledger_state.ledger(ws)
    assert tuple(lines[0]) == COLUMNS
    assert [line["id"] for line in lines] == [r.id for r in found.rows]
    assert lines[0]["note"] == "'=1+1" and lines[0]["priority"] == "high"
    assert lines[0]["uncontrolled"] == "1" and lines[0]["only_low_risk_of_bias"] in ("", "none")
    document = to_json(found)
    assert [one["gap"] or "none" for one in document["gaps"]] == [x["gap"] for x in lines]
    json.dumps(document)


def test_the_implications_follow_from_the_ledger_and_nothing_else(ws: Workspace) -> None:
    find(ws, "P000001", "cross_sectional_survey")
    ledger_state.prioritise(ws, SLEEP, "high", "Ann")
    ledger_state.note(ws, SLEEP, "Ask *everybody*\n# Not a heading", "Bo")
    ledger_state.set_aside(ws, "outcome:death", "Not for this review.", "Ann")
    words = implications.text(ledger(ws), "T", "0 of 4 screened", date(2026, 11, 5), "v1")
    high = words.split("## High priority")[1].split("\n## ")[0]
    assert "**Sleep quality** (uncontrolled human only)" in high
    assert "Needed: a controlled study in people." in high
    assert r"Note (Bo): Ask \*everybody\* \# Not a heading" in high
    assert "5 November 2026" in words and "0 of 4 screened" in words
    aside = words.split("## Set aside")[1]
    assert "Death: Not for this review. (Ann)" in aside
    named = [one for one in ledger(ws).open if one.place.kind is not PlaceKind.CELL]
    assert len(re.findall(r"^- \*\*", words, re.M)) == len(named)
    assert gap_text.text(ws).startswith("# Implications for research")


def test_the_command_lists_says_and_takes_back(
    tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, _ = make_workspace(tmp_path, db_url, 2)
    ws.store.close()
    monkeypatch.setenv("REVIEW_DATA", str(tmp_path / "data"))

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["gap-ledger", "--db", db_url, *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    kept = run("--priority", SLEEP, "high", "--as", "Ann", "--json")
    (event,) = json.loads(kept)["events"]
    document = json.loads(run("--json"))
    assert document["gaps"][0]["id"] == SLEEP and document["gaps"][0]["priority"] == "high"
    assert all(
        one["kind"] == "claim" for one in json.loads(run("--json", "--kind", "claim"))["gaps"]
    )
    assert event in run("--show", SLEEP)
    run("--undo", event)
    assert json.loads(run("--json"))["gaps"][0]["priority"] is None
    assert "written" in run(
        "--implications", str(tmp_path / "i.md"), "--csv", str(tmp_path / "l.csv")
    )
    assert (tmp_path / "i.md").read_text(encoding="utf-8").startswith("# Implications")


def test_an_empty_claim_is_a_gap_and_one_at_its_highest_level_is_none(ws: Workspace) -> None:
    states = {state.claim.id: state for state in service.claims(ws)}
    looked = gap_rules.Looked(True)
    from review.gaps.ledger_views import claim_gap

    assert claim_gap(states["C01"], looked)[0] is Gap.SEARCHED_NONE
    assert {state.top for state in states.values()} >= {4}
    assert all(1 <= state.top <= 4 for state in states.values())
