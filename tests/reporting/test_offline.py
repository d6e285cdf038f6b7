"""The offline map as a file; `tests.journeys.test_offline_map` opens it in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
import resvg_py
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from review.coding import service as coding
from review.errors import FileError
from review.gaps import ledger_state
from review.gaps import service as gaps
from review.reporting.offline import service as offline
from review.reporting.offline.page import WITHOUT_TEAM, in_script
from review.versions import service as versions
from review.workspace import Workspace
from tests.factories import make_workspace, paper
from tests.reviews import add

HOSTILE = "</script><!--<script> & ]]> {{rules}} \u2028 <b>"


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    db = f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    made, _ = make_workspace(tmp_path, db, 2)
    (record,) = add(made, [replace(paper(7), title=HOSTILE, authors=(HOSTILE,) * 5)])
    for report in ("P" + record[1:], "P000001"):
        coding.tag(made, report, "study_design", "cohort", "Ann")
        coding.tag(made, report, "outcome", "death", "Ann")
    versions.make(made, "Ann", HOSTILE)
    yield made
    made.store.close()


def test_the_picture_in_pixels_is_twice_as_large_and_has_words(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offline.write_png(ws, tmp_path / "map.png")
    root = ElementTree.fromstring(offline.svg(ws))
    with Image.open(tmp_path / "map.png") as image:
        assert image.size == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
        title = image.convert("L").crop((0, 0, image.width, 80))
        assert title.getextrema()[0] < 100  # dark letters on white
    without_fonts = partial(resvg_py.svg_to_bytes, skip_system_fonts=True)
    monkeypatch.setattr(resvg_py, "svg_to_bytes", without_fonts)
    with pytest.raises(FileError, match="Take the SVG instead"):
        offline.write_png(ws, tmp_path / "other.png")
    assert not (tmp_path / "other.png").exists()


@given(st.text() | st.lists(st.text()))
def test_what_stands_in_a_script_can_be_read_and_cannot_end_it(value: object) -> None:
    text = in_script(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_the_file_is_whole_dated_and_names_no_other_host(ws: Workspace, tmp_path: Path) -> None:
    assert offline.write_html(ws, tmp_path / "map.html") == 3
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 3 and HOSTILE not in text
    assert "Version 1 of " in text and ws.protocol.version in text
    (block,) = re.findall(r'id="data">(.*?)</script>', text, re.S)
    data = json.loads(block)
    titles = {row[data["fields"].index("title")] for row in data["reports"]}
    assert HOSTILE in titles
    assert [c["id"] for c in data["claims"]] == [c.id for c in ws.protocol.claims]
    assert re.findall(r"""(?:src|href)=["']""", text.replace(block, "")) == []


def test_a_file_names_coders_and_holds_notes_only_where_that_is_asked_for(
    ws: Workspace, tmp_path: Path
) -> None:
    coding.tag(ws, "P000002", "study_design", "cohort", "Zacharias")
    coding.tag(ws, "P000002", "outcome", "death", "Zacharias")
    gap, other = (row.id for row in ledger_state.ledger(ws).open[:2])
    ledger_state.note(ws, gap, "ask the sponsor", "Wilhelmina")
    ledger_state.set_aside(ws, other, "no money for it", "Wilhelmina")
    own = ("Zacharias", "Wilhelmina", "ask the sponsor", "no money for it")
    path = tmp_path / "map.html"
    offline.write_html(ws, path)
    public = path.read_text(encoding="utf-8")
    assert [word for word in own if word in public] == []
    assert WITHOUT_TEAM in public
    offline.write_html(ws, path, team=True)
    whole = path.read_text(encoding="utf-8")
    assert [word for word in own if word not in whole] == ["Wilhelmina"]
    assert WITHOUT_TEAM not in whole


def test_the_picture_is_an_svg_with_the_numbers_of_the_map(ws: Workspace, tmp_path: Path) -> None:
    offline.write_svg(ws, tmp_path / "map.svg")
    root = ElementTree.parse(tmp_path / "map.svg").getroot()
    said = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any(text.endswith("2 confirmed, 0 only suggested") for text in said)
    found = gaps.matrix(ws)
    assert f"{found.confirmed_total} studies confirmed" in (tmp_path / "map.svg").read_text("utf-8")
