"""Exports: everything comes out, nothing can run, and each file opens where it is meant to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import rispy

from review.dedupe import manual_decisions
from review.errors import FileError
from review.events import FindingWritten, TagGiven
from review.model import Record, Stage, VoteValue
from review.reporting import service
from review.reporting.exports import EXPORTS
from review.reporting.texts.files import TEXTS
from review.screening import service as screening
from review.sources.file_reading import read_file
from review.spreadsheet import CELL_LIMIT, CUT_MARK, unescape
from review.store import log, report_pages, reports
from review.workspace import Workspace
from tests import reviews

FORMULA = '=HYPERLINK("http://evil.example","Kratom")'
SCRIPT = "<script>alert(1)</script> & pain"
BREAKOUT = "x\nER  - \nTY  - JOUR"
HOSTILE = (
    Record("made-up", "a", FORMULA, ("@SUM(A1)", "-Doe, J"), 2020, "+Journal", doi="10.1/a"),
    Record("made-up", "b", SCRIPT, ("O'Neil, P",), 2021, abstract="-2 mg"),
    Record("made-up", "c", "كراتوم والنوم", ("李, 明",), 2022, "#N/A", abstract="眠り" * 20_000),
    Record("made-up", "d", "Null\x0b and bell\x07 in it", ("Ann and Bo",), abstract=BREAKOUT),
    Record("made-up", "e", "", (), None),
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    reviews.add(ws, HOSTILE)
    for report, value, reason in (
        ("P000001", VoteValue.INCLUDE, ""),
        ("P000002", VoteValue.EXCLUDE, "not_kratom"),
    ):
        screening.cast(ws, report, Stage.TITLE_ABSTRACT, "=Ann", value, reason=reason)
    with ws.store.write() as conn:
        for value in ("cohort", "crossover_rct"):
            payload = {
                "record": "R000001", "report": "P000001", "dimension": "study_design",
                "value": value, "quote": "@quote", "reviewer": "Ann",
            }  # fmt: skip
            log.append(conn, "Ann", [TagGiven(**payload)])
        payload = {
            "record": "R000001", "report": "P000001", "exposure": "leaf", "population": "adults",
            "outcome": "pain", "study_design": "cohort", "direction": "better", "quote": "+1",
            "reviewer": "Ann",
        }  # fmt: skip
        log.append(conn, "Ann", [FindingWritten(**payload)])
    yield ws
    ws.store.close()


def exported(ws: Workspace, format: str, tmp_path: Path) -> Path:
    path = tmp_path / f"out.{format}"
    assert service.export(ws, format, path) == len(HOSTILE)
    return path


def test_csv_has_one_row_a_report_with_decisions_and_tags(ws: Workspace, tmp_path: Path) -> None:
    path = exported(ws, "csv", tmp_path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    required = (
        "report,title,authors,year,journal,doi,pmid,openalex_id,source,title_abstract,full_text,"
        "reason,study_design,outcome"
    )
    assert set(required.split(",")) <= set(table.columns)
    assert list(table["report"]) == [f"P{n:06d}" for n in range(1, 6)]
    first, second, third = (row for _, row in table.iloc[:3].iterrows())
    assert (first["title_abstract"], first["full_text"]) == ("include", "awaiting")
    assert first["study_design"] == "cohort;crossover_rct"
    assert (second["title_abstract"], second["full_text"]) == ("exclude", "")
    assert second["reason"] == "not_kratom"
    assert (third["title_abstract"], third["full_text"]) == ("awaiting", "")


def test_a_dimension_called_like_another_column_has_a_column_of_its_own(
    ws: Workspace, tmp_path: Path
) -> None:
    book = ws.protocol.codebook
    region = book.dimension("region")
    named = ("title", "Year", "coded_title", "study")
    new = [region.model_copy(update={"id": name, "aliases": ()}) for name in named]
    changed = book.model_copy(update={"dimensions": (*book.dimensions, *new)})
    ws = replace(ws, protocol=ws.protocol.model_copy(update={"codebook": changed}))
    with ws.store.write() as conn:
        for name in named:
            tag = TagGiven(record="R000001", report="P000001", dimension=name,
                           value=f"the {name}", reviewer="Ann")  # fmt: skip
            log.append(conn, "Ann", [tag])
    table = pd.read_csv(exported(ws, "csv", tmp_path), dtype=str, keep_default_na=False)
    first = table.iloc[0]
    assert unescape(first["title"]) == FORMULA and first["year"] == "2020"
    assert first["coded_coded_title"] == "the title" and first["coded_title"] == "the coded_title"
    assert first["coded_Year"] == "the Year" and first["coded_study"] == "the study"
    folded = [name.casefold() for name in table.columns]
    assert len(set(folded)) == len(folded)


def test_csv_runs_nothing_and_loses_nothing(ws: Workspace, tmp_path: Path) -> None:
    table = pd.read_csv(exported(ws, "csv", tmp_path), dtype=str, keep_default_na=False)
    for column in table.columns:
        for cell in table[column]:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    for record, (_, row) in zip(HOSTILE, table.iterrows(), strict=True):
        for field in ("title", "abstract", "journal"):
            assert unescape(row[field]) == getattr(record, field)
        assert unescape(row["authors"]) == "; ".join(record.authors)


def test_csv_can_be_imported_again(ws: Workspace, tmp_path: Path) -> None:
    content = read_file(exported(ws, "csv", tmp_path), "csv", "again")
    titles = [r.title for r in content.records]
    assert titles[1:3] == [r.title for r in HOSTILE[1:3]]
    assert [r.year for r in content.records[:3]] == [2020, 2021, 2022]


def test_xlsx_holds_every_table_and_no_formula(ws: Workspace, tmp_path: Path) -> None:
    path = exported(ws, "xlsx", tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "reports", "characteristics", "excluded_full_text", "votes", "tags", "findings", "notes",
        "risk_of_bias", "extraction", "agreement", "merges", "searches", "gap_map", "gap_ledger",
        "claims", "codebook", "about", "records", "long_texts", "columns",
    ]  # fmt: skip
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "snd"
                if str(cell.value or "").startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix  # text even after somebody has edited it
    sheets = pd.read_excel(path, sheet_name=None, keep_default_na=False)
    assert len(sheets["reports"]) == len(HOSTILE)
    assert list(sheets["votes"]["vote"]) == ["include", "exclude"]
    assert list(sheets["tags"]["value"]) == ["cohort", "crossover_rct"]
    assert len(set(sheets["tags"]["value_label"])) == 2
    with service.table(ws, "claims") as claims:
        assert list(sheets["claims"]["claim"]) == [row["claim"] for row in claims.rows]
    assert list(sheets["findings"]["direction"]) == ["better"]
    assert list(sheets["searches"]["outcome"]) == ["complete"]
    assert list(sheets["searches"]["cost_usd"]) == [""]  # a file was read, no source was asked
    assert sheets["reports"]["title"][0] == FORMULA
    assert sheets["reports"]["title"][1] == SCRIPT
    assert sheets["reports"]["title"][3] == "Null and bell in it"


def test_a_workbook_can_be_filtered_and_says_what_its_columns_mean(
    ws: Workspace, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(exported(ws, "xlsx", tmp_path))
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
    for sheet in book.worksheets[:-2]:
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref.startswith("A1:")
    (time,) = [
        cell
        for cell in book["searches"][2]
        if cell.column == heads["searches"].index("started") + 1
    ]
    assert time.is_date
    told = {
        (row[0], row[1]): row[2] for row in book["columns"].iter_rows(min_row=2, values_only=True)
    }
    wanted = {(name, head) for name, found in heads.items() if name != "columns" for head in found}
    assert set(told) == wanted and all(told.values())


def test_text_too_long_for_excel_is_cut_with_a_mark(ws: Workspace, tmp_path: Path) -> None:
    sheets = pd.read_excel(exported(ws, "xlsx", tmp_path), sheet_name=None, keep_default_na=False)
    cut = sheets["reports"]["abstract"][2]
    assert len(cut) == CELL_LIMIT and cut.endswith(CUT_MARK.format(number=1))
    assert "".join(sheets["long_texts"]["text"]) == HOSTILE[2].abstract


def test_ris_keeps_ids_and_decisions_and_no_text_starts_a_field(
    ws: Workspace, tmp_path: Path
) -> None:
    path = exported(ws, "ris", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("TY  - ")
    entries = rispy.loads(text)
    assert [e["accession_number"] for e in entries] == [f"P{n:06d}" for n in range(1, 6)]
    assert entries[0]["title"] == FORMULA
    assert entries[0]["authors"] == ["@SUM(A1)", "-Doe, J"]
    assert entries[0]["notes"] == [
        "Title and abstract: include; Full text: awaiting",
        "Tags: study_design=cohort,crossover_rct",
    ]
    assert entries[1]["notes"] == ["Title and abstract: exclude; Reason: not_kratom"]
    assert entries[3]["abstract"] == "x ER  -  TY  - JOUR"
    assert len(read_file(path, "ris", "again").records) >= len(HOSTILE) - 1


def test_csl_json_and_bibtex_hold_every_report(ws: Workspace, tmp_path: Path) -> None:
    items = json.loads(exported(ws, "csl-json", tmp_path).read_text(encoding="utf-8"))
    assert [item["id"] for item in items] == [f"P{n:06d}" for n in range(1, 6)]
    assert items[2]["author"] == [{"family": "李", "given": "明"}]
    assert items[0]["custom"]["title_abstract"] == "include"
    text = exported(ws, "bibtex", tmp_path).read_text(encoding="utf-8")
    assert text.count("@article{P0000") == len(HOSTILE)
    assert "author = {Ann {and} Bo}" in text
    assert text.count("{") == text.count("}")


def test_asreview_labels_follow_the_decisions(ws: Workspace, tmp_path: Path) -> None:
    table = pd.read_csv(exported(ws, "asreview", tmp_path), dtype=str, keep_default_na=False)
    assert list(table["asreview_label"]) == ["1", "0", "", "", ""]
    assert table["asreview_time"][0] and not table["asreview_time"][2]


def test_rayyan_notes_hold_votes_labels_and_reasons(ws: Workspace, tmp_path: Path) -> None:
    table = pd.read_csv(exported(ws, "rayyan", tmp_path), dtype=str, keep_default_na=False)
    assert table["key"][0] == "rayyan-1"
    assert table["notes"][0] == (
        'RAYYAN-INCLUSION: {"=Ann"=>"Included"} | RAYYAN-LABELS: cohort,crossover_rct'
    )
    assert table["notes"][1].endswith("RAYYAN-EXCLUSION-REASONS: not_kratom")


def test_a_merged_report_takes_what_its_lead_lacks_from_its_other_records(
    ws: Workspace, tmp_path: Path
) -> None:
    reviews.add(ws, [Record("pubmed", "f", "A", pmid="123", retracted=True)], "pubmed")
    manual_decisions.merge(ws, "R000001", "R000006", "Ann")
    path = tmp_path / "out.csv"
    service.export(ws, "csv", path)
    row = pd.read_csv(path, dtype=str, keep_default_na=False).iloc[0]
    assert (row["doi"], row["pmid"], row["source"]) == ("10.1/a", "123", "made-up;pubmed")
    assert row["records"] == "R000001;R000006"
    assert row["retracted"].startswith("retracted (pubmed, noted 20")


def test_an_unknown_format_names_those_there_are(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="csv, xlsx, ris"):
        service.export(ws, "word", tmp_path / "out.doc")
    assert not (tmp_path / "out.doc").exists()


def test_a_file_that_cannot_be_written_leaves_the_old_one(ws: Workspace, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    with pytest.raises(FileError, match="cannot be written"):
        service.export(ws, "csv", blocked / "out.csv")
    assert blocked.read_text() == "kept"


@pytest.mark.parametrize("format", [name for name, export in EXPORTS.items() if export.of_lists])
def test_a_part_of_the_review_is_exported_with_its_decisions_alone(
    ws: Workspace, tmp_path: Path, format: str
) -> None:
    out = tmp_path / "out"
    assert service.export(ws, format, out, ["P000002", "P999999"]) == 1
    with service.export_data(ws) as whole:
        found = whole.narrowed(["P000002"])
        assert [r.id for r in found.reports] == ["P000002"]
        assert {v.report for v in found.votes} == {"P000002"}
        assert not found.tags and not found.findings


@pytest.mark.parametrize("format", [name for name in EXPORTS if name not in TEXTS])
def test_an_export_is_the_same_however_few_reports_are_held_at_a_time(
    ws: Workspace, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.export(ws, format, tmp_path / "whole")
    monkeypatch.setattr(report_pages, "PAGE", 1)
    service.export(ws, format, tmp_path / "one")
    if format == "xlsx":
        whole, one = (
            pd.read_excel(tmp_path / name, sheet_name=None, engine="openpyxl", dtype=str)
            for name in ("whole", "one")
        )
        assert whole.keys() == one.keys()
        assert all(whole[name].equals(one[name]) for name in whole)
    else:
        assert (tmp_path / "whole").read_bytes() == (tmp_path / "one").read_bytes()


def test_the_records_of_a_report_that_is_not_there_are_not_made_up(ws: Workspace) -> None:
    with service.export_data(ws) as found:
        assert list(found.records) == [report.id for report in found.reports]
        assert len(found.records) == len(found.reports)
        assert "P999999" not in found.records


def test_the_names_that_scripts_rely_on_are_formats() -> None:
    relied_on = """csv xlsx ris bibtex csl-json docx asreview rayyan eppi-json prisma2020 robvis"""
    assert set(relied_on.split()) <= set(EXPORTS)


def test_an_empty_review_exports_in_every_format(tmp_path: Path) -> None:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'empty.db').as_posix()}")
    for format in EXPORTS:
        assert service.export(ws, format, tmp_path / "empty.out") == 0
    with ws.store.read() as conn:
        assert reports.listing(conn) == []
    ws.store.close()
