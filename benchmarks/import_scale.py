"""Measure what importing a large file of references costs.

    python benchmarks/import_scale.py [N ...] [--format ris|csv|nbib] [--suggest] [--seed S]

For each N (default 10,000 and 100,000) synthetic records (see `synthetic_records`; abstracts of
about 1,500 characters, with signs outside ASCII) are written to a temporary file and imported into
an empty SQLite review in a fresh process, so the peak memory is that of the work alone. With
``--suggest`` tagging suggestions are worked out as well, which takes far longer than the rest.

Printed per size: records; MB of the file; seconds on the clock and CPU seconds, from the file to
the closed run; peak memory in MB; records per second on the clock; the longest time in
milliseconds for one part, which is how long another writer may have to wait.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from synthetic_records import Library, Record

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from review import protocol  # noqa: E402
from review.config import Config  # noqa: E402
from review.progress import Progress, Watch  # noqa: E402
from review.search.importing import PAUSE_SECONDS, ImportStep, import_file  # noqa: E402
from review.store import Store  # noqa: E402
from review.workspace import Workspace, adopt_protocol  # noqa: E402

SIZES = (10_000, 100_000)


@dataclass(frozen=True)
class Cost:
    """What one import cost."""

    records: int
    file_mb: float
    wall: float
    cpu: float
    peak_mb: float
    longest: float

    def line(self) -> str:
        """Return the figures as one row of the table."""
        return (
            f"{self.records:9} {self.file_mb:8.1f} {self.wall:8.1f} {self.cpu:8.1f}"
            f" {self.peak_mb:8.0f} {self.records / self.wall:10.0f} {self.longest * 1e3:8.0f}"
        )


HEAD = (
    f"{'records':>9} {'file MB':>8} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'records/s':>10}"
    f" {'part ms':>8}"
)


def _made(size: int, seed: int) -> Iterator[Record]:
    for frame in Library(seed, size).batches(size):
        for row in frame.to_dict("records"):
            if row["abstract"]:
                row["abstract"] = f"{' '.join([row['abstract']] * 3)} (β ≥ 0.05, 𝑝 < 0.01)"
            yield row


def _ris(records: Iterator[Record], file: TextIO) -> None:
    tags = {
        "title": "TI", "year": "PY", "journal": "T2", "volume": "VL", "number": "IS",
        "pages": "SP", "doi": "DO", "abstract": "AB", "id": "AN",
    }  # fmt: skip
    for r in records:
        authors = (f"AU  - {name}\n" for name in r["author"].split("; "))
        values = (f"{tag}  - {r[field]}\n" for field, tag in tags.items() if r[field])
        file.write("".join(["TY  - JOUR\n", *authors, *values, "ER  - \n\n"]))


def _nbib(records: Iterator[Record], file: TextIO) -> None:
    tags = {"title": "TI", "year": "DP", "journal": "JT", "volume": "VI", "number": "IP",
            "pages": "PG", "abstract": "AB"}  # fmt: skip
    for r in records:
        authors = (f"FAU - {name}\n" for name in r["author"].split("; "))
        values = (f"{tag:<4}- {r[field]}\n" for field, tag in tags.items() if r[field])
        doi = f"LID - {r['doi']} [doi]\n" if r["doi"] else ""
        file.write("".join([f"PMID- {int(r['id']) + 1}\n", *authors, *values, doi, "\n"]))


def _csv(records: Iterator[Record], file: TextIO) -> None:
    fields = "id title author year journal volume number pages doi abstract".split()
    writer = csv.DictWriter(file, fields, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)


WRITERS: dict[str, Callable[[Iterator[Record], TextIO], None]] = {
    "ris": _ris, "csv": _csv, "nbib": _nbib
}  # fmt: skip


def write(path: Path, size: int, seed: int) -> None:
    """Write synthetic records in the format of the file's ending; called in a fresh process."""
    with path.open("w", encoding="utf-8", newline="") as file:
        WRITERS[path.suffix[1:]](_made(size, seed), file)


def measure(path: Path, suggest: bool) -> Cost:
    """Import a file into a review made beside it; called in a fresh process."""
    db = f"sqlite:///{(path.parent / 'review.db').as_posix()}"
    store = Store(db)
    store.upgrade()
    ws = Workspace(Config(data=path.parent, db=db), store, protocol.load(ROOT / "data"))
    adopt_protocol(ws, "benchmark")
    stored: list[float] = []
    ended: list[bool] = []

    def tell(now: Progress) -> None:
        if now.step == ImportStep.STORING:
            stored.append(time.perf_counter())
            if now.done == now.total and not suggest:
                ended.append(True)

    wall, cpu = time.perf_counter(), time.process_time()
    result = import_file(ws, path, actor="benchmark", watch=Watch(tell, lambda: bool(ended)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    longest = max((b - a for a, b in zip(stored, stored[1:], strict=False)), default=wall)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KB on Linux
    store.close()
    size = path.stat().st_size / 1e6
    return Cost(result.new, size, wall, cpu, peak, max(longest - PAUSE_SECONDS, 0))


def main() -> None:
    """Measure the sizes named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, help="numbers of records", default=SIZES)
    parser.add_argument("--format", choices=WRITERS, default="ris", help="of the file")
    parser.add_argument("--suggest", action="store_true", help="work out suggestions as well")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    print(HEAD)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        for size in arguments.sizes:
            with tempfile.TemporaryDirectory() as name:
                path = Path(name) / f"records.{arguments.format}"
                pool.submit(write, path, size, arguments.seed).result()
                cost = pool.submit(measure, path, arguments.suggest).result()
            print(cost.line(), flush=True)


if __name__ == "__main__":
    main()
