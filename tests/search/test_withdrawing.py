"""Taking a whole run back, and having it again: what leaves, what stays, what waits in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import DecisionError, NotFoundError
from review.gaps import service as gaps
from review.model import Stage, VoteValue
from review.reporting import service as reporting
from review.screening import service as screening
from review.search import service
from review.store import active_decisions, records
from review.workspace import Workspace
from tests.search.common import Open, count, pull, sound
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import make_works

RIS = "TY  - JOUR\nTI  - Kratom and sleep\nER  -\n\nTY  - JOUR\nTI  - Kratom and pain\nER  -\n"


def imported(ws: Workspace, tmp_path: Path) -> str:
    file = tmp_path / "wrong.ris"
    file.write_text(RIS, encoding="utf-8")
    return service.import_file(ws, file, source="embase", actor="Ann").run.id


def test_a_withdrawn_import_leaves_with_its_votes_and_comes_back_with_them(
    ws_at: Open, tmp_path: Path
) -> None:
    ws = ws_at("http://127.0.0.1:9")
    run = imported(ws, tmp_path)
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    before = reporting.flow(ws)
    found = service.leaving(ws, run)
    assert (found.leaving, found.staying, found.voted, found.coded) == (2, 0, 1, 0)
    assert service.leaving_words(found) == (
        "2 records leave the review. Of those that leave, 1 has votes; these stay in the log and "
        "count again when the run is restored."
    )
    service.withdraw(ws, run, "Ann", "wrong file")
    assert count(ws) == 0 and service.searches(ws)[0].withdrawn
    assert not any(run in line.about for line in service.search_log(ws))
    with ws.store.read() as conn:
        assert active_decisions.votes(conn) == []
    sound(ws)
    service.bring_back(ws, run, "Bo")
    assert reporting.flow(ws) == before and not service.searches(ws)[0].withdrawn
    with ws.store.read() as conn:
        assert len(active_decisions.votes(conn)) == 1
    sound(ws)


def test_records_that_another_run_found_as_well_stay(ws_at: Open) -> None:
    with OpenAlexServer(works=make_works(120)) as server:
        ws = ws_at(server.url)
        (first,) = pull(ws)
        (again,) = pull(ws)
    assert service.leaving(ws, again.id).leaving == 0
    assert service.leaving(ws, first.id).staying == first.received
    service.withdraw(ws, first.id, "Ann")
    assert count(ws) == first.received
    last = service.leaving(ws, again.id)
    assert (last.leaving, last.staying) == (first.received, 0)
    service.withdraw(ws, again.id, "Ann")
    assert count(ws) == 0
    service.bring_back(ws, first.id, "Ann")
    assert count(ws) == first.received


def test_a_withdrawn_search_has_not_searched(ws_at: Open) -> None:
    with OpenAlexServer(works=60) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws, names=["kratom_core"], query=None)
    row, column = next((c.row, c.column) for c in gaps.matrix(ws).cells)

    def ran() -> set[str]:
        place = {"outcome": frozenset({row}), "study_design": frozenset({column})}
        return {s.name for s, last in gaps.covering(ws, place) if last is not None}

    assert "kratom_core" in ran()
    service.withdraw(ws, run.id, "Ann")
    assert "kratom_core" not in ran()


def test_a_run_is_withdrawn_once_and_only_when_it_has_ended(ws_at: Open, tmp_path: Path) -> None:
    ws = ws_at("http://127.0.0.1:9")
    run = imported(ws, tmp_path)
    with pytest.raises(DecisionError, match="not withdrawn"):
        service.bring_back(ws, run, "Ann")
    service.withdraw(ws, run, "Ann")
    with pytest.raises(DecisionError, match="withdrawn already"):
        service.withdraw(ws, run, "Ann")
    with ws.store.write() as conn:
        going = records.start_run(conn, "Ann", "core", "openalex")
    with pytest.raises(DecisionError, match="goes on"):
        service.withdraw(ws, going, "Ann")
    for step in (service.withdraw, service.bring_back):
        with pytest.raises(NotFoundError, match="no search run"):
            step(ws, "N0", "Ann")
