"""The README names every page and every command there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from review.cli import app
from review.ui import navigation

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"(?s)```.*?```", "", README))
COMMANDS = typer.main.get_command(app)


def options(command: object) -> set[str]:
    """The options of a command and of all commands in it."""
    params = getattr(command, "params", ())
    own = {name for one in params for name in (*one.opts, *one.secondary_opts)}
    return own.union(*map(options, getattr(command, "commands", {}).values()))


@pytest.mark.parametrize("command", sorted(getattr(COMMANDS, "commands", {})))
def test_every_command_is_named(command: str) -> None:
    assert re.search(rf"`[^`]*\b{command}\b[^`]*`", README)


@pytest.mark.parametrize("title", [p.title for p in navigation.PAGES])
def test_every_page_is_named(title: str) -> None:
    assert f"**{title}**" in README


def test_pictures_are_there() -> None:
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_programs_that_are_named_are_there() -> None:
    programs = {q.split()[0] for q in QUOTED if re.match(r"\w+\.py\b", q)}
    assert len(programs) > 20
    assert [
        p for p in programs if not any((ROOT / d / p).is_file() for d in ("benchmarks", "."))
    ] == []


def test_options_that_are_named_are_there() -> None:
    sources = [ROOT / "review" / "start.py", *(ROOT / "benchmarks").glob("*.py")]
    elsewhere = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = {o for q in QUOTED for o in re.findall(r"(?<![\w-])--[a-z][a-z-]+", q)}
    unknown = named - options(COMMANDS) - {"--help"}
    assert len(named) > 50
    assert [o for o in sorted(unknown) if f'"{o}"' not in elsewhere] == []
