"""The subject is data: every page, command and export runs on another question with other words.

The review under ``second_subject`` asks of green space and asthma. Its dimensions have other ids,
and several roles that the review that ships has are missing.
"""

from __future__ import annotations

import csv
import json
import logging
import shutil
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
from review.ui import navigation
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import at_page, words_on

SUBJECT = ROOT / "tests" / "second_subject"
FOREIGN = ("kratom", "mitragyn")

Command = Callable[..., str]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    shutil.copytree(SUBJECT, folder)
    monkeypatch.setenv("REVIEW_DATA", str(folder))
    monkeypatch.setenv("REVIEW_REVIEWER", "Ann")
    monkeypatch.setenv("OPENALEX_URL", "http://127.0.0.1:9")  # nothing listens there
    yield folder
    root = logging.getLogger("review")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()


@pytest.fixture
def command(data: Path) -> Command:
    """Run a command on a review that has votes, tags, findings, merges and an undo."""

    def run(*words: object) -> str:
        said = CliRunner().invoke(command_line, [str(w) for w in words])
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        assert said.exit_code == 0, said.output
        own_words(said.output)
        return said.stdout

    run("init")
    run("dedupe")
    run("votes", "import", table(data, "votes", [
        {"report": f"P{n:06}", "stage": stage, "reviewer": "Ann", "vote": "include"}
        for n in range(1, 9) for stage in ("title_abstract", "full_text")
    ] + [{"report": "P000009", "stage": "title_abstract", "reviewer": "Ann", "vote": "exclude",
          "reason": "Adults alone"}]))  # fmt: skip
    run("tags", "import", table(data, "tags", [
        {"report": "P000001", "dimension": dimension, "value": value, "reviewer": "Ann"}
        for dimension, value in (
            ("design", "cohort"), ("endpoint", "asthma"), ("greenness", "Parks"),
            ("population", "children"), ("season", "summer"),
        )
    ]))  # fmt: skip
    run("findings", "import", table(data, "findings", [{
        "report": "P000001", "exposure": "park", "population": "children", "outcome": "asthma",
        "study_design": "cohort", "comparator": "no park within a mile", "duration": "a year",
        "direction": "better", "reviewer": "Ann",
    }]))  # fmt: skip
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


@pytest.fixture
def ws(command: Command) -> Iterator[Workspace]:
    opened = open_workspace(from_environment())
    yield opened
    opened.store.close()


def test_every_page_is_drawn(command: Command) -> None:
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for spec in navigation.available():
        at_page(app, spec.folder)
        assert not app.exception, spec.slug
        own_words(words_on(app))
    for folder, params in (
        ("records", {"report": "P000001"}),
        ("coding", {"report": "P000001"}),
        ("gap_map", {"rows": "exposure", "columns": "outcome"}),
        ("gap_map", {"row": "asthma", "column": "class:observation"}),
        ("claims", {"claim": "A01"}),
        ("search", {"view": "log"}),
        ("search", {"view": "import"}),
    ):
        at_page(app, folder, **params)
        assert not app.exception, folder
        own_words(words_on(app))
    st.cache_resource.clear()


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
    if file.suffix != ".xlsx":
        own_words(file.read_text(encoding="utf-8"))


def test_the_map_by_roles_is_the_map_by_ids(command: Command) -> None:
    by_role = json.loads(command("gaps", "--rows", "outcome", "--columns", "exposure", "--json"))
    by_id = json.loads(command("gaps", "--rows", "endpoint", "--columns", "greenness", "--json"))
    assert by_role == by_id
    cell = next(c for c in by_role["cells"] if (c["row"], c["column"]) == ("asthma", "park"))
    assert cell["confirmed_reports"] == ["P000001"]


def test_a_dimension_without_a_role_can_be_an_axis(command: Command) -> None:
    found = json.loads(command("gaps", "--rows", "season", "--columns", "design", "--json"))
    assert found["rows"] == ["summer", "winter"]


def test_the_frame_of_this_question_leaves_out_roads(ws: Workspace) -> None:
    framed = gaps.matrix(ws)
    assert framed.outside and "road" not in ws.protocol.frame.exposure
    assert (
        framed.suggested_total
        < gaps.matrix(ws, filters=gaps.Filters(beyond_frame=True)).suggested_total
    )


def test_claims_are_judged_by_roles(ws: Workspace) -> None:
    parks, _ = gaps.claims(ws)
    assert parks.level == 2 and parks.reports == ("P000001",)


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
    for kind in ("votes", "tags", "findings"):
        command(kind, "export", data / f"{kind}-out.csv")
        assert "0 " in command(kind, "import", data / f"{kind}-out.csv")
