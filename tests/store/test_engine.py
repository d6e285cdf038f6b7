"""The database: shape, concurrency, and text that databases dislike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from review.errors import NoReviewError, NotFoundError
from review.events import NoteWritten, ProtocolAdopted, VoteCast
from review.model import Record, RunStatus, Stage
from review.store import (
    Store,
    active_decisions,
    filters,
    log,
    records,
    reports,
    screening_status,
)


def fill(store: Store, papers: list[Record]) -> tuple[str, ...]:
    with store.write() as conn:
        run = records.start_run(conn, "Ann", "core", "openalex")
        added = records.add_records(conn, "Ann", run, papers)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
    return added.new


def papers(count: int) -> list[Record]:
    return [Record("openalex", f"W{i}", title=f"Paper {i}", abstract="text") for i in range(count)]


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    fill(store, papers(2))
    store.upgrade()
    with store.read() as conn:
        assert len(reports.listing(conn)) == 2


def test_an_empty_database_says_how_to_make_a_review(db_url: str) -> None:
    store = Store(db_url)
    with pytest.raises(NoReviewError, match="review init"):
        store.require()
    store.close()


def test_the_same_record_twice_is_one_record_seen_by_two_runs(store: Store) -> None:
    fill(store, papers(3))
    assert fill(store, papers(4)) == ("R000004",)
    with store.read() as conn:
        assert records.count_by_source(conn) == {"openalex": 4}
        assert len(records.sightings(conn, ["R000001"])["R000001"]) == 2


def test_text_from_outside_is_kept_as_it_came(store: Store) -> None:
    nasty = Record(
        "file",
        "1",
        title="<script>alert(1)</script> =cmd() \x00 نوم 睡眠 \ud800",
        authors=("Él Ñandú", "=SUM(A1)"),
        abstract="word " * 10_000,
        raw={"odd": ["\x00", {"k\x00": "\ud800"}]},
    )
    fill(store, [nasty])
    with store.read() as conn:
        found = records.get(conn, "R000001")
        hits = filters.ids(conn, "ñandú 睡眠")
    assert found.title == "<script>alert(1)</script> =cmd()  نوم 睡眠 ?"
    assert found.abstract == nasty.abstract
    assert found.authors == nasty.authors
    assert hits == ["P000001"]


def test_percent_and_underscore_are_searched_as_themselves(store: Store) -> None:
    fill(store, [Record("f", "1", title="100% pure"), Record("f", "2", title="1000 pure")])
    with store.read() as conn:
        assert filters.ids(conn, "100%") == ["P000001"]


def test_a_failed_step_leaves_nothing_behind(store: Store) -> None:
    fill(store, papers(1))
    with pytest.raises(NotFoundError), store.write() as conn:
        note = {"record": "R000001", "text": "half", "reviewer": "Ann"}
        log.append(conn, "Ann", [NoteWritten(**note)])
        reports.get(conn, "P999999")
    with store.read() as conn:
        assert active_decisions.notes(conn, "P000001") == []


def test_eight_reviewers_at_once_lose_no_vote(store: Store) -> None:
    fill(store, papers(25))

    def screen(reviewer: str) -> int:
        for cast in range(26):  # more than there are papers, should the queue never end
            with store.write() as conn:
                found = screening_status.next_in_queue(conn, Stage.TITLE_ABSTRACT, reviewer)
                if found is None:
                    return cast
                on = reports.membership(conn, found)
                vote = {
                    "record": on.lead,
                    "report": found,
                    "covers": on.records,
                    "stage": "title_abstract",
                    "vote": "maybe",
                    "reviewer": reviewer,
                }
                log.append(conn, reviewer, [VoteCast(**vote)])
        raise AssertionError("the queue shows reports again that have been voted on")

    with store.write() as conn:
        rules = {
            "version": "v1",
            "reviewers": {"title_abstract": 8, "full_text": 1},
            "not_retrieved": [],
        }
        log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v1")
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(screen, [f"reviewer {i}" for i in range(8)]))
    with store.read() as conn:
        assert counts == [25] * 8
        assert len(active_decisions.votes(conn)) == 200
        assert {str(r.title_abstract) for r in reports.listing(conn)} == {"include"}


def test_a_queue_holds_thousands_in_order_and_skips_what_was_voted_on(store: Store) -> None:
    fill(store, papers(3_000))
    with store.write() as conn:
        first = screening_status.next_in_queue(conn, Stage.TITLE_ABSTRACT, "Ann")
        vote = {
            "record": "R000001",
            "stage": "title_abstract",
            "vote": "exclude",
            "reviewer": "Ann",
        }
        log.append(conn, "Ann", [VoteCast(**vote)])
        second = screening_status.next_in_queue(conn, Stage.TITLE_ABSTRACT, "Ann")
        left = screening_status.queue_length(conn, Stage.TITLE_ABSTRACT, "Ann")
    assert (first, second, left) == ("P000001", "P000002", 2_999)
