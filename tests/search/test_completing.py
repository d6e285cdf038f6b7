"""Completing reports by look-ups: found by their identifiers, merged, and counted nowhere twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.errors import DecisionError
from review.fulltext import service as full_texts
from review.model import Record, RunStatus, Stage, VoteValue
from review.progress import Watch
from review.records import service as reading
from review.reporting import service as reporting
from review.screening import service as screening
from review.search import completing, service
from review.store import records
from review.workspace import Workspace
from tests.reviews import add
from tests.search.common import Open, impatient, pull, sound
from tests.servers.openalex import Fault, OpenAlexServer
from tests.servers.works import Work, make_works


def works(number: int) -> list[Work]:
    """Works of kratom that all have a DOI and an abstract."""
    return [
        {**w, "title": f"Kratom tea and sleep, part {n}", "doi": f"https://doi.org/10.1000/k{n}",
         "abstract_inverted_index": {"Sleep": [0], "improved.": [1]}}
        for n, w in enumerate(make_works(number))
    ]  # fmt: skip


def bare(n: int, title: str = "", doi: str = "") -> Record:
    """A record without an abstract, as a library has it."""
    return Record(
        "shelf", f"s{n}", title or f"Kratom tea and sleep, part {n}", doi=doi or f"10.1000/k{n}"
    )


def complete(ws: Workspace, **options: object) -> completing.Completion:
    with impatient(ws) as client:
        return service.complete(ws, actor="Ann", client=client, **options)  # type: ignore[arg-type]


def test_reports_get_the_abstracts_that_the_source_has(ws_at: Open) -> None:
    with OpenAlexServer(works=works(3)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0), bare(1), bare(7), Record("shelf", "s9", "Without any identifier")])
        assert [r.id for r in service.incomplete(ws)] == ["P000001", "P000002", "P000003"]
        done = complete(ws)
    assert done.run is not None and done.run.status is RunStatus.COMPLETE
    assert (done.completed, [r.id for r in done.unknown]) == (2, ["P000003"])
    assert reading.get(ws, "P000001").lead.abstract == "Sleep improved."
    assert service.incomplete(ws) == []
    assert [r.id for r in service.not_completed(ws)[0]] == ["P000003"]
    assert complete(ws).run is None
    sound(ws)


@pytest.mark.parametrize("field", ["open_copy", "retraction"])
def test_what_only_the_source_says_is_asked_of_reports_that_it_gave_no_record_of(
    ws_at: Open, field: str
) -> None:
    work = {
        **works(1)[0], "is_retracted": True, "open_access": {"oa_url": "https://open.example/k0"},
    }  # fmt: skip
    with OpenAlexServer(works=[work]) as server:
        ws = ws_at(server.url)
        add(ws, [replace(bare(0), abstract="It has one.")])
        assert service.incomplete(ws) == []
        assert service.incomplete(ws, [field], among=["P000002"]) == []
        assert [r.id for r in service.incomplete(ws, [field])] == ["P000001"]
        assert complete(ws, fields=[field]).completed == 1
        assert service.incomplete(ws, [field], again=True) == []
    assert reading.get(ws, "P000001").lead.retracted
    assert full_texts.open_address(ws, "P000001") == "https://open.example/k0"


def test_a_look_up_identifies_nothing_for_the_flow_diagram(ws_at: Open) -> None:
    with OpenAlexServer(works=works(3)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0), bare(1)])
        before = reporting.flow(ws)
        complete(ws)
        after = reporting.flow(ws)
        assert reading.identified(ws) == {"shelf": 2} and reading.sources(ws)["openalex"] == 2
        assert (after.boxes, after.sources) == (before.boxes, before.sources)
        assert after.failed_sums == []
        pull(ws)  # a search that finds them counts them
        found = reporting.flow(ws)
    assert found.boxes["database_results"] == 2 + 3 and found.failed_sums == []


def test_two_reports_with_one_identifier_are_left_to_deduplication(ws_at: Open) -> None:
    with OpenAlexServer(works=works(1)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0), Record("shelf", "other", "Kratom tea and sleep", doi="10.1000/k0")])
        assert complete(ws).completed == 1
    assert [r.id for r in reading.find(ws, reading.ReportFilter())[0]] == ["P000001", "P000002"]


def test_a_merge_with_what_was_looked_up_can_be_taken_back(ws_at: Open) -> None:
    from review.dedupe import decision_list, manual_decisions

    with OpenAlexServer(works=works(1)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0)])
        screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
        complete(ws)
    (merge,) = decision_list.decided(ws)
    assert merge.actor == completing.ACTOR
    manual_decisions.undo(ws, merge.event, "Ann")
    assert reading.get(ws, "P000001").lead.abstract == ""
    assert reporting.flow(ws).failed_sums == []
    sound(ws)


def test_another_work_under_the_identifier_is_not_believed(ws_at: Open) -> None:
    with OpenAlexServer(works=works(1)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0, title="Proceedings of the botanical society")])
        done = complete(ws)
    assert (done.completed, [r.id for r in done.differing]) == (0, ["P000001"])
    assert reading.get(ws, "P000001").lead.abstract == ""


@pytest.mark.parametrize("stop_after", [1, 25, 45])
def test_what_was_asked_before_a_stop_is_not_asked_again(ws_at: Open, stop_after: int) -> None:
    told: list[object] = []
    with OpenAlexServer(works=works(50)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(n) for n in range(50)])
        first = complete(ws, watch=Watch(told.append, lambda: len(told) >= stop_after))
        assert first.run is not None and first.run.status is RunStatus.CANCELLED
        assert first.completed == stop_after - 1 == 50 - len(service.incomplete(ws))
        second = complete(ws)
    assert second.completed == 50 - first.completed
    sound(ws)


def test_excluded_reports_are_left_alone_and_fields_are_checked(ws_at: Open) -> None:
    ws = ws_at("http://127.0.0.1:9")
    add(ws, [bare(0)])
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.EXCLUDE)
    assert service.incomplete(ws) == []
    with pytest.raises(DecisionError, match="'colour' is not a field"):
        service.incomplete(ws, ["colour"])


def test_a_source_that_cannot_be_reached_ends_the_run_in_words(ws_at: Open) -> None:
    ws = ws_at("http://127.0.0.1:9")
    add(ws, [bare(0)])
    done = complete(ws)
    assert done.run is not None and done.run.status is RunStatus.FAILED and done.run.why
    with ws.store.read() as conn:
        assert all(run.status is not RunStatus.RUNNING for run in records.runs(conn))
    assert [r.id for r in service.incomplete(ws)] == ["P000001"]


FAULTS = [Fault.PACE, Fault.HTTP_500, Fault.HTML, Fault.TRUNCATED, Fault.RESET_BODY]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_loses_and_overwrites_nothing(ws_at: Open, fault: Fault) -> None:
    """One that stays ends the run in words; the next run goes on."""
    own = replace(bare(1), abstract="As our library has it.")
    with OpenAlexServer(works=works(4)) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0), own, bare(2), bare(3)])
        server.faults.extend([Fault.OK, *[fault] * 9])
        first = complete(ws)
        assert first.run is not None and first.run.status is RunStatus.FAILED and first.run.why
        assert "<html" not in first.run.why
        assert (first.completed, len(first.unknown)) == (1, 0)
        server.faults.clear()
        second = complete(ws)
    assert second.run is not None and second.run.status is RunStatus.COMPLETE
    assert second.completed == 2
    abstracts = [reading.get(ws, f"P{n:06d}").lead.abstract for n in (1, 2, 3, 4)]
    assert abstracts == ["Sleep improved.", own.abstract, "Sleep improved.", "Sleep improved."]
    sound(ws)


def test_what_was_not_found_once_is_asked_for_again_when_told(ws_at: Open) -> None:
    with OpenAlexServer(works=works(1), faults=[Fault.HTTP_404]) as server:
        ws = ws_at(server.url)
        add(ws, [bare(0)])
        assert [r.id for r in complete(ws).unknown] == ["P000001"]
        assert complete(ws).run is None
        assert complete(ws, again=True).completed == 1
