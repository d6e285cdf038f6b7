"""`version`, `versions`, `diff` and ``--at`` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from review.cli import app
from review.coding import service as coding
from review.workspace import Workspace
from tests.factories import make_workspace

Command = Callable[..., Result]


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    db = f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    made, _ = make_workspace(tmp_path, db, 2)
    monkeypatch.setenv("REVIEW_DATA", str(made.config.data))
    monkeypatch.setenv("REVIEW_DB", db)
    return made


def run(*words: str, code: int = 0) -> Any:
    found = CliRunner().invoke(app, list(words))
    assert found.exit_code == code, found.output
    return json.loads(found.stdout) if "--json" in words else found.output


def test_from_a_version_to_what_changed_since(ws: Workspace, tmp_path: Path) -> None:
    assert run("versions", "--json") == []
    made = run("version", "--trigger", "First map", "--as", "Ann", "--json")
    assert (made["number"], made["trigger"], made["by"]) == (1, "First map", "Ann")
    before = run("gaps", "--json")
    coding.tag(ws, "P000001", "study_design", "cohort", "Ann")
    coding.tag(ws, "P000001", "outcome", "death", "Ann")
    found = run("diff", "1", "now", "--json")
    (closed,) = found["cells"]["closed"]
    assert (closed["row"], closed["column"], closed["reports_added"]) == (
        "death", "cohort", ["P000001"],
    )  # fmt: skip
    assert "1 gap of the map closed" in run("diff", "1")
    assert run("gaps", "--json", "--at", "1") == before != run("gaps", "--json")
    for command in ("prisma", "claims"):
        assert run(command, "--json", "--at", "version 1") is not None
    run("export", "csv", str(tmp_path / "then.csv"), "--at", "1")
    assert (tmp_path / "then.csv").exists()
    run("diff", "1", "now", "--csv", str(tmp_path / "diff.csv"))
    assert "death x cohort" in (tmp_path / "diff.csv").read_text(encoding="utf-8-sig")
    assert "First map" in run("versions")


def test_mistakes_are_told_in_a_sentence(ws: Workspace) -> None:
    assert "no version 4" in run("diff", "4", code=1)
    assert "names no time" in run("gaps", "--at", "yesterday", code=1)
    assert "Say what triggered" in run("version", "--trigger", " ", code=1)
    run("version", code=2)
