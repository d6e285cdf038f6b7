"""The command line as a process: its streams, its help, what it loads, and a fault of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from review.config import ROOT
from review.spreadsheet import whole_file
from tests.test_cli import Command, begun, data, made, review, write

__all__ = ["begun", "data", "made", "review"]


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "review", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def test_json_is_alone_on_stdout_whatever_the_terminal(data: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    for arguments in (["init", "--json"], ["prisma", "--json"], ["claims", "--json"]):
        done = process(*arguments, **plain)
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


@pytest.mark.parametrize(
    "command",
    [
        [], ["init"], ["pull"], ["import"], ["dedupe"], ["merges"], ["links"], ["votes"],
        ["votes", "import"], ["votes", "export"], ["tags", "import"], ["findings", "export"],
        ["prisma"], ["gaps"], ["claims"], ["export"], ["check"], ["runs"], ["search-log"],
        ["dedupe-file"], ["suggest-file"], ["rank-file"],
    ],
)  # fmt: skip
def test_every_command_has_help(review: Command, command: list[str]) -> None:
    result = review(*command, "--help")
    assert result.code == 0 and "Usage:" in result.out and result.err == ""


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], {"pandas", "sqlalchemy", "streamlit", "pydantic", "rapidfuzz"}),
        (["dedupe-file", "in.csv", "out.csv"], {"sqlalchemy", "streamlit", "pyalex"}),
        (["suggest-file", "in.csv", "out.csv"], {"sqlalchemy", "streamlit", "pyalex"}),
        (["rank-file", "in.csv"], {"sqlalchemy", "streamlit", "pyalex"}),
    ],
)
def test_a_command_loads_only_what_it_needs(
    arguments: list[str], absent: set[str], tmp_path: Path
) -> None:
    write(tmp_path / "in.csv", "id,title,abstract,label\na,Kratom and pain,x,1\n")
    program = (
        "import sys\nfrom review.cli import main\n"
        f"sys.argv = ['review', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print('LOADED', sorted({absent!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert "LOADED []" in done.stdout, done.stdout + done.stderr


def test_what_writes_exports_waits_for_no_library_of_learning() -> None:
    program = (
        "import sys, review.reporting.service\n"
        "slow = {'sklearn', 'scipy', 'pandas', 'docx', 'pyarrow'}\n"
        "print('LOADED', sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert "LOADED []" in done.stdout, done.stdout + done.stderr


def test_a_command_that_is_ended_from_outside_clears_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from review import cli

    def ended(**_: object) -> None:
        with whole_file(tmp_path / "reports.csv"):
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(cli, "app", ended)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(KeyboardInterrupt):
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not [*tmp_path.iterdir()]


def test_a_fault_of_the_program_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], begun: Command
) -> None:
    from review import cli
    from review.reporting import flows

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(flows, "drawing", broken)
    monkeypatch.setattr(sys, "argv", ["review", "prisma"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and "Traceback" not in said
