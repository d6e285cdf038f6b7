"""A replaced vote counts nowhere; the history of votes is another file, and says so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.events import RecordsMerged
from review.model import Place, Stage, VoteValue
from review.records import service as records
from review.reporting.contributors import contributions
from review.screening import service as screening
from review.screening.conflicts import conflicts, settle
from review.store import log
from review.workspace import Workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


def merge(ws: Workspace) -> str:
    with ws.store.write() as conn:
        log.append(conn, "Ann", [RecordsMerged(records=("R000001", "R000002"), why="same text")])
    return records.get(ws, "R000002").id


def counted(ws: Workspace, who: str = "Ann") -> int:
    return next(work.votes[TA] for work in contributions(ws) if work.reviewer == who)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_changed_vote_is_one_vote(ws: Workspace, tmp_path: Path) -> None:
    for report in ("P000001", "P000002", "P000003"):
        screening.cast(ws, report, TA, "Ann", IN)
    screening.cast(ws, "P000001", TA, "Ann", OUT, reason="language", replace=True)
    assert counted(ws) == 3
    file = tmp_path / "votes.csv"
    assert screening.export_votes(ws, file) == 3
    assert [r["vote"] for r in rows(file)] == ["include", "include", "exclude"]
    assert screening.export_votes_ever(ws, file) == 4
    assert [(r["vote"], r["counts"]) for r in rows(file)] == [
        ("include", "no"), ("include", "yes"), ("include", "yes"), ("exclude", "yes"),
    ]  # fmt: skip


def test_a_changed_vote_of_a_file_is_one_vote(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    for vote in ("include", "exclude"):
        file.write_text(f"report,stage,reviewer,vote\nP000001,title_abstract,Ann,{vote}\n", "utf-8")
        assert screening.import_votes(ws, file, "Bo").added == 1
    assert counted(ws) == 1
    assert screening.export_votes(ws, tmp_path / "out.csv") == 1
    assert records.get(ws, "P000001").excluded


def test_a_vote_taken_back_is_in_the_history_alone(ws: Workspace, tmp_path: Path) -> None:
    screening.cast(ws, "P000001", TA, "Ann", IN)
    screening.undo_last(ws, "Ann")
    assert contributions(ws) == []
    assert screening.export_votes(ws, tmp_path / "votes.csv") == 0
    assert screening.export_votes_ever(ws, tmp_path / "all.csv") == 1
    assert rows(tmp_path / "all.csv")[0]["counts"] == "no"


@pytest.mark.parametrize("on", ["R000001", "R000002"])
def test_a_vote_changed_on_a_merged_report_raises_no_conflict(ws: Workspace, on: str) -> None:
    screening.cast(ws, "P000001", TA, "Ann", OUT, reason="language")
    screening.cast(ws, "P000002", TA, "Bo", OUT, reason="not_kratom")
    merged = merge(ws)
    (before,) = conflicts(ws)
    assert [(v.reviewer, v.reason) for v in before.votes] == [
        ("Ann", "language"), ("Bo", "not_kratom"),
    ]  # fmt: skip
    screening.cast(ws, on, TA, "Ann", OUT, reason="not_kratom", replace=True)
    assert conflicts(ws) == []
    report = records.get(ws, merged)
    assert (report.place, report.reason) == (Place.EXCLUDED, "not_kratom")
    assert counted(ws) == counted(ws, "Bo") == 1


def test_votes_of_one_person_on_records_merged_since_are_on_one_report(ws: Workspace) -> None:
    for report in ("P000001", "P000002"):
        screening.cast(ws, report, TA, "Ann", IN)
    merge(ws)
    assert counted(ws) == 1


def test_settling_a_conflict_of_ones_own_makes_no_second_vote(
    ws: Workspace, tmp_path: Path
) -> None:
    screening.cast(ws, "P000001", TA, "Ann", OUT)
    screening.cast(ws, "P000001", TA, "Bo", IN)
    settle(ws, "P000001", TA, "Ann", OUT, "language")
    assert counted(ws) == 1
    screening.export_votes_ever(ws, tmp_path / "all.csv")
    assert [r["final"] for r in rows(tmp_path / "all.csv")] == ["no", "no", "yes"]
