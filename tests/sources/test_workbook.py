"""Excel workbooks as tables of references, whole, broken and hostile."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import FileError, ReviewError, UnknownColumns
from review.sources.file_reading import FileContent, read_bytes

HEAD = ["Title", "Authors", "Publication Year", "Source title", "DOI", "PubMed ID", "Abstract"]
ROW = ["Kratom and sleep", "Borg, A.; Chai, B.", 2021, "Sleep Letters", "10.5555/a.1", 77.0, "Text"]


def book(*sheets: Sequence[Sequence[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "export.xlsx") -> FileContent:
    return read_bytes(data, name)


def test_a_sheet_of_references() -> None:
    content = read(book([HEAD, ROW, [], [None, "Nobody", 2020], ["Two", None, "2019"]]))
    assert (content.format, content.source) == ("xlsx", "export")
    record, second = content.records
    assert (record.title, record.year, record.pmid) == ("Kratom and sleep", 2021, "77")
    assert (record.authors, record.journal) == (("Borg, A.", "Chai, B."), "Sleep Letters")
    assert (record.doi, record.key) == ("10.5555/a.1", "doi:10.5555/a.1")
    assert record.raw["Publication Year"] == "2021"
    assert (second.title, second.year) == ("Two", 2019)
    assert [(m.file, m.line, m.key) for m in content.mistakes] == [("export.xlsx", 4, "title")]


def test_rows_above_the_head_and_sheets_without_one_are_passed_over() -> None:
    content = read(book([["Notes"], ["About"]], [["Exported today"], [], HEAD, ROW]))
    assert [record.title for record in content.records] == ["Kratom and sleep"]


def test_a_workbook_is_known_by_its_content_whatever_its_ending() -> None:
    assert read(book([HEAD, ROW]), "export.csv").format == "xlsx"


def test_dates_numbers_and_truth_as_text() -> None:
    cells = ["T", datetime.datetime(2020, 5, 1), 3, 1.5, True]
    (record,) = read(book([["title", "date", "volume", "pages", "x"], cells])).records
    assert (record.year, record.volume, record.pages) == (2020, "3", "1.5")
    assert record.raw == {
        "title": "T", "date": "2020-05-01", "volume": "3", "pages": "1.5", "x": "True"
    }  # fmt: skip


def test_unknown_heads_can_be_named() -> None:
    data = book([["Titel", "Autoren"], ["Kratom und Schlaf", "Borg, A."]])
    with pytest.raises(UnknownColumns, match="no column named 'title'") as error:
        read(data)
    assert error.value.columns == ("Titel", "Autoren")
    content = read_bytes(data, "a.xlsx", columns={"Titel": "title", "Autoren": "authors"})
    assert content.records[0].authors == ("Borg, A.",)


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (book([HEAD, ROW])[:-300], "a.xlsx", "cannot be opened"),
        (zipped(a="x"), "a.xlsx", "not an Excel workbook"),
        (zipped(a="x"), "a.zip", "zip file"),
        (zipped(xl__workbook="x"), "a.xlsx", "cannot be opened"),
        (book([[]]), "a.xlsx", "no column named"),
        (b"title\nT\n", "a.xlsx", ""),
    ],
)
def test_what_is_no_workbook_says_what_to_do(data: bytes, name: str, words: str) -> None:
    if not words:
        assert read(data, name).format == "csv"
        return
    with pytest.raises(FileError, match=words) as error:
        read(data, name)
    assert name in str(error.value)


def test_asking_for_a_workbook_where_there_is_none() -> None:
    with pytest.raises(FileError, match="no Excel workbook"):
        read_bytes(b"title\nT\n", "a.csv", "xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_MAX_UNPACKED_MB", "0")
    with pytest.raises(FileError, match="unpacks to"):
        read(book([HEAD, ROW]))


def test_entities_in_a_workbook_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([HEAD, ROW]))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            hostile = name.endswith(("sheet1.xml", "sharedStrings.xml"))
            new.writestr(name, bomb.encode() + text if hostile else text)
    with pytest.raises(FileError, match="cannot be opened"):
        read(out.getvalue())


WHOLE = book([HEAD, ROW])
"""Made once: the time of making is written into a workbook."""


@settings(max_examples=60)
@given(st.data())
def test_no_damage_at_all_breaks_the_reader(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except ReviewError:
        pass
