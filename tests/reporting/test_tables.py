"""The tables of a review: each tells all it has, in words, and in every format the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.shared import Cm

from review.errors import DecisionError, FileError
from review.events import FindingWritten, TagGiven
from review.model import Record, Stage, VoteValue
from review.reporting import service, table_files, table_views
from review.reporting.column_meanings import ALL, CODED, meaning
from review.reporting.table_files import FORMATS
from review.reporting.table_list import TABLES
from review.screening import service as screening
from review.store import log
from review.workspace import Workspace
from tests import reviews

PAPERS = (
    Record("made-up", "a", "=Kratom | and *pain*", ("Vale, Finn",), 2020, "Tea", doi="10.1/a"),
    Record("made-up", "b", "Kratom <b>and</b> sleep", ("Moss, Ada",), 2021),
    Record("made-up", "c", "Not to be had\x0b", (), 2022),
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A report that is included and coded, one excluded on its full text, one not retrieved."""
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    reviews.add(ws, PAPERS)
    ends = ((VoteValue.INCLUDE, ""), (VoteValue.EXCLUDE, "not_kratom"),
            (VoteValue.EXCLUDE, "full_text_missing"))  # fmt: skip
    for n, (value, reason) in enumerate(ends, start=1):
        screening.cast(ws, f"P{n:06d}", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
        screening.cast(ws, f"P{n:06d}", Stage.FULL_TEXT, "Ann", value, reason=reason)
    coded = {"exposure": "fresh_leaf", "outcome": "pain_intensity", "study_design": "cohort"}
    with ws.store.write() as conn:
        for record in ("R000001", "R000002"):
            log.append(conn, "Ann", [
                TagGiven(record=record, dimension=name, value=value, reviewer="Ann")
                for name, value in coded.items()
            ])  # fmt: skip
        finding = FindingWritten(
            record="R000001", population="human_healthy", direction="better", reviewer="Ann", n=48,
            **coded,
        )  # fmt: skip
        log.append(conn, "Ann", [finding])
    yield ws
    ws.store.close()


def rows(ws: Workspace, name: str) -> list[dict[str, object]]:
    with service.table(ws, name, viewer=None) as found:
        return [dict(row) for row in found.rows]


def test_included_studies_are_told_in_words(ws: Workspace) -> None:
    (row,) = rows(ws, "characteristics")
    assert (row["report"], row["authors"], row["year"]) == ("P000001", "Vale, Finn", 2020)
    assert (row["exposure"], row["study_design"]) == ("Fresh leaf", "Cohort")


def test_what_was_excluded_at_full_text_is_cited_with_its_reason(ws: Workspace) -> None:
    near, missing = rows(ws, "excluded_full_text")
    assert (near["report"], near["reason"], near["near_miss"]) == ("P000002", "not_kratom", "yes")
    assert near["reason_label"] == service.reason_labels(ws)["not_kratom"]
    assert (missing["retrieved"], missing["near_miss"]) == ("no", "")


def test_ids_have_words_beside_them(ws: Workspace) -> None:
    (finding,) = rows(ws, "findings")
    assert (finding["outcome"], finding["n"]) == ("pain_intensity", 48)
    assert finding["outcome_label"] and finding["outcome_label"] != "pain_intensity"
    assert rows(ws, "tags")[0]["value_label"] == "Fresh leaf"


def test_the_map_has_every_cell_and_its_reports(ws: Workspace) -> None:
    cells = [row for row in rows(ws, "gap_map") if row["confirmed"]]
    assert [(c["row"], c["column"], c["reports"]) for c in cells] == [
        ("pain_intensity", "cohort", "P000001")
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_it_means(ws: Workspace, name: str) -> None:
    with service.table(ws, name, viewer=None) as found:
        assert len(set(found.columns)) == len(found.columns)
        dimensions = {d.id for d in ws.protocol.codebook.dimensions} | {"population", "exposure"}
        for column in found.columns:
            said = meaning(name, column)
            assert said and (said != CODED or column in dimensions or column in ALL), column


@pytest.mark.parametrize("name", TABLES)
def test_every_format_holds_the_same_rows_and_no_text_does_harm(
    ws: Workspace, tmp_path: Path, name: str
) -> None:
    wanted = len(rows(ws, name))
    for format in FORMATS:
        service.write_table(ws, name, tmp_path / f"t.{format}", viewer=None)
    assert len(pd.read_csv(tmp_path / "t.csv")) == wanted if wanted else True
    assert len(pd.read_excel(tmp_path / "t.xlsx")) == wanted
    assert len(pd.read_parquet(tmp_path / "t.parquet")) == wanted
    document = docx.Document(str(tmp_path / "t.docx"))
    assert len(document.tables) == bool(wanted)  # and a sentence where there is nothing
    for table in document.tables:
        assert len(table.rows) == wanted + 1
        section = document.sections[0]
        room = section.page_width - section.left_margin - section.right_margin
        widths = [column.width for column in table.columns]
        assert min(widths) > Cm(0.8) and sum(widths) <= room < Cm(40)
    text = (tmp_path / "t.md").read_text("utf-8")
    assert text.count("\n|") == wanted + 2
    assert "<b>" not in text and "| and" not in text.replace("\\| and", "")


def test_a_document_has_room_for_words_and_says_what_it_leaves_out(
    ws: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "t.docx"
    service.write_table(ws, "findings", path, viewer=None)
    document = docx.Document(str(path))
    (table,) = document.tables
    heads = [cell.text for cell in table.rows[0].cells]
    assert heads.count("outcome") == 1 and "instrument" not in heads
    assert table.rows[1].cells[heads.index("outcome")].text == "Pain intensity"
    said = document.paragraphs[1].text
    assert "Without a value in any row: " in said and "instrument" in said
    assert "Words stand for ids" in said


def test_columns_are_chosen_in_their_order(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    service.write_table(ws, "characteristics", path, viewer=None, columns=("year", "report"))
    assert list(pd.read_csv(path).columns) == ["year", "report"]


def test_a_document_nobody_could_work_with_is_refused(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "WORD_ROWS", 2)
    with pytest.raises(FileError, match="as CSV or XLSX"):
        service.write_table(ws, "reports", tmp_path / "t.docx")
    assert not (tmp_path / "t.docx").exists()
    with pytest.raises(FileError, match="csv, xlsx, docx, md, parquet"):
        service.write_table(ws, "reports", tmp_path / "t.pdf")


def test_a_view_is_kept_for_one_person_and_can_be_removed(ws: Workspace) -> None:
    table_views.save(ws, "Ann", " Table  1 ", "votes", ("report", "vote"))
    table_views.save(ws, "Ann", "Table 1", "votes", ("vote",))
    assert table_views.saved(ws, "ANN") == {
        "Table 1": table_views.View("Table 1", "votes", ("vote",))
    }
    assert table_views.saved(ws, "Bo") == {}
    with pytest.raises(DecisionError, match="at least one column"):
        table_views.save(ws, "Ann", "x", "votes", ())
    table_views.forget(ws, "Ann", "Table 1")
    assert table_views.saved(ws, "Ann") == {}
