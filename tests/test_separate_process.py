"""Long work in a process of its own: as in this one, and the end of either is told or ends both."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import separate_process
from review.config import ROOT
from review.dedupe import service as dedupe
from review.errors import Cancelled, ProcessLostError, UnknownColumns
from review.model import Record
from review.progress import Progress, Watch
from review.store import log
from review.workspace import Workspace
from tests import work_elsewhere
from tests.reviews import add, workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A review of three records, two of which are one text."""
    made = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    sleep, liver = "Kratom and sleep in people with pain", "Mitragynine in the livers of mice"
    add(made, [_record("1", sleep), _record("2", sleep), _record("3", liver)])
    yield made
    made.store.close()


def test_work_in_a_process_of_its_own_comes_to_the_same_and_tells_how_far_it_is(
    ws: Workspace,
) -> None:
    told: list[Progress] = []
    found = separate_process.call_if(True, ws, dedupe.dedupe, watch=Watch(told.append))
    assert found == dedupe.DedupeResult(merged=1, unsure=0, compared=3)
    assert [n.step for n in told if n.done == n.total] == [
        str(step) for step in dedupe.DedupeStep if step in {n.step for n in told}
    ]
    assert dedupe.status(ws).merges == 1


def test_an_error_arrives_as_it_was_raised(ws: Workspace) -> None:
    with pytest.raises(UnknownColumns, match="Name the columns") as refused:
        separate_process.call(ws, work_elsewhere.refuse)
    assert refused.value.columns == ("a", "b")


def test_work_is_stopped_on_request(ws: Workspace, tmp_path: Path) -> None:
    told: list[Progress] = []
    watch = Watch(told.append, lambda: bool(told))
    with pytest.raises(Cancelled, match="Stopped counting"):
        separate_process.call(
            ws, work_elsewhere.count_slowly, tmp_path / "pid", watch=watch
        )  # fmt: skip
    assert told[0].step == "things counted"


def test_the_end_of_the_process_is_told_in_words(ws: Workspace) -> None:
    before = _events(ws)
    with pytest.raises(ProcessLostError, match=r"signal 9.*memory.*start it again"):
        separate_process.call(ws, work_elsewhere.die)
    assert _events(ws) == before


@pytest.mark.parametrize("work", ["count_slowly", "never_ask"])
def test_no_process_is_left_behind_by_a_server_that_was_killed(
    ws: Workspace, tmp_path: Path, work: str
) -> None:
    pid_file = tmp_path / "pid"
    program = f"""
        from pathlib import Path
        from review import separate_process
        from tests import work_elsewhere
        from tests.reviews import workspace
        folder = Path({str(tmp_path)!r})
        ws = workspace(folder, "sqlite:///" + (folder / "second.db").as_posix())
        separate_process.LAST_SECONDS = 1
        separate_process.call(ws, work_elsewhere.{work}, folder / "pid")
    """
    server = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT)
    try:
        _wait_until(lambda: pid_file.exists() and bool(pid_file.read_text()), 60)
    finally:
        server.kill()
        server.wait()
    pid = int(pid_file.read_text())
    _wait_until(lambda: not Path(f"/proc/{pid}").exists(), separate_process.LAST_SECONDS + 20)


def _record(key: str, title: str) -> Record:
    return Record(
        source="made up", key=key, title=title, authors=("Adams, A.",), year=2020,
        journal="Pain", doi=f"10.5555/{title[:6].lower()}", abstract=f"{title} were studied.",
    )  # fmt: skip


def _events(ws: Workspace) -> int:
    with ws.store.read() as conn:
        return sum(1 for _ in log.events(conn))


def _wait_until(true: object, seconds: float) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.05)
