"""A search is added to the protocol in one press: file and log, and nothing else of it changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import protocol as protocols
from review.errors import DecisionError, ProtocolError
from review.events import ProtocolAdopted
from review.protocol.adding_searches import with_search
from review.protocol.loading import PROTOCOL_FILE
from review.search.adding_searches import add_search
from review.sources import registry
from review.store import log
from review.workspace import Workspace
from tests.reviews import shipped_protocol, workspace

QUERY = '((kratom OR ketum) AND ("sleep quality" OR insomnia))'
COVERS = {"outcome": ["sleep_quality"], "study_design": ["rct_parallel"]}


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    made = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    yield made
    made.store.close()


def test_file_and_log_get_the_search_and_every_other_line_stays(ws: Workspace) -> None:
    file = ws.config.data / PROTOCOL_FILE
    before = file.read_text(encoding="utf-8").splitlines()
    added = add_search(ws, "Sleep quality, again: trials", QUERY, COVERS, "Ann")
    now = protocols.load(ws.config.data, registry.all_sources())
    assert now.searches == (*ws.protocol.searches, added)
    assert (added.query, added.covers) == (QUERY, {n: tuple(v) for n, v in COVERS.items()})
    lines = iter(file.read_text(encoding="utf-8").splitlines())
    assert all(line in lines for line in before)  # in order, comments among them
    with ws.store.read() as conn:
        last = log.newest(conn, ProtocolAdopted)
    assert last is not None and (last.actor, last.data.version) == ("Ann", now.version)
    assert last.data.text == now.files


def test_what_cannot_be_is_refused_and_nothing_is_written(ws: Workspace) -> None:
    file = ws.config.data / PROTOCOL_FILE
    before = file.read_bytes()
    with pytest.raises(ProtocolError):
        add_search(ws, "Broken", '(kratom AND "sleep', COVERS, "Ann")
    for label, query, who in (("", QUERY, "Ann"), ("x", " ", "Ann"), ("x", QUERY, "")):
        with pytest.raises(DecisionError):
            add_search(ws, label, query, COVERS, who)
    with pytest.raises(DecisionError, match="already: kratom_core"):
        add_search(ws, "Twice", ws.protocol.search("kratom_core").query, {}, "Ann")
    assert file.read_bytes() == before
    file.write_bytes(before + b"# a line of somebody else\n")
    with pytest.raises(DecisionError, match="changed meanwhile"):
        add_search(ws, "Late", QUERY, COVERS, "Ann")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_whatever_a_search_is_called_it_is_read_back_as_it_was(label: str) -> None:
    import yaml

    text = shipped_protocol().files[PROTOCOL_FILE]
    entry = {"name": "x", "label": label, "query": f"(a) {label}", "covers": COVERS}
    found = yaml.safe_load(with_search(text, entry))
    assert found["searches"][-1] == entry
    assert {**found, "searches": found["searches"][:-1]} == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["searches: []\n", "title: x\n", "searches: {a: 1}\n"])
def test_a_list_in_another_style_is_left_to_a_person(text: str) -> None:
    with pytest.raises(DecisionError, match="by hand"):
        with_search(text, {"name": "x"})


def test_a_list_at_the_end_of_a_file_without_an_indent_grows_as_well() -> None:
    text = "title: x\nsearches:\n- name: a\n  label: b"
    assert with_search(text, {"name": "c", "label": "d"}) == (
        "title: x\nsearches:\n- name: a\n  label: b\n- name: c\n  label: d\n"
    )
