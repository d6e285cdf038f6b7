"""Measure what taking a large review along costs: the command a user types, time and memory.

    python benchmarks/export_scale.py [N] [--formats ris,csl-json,...] [--seed S]

N (default 100,000) synthetic records (see `synthetic_records`; abstracts of about 1,500 characters)
are imported into an empty SQLite review. Then ``python -m review export FORMAT FILE`` is called
for each format, and ``python -m review bundle FILE``.

Printed per format: MB of the file; CPU seconds and seconds on the clock; peak memory in MB; the
load, that is how many processes wanted a processor: both kinds of seconds get longer with it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from import_scale import ROOT, measure, write

FORMATS = "csv,ris,xlsx,bundle,bibtex,csl-json"


def make(path: Path, size: int, seed: int) -> None:
    """Make a review of so many records beside a file of them; called in a fresh process."""
    write(path, size, seed)
    measure(path, suggest=False)


def export(db: str, format: str, out: Path) -> str:
    """Export the review in a process of its own; what that cost, as a row of the table."""
    wall = time.perf_counter()
    words = ["bundle"] if format == "bundle" else ["export", format]
    command = [sys.executable, "-m", "review", *words, str(out), "--db", db]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - wall
    if status:
        raise SystemExit(f"the export of {format} ended with {status}")
    size = out.stat().st_size / 1e6
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024  # KB on Linux
    load = os.getloadavg()[0]
    return f"{format:>10} {size:8.1f} {cpu:8.1f} {wall:8.1f} {peak:8.0f} {load:8.1f}"


def main() -> None:
    """Measure all formats, or those named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("size", nargs="?", type=int, default=100_000, help="number of records")
    parser.add_argument("--formats", default=FORMATS, help="names with commas between them")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "records.ris"
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            pool.submit(make, path, arguments.size, arguments.seed).result()
        db = f"sqlite:///{(path.parent / 'review.db').as_posix()}"
        print(
            f"{'format':>10} {'file MB':>8} {'CPU s':>8} {'wall s':>8} {'peak MB':>8} {'load':>8}"
        )
        for format in arguments.formats.split(","):
            print(export(db, format, path.parent / f"out.{format}"), flush=True)


if __name__ == "__main__":
    main()
