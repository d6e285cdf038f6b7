"""The subject is data: every page, command and export runs on another question with other words.

The review under ``second_subject`` asks of green space and asthma. Its dimensions have other ids,
and several roles that the review that ships has are missing.
"""

from __future__ import annotations

import csv
import json
import logging
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from review.cli import app as command_line
from review.coding import service as coding
from review.config import ROOT, from_environment
from review.gaps import service as gaps
from review.reporting.exports import EXPORTS
from review.screening import service as screening
from review.ui import navigation
from review.workspace import Workspace, open_workspace
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import make_works
from tests.ui.conftest import at_page

SUBJECT = ROOT / "tests" / "second_subject"
FOREIGN = ("kratom", "mitragyn")

Command = Callable[..., str]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a review that has votes, tags, findings and a merge; only copied from."""
    folder = tmp_path_factory.mktemp("second_subject") / "data"
    shutil.copytree(SUBJECT, folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("REVIEW_DATA", str(folder))
        environment.setenv("REVIEW_REVIEWER", "Ann")
        _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    run("init")
    run("dedupe")
    run("votes", "import", table(folder, "votes", [
        {"report": f"P{n:06}", "stage": stage, "reviewer": "Ann", "vote": "include"}
        for n in range(1, 9) for stage in ("title_abstract", "full_text")
    ] + [{"report": "P000009", "stage": "title_abstract", "reviewer": "Ann", "vote": "exclude",
          "reason": "Adults alone"}]))  # fmt: skip
    run("tags", "import", table(folder, "tags", [
        {"report": "P000001", "dimension": dimension, "value": value, "reviewer": "Ann"}
        for dimension, value in (
            ("design", "cohort"), ("endpoint", "asthma"), ("greenness", "Parks"),
            ("population", "children"), ("season", "summer"),
        )
    ]))  # fmt: skip
    run("findings", "import", table(folder, "findings", [{
        "report": "P000001", "exposure": "park", "population": "children", "outcome": "asthma",
        "study_design": "cohort", "comparator": "no park within a mile", "duration": "a year",
        "direction": "better", "reviewer": "Ann",
    }]))  # fmt: skip


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    shutil.copytree(made, folder)
    monkeypatch.setenv("REVIEW_DATA", str(folder))
    monkeypatch.setenv("REVIEW_REVIEWER", "Ann")
    monkeypatch.setenv("OPENALEX_URL", "http://127.0.0.1:9")  # nothing listens there
    yield folder
    root = logging.getLogger("review")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()


def run(*words: object) -> str:
    """Run a command; returns what it printed."""
    said = CliRunner().invoke(command_line, [str(w) for w in words])
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    assert said.exit_code == 0, said.output
    own_words(said.output)
    return said.stdout


@pytest.fixture
def command(data: Path) -> Command:
    """Run a command on the review."""
    return run


def table(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    path = folder / f"{name}.csv"
    names = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def own_words(text: str) -> str:
    assert not [word for word in FOREIGN if word in text.lower()]
    return text


def all_of(file: Path) -> str:
    """The text of a file; of a workbook or a document, that of all its parts but pictures."""
    if file.suffix not in (".xlsx", ".docx"):
        return file.read_text(encoding="utf-8")
    with zipfile.ZipFile(file) as parts:
        names = [name for name in parts.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(parts.read(name).decode("utf-8") for name in names)


def everything_on(app: AppTest) -> str:
    """All that a page sends to the browser: words, labels, options, tables and charts."""
    return "\n".join(str(element.proto) for part in (app.main, app.sidebar) for element in part)


@pytest.fixture
def ws(command: Command) -> Iterator[Workspace]:
    opened = open_workspace(from_environment())
    yield opened
    opened.store.close()


@pytest.fixture
def page(command: Command) -> Iterator[AppTest]:
    """The app on this review, not run yet."""
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    st.cache_resource.clear()


def test_every_page_is_drawn(page: AppTest) -> None:
    for spec in navigation.available():
        at_page(page, spec.folder)
        assert not page.exception, spec.slug
        own_words(everything_on(page))
    for folder, params in (
        ("records", {"report": "P000001"}),
        ("coding", {"report": "P000001"}),
        ("gap_map", {"rows": "exposure", "columns": "outcome"}),
        ("gap_map", {"row": "asthma", "column": "class:observation"}),
        ("claims", {"claim": "A01"}),
        ("search", {"view": "log"}),
        ("search", {"view": "import"}),
    ):
        at_page(page, folder, **params)
        assert not page.exception, folder
        own_words(everything_on(page))


def test_every_dimension_and_what_is_folded_away_is_drawn(page: AppTest, ws: Workspace) -> None:
    at_page(page, "coding", report="P000001")
    page.session_state["code-more"] = True
    page.session_state["finding-P000001"] = True
    for dimension in ws.protocol.codebook.dimensions:
        page.session_state["code-dimension"] = dimension.id
        page.run()
        assert not page.exception, dimension.id
        shown = own_words(everything_on(page))
        assert all(value.label in shown for value in dimension.values), dimension.id
    assert page.selectbox(key="finding-comparator-P000001").options == []
    at_page(page, "gap_map")
    page.session_state["map-table"] = True
    page.run()
    assert not page.exception and page.dataframe
    own_words(everything_on(page))


@pytest.mark.parametrize(
    "words",
    ["prisma", "gaps", "gaps --forms --beyond-frame", "claims", "recall", "runs", "merges", "links",
     "search-log", "check"],
)  # fmt: skip
def test_every_command_answers(command: Command, words: str) -> None:
    command(*words.split())
    json.loads(command(*words.split(), "--json"))


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_is_written(command: Command, data: Path, name: str) -> None:
    file = data / EXPORTS[name].file
    command("export", name, file)
    if file.suffix == ".png":
        assert file.read_bytes().startswith(b"\x89PNG")
    else:
        assert own_words(all_of(file))


def test_the_flow_diagram_is_written(command: Command, data: Path) -> None:
    csv_file, svg_file = data / "flow.csv", data / "flow.svg"
    command("prisma", "--csv", csv_file, "--svg", svg_file)
    assert own_words(all_of(csv_file)) and own_words(all_of(svg_file))


def test_the_map_by_roles_is_the_map_by_ids(command: Command) -> None:
    by_role = json.loads(command("gaps", "--rows", "outcome", "--columns", "exposure", "--json"))
    by_id = json.loads(command("gaps", "--rows", "endpoint", "--columns", "greenness", "--json"))
    assert by_role == by_id
    cell = next(c for c in by_role["cells"] if (c["row"], c["column"]) == ("asthma", "park"))
    assert cell["confirmed_reports"] == ["P000001"]


def test_a_dimension_without_a_role_can_be_an_axis(command: Command) -> None:
    found = json.loads(command("gaps", "--rows", "season", "--columns", "design", "--json"))
    assert found["rows"] == ["summer", "winter"]


def test_what_there_cannot_be_is_not_applicable_here_too(command: Command, page: AppTest) -> None:
    found = json.loads(command("gaps", "--json"))
    cells = {(c["row"], c["column"]): c for c in found["cells"]}
    assert not cells["pollen", "trial"]["applicable"] and cells["pollen", "trial"]["gap"] is None
    assert cells["pollen", "monitoring"]["gap"] and cells["wheeze", "trial"]["applicable"]
    assert found["not_applicable"] == 3  # no trial, cohort or survey counts pollen
    assert "3 cells not applicable" in command("gaps")
    at_page(page, "gap_map", row="pollen", column="class:experiment")
    assert not page.exception
    assert any("Pollen in the air × Experiment" in m.value and "not applicable" in m.value
               for m in page.markdown)  # fmt: skip


def test_the_frame_of_this_question_leaves_out_roads(ws: Workspace) -> None:
    framed = gaps.matrix(ws)
    assert framed.outside and "road" not in ws.protocol.frame.exposure
    assert (
        framed.suggested_total
        < gaps.matrix(ws, filters=gaps.Filters(beyond_frame=True)).suggested_total
    )


def test_claims_say_how_much_lies_outside_the_frame_as_the_map_does(
    command: Command, ws: Workspace
) -> None:
    outside = gaps.matrix(ws).outside
    assert gaps.outside_frame(ws) == outside
    sentence = f"{len(outside)} more reports without the exposure of the question."
    assert sentence in command("claims") and sentence in command("gaps")
    told = {c["id"]: c["outside_reports"] for c in json.loads(command("claims", "--json"))}
    row = [c for c in gaps.matrix(ws).cells if c.row == "wheeze"]
    assert set(told["A02"]) == {id_ for cell in row for id_ in cell.outside_reports} != set()


def test_claims_are_judged_by_roles(ws: Workspace) -> None:
    parks, _ = gaps.claims(ws)
    assert parks.level == 2 and parks.reports == ("P000001",)


def test_claims_stand_in_the_groups_of_this_protocol(page: AppTest) -> None:
    at_page(page, "claims")
    (pills,) = (one for one in page.button_group if one.key == "claims-group")
    assert [option.content for option in pills.proto.options] == ["Benefit to breathing 2"]
    assert "### Benefit to breathing" in [m.value for m in page.markdown]


def test_claims_without_groups_are_listed(data: Path, page: AppTest) -> None:
    file = data / "protocol.yaml"
    text = file.read_text(encoding="utf-8")
    head, _, tail = text.partition("claim_groups:")
    tail = tail.partition("claims:")[2].replace("    group: benefit\n", "")
    file.write_text(f"{head}claims:{tail}", encoding="utf-8")
    at_page(page, "claims", claim="A01")
    assert not page.exception
    assert page.button(key="claim-A01") and page.button(key="claim-A02")
    assert not [one for one in page.button_group if one.key == "claims-group"]


def test_the_table_of_reports_keeps_its_columns(command: Command, data: Path) -> None:
    file = data / "reports.csv"
    command("export", "csv", file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = {row["report"]: row for row in csv.DictReader(lines)}
    assert rows["P000001"]["study_design"] == "cohort" and rows["P000001"]["outcome"] == "asthma"
    assert rows["P000001"]["season"] == "summer"


def test_a_finding_keeps_free_words_where_the_codebook_has_no_such_dimension(
    ws: Workspace,
) -> None:
    (finding,) = coding.sheet(ws, "P000001").findings
    assert (finding.comparator, finding.duration) == ("no park within a mile", "a year")


def test_decisions_go_out_and_come_in_again(command: Command, data: Path) -> None:
    for kind, rows in (("votes", 17), ("tags", 5), ("findings", 1)):
        file = data / f"{kind}-out.csv"
        assert json.loads(command(kind, "export", file, "--json"))["rows"] == rows
        own_words(all_of(file))
        again = json.loads(command(kind, "import", file, "--json"))
        assert again == {"added": 0, "unchanged": rows, "mistakes": []}


def test_a_merge_is_taken_back(command: Command) -> None:
    (merge,) = json.loads(command("merges", "--json"))
    assert merge["active"] and set(merge["records"]) == {"R000029", "R000030"}
    (undone,) = json.loads(command("merges", "--undo", merge["id"], "--json"))
    assert not undone["active"]
    json.loads(command("check", "--json"))


def test_a_vote_and_steps_of_coding_are_taken_back(command: Command, ws: Workspace) -> None:
    assert screening.undo_last(ws, "Ann") is not None
    for _ in range(6):  # the finding, then the five tags
        assert coding.undo_last(ws, "Ann") is not None
    assert coding.undo_last(ws, "Ann") is None
    assert not coding.sheet(ws, "P000001").tags and not coding.sheet(ws, "P000001").findings
    assert json.loads(command("gaps", "--json"))["confirmed_total"] == 0


def test_the_map_opens_by_the_ids_of_this_codebook(page: AppTest) -> None:
    at_page(page, "gap_map", rows="greenness", columns="endpoint")
    assert page.selectbox(key="map-rows").value == "exposure"
    assert page.selectbox(key="map-columns").value == "outcome"


def test_any_dimension_can_be_an_axis_of_the_map(page: AppTest, ws: Workspace) -> None:
    labels = sorted(d.label for d in ws.protocol.codebook.dimensions)
    for dimension in ws.protocol.codebook.dimensions:
        at_page(page, "gap_map", rows=dimension.id)
        assert not page.exception, dimension.id
        assert page.selectbox(key="map-rows").value == dimension.name
    at_page(page, "gap_map", rows="endpoint", columns="season", row="asthma", column="summer")
    assert not page.exception
    chosen = page.selectbox(key="map-columns")
    assert chosen.value == "season"
    assert sorted([*chosen.options, "Endpoint"]) == labels
    assert any("Asthma diagnosed × Summer" in m.value and "1 confirmed" in m.value
               for m in page.markdown)  # fmt: skip


def test_the_map_says_what_no_controlled_study_looked_at(page: AppTest) -> None:
    at_page(page, "gap_map")
    assert "no controlled study of anything" in page.header[0].value


def test_coding_asks_for_what_findings_need_and_for_the_rest_on_demand(page: AppTest) -> None:
    at_page(page, "coding", report="P000001")
    asked = next(one for one in page.button_group if one.key == "code-dimension")
    named = ("Design", "Endpoint", "Greenness", "Participants")
    offered = [option.content for option in asked.proto.options]
    assert len(offered) == 4 and all(map(str.startswith, offered, named))
    assert page.button(key="code-more-dimensions").label == "1 more"


def test_its_searches_are_pulled_and_its_files_deduplicated_and_suggested(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [
        {**work, "title": f"Green space and asthma, cohort {n}", "abstract_inverted_index": None}
        for n, work in enumerate(make_works(12))
    ]
    with OpenAlexServer(works=works) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        monkeypatch.setenv("OPENALEX_API_KEY", "any")
        (run,) = json.loads(command("pull", "--yes", "--json"))
        assert (run["search"], run["outcome"], run["added"]) == ("green_core", "complete", 12)
        assert json.loads(command("recall", "--offline", "--json"))
        completed = json.loads(command("fetch", "--json"))
        assert set(completed) == {"run", "completed", "unknown", "differing"}
    command("votes", "history", data / "history.csv")
    assert len(all_of(data / "history.csv").splitlines()) == 1 + 17
    command("backup", data / "copies")
    assert list((data / "copies").iterdir())
    assert json.loads(command("dedupe", "--json"))["compared"] == 12

    rows = [
        {"id": n, "title": "Parks and asthma in schoolchildren: a cohort study", "year": 2020}
        for n in ("a", "b")
    ]
    given = table(data, "plain", rows)
    command("dedupe-file", given, data / "clusters.csv")
    command("suggest-file", given, data / "suggested.csv")
    with (data / "suggested.csv").open(encoding="utf-8", newline="") as file:
        suggested = {(row["dimension"], row["value"]) for row in csv.DictReader(file)}
    assert ("endpoint", "asthma") in suggested and ("design", "cohort") in suggested
    assert {dimension for dimension, _value in suggested} <= {
        "design", "endpoint", "greenness", "participants", "season",
    }  # fmt: skip
    own_words(all_of(data / "clusters.csv") + all_of(data / "suggested.csv"))
