"""Running searches: every end a run can come to, and nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import DecisionError, FileError, NotFoundError, QueryRefused
from review.model import RunStatus, Stage, VoteValue
from review.progress import Watch
from review.screening import service as screening
from review.search import run_lock, service
from review.store import records, reports, run_checkpoints, suggestions
from tests import reviews
from tests.backends import free_port
from tests.search.common import Open, count, pull, sound, works
from tests.servers.openalex import OpenAlexServer


def test_a_run_brings_all_works_and_again_brings_nothing_new(ws_at: Open) -> None:
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        (estimated,) = service.estimate(ws, query="kratom")
        seen: list[service.RunProgress] = []
        (run,) = pull(ws, watch=Watch(seen.append))
        (again,) = pull(ws)
    assert run.status is RunStatus.COMPLETE and run.why == ""
    assert run.promised == run.received == run.added == estimated.estimate.count == count(ws)
    assert run.added > 100
    assert run.cost_usd == pytest.approx(estimated.estimate.price_usd)
    assert run.request == estimated.estimate.request and "test-key" not in run.request
    assert seen[0].done == 0 and seen[-1].done == run.received
    assert again.status is RunStatus.COMPLETE
    assert (again.received, again.added) == (run.received, 0)
    with ws.store.read() as conn:  # the search in the source's own words, in one line
        said = run_checkpoints.understood(conn)
    assert set(said) == {run.id, again.id}
    assert all(line.startswith("works where it has") for line in said.values())
    sound(ws)


def test_new_records_have_suggestions_at_once(ws_at: Open) -> None:
    with OpenAlexServer(works=60) as server:
        ws = ws_at(server.url)
        pull(ws)
    with ws.store.read() as conn:
        assert suggestions.count_open(conn)


@pytest.mark.parametrize("fault", ["500", "cut_json", "reset", "html"])
def test_a_fault_that_passes_changes_nothing(ws_at: Open, fault: str) -> None:
    with OpenAlexServer(works=works(), faults=["ok", fault]) as server:
        (run,) = pull(ws_at(server.url))
    assert run.status is RunStatus.COMPLETE and run.received == run.promised


def test_a_source_that_stops_early_leaves_a_partial_run_that_says_its_size(ws_at: Open) -> None:
    day = {"publication_date": "2020-01-01", "publication_year": 2020}  # cannot be cut by date
    some = [{**work, **day} for work in works()]
    with OpenAlexServer(works=some, faults=["ok", *["early_null"] * 200]) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
    assert run.status is RunStatus.PARTIAL
    assert run.promised is not None and run.received < run.promised
    assert str(run.received) in run.why and str(run.promised) in run.why
    assert count(ws) == run.received
    sound(ws)


def test_a_source_that_breaks_off_keeps_the_pages_before(ws_at: Open) -> None:
    with OpenAlexServer(works=works(), faults=["ok", *["500"] * 20]) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
    assert run.status is RunStatus.FAILED
    assert run.received == count(ws) == 100 and "100 works are kept" in run.why
    sound(ws)


def test_works_that_cannot_be_read_are_counted(ws_at: Open) -> None:
    with OpenAlexServer(works=works(), faults=["bad_row"] * 40) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
    assert run.status is RunStatus.PARTIAL and "3 works could not be read" in run.why
    assert run.added == run.received == (run.promised or 0) - 3


def test_a_run_can_be_cancelled_between_pages(ws_at: Open) -> None:
    seen: list[service.RunProgress] = []
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        runs = pull(
            ws, names=["kratom_core", "kratom_pain"], query=None,
            watch=Watch(seen.append, lambda: len(seen) >= 2),
        )  # fmt: skip
    assert [run.status for run in runs] == [RunStatus.CANCELLED]
    assert count(ws) == runs[0].received == 100
    sound(ws)


def test_without_network_the_run_fails_with_a_sentence_and_later_ones_wait(ws_at: Open) -> None:
    ws = ws_at(f"http://127.0.0.1:{free_port()}")
    (run,) = pull(ws, query=None)
    assert (run.search, run.status) == (ws.protocol.searches[0].name, RunStatus.FAILED)
    assert run.why.endswith(".") and "Traceback" not in run.why
    assert count(ws) == 0


def test_a_refused_key_fails_the_run(ws_at: Open) -> None:
    with OpenAlexServer(works=50, keys=["another"]) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
    assert run.status is RunStatus.FAILED
    assert "key" in run.why.lower() and "test-key" not in run.why


def test_every_search_of_the_protocol_is_one_run(ws_at: Open) -> None:
    with OpenAlexServer(works=120) as server:
        ws = ws_at(server.url)
        runs = pull(ws, query=None)
    assert [run.search for run in runs] == [s.name for s in ws.protocol.searches]
    assert all(run.status is RunStatus.COMPLETE for run in runs)
    newest = service.searches(ws)[0]
    assert newest.platform.startswith("OpenAlex") and newest.limits and newest.label


def test_a_search_that_is_not_there_or_cannot_be_asked_leaves_no_run(ws_at: Open) -> None:
    ws = ws_at("http://127.0.0.1:9")
    with pytest.raises(NotFoundError, match="kratom_core"):
        pull(ws, names=["nothing"], query=None)
    for query in ("", '"open phrase'):
        with pytest.raises(QueryRefused):
            pull(ws, query=query)
    with ws.store.read() as conn:
        assert records.runs(conn) == []


RIS = """TY  - JOUR
TI  - Kratom and sleep
AU  - Doe, Jane
PY  - 2020
DO  - 10.1000/one
ER  -

