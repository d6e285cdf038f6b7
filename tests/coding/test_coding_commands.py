"""Commands of the codebook, of recoding and of coding by two: what they say, and what they refuse.

One review of the second subject, coded by two, on SQLite; the services are tested beside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review.cli import app
from review.coding import forms, service
from review.config import ROOT, Config
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add

SECOND = ROOT / "tests" / "second_subject"
P1, P2, P3 = "P000001", "P000002", "P000003"
ALL = {"design": "cohort", "participants": "children", "greenness": "park"}

Command = Callable[..., str]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (SECOND / name).read_text("utf-8")
        if name == "protocol.yaml":
            text += "\ncoding: {reviewers_per_report: 2}\n"
        (tmp_path / name).write_text(text, "utf-8")
    made = open_workspace(
        Config(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}"), create=True
    )
    adopt_protocol(made, "keeper")
    add(made, [paper(n) for n in (1, 2, 3)])
    yield made
    made.store.close()


@pytest.fixture
def run(ws: Workspace) -> Command:
    """Run a command; what it printed, or what it said on stderr where it must fail."""
    where = {"REVIEW_DATA": str(ws.config.data), "REVIEW_DB": str(ws.store.url)}

    def call(*arguments: str, by: str = "", fails: bool = False) -> str:
        who = ["--as", by] if by else []
        result = CliRunner().invoke(app, [*arguments, *who], env=where)
        assert result.exit_code == int(fails), result.output
        assert not fails or (result.stderr.strip() and "Traceback" not in result.stderr)
        return result.stderr if fails else result.stdout

    return call


def code(ws: Workspace, report: str, who: str, *endpoints: str) -> None:
    for dimension, value in ALL.items():
        service.tag(ws, report, dimension, value, who)
    for value in endpoints:
        service.tag(ws, report, "endpoint", value, who)


def test_forms_are_finished_opened_compared_and_settled(ws: Workspace, run: Command) -> None:
    code(ws, P1, "Ann", "asthma", "wheeze")
    service.tag(ws, P2, "design", "trial", "Ann")
    assert "needs: " in run("coding", "finish", P2, by="Ann", fails=True)
    assert json.loads(run("coding", "finish", "--json", by="Ann")) == {
        "reviewer": "Ann", "finished": [P1]
    }  # fmt: skip
    assert "finished coding" in run("coding", "finish", P1, by="Ann", fails=True)
    assert "P000009" in run("coding", "finish", "P000009", by="Ann", fails=True)
    assert "open again" in run("coding", "reopen", P1, by="Ann")
    assert run("coding", "reopen", P1, by="Ann", fails=True)
    assert run("coding", "reopen", P1, by="Ben", fails=True)  # it is not his
    assert "1 form of Ann finished" in run("coding", "finish", P1, by="Ann")
    assert run("coding", "compare", P1, fails=True)  # Ben has not finished
    assert run("coding", "settle", P1, "endpoint", "asthma", "--why", "x", by="Ann", fails=True)
    code(ws, P1, "Ben", "asthma")
    run("coding", "finish", P1, by="Ben")
    assert run("coding", "reopen", P1, by="Ann", fails=True)  # the other has seen it
    assert json.loads(run("coding", "compare", "--json"))["to_compare"] == {P1: ["endpoint"]}
    assert f"{P1}  endpoint" in run("coding", "compare")
    rows = run("coding", "compare", P1)
    assert "endpoint  differ  Ann: asthma, wheeze; Ben: asthma" in rows
    assert "design  agree" in rows
    said = json.loads(run("coding", "compare", P1, "--json"))
    assert json.dumps(said).count("wheeze") >= 1
    settle = ("coding", "settle", P1, "endpoint")
    assert "reason" in run(*settle, "asthma", by="Cy", fails=True)
    assert "close: " in run(*settle, "asthmo", "--why", "read again", by="Cy", fails=True)
    assert "no dimension" in run(*settle[:3], "mood", "--why", "x", by="Cy", fails=True)
    assert "Settled" in run(*settle, "asthma", "--why", "read again", by="Cy")
    assert json.loads(run("coding", "compare", "--json"))["to_compare"] == {}
    assert forms.to_compare(ws) == []


def test_a_value_is_added_renamed_split_merged_retired_and_put_back(
    ws: Workspace, run: Command
) -> None:
    before = (ws.config.data / "codebook.yaml").read_text("utf-8")
    edit = ("codebook",)
    assert "endpoint: cough" in run(*edit, "add", "endpoint", "Cough", "--beside", "wheeze")
    assert "already" in run(*edit, "add", "endpoint", "Cough", fails=True)
    assert "no dimension" in run(*edit, "add", "mood", "Glad", fails=True)
    assert "is called Coughing" in run(*edit, "rename", "endpoint", "cough", "Coughing")
    assert "no value" in run(*edit, "rename", "endpoint", "sneeze", "Sneezing", fails=True)
    assert "two values" in run(*edit, "split", "endpoint", "cough", "Dry", fails=True)
    assert "into dry, wet" in run(*edit, "split", "endpoint", "cough", "Dry", "Wet")
    assert "into asthma" in run(*edit, "merge", "endpoint", "dry", "wet", "--into", "asthma")
    assert run(*edit, "merge", "endpoint", "dry", "--into", "sneeze", fails=True)
    assert "Retired" in run(*edit, "retire", "endpoint", "pollen")
    for _ in range(5):
        assert "before its newest edit" in run(*edit, "undo")
    assert "No edit" in run(*edit, "undo", fails=True)
    assert (ws.config.data / "codebook.yaml").read_text("utf-8") == before
    run(*edit, "retire", "endpoint", "pollen")
    path = ws.config.data / "codebook.yaml"
    path.write_text(path.read_text("utf-8") + "# by hand\n", "utf-8")
    run(*edit, "rename", "endpoint", "asthma", "Asthma")  # the file by hand is the one that counts
    path.write_text(path.read_text("utf-8") + "# and again\n", "utf-8")
    assert "changed since this edit" in run(*edit, "undo", fails=True)
    path.write_text(path.read_text("utf-8").replace("# and again\n", ""), "utf-8")
    run(*edit, "undo")  # what stood before the edit, the comment by hand too
    assert path.read_text("utf-8").endswith("# by hand\n")


def test_retired_values_are_listed_and_answered(ws: Workspace, run: Command) -> None:
    code(ws, P1, "Ann", "wheeze")
    assert run("recode", "list") == "0 values to recode.\n"
    left = run("codebook", "merge", "endpoint", "wheeze", "--into", "asthma", by="Ann")
    assert "1 value to recode" in left
    assert f"{P1}  endpoint: wheeze -> asthma" in run("recode", "list", by="Ann")
    assert run("recode", "list", by="Ben") == "0 values to recode.\n"  # it is Ann's turn
    (one,) = json.loads(run("recode", "list", "--json", by="Ann"))
    assert one == {
        "report": P1, "dimension": "endpoint", "value": "wheeze", "becomes": ["asthma"],
        "reviewers": ["Ann"], "findings": 0,
    }  # fmt: skip
    ask = ("recode", "answer", P1, "endpoint", "wheeze")
    assert "waits for no recoding" in run(*ask, "asthma", by="Ben", fails=True)
    assert "no value" in run(*ask, "sneeze", by="Ann", fails=True)
    assert "is retired itself" in run(*ask, "wheeze", by="Ann", fails=True)
    assert "P000009" in run("recode", "answer", "P000009", *ask[3:], "asthma", by="Ann", fails=True)
    assert "wheeze -> asthma" in run(*ask, "asthma", by="Ann")
    assert "may have been answered" in run(*ask, "keep", by="Ann", fails=True)
    assert run("recode", "list", by="Ann") == "0 values to recode.\n"
