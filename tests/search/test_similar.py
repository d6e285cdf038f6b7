"""Works like a text: one page at the price of one, logged and counted as another method."""

from __future__ import annotations

import pytest

from review.errors import QueryRefused
from review.model import RunStatus, is_other_method
from review.reporting import flow_diagram
from review.reporting import service as reporting
from review.reporting.flow_boxes import Choices, Drawing
from review.search import service, similar
from review.store import records
from tests.search.common import Open, impatient, pull
from tests.servers.openalex import Fault, OpenAlexServer
from tests.servers.works import Work, make_works

TEXT = "Sleep quality in people who take kratom"


def works() -> list[Work]:
    """Five works of kratom, which searches find, sixty of sleep, and five of neither."""
    titles = ["Kratom work"] * 5 + ["Sleep quality"] * 60 + ["Bridges"] * 5
    return [
        {**work, "title": title, "abstract_inverted_index": None, "is_retracted": False}
        for work, title in zip(make_works(70), titles, strict=True)
    ]


def test_like_works_come_by_another_method_in_one_request(ws_at: Open) -> None:
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        pull(ws)
        before = len(server.requests)
        assert similar.estimate(ws, TEXT).price_usd == 0.001
        assert len(server.requests) == before  # nothing was sent to say so
        with impatient(ws) as client:
            run = similar.find_similar(ws, TEXT, "Sleep × Trial", actor="Ann", client=client)
        (seen,) = server.requests[before:]
    assert seen.params["search.semantic"] == TEXT and "cursor" not in seen.params
    assert (run.source, run.status, run.received) == (
        "openalex similarity", RunStatus.COMPLETE, 50,
    )  # fmt: skip
    assert run.cost_usd == pytest.approx(0.001) and is_other_method(run.source)
    flow = reporting.flow(ws)
    assert flow.failed_sums == []
    assert flow.boxes["database_results"] == 5
    assert flow.boxes["website_results"] == run.added and flow.boxes["citations_results"] == 0
    drawn = flow_diagram.svg(Drawing(flow, Choices()))
    assert "Records identified only from" in drawn and "Lists of similar works" in drawn
    lines = [line for line in service.search_log(ws) if line.item == 7]
    assert any("50 works most like a text" in line.value for line in lines)
    (logged,) = [one for one in service.searches(ws) if one.run.id == run.id]
    assert logged.platform.startswith("OpenAlex")


def test_a_search_of_the_protocol_takes_over_what_it_finds_itself(ws_at: Open) -> None:
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        with impatient(ws) as client:
            similar.find_similar(ws, "kratom", "Kratom", actor="Ann", client=client)
        assert reporting.flow(ws).boxes["website_results"] == 5
        pull(ws)
    boxes = reporting.flow(ws).boxes
    assert (boxes["website_results"], boxes["database_results"]) == (0, 5)


def test_a_failure_is_a_run_that_says_why_and_an_empty_text_is_none(ws_at: Open) -> None:
    with OpenAlexServer(works=works(), faults=[Fault.BUDGET] * 9) as server:
        ws = ws_at(server.url)
        with impatient(ws) as client:
            run = similar.find_similar(ws, TEXT, "Sleep", actor="Ann", client=client)
        assert run.status is RunStatus.FAILED and run.why
        with pytest.raises(QueryRefused):
            similar.find_similar(ws, "  ", "Sleep", actor="Ann")
    with ws.store.read() as conn:
        assert len(records.runs(conn)) == 1
