"""Files and counts before everybody has voted: what others said is not in them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from review.config import ROOT, Config
from review.events import ExportTaken, NoteWritten
from review.model import Stage, VoteValue
from review.reporting import contributors, service
from review.reporting.exports import EXPORTS
from review.reporting.table_files import FORMATS
from review.reporting.table_list import TABLES
from review.reporting.texts.files import TEXTS
from review.screening import service as screening
from review.store import log
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
SECRET = "Zuleika"


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Two reports that two reviewers vote on at both stages; a colleague has voted on both."""
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (ROOT / "data" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("reviewers: 1", "reviewers: 2"), "utf-8")
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "keeper")
    add(ws, [paper(n) for n in (1, 2)])
    for report in ("P000001", "P000002"):
        screening.cast(
            ws, report, TA, SECRET, VoteValue.EXCLUDE, reason="policy_only", note="a secret doubt"
        )
    screening.cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE, note="my own words")
    yield ws
    ws.store.close()


def words_of(path: Path) -> str:
    """All text of a file, that inside a workbook too."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if not zipfile.is_zipfile(path):
        if path.suffix == ".png":
            return ""  # drawn from the picture of the same name as SVG, which is read
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as book:
        texts = [name for name in book.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(book.read(name).decode("utf-8") for name in texts)


@pytest.mark.parametrize("viewer", ["Ann", "", "Zul"])
def test_no_export_holds_what_another_said_of_a_report_still_voted_on_blind(
    ws: Workspace, tmp_path: Path, viewer: str
) -> None:
    """Texts are of the whole review, and name who has voted on the other report."""
    for export in EXPORTS.values():
        path = tmp_path / export.file
        service.export(ws, export.name, path, ["P000002"], viewer=viewer)
        text = words_of(path)
        named = [] if export.name in (*TEXTS, "docx") else [SECRET]
        secrets = ("secret doubt", "policy_only", *named)
        for hidden in secrets:
            assert hidden not in text, export.name


def test_no_table_holds_what_another_said_of_a_report_still_voted_on_blind(
    ws: Workspace, tmp_path: Path
) -> None:
    screening.cast(
        ws, "P000002", TA, SECRET, VoteValue.EXCLUDE, note="a hidden thought", replace=True
    )
    note = NoteWritten(record="R000002", text="a hidden thought", reviewer=SECRET)
    with ws.store.write() as conn:
        log.append(conn, SECRET, [note])
    for name in TABLES:
        # All formats are written from the same rows; what people say is looked for in each of two.
        for format in FORMATS if name in ("votes", "notes") else ("csv",):
            path = tmp_path / f"{name}.{format}"
            service.write_table(ws, name, path, viewer="Ann")
            assert "hidden thought" not in words_of(path), name


def test_no_export_shows_more_to_a_caller_that_names_nobody(ws: Workspace, tmp_path: Path) -> None:
    service.export(ws, "rayyan", tmp_path / "out.csv", ["P000002"])
    screening.export_votes(ws, tmp_path / "votes.csv")
    assert SECRET not in words_of(tmp_path / "out.csv")
    assert "P000002" not in words_of(tmp_path / "votes.csv")


def test_ones_own_votes_are_in_ones_files(ws: Workspace, tmp_path: Path) -> None:
    assert screening.export_votes(ws, tmp_path / "votes.csv", SECRET.upper()) == 3
    assert "P000002,title_abstract,Zuleika,exclude,policy_only,a secret doubt" in words_of(
        tmp_path / "votes.csv"
    )


def test_what_all_have_voted_on_is_in_the_files_of_each(ws: Workspace, tmp_path: Path) -> None:
    assert screening.export_votes(ws, tmp_path / "votes.csv", "Ann") == 2
    text = words_of(tmp_path / "votes.csv")
    assert "P000001,title_abstract,Zuleika" in text and "my own words" in text


def test_whoever_holds_the_database_gets_all(ws: Workspace, tmp_path: Path) -> None:
    assert screening.export_votes(ws, tmp_path / "votes.csv", None) == 3
    assert screening.votes_still_blind(ws) == 1


def test_that_somebody_took_all_of_it_along_is_in_the_log(ws: Workspace, tmp_path: Path) -> None:
    assert service.note_taken(ws, "Lea", "csv", tmp_path / "reports.csv") == 1
    with ws.store.read() as conn:
        taken = log.newest(conn, ExportTaken)
    assert taken is not None and (taken.actor, taken.data.blind) == ("Lea", 1)
    assert taken.data.file == "reports.csv"
    screening.cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    assert service.note_taken(ws, "Lea", "csv", tmp_path / "reports.csv") == 0


def test_two_who_doubt_a_full_text_have_both_voted(ws: Workspace, tmp_path: Path) -> None:
    for who in (SECRET, "Ann"):
        screening.cast(ws, "P000002", TA, who, VoteValue.INCLUDE, replace=True)
        screening.cast(ws, "P000002", FT, who, VoteValue.MAYBE)
        seen = screening.export_votes(ws, tmp_path / "votes.csv", "Ann")
        assert seen == {SECRET: 2, "Ann": 6}[who]


def test_how_far_another_is_stays_out_of_sight(ws: Workspace) -> None:
    def voted(viewer: str | None) -> dict[str, int]:
        return {w.reviewer: w.votes[TA] for w in contributors.contributions(ws, viewer)}

    assert voted("Ann") == {"Ann": 1, SECRET: 1}
    assert voted(SECRET) == {"Ann": 1, SECRET: 2}
    assert voted(None) == {"Ann": 1, SECRET: 2}


def test_who_has_only_voted_blind_is_not_named_at_all(ws: Workspace) -> None:
    screening.undo_last(ws, "Ann")
    assert contributors.contributions(ws, "Ann") == []
