"""The README names every page and every command there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from review.cli import app
from review.ui import navigation

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app)


@pytest.mark.parametrize("command", sorted(getattr(COMMANDS, "commands", {})))
def test_every_command_is_named(command: str) -> None:
    assert re.search(rf"`[^`]*\b{command}\b[^`]*`", README)


@pytest.mark.parametrize("title", [p.title for p in navigation.PAGES])
def test_every_page_is_named(title: str) -> None:
    assert f"**{title}**" in README


def test_pictures_are_there() -> None:
    root = Path(__file__).resolve().parents[1]
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (root / path).is_file()
