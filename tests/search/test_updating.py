"""Searching again: what is new, changed, vanished and retracted, with nothing reopened by it."""

from __future__ import annotations

from typing import Any

from review.dedupe import service as deduping
from review.model import Decision, RunStatus, Stage, VoteValue
from review.progress import Watch
from review.screening import service as screening
from review.search import service
from review.store import evidence, log, records, reports
from review.workspace import Workspace
from tests.search.common import Open, pull, sound
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import Work, make_works


def some() -> list[Work]:
    return [{**w, "is_retracted": False, "title": f"Kratom {w['title']}"} for w in make_works(12)]


def changed(work: Work, **values: Any) -> Work:
    return {**work, **values}


def include(ws: Workspace, report: str) -> None:
    for stage in Stage:
        screening.cast(ws, report, stage, "Ann", VoteValue.INCLUDE)


def test_an_update_lists_what_is_new_changed_vanished_and_retracted(ws_at: Open) -> None:
    before = some()
    after = [changed(before[0], title="Kratom, a corrected title"), *before[1:9], *before[10:]]
    after[2] = changed(after[2], is_retracted=True)
    after.append(changed(before[0], id="https://openalex.org/W4999999999", doi=None))
    with OpenAlexServer(works=before) as server:
        ws = ws_at(server.url)
        (first,) = pull(ws)
        server.api.hold(after)
        (second,) = pull(ws)
    assert second.status is RunStatus.COMPLETE
    found = service.differences(ws, second.id)
    assert found.earlier == first.id
    assert len(found.new) == 1 and found.new == tuple(sorted(found.new))
    by_record = {(a.record, a.field): (a.old, a.new) for a in found.changed}
    with ws.store.read() as conn:
        ids = records.ids_of(conn, [("openalex", w["id"].rsplit("/")[-1]) for w in before])
    titled, gone, retracted = (ids["openalex", before[n]["id"].rsplit("/")[-1]] for n in (0, 9, 2))
    assert by_record[titled, "title"] == (before[0]["title"], "Kratom, a corrected title")
    assert by_record[retracted, "retracted"] == (False, True)
    assert set(by_record) == {(titled, "title"), (retracted, "retracted")}
    assert found.vanished == (gone,) and found.retracted == (retracted,)
    with ws.store.read() as conn:
        assert records.get(conn, titled).title == before[0]["title"]  # kept as it came
    third = service.differences(ws, first.id)
    assert third.earlier == "" and len(third.new) == 12 and not third.changed
    sound(ws)


def test_a_work_that_comes_back_under_another_id_is_one_report_and_keeps_its_votes(
    ws_at: Open,
) -> None:
    before = some()
    before[0] = changed(before[0], doi="https://doi.org/10.5555/merged.1")
    survivor = changed(before[0], id="https://openalex.org/W4999999999")
    with OpenAlexServer(works=before) as server:
        ws = ws_at(server.url)
        (first,) = pull(ws)
        with ws.store.read() as conn:
            key = before[0]["id"].rsplit("/")[-1]
            old = records.ids_of(conn, [("openalex", key)])["openalex", key]
        include(ws, "P" + old[1:])
        server.api.hold([survivor, *before[1:]])
        (second,) = pull(ws)
    found = service.differences(ws, second.id)
    assert (second.status, second.received, second.added) == (RunStatus.COMPLETE, 12, 1)
    assert found.renamed == ((old, found.new[0]),) and found.vanished == ()
    deduping.dedupe(ws)
    with ws.store.read() as conn:
        report = reports.get(conn, "P" + old[1:])
        assert set(report.record_ids) == {old, found.new[0]}
        assert (report.title_abstract, report.full_text) == (Decision.INCLUDE, Decision.INCLUDE)
    assert first.received == 12
    sound(ws)


def test_the_same_answers_again_change_nothing(ws_at: Open) -> None:
    with OpenAlexServer(works=make_works(200)) as server:
        ws = ws_at(server.url)
        pull(ws)
        (again,) = pull(ws)
    found = service.differences(ws, again.id)
    assert not found.any and found.earlier


def test_an_included_paper_that_is_retracted_raises_a_flag_and_reopens_nothing(
    ws_at: Open,
) -> None:
    before = some()
    with OpenAlexServer(works=before) as server:
        ws = ws_at(server.url)
        pull(ws)
        include(ws, "P000003")
        with ws.store.read() as conn:
            key = records.get(conn, "R000003").key
        assert service.retracted(ws) == []
        now = [changed(w, is_retracted=w["id"].endswith(key)) for w in before]
        server.api.hold(now)
        pull(ws)
        (report,) = service.retracted(ws)
        assert report.id == "P000003" and report.lead.retracted
        assert (report.title_abstract, report.full_text) == (Decision.INCLUDE, Decision.INCLUDE)
        with ws.store.read() as conn:
            assert evidence.retracted_reports(conn, ws.protocol.codebook.retracting) == {"P000003"}
            assert reports.get(conn, "P000003").lead.retracted
            assert records.get(conn, "R000003").retracted
        server.api.hold(before)
        pull(ws)  # the notice was a mistake and is taken back
    assert service.retracted(ws) == []
    sound(ws)


def test_what_a_part_of_a_run_did_not_find_has_not_vanished(ws_at: Open) -> None:
    everything = make_works(900)
    with OpenAlexServer(works=everything) as server:
        ws = ws_at(server.url)
        pull(ws)
        seen: list[object] = []
        (run,) = pull(ws, watch=Watch(seen.append, lambda: len(seen) >= 2))
    assert run.status is RunStatus.CANCELLED
    assert service.differences(ws, run.id).vanished == ()


def test_changes_follow_from_the_log_alone(ws_at: Open) -> None:
    before = some()
    with OpenAlexServer(works=before) as server:
        ws = ws_at(server.url)
        pull(ws)
        server.api.hold([changed(w, is_retracted=True) for w in before])
        pull(ws)
    with ws.store.write() as conn:
        state = log.snapshot(conn)
        assert state["amendment"] and state["retraction"]
        log.replay(conn)
        assert log.snapshot(conn) == state
