"""A retracted report says so in every export, at first sight, and when it is read in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from review import retraction
from review.coding import service as coding
from review.model import Record, Stage, VoteValue
from review.reporting import service
from review.reporting.exports import EXPORTS
from review.retraction import Retraction
from review.screening import service as screening
from review.search import service as searching
from review.sources.file_reading import read_file
from review.store import evidence
from review.workspace import Workspace
from tests import reviews

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
RECORDS = (
    Record("openalex", "W1", "Kratom and pain", ("Doe, Jane",), 2020, retracted=True),
    Record("openalex", "W2", "Kratom and sleep", ("Roe, Ann",), 2021, pmid="222"),
    Record("openalex", "W3", "Kratom and memory", ("Poe, Bo",), 2022),
)
PARTS = ("extraction", "nbib", "revman", "vancouver", "apa")
"""Values of fields; what PubMed has; included reports; lists to be read by people."""

FORMATS = [name for name, one in EXPORTS.items() if one.of_lists and name not in PARTS]
"""Those of all references."""

READ_AS = {"asreview": "csv", "rayyan": "csv", "json": "review-json"} | dict.fromkeys(
    ("asreview-ris", "covidence", "zotero"), "ris"
)
OWN = ("csv", "xlsx", "ris", "json")
"""Formats that hold a person's tag as such."""


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Three reports: a source says that one is retracted, a person's tag says it of another."""
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    reviews.add(ws, RECORDS, "openalex")
    for stage in Stage:
        screening.cast(ws, "P000001", stage, "Ann", VoteValue.INCLUDE, note="sound")
    coding.tag(ws, "P000002", "record_status", "retracted", "Bo (2nd)", quote="Retraction notice")
    yield ws
    ws.store.close()


def exported(ws: Workspace, format: str, tmp_path: Path) -> Path:
    path = tmp_path / f"out.{format}"
    service.export(ws, format, path)
    return path


def table(ws: Workspace, format: str, tmp_path: Path) -> pd.DataFrame:
    return pd.read_csv(exported(ws, format, tmp_path), dtype=str, keep_default_na=False)


BY_SOURCE = f"(openalex, noted {TODAY})"
BY_TAG = f"(Bo 2nd, noted {TODAY})"


def test_csv_says_it_in_words_beside_the_title(ws: Workspace, tmp_path: Path) -> None:
    found = table(ws, "csv", tmp_path)
    assert list(found.columns[:3]) == ["report", "title", "retracted"]
    assert list(found["retracted"]) == [
        f"retracted {BY_SOURCE}", f"retracted {BY_TAG}: Retraction notice", "",
    ]  # fmt: skip
    assert list(found["title"]) == [r.title for r in RECORDS]


