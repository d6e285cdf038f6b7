"""What one event costs behind a long history, and how long a whole replay takes.

Fills an empty SQLite review with votes, tags, changed tags, undos and merges, and prints for each
length of the log the statements and milliseconds of one more event of each kind, then the seconds
and peak memory of replaying everything.

    python -m benchmarks.log_growth                      10,000 and 100,000 events
    python -m benchmarks.log_growth 10000 1000000
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from review.events import (
    EventData,
    ProtocolAdopted,
    RecordsMerged,
    TagGiven,
    Undone,
    VoteCast,
)
from review.model import Record, RunStatus, Stage, VoteValue
from review.store import Connection, Store, log, records

WHO = ("Ann", "Bo", "Cy")
BATCH = 5_000
TIMES = 25


def main() -> None:
    """Print a row for each length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lengths", nargs="*", type=int, default=[10_000, 100_000])
    lengths = sorted(parser.parse_args().lengths)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{(Path(folder) / 'review.db').as_posix()}")
        store.upgrade()
        ids = _records(store, max(lengths) // 8)
        said = _history(ids)
        print(f"{'events':>10}  {'vote':>12} {'change tag':>12} {'undo':>12} {'merge':>12}   "
              "(statements / median ms)")  # fmt: skip
        for length in lengths:
            _fill(store, said, length)
            print(f"{_length(store):>10,}  " + " ".join(_costs(store, ids)))
        _replay(store)
        store.close()


def _records(store: Store, count: int) -> Sequence[str]:
    """A protocol and some records; returns their ids."""
    with store.write() as conn:
        log.append(conn, "Ann", [ProtocolAdopted(version="v1", reviewers={"title_abstract": 2})])
        run = records.start_run(conn, "Ann", "made up", "made up")
        ids: list[str] = []
        for start in range(0, count, BATCH):
            made = [
                Record("made up", str(n), title=f"Paper {n}")
                for n in range(start, min(start + BATCH, count))
            ]
            ids += records.add_records(conn, "Ann", run, made).new
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
    return ids


def _history(ids: Sequence[str]) -> Iterator[EventData]:
    """What three reviewers may do, for as long as anyone asks."""
    n = 0
    while True:
        record, who = ids[n // 4 % len(ids)], WHO[n // 7 % 3]
        if n % 4 < 2:
            yield _vote(record, who, n)
        elif n % 4 == 2 or n // 4 % 50:
            yield _tag(record, who, n)
        else:
            yield RecordsMerged(records=(record, ids[(n // 4 + 1) % len(ids)]), why="made up")
        n += 1


def _vote(record: str, who: str, n: int) -> VoteCast:
    value = list(VoteValue)[n % 3]
    return VoteCast(record=record, stage=Stage.TITLE_ABSTRACT, vote=value, reviewer=who)


def _tag(record: str, who: str, n: int) -> TagGiven:
    value = ("cohort", "case_report", "rct_parallel")[n % 3]
    return TagGiven(record=record, dimension="study_design", value=value, reviewer=who, single=True)


def _length(store: Store) -> int:
    with store.read() as conn:
        return sum(1 for _ in log.events(conn))


def _fill(store: Store, said: Iterator[EventData], length: int) -> None:
    """Write events until the log is so long; every tenth batch is taken back."""
    left = length - _length(store)
    while left > 0:
        with store.write() as conn:
            batch = [next(said) for _ in range(min(BATCH, left))]
            done = log.append(conn, "Ann", batch)
            left -= len(done)
            if left > 100:
                back = [Undone(cancels=(e.id,)) for e in done[:: len(done) // 50]]
                left -= len(log.append(conn, "Ann", back))


def _costs(store: Store, ids: Sequence[str]) -> list[str]:
    """One more event of each kind: statements and median milliseconds, written to the disk."""
    last: list[str] = []

    def change_tag(conn: Connection, n: int) -> None:
        last[:] = [log.append(conn, "Ann", [_tag(ids[7], "Ann", n)])[0].id]

    def undo(conn: Connection, _n: int) -> None:
        last[:] = [log.undo(conn, "Ann", last[0]).id]

    def vote(conn: Connection, n: int) -> None:
        log.append(conn, "Ann", [_vote(ids[n], "Ann", n)])

    def merge(conn: Connection, n: int) -> None:
        log.append(conn, "Ann", [RecordsMerged(records=(ids[-1 - 2 * n], ids[-2 - 2 * n]))])

    return [_cost(store, what) for what in (vote, change_tag, undo, merge)]


def _cost(store: Store, what: Callable[[Connection, int], None]) -> str:
    times: list[float] = []
    sent = 0
    for n in range(TIMES):
        with _counting(store) as statements:
            begun = time.perf_counter()
            with store.write() as conn:
                what(conn, n)
            times.append(time.perf_counter() - begun)
        sent = len(statements)
    return f"{sent:>4} / {statistics.median(times) * 1000:>5.1f}"


@contextmanager
def _counting(store: Store) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def _replay(store: Store) -> None:
    begun = time.perf_counter()
    with store.write() as conn:
        count = log.replay(conn)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"replay of {count:,} events: {seconds:.1f} s, peak memory of the process {peak:,.0f} MB")


if __name__ == "__main__":
    main()
