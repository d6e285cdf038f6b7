"""A search that stops on its way is taken up where it stopped, and ends with the same works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review.events import RecordsAdded
from review.model import RunStatus, SearchRun
from review.progress import Watch
from review.search import run_writer, service
from review.sources.openalex.client import OpenAlex
from review.store import log, records, run_checkpoints
from review.workspace import Workspace
from tests import reviews
from tests.search.common import Open, count, pull, sound, works
from tests.servers.openalex import OpenAlexServer, Seen
from tests.servers.works import make_works


def keys(ws: Workspace) -> set[str]:
    with ws.store.read() as conn:
        return {row["openalex_id"] for row in records.rows_for_dedupe(conn)}


def runs(ws: Workspace) -> list[SearchRun]:
    with ws.store.read() as conn:
        return records.runs(conn)


def undisturbed(tmp_path: Path, **server: object) -> set[str]:
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    with OpenAlexServer(**server) as calm:  # type: ignore[arg-type]
        url = f"sqlite:///{(folder / 'review.db').as_posix()}"
        ws = reviews.workspace(folder, url, openalex_url=calm.url, openalex_key="k")
        pull(ws)
        found = keys(ws)
        ws.store.close()
    return found


@dataclass
class Pull:
    """A process of its own that runs ``python -m review pull``, and the file of what it says."""

    process: subprocess.Popen[bytes]
    said: Path

    def comes_to(self, condition: Callable[[], bool]) -> None:
        """Wait while the process lives, and not for ever: how long it takes is the machine's."""
        limit = time.monotonic() + 60
        while not condition():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended ({self.process.returncode}): {self.words()}")
            assert time.monotonic() < limit, f"it did not come to it: {self.words()}"
            time.sleep(0.02)

    def killed(self) -> None:
        """End the process at once, as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ends_well(self) -> None:
        assert self.process.wait() == 0, self.words()

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace")


@contextmanager
def started(ws: Workspace, db_url: str, *more: str) -> Iterator[Pull]:
    """A search in a process of its own, which does not outlive the block."""
    environment = {
        **os.environ, "REVIEW_DB": db_url, "REVIEW_DATA": str(ws.config.data),
        "OPENALEX_URL": ws.config.openalex_url, "OPENALEX_API_KEY": ws.config.openalex_key,
    }  # fmt: skip
    command = [sys.executable, "-m", "review", "pull", "--query", "kratom", "--yes", *more]
    said = ws.config.data.parent / "said.txt"
    with (
        said.open("wb") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            yield Pull(process, said)
        finally:
            process.kill()


def on_both(counts: Sequence[int], one: int) -> Iterator[object]:
    """All counts on SQLite and one on PostgreSQL, as the store does the same on both."""
    yield from (pytest.param("sqlite", n, id=f"sqlite-{n}") for n in counts)
    yield pytest.param("postgresql", one, id=f"postgresql-{one}", marks=pytest.mark.postgres)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
@pytest.mark.parametrize(("db_url", "pages"), [*on_both([1, 2, 4], 2)], indirect=["db_url"])
def test_killed_after_any_page_and_started_again_it_ends_with_the_same_works(
    tmp_path: Path, db_url: str, pages: int
) -> None:
    some = make_works(1_700, seed=2)
    expected = undisturbed(tmp_path, works=some)
    with OpenAlexServer(works=some, faults=[*["ok"] * pages, *["stall"] * 99]) as server:
        ws = reviews.workspace(tmp_path, db_url, openalex_url=server.url, openalex_key="k")
        with started(ws, db_url) as first:
            first.comes_to(lambda: any(run.received >= 100 * pages for run in runs(ws)))
            assert service.close_interrupted(ws) == []  # it is alive
            first.killed()
        server.faults.clear()
        asked = len(server.requests)
        with started(ws, db_url) as second:
            second.ends_well()
    (run,) = runs(ws)
    assert keys(ws) == expected
    assert (run.status, run.received, run.added) == (RunStatus.COMPLETE, *[len(expected)] * 2)
    assert run.promised == len(expected)
    assert run.resumed == 1 and "interrupted" in run.why and "Taken up again" in run.why
    assert all(r.params["cursor"] != "*" for r in server.requests[asked:])
    sound(ws)
    ws.store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a POSIX signal")
@pytest.mark.parametrize(("db_url", "answers"), [*on_both([1, 2, 9, 20], 9)], indirect=["db_url"])
def test_a_search_in_slices_is_killed_after_any_page_and_taken_up_slice_by_slice(
    tmp_path: Path, db_url: str, answers: int
) -> None:
    """After the first page, the counts of the years, or some pages of slices that go on at once."""
    some = [{**w, "abstract_inverted_index": None} for w in make_works(1_600, seed=3)]
    everything = ("--query", "", "--filter", "publication_year:1900-2100")
    with OpenAlexServer(works=some, faults=[*["ok"] * answers, *["stall"] * 99]) as server:
        ws = reviews.workspace(tmp_path, db_url, openalex_url=server.url, openalex_key="k")
        with started(ws, db_url, *everything) as first:
            first.comes_to(lambda: len(server.requests) > answers)
            first.comes_to(lambda: len(pages(ws)) >= answers - (answers > 1))  # counts: no page
            first.killed()
        kept = pages(ws)
    port = int(server.url.rsplit(":", 1)[-1])
    with OpenAlexServer(works=some, port=port) as server:  # which hears no request of the dead one
        with started(ws, db_url, *everything) as second:
            second.ends_well()
        later = [cursor(r) for r in server.requests]
    (run,) = runs(ws)
    assert keys(ws) == {w["id"].rsplit("/", 1)[-1] for w in some}
    assert (run.status, run.received, run.promised) == (RunStatus.COMPLETE, *[len(some)] * 2)
    assert run.resumed == 1 and "interrupted" in run.why
    with ws.store.read() as conn:
        assert len(run_checkpoints.trail(conn, run.id).stretches) == OpenAlex.most_slices
    # No page that was stored is asked for again.
    assert len(later) == len(set(later)) and "*" not in later
    assert len(pages(ws)) == len(kept) + len(later) - (answers == 1)
    sound(ws)
    ws.store.close()


def pages(ws: Workspace) -> list[str]:
    """Parts of the walk, one entry for each page that was stored."""
    with ws.store.read() as conn:
        added = log.events(conn, (RecordsAdded,))
        return [event.data.part for event in added]


def cursor(seen: Seen) -> str:
    """The place in the list that was asked for, with the slice for a first page."""
    asked = seen.params["filter"]
    sliced = "_publication_date" in asked
    return seen.params.get("cursor", "counts") + (asked if sliced else "")


def test_a_spent_budget_stops_the_run_says_until_when_and_lets_it_go_on_later(ws_at: Open) -> None:
    with OpenAlexServer(works=works(), budget_usd=0.002) as server:
        ws = ws_at(server.url)
        (stopped,) = pull(ws)
        assert stopped.status is RunStatus.FAILED and stopped.received == count(ws) == 200
        assert "budget" in stopped.why and "UTC" in stopped.why
        assert "Run the search again to go on" in stopped.why
        server.api.budget_usd = 1.0  # midnight
        (run,) = pull(ws)
    assert run.id == stopped.id and run.resumed == 1
    assert run.status is RunStatus.COMPLETE and run.received == run.promised == count(ws)
    assert "budget" in run.why and run.cost_usd == pytest.approx(0.003)
    sound(ws)


def test_a_cancelled_run_goes_on_unless_it_is_begun_anew(ws_at: Open) -> None:
    seen: list[service.RunProgress] = []
    with OpenAlexServer(works=works()) as server:
        ws = ws_at(server.url)
        (cancelled,) = pull(ws, watch=Watch(seen.append, lambda: len(seen) >= 2))
        (anew,) = pull(ws, fresh=True)
        assert cancelled.status is RunStatus.CANCELLED and anew.id != cancelled.id
        assert anew.received == anew.promised
        (again,) = pull(ws)
    assert again.id not in (cancelled.id, anew.id)  # the newest one is complete


def test_a_resumed_run_begins_its_progress_where_it_was(ws_at: Open) -> None:
    seen: list[service.RunProgress] = []
    with OpenAlexServer(works=works(), faults=["ok", *["500"] * 9]) as server:
        ws = ws_at(server.url)
        pull(ws)
        server.faults.clear()
        (run,) = pull(ws, watch=Watch(seen.append))
    assert (seen[0].done, seen[0].resumed) == (100, True)
    assert seen[-1].done == seen[-1].added == run.received == run.promised


def test_a_cursor_that_has_gone_stale_begins_the_walk_anew(ws_at: Open) -> None:
    with OpenAlexServer(works=works(), faults=["ok", *["500"] * 9]) as server:
        ws = ws_at(server.url)
        pull(ws)
        server.faults.clear()
        first = min(server.works, key=lambda w: (w["publication_date"], w["id"]))
        server.api.hold([w for w in server.works if w["id"] != first["id"]])
        with ws.store.read() as conn:
            held = records.runs(conn)[0].received
        server.api.forget_cursors()
        (run,) = pull(ws)
    assert run.status is RunStatus.COMPLETE and run.received >= held
    sound(ws)


def test_an_old_stop_is_not_taken_up(ws_at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAlexServer(works=works(), faults=["ok", *["500"] * 9]) as server:
        ws = ws_at(server.url)
        (stopped,) = pull(ws)
        server.faults.clear()
        monkeypatch.setattr(run_writer, "RESUMED_WITHIN", timedelta(0))
        (run,) = pull(ws)
    assert run.id != stopped.id and run.resumed == 0 and run.received == run.promised
    assert stopped.finished is not None and stopped.finished <= datetime.now(UTC)
