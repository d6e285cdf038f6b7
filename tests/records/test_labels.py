"""Labels that files came with: kept with the record, searched, filtered by, shown and exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.events import RecordsMerged
from review.model import Record
from review.records import service
from review.records.service import ReportFilter
from review.reporting import service as reporting
from review.store import log
from review.workspace import Workspace
from tests import reviews

PAIN = Record("zotero", "a", "Kratom and pain", labels=("Pain / Opioids", "To read"))
SLEEP = Record("zotero", "b", "Kratom and sleep", labels=("Painting", '100% "done"_'))
OTHER = Record("zotero", "c", "Kratom and tea")


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, db_url)
    reviews.add(ws, [PAIN, SLEEP, OTHER])
    yield ws
    ws.store.close()


def test_all_labels_are_offered_with_those_they_are_part_of(ws: Workspace) -> None:
    assert service.labels(ws) == [
        '100% "done"_', "Pain", "Pain / Opioids", "Painting", "To read"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Pain / Opioids", ["P000001"]),
        ("Pain", ["P000001"]),
        ("Painting", ["P000002"]),
        ('100% "done"_', ["P000002"]),
        ("100%", []),
        ("Opioids", []),
        ("", ["P000001", "P000002", "P000003"]),
    ],
)
def test_reports_are_filtered_by_a_label(ws: Workspace, label: str, found: list[str]) -> None:
    assert service.ids(ws, ReportFilter(label=label)) == found


def test_labels_are_among_the_words_that_are_searched(ws: Workspace) -> None:
    assert service.ids(ws, ReportFilter(text="opioids")) == ["P000001"]


def test_a_report_of_several_records_has_the_labels_of_all(ws: Workspace, tmp_path: Path) -> None:
    with ws.store.write() as conn:
        said = RecordsMerged(records=("R000001", "R000002"), why="same text")
        log.append(conn, "Ann", [said], protocol=ws.protocol.version)
    path = tmp_path / "reports.csv"
    reporting.export(ws, "csv", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row["labels"] for row in csv.DictReader(file)]
    assert cells == ['Pain / Opioids; To read; Painting; 100% "done"_', ""]
    assert service.ids(ws, ReportFilter(label="Painting")) == ["P000001"]
