"""Whatever the source does in the middle of a run, the run ends, says why, and nothing is lost."""

from __future__ import annotations

import pytest

from review.model import Outcome
from review.search import service
from review.sources.openalex import OpenAlex, OpenAlexSettings
from review.sources.transport import Patience, Transport
from tests.search.common import Open, count, pull, sound, works
from tests.servers.openalex import OpenAlexServer

PASSING = ["pace", "500", "502", "504", "520", "html", "truncated", "cut_json", "reset"]
SAID = {
    "budget": "budget", "plan": "paid plan", "403": "403", "500": "no usable answer",
    "html": "not a whole JSON answer", "truncated": "broke off", "reset": "broke off",
}  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_a_burst_of_faults_that_pass_changes_nothing(ws_at: Open, fault: str) -> None:
    with OpenAlexServer(works=works(), faults=["ok", fault, "ok"]) as server:
        ws = ws_at(server.url)
        patience = Patience(attempts=4, first=0.01, longest=0.02, total=3.0)
        transport = Transport("test-key", patience=patience)
        with OpenAlex(OpenAlexSettings(server.url, "test-key"), transport) as client:
            (run,) = service.pull(ws, query="kratom", actor="Ann", client=client)
    assert run.outcome is Outcome.COMPLETE and run.received == run.promised == count(ws)


@pytest.mark.parametrize("fault", [*SAID])
def test_a_fault_that_stays_ends_the_run_with_a_sentence_and_keeps_what_came(
    ws_at: Open, fault: str
) -> None:
    with OpenAlexServer(works=works(), faults=["ok", *[fault] * 60]) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
        assert run.outcome in (Outcome.FAILED, Outcome.PARTIAL)
        assert SAID[fault] in run.why and run.why.endswith(".") and "Traceback" not in run.why
        assert run.received == count(ws) >= 100
        sound(ws)
        server.faults.clear()
        (again,) = pull(ws)
    assert again.outcome is Outcome.COMPLETE
    assert again.promised == count(ws)


@pytest.mark.parametrize(
    "fault",
    ["missing_meta", "repeated_cursor", "early_null", "empty_page", "dropped_row", "duplicate_row"],
)
def test_what_a_page_leaves_out_is_filled_in_or_said(ws_at: Open, fault: str) -> None:
    with OpenAlexServer(works=works(), faults=["ok", *[fault] * 8]) as server:
        ws = ws_at(server.url)
        (run,) = pull(ws)
    promised = run.promised or 0
    if run.outcome is Outcome.COMPLETE:
        assert run.received == promised == count(ws)
    else:
        assert run.outcome is Outcome.PARTIAL
        assert f"{run.received} of {promised}" in run.why
    sound(ws)


def test_works_that_were_merged_while_the_list_was_read_are_reported_as_missing_or_found(
    ws_at: Open,
) -> None:
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        seen: list[service.Progress] = []

        def progress(now: service.Progress) -> None:
            seen.append(now)
            if len(seen) == 2:  # after the first page, a later work goes into another
                last = max(server.works, key=lambda w: w["publication_date"])
                server.api.hold([w for w in server.works if w["id"] != last["id"]])

        (run,) = pull(ws, progress=progress)
    assert run.outcome in (Outcome.COMPLETE, Outcome.PARTIAL)
    assert run.received == count(ws)
    if run.received < (run.promised or 0):
        assert run.outcome is Outcome.PARTIAL and str(run.promised) in run.why
    sound(ws)