def test_xlsx_marks_the_row_and_the_first_sheet_counts(ws: Workspace, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(exported(ws, "xlsx", tmp_path)).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    column = head.index("retracted")
    told = "2 reports of this table were retracted; 1 of them is included."
    assert [sheet[1][at].comment.text for at in (0, column)] == [told, told]
    assert sheet[2][column].value == f"retracted {BY_SOURCE}"
    assert [row[0].fill.fill_type for row in sheet.iter_rows(min_row=2)] == ["solid", "solid", None]


def test_ris_and_bibtex_say_it_first_in_their_notes(ws: Workspace, tmp_path: Path) -> None:
    entries = rispy.loads(exported(ws, "ris", tmp_path).read_text(encoding="utf-8"))
    assert [e["notes"][0] for e in entries] == [
        f"RETRACTED PUBLICATION {BY_SOURCE}", f"RETRACTED PUBLICATION {BY_TAG}",
        "Title and abstract: awaiting",
    ]  # fmt: skip
    assert [e["title"] for e in entries] == [r.title for r in RECORDS]
    text = exported(ws, "bibtex", tmp_path).read_text(encoding="utf-8")
    assert text.count("note = {RETRACTED PUBLICATION (") == 2


def test_csl_json_says_it_in_note_and_status(ws: Workspace, tmp_path: Path) -> None:
    items = json.loads(exported(ws, "csl-json", tmp_path).read_text(encoding="utf-8"))
    assert [item.get("status") for item in items] == ["retracted", "retracted", None]
    assert [item.get("note", "")[:21] for item in items] == ["RETRACTED PUBLICATION"] * 2 + [""]


def test_screening_tools_show_it_in_their_notes(ws: Workspace, tmp_path: Path) -> None:
    rayyan = table(ws, "rayyan", tmp_path)["notes"]
    assert (
        rayyan[0] == f'RETRACTED PUBLICATION {BY_SOURCE} | RAYYAN-INCLUSION: {{"Ann"=>"Included"}}'
    )
    assert rayyan[1].startswith(f"RETRACTED PUBLICATION {BY_TAG} | RAYYAN-LABELS: ")
    assert rayyan[2] == ""
    asreview = table(ws, "asreview", tmp_path)
    assert asreview["asreview_note"][0] == f"RETRACTED PUBLICATION {BY_SOURCE}; sound"
    assert asreview["retracted"][0] == f"retracted {BY_SOURCE}"
    assert (asreview["asreview_note"][2], asreview["retracted"][2]) == ("", "")


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_exported_is_read_in_with_the_flag_and_nothing_odd(
    ws: Workspace, tmp_path: Path, format: str
) -> None:
    content = read_file(exported(ws, format, tmp_path), READ_AS.get(format, format), "again")
    by_tag = [any(t.dimension and t.value for t in one.tags) for one in content.contents]
    assert by_tag == ([False, True, False] if format in OWN else [])
    assert [r.retracted for r in content.records] == [True, format not in OWN, False]
    assert [r.title for r in content.records] == [r.title for r in RECORDS]
    if format not in ("asreview", "eppi-json"):  # which have no column for it
        assert [r.pmid for r in content.records] == ["", "222", ""]
    assert content.mistakes == ()
    assert not any("RETRACTED" in vote.note for vote in content.votes)


@pytest.mark.parametrize(("format", "times"), [("nbib", 1), ("revman", 1), ("vancouver", 1)])
def test_files_of_some_reports_say_so_too(
    ws: Workspace, tmp_path: Path, format: str, times: int
) -> None:
    text = exported(ws, format, tmp_path).read_text(encoding="utf-8")
    assert text.casefold().count("retracted publication") == times


def test_the_flow_diagram_counts_as_before(ws: Workspace, tmp_path: Path) -> None:
    text = exported(ws, "prisma2020", tmp_path).read_text(encoding="utf-8")
    assert "retracted" not in text.lower()


def test_one_place_says_which_reports_are_retracted(ws: Workspace) -> None:
    with ws.store.read() as conn:
        saying_so = ws.protocol.codebook.retracting
        told = evidence.retractions(conn, saying_so)
        assert set(told) == evidence.retracted_reports(conn, saying_so) == {"P000001", "P000002"}
    assert [report.id for report in searching.retracted(ws)] == ["P000001"]  # the included one
    with service.export_data(ws) as found:
        assert set(found.retracted) == set(told)


@given(by=st.text(max_size=12), note=st.text(max_size=20))
def test_a_note_is_read_back_whoever_says_it(by: str, note: str) -> None:
    flag = Retraction(by, datetime(2026, 1, 31, tzinfo=UTC).date()).note
    assert retraction.in_notes([flag]) and retraction.in_notes([f"{flag}; {note}"])
    assert retraction.without(f"{flag}; kept").strip() == "kept"
    assert retraction.without("kept") == "kept"


@pytest.mark.parametrize("text", ["", "no", "0", "false", "not retracted"])
def test_a_cell_that_does_not_say_so_means_no(text: str) -> None:
    assert not retraction.in_cell(text) and not retraction.in_notes([text])
