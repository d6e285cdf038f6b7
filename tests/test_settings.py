"""The files that other programs read say what they are meant to say."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit import config

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def test_streamlit_knows_every_setting_and_takes_it() -> None:
    settings = dict(flat(read(".streamlit/config.toml")))
    assert {name: config.get_option(name) for name in settings} == settings


def test_a_page_does_not_wait_for_garbage_collection() -> None:
    assert config.get_option("runner.postScriptGC") is False


def test_the_command_line_is_where_the_metadata_says() -> None:
    module, function = read("pyproject.toml")["project"]["scripts"]["review"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_nothing_stands_in_the_way_of_requirements_on_community_cloud() -> None:
    # Its first match wins: uv.lock, Pipfile, environment.yml, requirements.txt, pyproject.toml.
    assert not [
        name for name in ("uv.lock", "Pipfile", "environment.yml") if (ROOT / name).exists()
    ]
    assert "dependencies" not in read("pyproject.toml")["project"], "a second list of packages"


def test_only_this_machine_is_served_unless_somebody_says_otherwise() -> None:
    server = read(".streamlit/config.toml")["server"]
    assert server["address"] == "localhost"
    assert "*" not in server["allowedHosts"]
