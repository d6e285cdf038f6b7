"""A list of authors that a source has cut: no export makes a person of the words that say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.model import Record
from review.reporting import service
from review.sources.file_reading import read_file
from review.sources.openalex.works import MORE_AUTHORS
from review.workspace import Workspace
from tests import reviews


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    names = ("Vicknasingam B", "Chai C", MORE_AUTHORS)
    reviews.add(ws, (Record("openalex", "W1", "Kratom", names, 2020),), "openalex")
    yield ws
    ws.store.close()


def exported(ws: Workspace, format: str, path: Path) -> str:
    service.export(ws, format, path / f"out.{format}")
    return (path / f"out.{format}").read_text("utf-8-sig")


def test_ris_and_csl_name_people_alone_and_a_note_says_that_there_are_more(
    ws: Workspace, tmp_path: Path
) -> None:
    ris = exported(ws, "ris", tmp_path)
    assert [line[6:] for line in ris.splitlines() if line.startswith("AU")] == [
        "Vicknasingam, B", "Chai, C",
    ]  # fmt: skip
    assert "The list of authors is cut" in ris
    (item,) = json.loads(exported(ws, "csl-json", tmp_path))
    assert [one["family"] for one in item["author"]] == ["Vicknasingam", "Chai"]
    assert "The list of authors is cut" in item["note"]


def test_bibtex_has_its_own_word_for_it(ws: Workspace, tmp_path: Path) -> None:
    text = exported(ws, "bibtex", tmp_path)
    assert "author = {Vicknasingam, B and Chai, C and others}" in text


def test_rayyan_gets_people_alone(ws: Workspace, tmp_path: Path) -> None:
    text = exported(ws, "rayyan", tmp_path)
    assert "Vicknasingam B and Chai C" in text and "et al" not in text


def test_read_in_again_it_is_nobody_either(ws: Workspace, tmp_path: Path) -> None:
    """By the names alone; in a file that holds the record whole it comes back as it was."""
    service.export(ws, "covidence", tmp_path / "out.ris")
    (again,) = (r for r in read_file(tmp_path / "out.ris", "ris").records)
    assert again.authors == ("Vicknasingam, B", "Chai, C")
