"""Following citations of included reports, as a search of its own."""

from __future__ import annotations

import pytest

from review.errors import DecisionError
from review.model import Decision, Place, Report, RunStatus, Stage, VoteValue
from review.reporting import service as reporting
from review.screening import service as screening
from review.search import citations, service
from review.sources.openalex.client import OpenAlex, OpenAlexSettings
from review.workspace import Workspace
from tests import factories
from tests.reviews import add
from tests.search.common import Open, impatient, pull, sound
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import Work, make_works

REPORT = Report(
    "P000001", factories.paper(1), ("R000001",), "S000001", Decision.INCLUDE, Decision.INCLUDE, "",
    Place.INCLUDED,
)  # fmt: skip


def linked() -> list[Work]:
    """Works 0 to 4 are of kratom; 5 and 6 cite the first; the first cites 7 and 1."""
    made = [{**w, "title": f"Work {n}", "abstract_inverted_index": None, "is_retracted": False}
            for n, w in enumerate(make_works(12))]  # fmt: skip
    for n in range(5):
        made[n]["title"] = f"Kratom work {n}"
    first = made[0]["id"]
    for n in (5, 6):
        made[n]["referenced_works"] = [first]
    for n in (7, 1):
        made[n]["cited_by"] = [first]
    return made


def included(ws: Workspace, key: str) -> str:
    from review.store import records

    with ws.store.read() as conn:
        record = records.ids_of(conn, [("openalex", key)])["openalex", key]
    report = "P" + record[1:]
    for stage in Stage:
        screening.cast(ws, report, stage, "Ann", VoteValue.INCLUDE)
    return report


def test_citations_come_in_through_the_other_arm_and_a_database_takes_them_over(
    ws_at: Open,
) -> None:
    works = linked()
    with OpenAlexServer(works=works) as server:
        ws = ws_at(server.url)
        with pytest.raises(DecisionError, match="nothing to follow"):
            service.pull_citations(ws, actor="Ann")
        pull(ws)
        included(ws, works[0]["id"].rsplit("/")[-1])
        estimated = service.estimate_citations(ws)
        assert [e.estimate.count for e in estimated.searches] == [2, 2]
        with impatient(ws) as client:
            runs = service.pull_citations(ws, actor="Ann", client=client)
        assert [(r.source, r.status, r.received, r.added) for r in runs] == [
            ("openalex citations", RunStatus.COMPLETE, 2, 2),
            ("openalex citations", RunStatus.COMPLETE, 2, 1),  # one was known
        ]
        assert sum(r.cost_usd for r in runs) == pytest.approx(
            sum(e.estimate.price_usd for e in estimated.searches)
        )
        flow = reporting.flow(ws)
        assert flow.failed_sums == []
        assert (flow.boxes["database_results"], flow.boxes["citations_results"]) == (5, 3)
        assert flow.boxes["records_screened"] == 5
        include_all = [p for p in flow.awaiting_ids["title_abstract"]]
        for report in include_all[-3:]:
            screening.cast(ws, report, Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
        flow = reporting.flow(ws)
        assert flow.boxes["other_sought_reports"] == flow.boxes["other_assessed"] == 3
        assert flow.failed_sums == []
        pull(ws, query="work")  # a database search that finds all of them
        flow = reporting.flow(ws)
    assert flow.boxes["citations_results"] == flow.boxes["other_sought_reports"] == 0
    assert flow.boxes["database_results"] == 12 and flow.failed_sums == []
    sound(ws)


@pytest.mark.parametrize("how", ["301", "200 with another id", "404"])
def test_an_included_work_that_was_merged_is_followed_under_its_new_id(
    ws_at: Open, how: str
) -> None:
    works = linked()
    old = works[0]["id"].rsplit("/")[-1]
    new = works[0] | {"id": "https://openalex.org/W77", "doi": works[0]["doi"] or works[1]["doi"]}
    works[0]["doi"] = new["doi"]
    with OpenAlexServer(works=works) as server:
        ws = ws_at(server.url)
        pull(ws)
        included(ws, old)
        for n in (5, 6):
            works[n]["referenced_works"] = [new["id"]]
        server.api.hold([new, *works[1:]])
        if how != "404":  # else it is known by its DOI alone
            redirects = server.api.merged if how == "301" else server.api.served_as
            redirects[old] = "W77"  # type: ignore[index]
        with impatient(ws) as client:
            (run,) = service.pull_citations(ws, "citing", actor="Ann", client=client)
        assert server.requests[-1].params["filter"] == "cites:W77"
    assert (run.status, run.received) == (RunStatus.COMPLETE, 2)
    sound(ws)


def test_an_included_work_that_is_gone_is_left_out_and_the_others_are_followed(
    ws_at: Open,
) -> None:
    works = linked()
    for n in (0, 1):
        works[n] |= {"doi": None, "ids": {}}
    first, second = (w["id"].rsplit("/")[-1] for w in works[:2])
    with OpenAlexServer(works=works) as server:
        ws = ws_at(server.url)
        pull(ws)
        gone, _kept = included(ws, first), included(ws, second)
        server.api.hold(works[1:])
        with impatient(ws) as client, ws.store.read() as conn:
            found = citations.looked_up(citations.seeds(conn, client), client)
    assert found.works == (second,)
    assert [report.id for report in found.unknown] == [gone]


def test_included_reports_that_the_source_does_not_know_are_named_before_and_after(
    ws_at: Open,
) -> None:
    works = linked()
    with OpenAlexServer(works=works) as server:
        ws = ws_at(server.url)
        add(ws, [factories.paper(1)])
        factories.include(ws, "P000001")
        with pytest.raises(DecisionError, match="P000001 Paper number 1"):
            service.estimate_citations(ws)
        pull(ws)
        included(ws, works[0]["id"].rsplit("/")[-1])
        (asked,) = service.estimate_citations(ws).unknown
        with impatient(ws) as client:
            runs = service.pull_citations(ws, "citing", actor="Ann", client=client)
    (told,) = service.left_out(ws, [run.id for run in runs])
    assert (asked.id, told.id) == ("P000001", "P000001")
    (line,) = [line.value for line in service.search_log(ws) if line.item == 5]
    assert line.endswith("not those OpenAlex does not know: P000001 Paper number 1")
    sound(ws)


def test_a_hundred_works_go_into_one_call() -> None:
    seeds = citations.Seeds(dict.fromkeys([f"W{n}" for n in range(101)], REPORT), ())
    found = citations.queries("both", seeds, OpenAlex(OpenAlexSettings()))
    assert len(found) == 4
    assert [len(next(iter(q.filters.values())).split("|")) for _name, q in found] == [100, 1] * 2
    assert [next(iter(q.filters)) for _name, q in found] == ["cites", "cites", "cited_by"] * 1 + [
        "cited_by"
    ]
    with pytest.raises(DecisionError, match="direction"):
        citations.queries("sideways", seeds, OpenAlex(OpenAlexSettings()))
