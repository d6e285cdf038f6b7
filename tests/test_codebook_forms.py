"""Finer values, what is required, what is asked only sometimes, and what is retired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import protocol as protocols
from review.coding import forms
from review.coding import service as coding
from review.config import ROOT, Config
from review.errors import ProtocolError
from review.gaps import service as gaps
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.spreadsheet import read_csv
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add

SECOND = ROOT / "tests" / "second_subject"
P1, P2, P3 = "P000001", "P000002", "P000003"

WHEEZE = "{id: wheeze, label: Wheeze, key: w,"
SEASON = "  - id: season\n"


def write(folder: Path, *changes: tuple[str, str]) -> None:
    """The second subject's data folder with a few changes of its codebook."""
    (folder / "protocol.yaml").write_text((SECOND / "protocol.yaml").read_text("utf-8"), "utf-8")
    text = (SECOND / "codebook.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "codebook.yaml").write_text(text, "utf-8")


NESTED = (
    (WHEEZE, "{id: wheeze, parent: asthma, label: Wheeze, key: w,"),
    (SEASON, f"{SEASON}    required: true\n    shown_if: {{endpoint: [asthma]}}\n"),
)


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    write(tmp_path, *NESTED)
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "keeper")
    add(ws, [paper(n) for n in (1, 2, 3)])
    yield ws
    ws.store.close()


def test_a_finer_value_counts_for_the_broader_one_and_once_for_a_study(ws: Workspace) -> None:
    coding.tag(ws, P1, "design", "cohort", "Ann")
    coding.tag(ws, P1, "endpoint", "wheeze", "Ann")
    coding.tag(ws, P2, "design", "cohort", "Ann")
    coding.tag(ws, P2, "endpoint", "asthma", "Ann")
    found = gaps.matrix(ws)
    assert found.cell("wheeze", "cohort").confirmed == 1
    assert found.cell("asthma", "cohort").confirmed_reports == (P1, P2)
    assert found.confirmed_total == 2 and found.row_totals["asthma"].confirmed == 2


def test_a_value_and_its_broader_one_are_no_choice_between_two(ws: Workspace) -> None:
    for value in ("asthma", "wheeze"):
        coding.tag(ws, P1, "endpoint", value, "Ann")
    coding.tag(ws, P1, "design", "cohort", "Ann")
    coding.tag(ws, P1, "design", "cohort", "Ben")
    found = gaps.matrix(ws)
    assert found.needs_pairing == ()
    assert found.cell("asthma", "cohort").confirmed == 1


def test_what_is_asked_only_sometimes_is_required_only_then(ws: Workspace) -> None:
    for report, endpoint in ((P1, "wheeze"), (P2, "pollen")):
        coding.tag(ws, report, "design", "cohort", "Ann")
        coding.tag(ws, report, "endpoint", endpoint, "Ann")
    assert coverage(ws).coded == 1  # the one that is not asked for the season
    assert coding.next_to_code(ws, "Ann") == P1
    coding.tag(ws, P1, "season", "summer", "Ann")
    assert coverage(ws).coded == 2 and coding.next_to_code(ws, "Ann") == P3


def test_not_coded_and_does_not_apply_differ_on_map_and_in_files(
    ws: Workspace, tmp_path: Path
) -> None:
    coding.tag(ws, P1, "endpoint", "wheeze", "Ann")
    coding.tag(ws, P2, "endpoint", "pollen", "Ann")
    found = gaps.matrix(ws, "season", "endpoint")
    assert (found.uncoded, found.not_asked) == ((P1, P3), (P2,))
    reporting.export(ws, "csv", tmp_path / "out.csv")
    rows = {row["report"]: row["season"] for _, row in read_csv(tmp_path / "out.csv", ("report",))}
    assert rows == {P1: "", P2: "does not apply", P3: ""}
    reporting.export(ws, "ris", tmp_path / "out.ris")
    entries = (tmp_path / "out.ris").read_text("utf-8").split("ER  -")[:3]
    assert ["Does not apply: season" in one for one in entries] == [False, True, False]
    reporting.export(ws, "csl-json", tmp_path / "out.json")
    items = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [one["custom"]["does_not_apply"] for one in items] == [[], ["season"], []]


