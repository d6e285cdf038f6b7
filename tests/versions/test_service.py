"""Versions of a review, the review as it was, and what changed between two times."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review.coding import service as coding
from review.dedupe import manual_decisions
from review.errors import Cancelled, DecisionError, NotFoundError
from review.gaps import service as gaps
from review.model import Place
from review.progress import Watch
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.store import log, records
from review.versions import differences, service
from review.versions.differences import CellMove
from review.workspace import Workspace, adopt_protocol
from tests.factories import exclude, include, make_workspace, paper, suggest
from tests.reviews import add


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, db_url, 3)
    yield made
    made.store.close()


def code(ws: Workspace, report: str, design: str, outcome: str) -> None:
    coding.tag(ws, report, "study_design", design, "Ann")
    coding.tag(ws, report, "outcome", outcome, "Ann")


def seen(ws: Workspace) -> object:
    """All that the review says of itself."""
    return (
        reporting.flow(ws).to_json(),
        gaps.to_json(gaps.matrix(ws)),
        gaps.claims_json(gaps.claims(ws)),
        coverage(ws),
    )


def exported(ws: Workspace, folder: Path) -> bytes:
    reporting.export(ws, "csv", folder / "reports.csv", viewer=None)
    return (folder / "reports.csv").read_bytes()


def test_a_version_is_numbered_dated_and_says_what_triggered_it(ws: Workspace) -> None:
    first = service.make(ws, "Ann", " Yearly update ")
    second = service.make(ws, "Bo", "A new trial")
    assert [(v.number, v.by, v.trigger) for v in service.versions(ws)] == [
        (1, "Ann", "Yearly update"),
        (2, "Bo", "A new trial"),
    ]
    assert first.at <= second.at and first.protocol == ws.protocol.version
    assert service.versions_json(service.versions(ws))[1]["number"] == 2
    for nothing in ("", "  ", "x" * (service.TRIGGER + 1)):
        with pytest.raises(DecisionError):
            service.make(ws, "Ann", nothing)


def test_the_number_of_a_version_taken_back_is_not_given_again(ws: Workspace) -> None:
    service.make(ws, "Ann", "one")
    service.make(ws, "Ann", "by mistake")
    service.take_back(ws, "Ann", 2)
    assert service.make(ws, "Ann", "three").number == 3
    assert [v.number for v in service.versions(ws)] == [1, 3]
    with pytest.raises(NotFoundError, match=r"no version 2 .* 1, 3"):
        service.moment(ws, "2")


def test_a_version_is_looked_at_and_exported_as_it_was(ws: Workspace, tmp_path: Path) -> None:
    code(ws, "P000001", "cohort", "death")
    include(ws, "P000001")
    service.make(ws, "Ann", "before the update")
    before, file = seen(ws), exported(ws, tmp_path)
    (later,) = add(ws, [paper(8)])
    exclude(ws, "P000001")
    code(ws, "P" + later[1:], "nonrandomized_trial", "pain_intensity")
    manual_decisions.merge(ws, "R000002", "R000003", "Ann")
    assert seen(ws) != before
    when = service.moment(ws, "1")
    assert not service.is_ready(ws, when)
    with service.as_it_was(ws, when) as then:
        assert seen(then) == before
        assert exported(then, tmp_path) == file
        with pytest.raises(DecisionError, match="earlier time"):
            coding.tag(then, "P000002", "outcome", "death", "Ann")
    assert service.is_ready(ws, when)
    with service.as_it_was(ws, when) as again:
        assert seen(again) == before


def test_the_protocol_is_that_of_then(ws: Workspace) -> None:
    service.make(ws, "Ann", "first")
    files = dict(ws.protocol.files)
    changed = files["protocol.yaml"].replace("title: ", "title: Another ", 1)
    changed_files = {**files, "protocol.yaml": changed}
    now = replace(
        ws,
        protocol=ws.protocol.model_copy(
            update={"version": "f" * 12, "title": "Another", "files": changed_files}
        ),
    )
    adopt_protocol(now, "Ann")
    with service.as_it_was(now, service.moment(now, "1")) as then:
        assert (then.protocol.version, then.protocol.title) == (
            ws.protocol.version, ws.protocol.title,
        )  # fmt: skip
    found = service.difference(now, service.moment(now, "1"), service.moment(now, "now"))
    assert found.protocols == (ws.protocol.version, "f" * 12) and not found.empty


def test_times_are_named_by_version_date_run_or_now(ws: Workspace) -> None:
    service.make(ws, "Ann", "first")
    with ws.store.read() as conn:
        (run,) = [run.id for run in records.runs(conn)]
        last = max(ev.seq for ev in log.events(conn))
    today = datetime.now(UTC).date().isoformat()
    for name in ("1", "v1", "version 1", "now", today, f"{today}T23:59:59+00:00"):
        assert service.moment(ws, name, UTC).place.seq == last, name
    assert service.moment(ws, f"run:{run}").place.seq == last - 1
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for name, why in (
        (yesterday, "not begun"), ("run:S999", "S999"), ("7", "no version 7"),
        ("last week", "names no time"), ("2026-13-40", "names no time"), ("", "names no time"),
    ):  # fmt: skip
        with pytest.raises((DecisionError, NotFoundError), match=why):
            service.moment(ws, name, UTC)


def test_a_difference_names_cells_claims_reports_and_decisions(
    ws: Workspace, tmp_path: Path
) -> None:
    code(ws, "P000001", "cohort", "death")
    code(ws, "P000002", "cohort", "seizure")
    service.make(ws, "Ann", "first")
    (later,) = add(ws, [paper(8)])
    code(ws, "P" + later[1:], "cohort", "death")
    code(ws, "P000003", "animal_in_vivo", "pain_intensity")
    exclude(ws, "P000002")
    found = service.difference(ws, service.moment(ws, "now"), service.moment(ws, "1"))
    assert (found.old, found.new) == ("version 1", "now")  # the earlier one goes first
    moves = {(c.row, c.column): (c.move, c.added, c.removed) for c in found.cells}
    new = "P" + later[1:]
    assert moves == {
        ("death", "cohort"): (CellMove.CHANGED, (new,), ()),
        ("seizure", "cohort"): (CellMove.OPENED, (), ("P000002",)),
        ("pain_intensity", "animal_in_vivo"): (CellMove.CLOSED, ("P000003",), ()),
    }
    assert found.records_added == (later,) and found.reports_added == (new,)
    assert [(d.report, d.before) for d in found.decisions] == [
        ("P000002", str(Place.TITLE_ABSTRACT))
    ]
    said = " ".join(differences.sentences(found))
    assert "1 record came in" in said and "1 gap of the map closed" in said
    levels = {s.claim.id: s.level for s in gaps.claims(ws)}
    with service.as_it_was(ws, service.moment(ws, "1")) as then:
        before = {s.claim.id: s.level for s in gaps.claims(then)}
    raised = {id_ for id_ in levels if levels[id_] != before[id_]}
    assert raised <= {c.id for c in found.claims}
    with service.as_it_was(ws, service.moment(ws, "1")) as then:
        both = [gaps.to_json(gaps.matrix(one))["cells"] for one in (then, ws)]
    counted = [
        {(c["row"], c["column"]): c["confirmed"] + c["suggested"] for c in of} for of in both
    ]
    emptied = {cell for cell, n in counted[0].items() if n and not counted[1][cell]}
    filled = {cell for cell, n in counted[1].items() if n and not counted[0][cell]}
    assert emptied == {(c.row, c.column) for c in found.moved(CellMove.OPENED)}
    assert filled == {(c.row, c.column) for c in found.moved(CellMove.CLOSED)}
    rows = service.write_difference(found, tmp_path / "diff.csv")
    with (tmp_path / "diff.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == rows and {row["what"] for row in read} >= {"cell", "decision", "report"}
    again = differences.to_json(found)
    assert again["cells"]["closed"][0]["after"] == {"confirmed": 1, "suggested": 0, "gap": None}


def test_a_report_that_was_only_suggested_and_is_confirmed_now_is_named(ws: Workspace) -> None:
    for dimension, value in (("study_design", "cohort"), ("outcome", "death")):
        suggest(ws, "P000001", dimension, value)
    service.make(ws, "Ann", "only suggested")
    code(ws, "P000001", "cohort", "death")
    found = service.difference(ws, service.moment(ws, "1"), service.moment(ws, "now"))
    (cell,) = found.cells
    assert (cell.before, cell.after) == ((0, 1), (1, 0)) and not (cell.added or cell.removed)
    assert (cell.confirmed, cell.unconfirmed) == (("P000001",), ()) and cell.reports == ("P000001",)
    (row,) = [row for row in differences.table(found) if row["what"] == "cell"]
    assert row["reports"] == "confirmed:P000001"
    assert differences.to_json(found)["cells"]["changed"][0]["reports_confirmed"] == ["P000001"]


def test_merged_and_split_reports_are_neither_new_nor_gone(ws: Workspace) -> None:
    service.make(ws, "Ann", "apart")
    manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    service.make(ws, "Ann", "joined")
    one = service.difference(ws, service.moment(ws, "1"), service.moment(ws, "2"))
    assert dict(one.reports_merged) == {"P000002": "P000001"}
    assert not one.reports_removed and not one.reports_added
    with ws.store.write() as conn:
        (last,) = [e for e in log.events(conn) if e.kind == "merge"]
        log.undo(conn, "Ann", last.id)
    two = service.difference(ws, service.moment(ws, "2"), service.moment(ws, "now"))
    assert dict(two.reports_split) == {"P000002": "P000001"}
    assert service.difference(ws, service.moment(ws, "1"), service.moment(ws, "1")).empty


def test_nothing_changed_is_said(ws: Workspace) -> None:
    service.make(ws, "Ann", "first")
    found = service.difference(ws, service.moment(ws, "1"), service.moment(ws, "now"))
    assert found.empty and differences.sentences(found) == [
        "From version 1 to now: nothing has changed."
    ]


def test_long_work_stops_on_request_and_few_states_are_kept(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.make(ws, "Ann", "first")
    exclude(ws, "P000001")
    service.make(ws, "Ann", "second")
    exclude(ws, "P000002")
    first, second = service.moment(ws, "1"), service.moment(ws, "2")
    with pytest.raises(Cancelled):
        service.prepare(ws, first, Watch(cancelled=lambda: True))
    assert not service.is_ready(ws, first)
    monkeypatch.setattr(service, "KEPT", 1)
    told: list[str] = []
    service.prepare(ws, first, Watch(lambda now: told.append(now.step)))
    assert "events replayed" in told
    folder = ws.config.local / "earlier"
    os.utime(next(folder.glob("*.db")), (1, 1))
    service.prepare(ws, second)
    assert service.is_ready(ws, second) and not service.is_ready(ws, first)