TY  - JOUR
TI  - Mitragynine and pain
PY  - 2021
ER  -
"""


def test_a_file_is_one_run_and_importing_it_again_adds_nothing(ws_at: Open, tmp_path: Path) -> None:
    ws = ws_at("http://127.0.0.1:9")
    file = tmp_path / "from pubmed.ris"
    file.write_text(RIS, encoding="utf-8")
    first = service.import_file(ws, file, source="pubmed", actor="Ann")
    assert (first.new, first.known, first.mistakes) == (2, 0, ())
    assert (first.run.source, first.run.status) == ("pubmed", RunStatus.COMPLETE)
    assert "from pubmed.ris" in first.run.request
    again = service.import_bytes(ws, RIS.encode(), file.name, source="pubmed", actor="Bo")
    assert (again.new, again.known) == (0, 2)
    sound(ws)


def test_bad_entries_are_named_and_good_ones_go_in(ws_at: Open, tmp_path: Path) -> None:
    ws = ws_at("http://127.0.0.1:9")
    file = tmp_path / "mixed.csv"
    file.write_text("title,year\nKratom and sleep,2020\n,2021\n", encoding="utf-8")
    result = service.import_file(ws, file, actor="Ann")
    assert (result.new, len(result.mistakes)) == (1, 1)
    assert result.mistakes[0].line == 3
    assert result.run.status is RunStatus.PARTIAL and "1" in result.run.why


def test_a_file_that_cannot_be_read_leaves_no_run(ws_at: Open, tmp_path: Path) -> None:
    ws = ws_at("http://127.0.0.1:9")
    with pytest.raises(FileError):
        service.import_file(ws, tmp_path / "absent.ris", actor="Ann")
    assert service.searches(ws) == []


def test_a_run_left_open_by_a_crash_is_closed_and_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    with ws.store.write() as conn:
        dead, alive = (records.start_run(conn, "Ann", "s", "openalex") for _ in range(2))
    with run_lock.held(ws.config.local / "running", alive):
        assert service.close_interrupted(ws) == [dead]
        assert service.close_interrupted(ws) == []
    with ws.store.read() as conn:
        run = records.get_run(conn, dead)
        assert run.status is RunStatus.FAILED and "interrupted" in run.why
        assert records.get_run(conn, alive).status is RunStatus.RUNNING
    ws.store.close()


def test_a_run_is_withdrawn_whole_and_brought_back_with_its_votes(ws_at: Open) -> None:
    ws = ws_at("http://127.0.0.1:9")
    run = service.import_bytes(ws, RIS.encode(), "a.ris", actor="Ann").run.id
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    service.withdraw(ws, run, "Ann", "the wrong file")
    assert count(ws) == 0
    assert service.searches(ws)[0].withdrawn
    with pytest.raises(DecisionError, match="withdrawn already"):
        service.withdraw(ws, run, "Ann")
    service.bring_back(ws, run, "Bo")
    assert count(ws) == 2 and not service.searches(ws)[0].withdrawn
    with ws.store.read() as conn:
        assert reports.get(conn, "P000001").title_abstract == "include"
    with pytest.raises(DecisionError, match="not withdrawn"):
        service.bring_back(ws, run, "Bo")
    sound(ws)