def test_coders_of_whom_one_could_not_be_asked_are_told_from_one_who_gave_nothing(
    tmp_path: Path, db_url: str
) -> None:
    write(tmp_path, *NESTED[:1], (SEASON, f"{SEASON}    shown_if: {{endpoint: [asthma]}}\n"))
    rule = "\ncoding: {reviewers_per_report: 2}\n"
    (tmp_path / "protocol.yaml").write_text(
        (SECOND / "protocol.yaml").read_text("utf-8") + rule, "utf-8"
    )
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "keeper")
    add(ws, [paper(n) for n in (1, 2)])
    for report, other in ((P1, "pollen"), (P2, "wheeze")):
        for who, endpoint, season in (("Ann", "wheeze", "summer"), ("Ben", other, "")):
            coding.tag(ws, report, "design", "cohort", who)
            coding.tag(ws, report, "endpoint", endpoint, who)
            if season:
                coding.tag(ws, report, "season", season, who)
            forms.finish(ws, report, who)
    found = {r: forms.comparison(ws, r).dimensions[-1] for r in (P1, P2)}
    assert {r: (one.dimension.id, one.disputed) for r, one in found.items()} == {
        P1: ("season", True), P2: ("season", True)
    }  # fmt: skip
    assert (found[P1].not_asked, found[P2].not_asked) == ({"Ben"}, frozenset())
    ws.store.close()


def test_that_a_report_does_not_say_is_no_gap(tmp_path: Path, db_url: str) -> None:
    unsaid = "{id: unsaid, label: Not reported, definition: Not told., means: not_reported}"
    summer = "      - {id: summer,"
    write(tmp_path, (summer, f"      - {unsaid}\n{summer}"))
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "keeper")
    add(ws, [paper(1), paper(2)])
    coding.tag(ws, P1, "design", "cohort", "Ann")
    coding.tag(ws, P1, "season", "unsaid", "Ann")
    found = gaps.matrix(ws, "season", "design")
    assert found.cell("unsaid", "cohort").confirmed_reports == (P1,), "it is a value, not a blank"
    assert found.uncoded == (P2,)
    assert {c.gap for c in found.cells if c.row == "unsaid"} == {None}
    assert "unsaid" not in found.row_gaps and "summer" in found.row_gaps
    ws.store.close()


def test_a_retired_value_keeps_its_reports_and_is_offered_no_more(
    ws: Workspace, tmp_path: Path
) -> None:
    coding.tag(ws, P1, "design", "cohort", "Ann")
    coding.tag(ws, P1, "endpoint", "lung_function", "Ann")
    write(tmp_path, *NESTED, ("{id: lung_function,", "{id: lung_function, retired: true,"),
          ("{id: pollen,", "{id: pollen, retired: true,"))  # fmt: skip
    again = open_workspace(ws.config)
    found = gaps.matrix(again)
    assert "lung_function" in found.rows and "pollen" not in found.rows
    assert [v.id for v in again.protocol.codebook.dimension("endpoint").offered] == [
        "asthma", "wheeze"
    ]  # fmt: skip
    again.store.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((WHEEZE, "{id: wheeze, parent: rain, label: Wheeze, key: w,"), "'rain' is no other value"),
        ((WHEEZE, "{id: wheeze, parent: wheeze, label: Wheeze, key: w,"), "no other value"),
        ((SEASON, f"{SEASON}    shown_if: {{colour: [red]}}\n"), "no dimension 'colour'"),
        ((SEASON, f"{SEASON}    shown_if: {{endpoint: [rain]}}\n"), "no value 'rain'"),
        ((SEASON, f"{SEASON}    shown_if: {{season: [summer]}}\n"), "only where it has a value"),
    ],
)
def test_mistakes_of_these_are_told_with_their_place(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    write(tmp_path, change)
    with pytest.raises(ProtocolError) as caught:
        protocols.load(tmp_path)
    assert said in str(caught.value)


def test_two_values_are_not_each_a_finer_one_of_the_other(tmp_path: Path) -> None:
    write(tmp_path, NESTED[0], ("{id: asthma,", "{id: asthma, parent: wheeze,"))
    with pytest.raises(ProtocolError, match="finer one of itself"):
        protocols.load(tmp_path)
