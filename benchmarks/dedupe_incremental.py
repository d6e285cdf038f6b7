"""What does it cost to look for duplicates again when records are added to a large review?

    python benchmarks/dedupe_incremental.py [--records 10000] [--added 500]

Builds a review of synthetic records with planted duplicates (see `synthetic_records`) in a
temporary folder, deduplicates it, adds some more and deduplicates again, through the same service
as the page and the command. Also measured: the answer of a person, which compares nothing.

Prints seconds on the clock and of CPU, and what each step came to.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from synthetic_records import Library

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from review.config import from_environment  # noqa: E402
from review.dedupe import manual_decisions, service  # noqa: E402
from review.model import Record, RunStatus  # noqa: E402
from review.store import records  # noqa: E402
from review.workspace import Workspace, adopt_protocol, open_workspace  # noqa: E402

ACTOR = "Bench"
T = TypeVar("T")


def entries(count: int) -> list[Record]:
    """Synthetic records, those of one work far apart, so that new ones repeat old ones."""
    rows: list[Mapping[str, str]] = []
    for frame in Library(7, count).batches(count):
        rows += frame.to_dict("records")
    rows.sort(key=lambda row: row["id"])  # the ids are shuffled numbers
    return [_record(row) for row in rows]


def _record(row: Mapping[str, str]) -> Record:
    return Record(
        source="bench",
        key=row["id"],
        title=row.get("title", ""),
        authors=tuple(name.strip() for name in row.get("author", "").split(";") if name.strip()),
        year=int(row["year"]) if row.get("year", "").isdigit() else None,
        journal=row.get("journal", ""),
        volume=row.get("volume", ""),
        issue=row.get("number", ""),
        pages=row.get("pages", ""),
        doi=row.get("doi", ""),
        abstract=row.get("abstract", ""),
    )


def store(ws: Workspace, found: Sequence[Record]) -> None:
    """Add records as one finished search run."""
    with ws.store.write() as conn:
        run = records.start_run(conn, ACTOR, "bench", "bench", promised=len(found))
        records.add_records(conn, ACTOR, run, found)
        records.finish_run(conn, ACTOR, run, RunStatus.COMPLETE)


def timed(words: str, step: Callable[[], T]) -> T:
    """Carry out a step and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = step()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{words:38} {wall:7.2f} s, {cpu:7.2f} s of CPU   {result}")
    return result


def main() -> None:
    """Build, deduplicate, add, deduplicate, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--added", type=int, default=500)
    options = parser.parse_args()
    found = entries(options.records + options.added)
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local", "library"))
        ws = open_workspace(from_environment({"REVIEW_DATA": str(data)}), create=True)
        adopt_protocol(ws, ACTOR)
        print(f"load {os.getloadavg()[0]:.1f}")
        store(ws, found[: options.records])
        timed(f"first run, {options.records:,} records", lambda: service.dedupe(ws))
        store(ws, found[options.records :])
        timed(f"{options.added:,} more records", lambda: service.dedupe(ws))
        pair = manual_decisions.unsure(ws)[0]
        timed(
            "one answer",
            lambda: manual_decisions.keep_apart(ws, pair.left.id, pair.right.id, ACTOR).id,
        )
        timed("a run after it, nothing new", lambda: service.dedupe(ws))
        ws.store.close()


if __name__ == "__main__":
    main()
