"""Measure how the cost of deduplication grows with the number of records.

    python benchmarks/dedupe_scale.py [N ...] [--seed S] [--plot FILE.svg]

For each N (default 10,000 to 1,000,000) synthetic records with planted duplicates are written to
a temporary file (see `synthetic_records`) and deduplicated in a fresh process that reads the file,
so the peak memory is that of the work alone.

Printed per size: records; pairs found; CPU seconds and seconds on the clock, from the file to
the clusters; microseconds of CPU per record, which stay level where growth is linear; peak
memory in MB, reading the file included; pair F1, works lost and duplicates left against the
planted truth.  Drawing needs ``vl-convert-python`` beside what the tests need.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pandas as pd
from dedupe_quality import Quality, quality
from synthetic_records import Library

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.dedupe.cluster import cluster  # noqa: E402
from review.dedupe.pairs import find_pairs  # noqa: E402
from review.dedupe.plain_files import read_records  # noqa: E402

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


@dataclass(frozen=True)
class Cost:
    """What one size cost, and how good the result was."""

    records: int
    pairs: int
    cpu: float
    wall: float
    megabytes: float
    quality: Quality

    def line(self) -> str:
        """Return the figures as one row of the table."""
        q = self.quality
        return (
            f"{self.records:9} {self.pairs:9} {self.cpu:8.1f} {self.wall:8.1f}"
            f" {self.cpu / self.records * 1e6:10.0f} {self.megabytes:8.0f}"
            f" {q.f1:7.4f} {q.works_lost:6} {q.duplicates_left:6}"
        )


HEAD = (
    f"{'records':>9} {'pairs':>9} {'CPU s':>8} {'wall s':>8} {'us/record':>10} {'MB':>8}"
    f" {'F1':>7} {'lost':>6} {'left':>6}"
)


def write(folder: Path, size: int, seed: int) -> None:
    """Write synthetic records and their truth below a folder; to be called in a fresh process."""
    records = pd.concat(Library(seed, size).batches(size), ignore_index=True)
    records[["id", "work"]].to_parquet(folder / "truth.parquet")
    records.drop(columns="work").to_parquet(folder / "records.parquet")


def measure(folder: Path) -> Cost:
    """Deduplicate the records below a folder; to be called in a fresh process."""
    wall, cpu = time.perf_counter(), time.process_time()
    records = read_records(folder / "records.parquet")
    pairs = find_pairs(records)
    clusters = pd.Series(cluster(records["id"], pairs))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KB on Linux
    truth = pd.read_parquet(folder / "truth.parquet").set_index("id")["work"]
    return Cost(len(records), len(pairs), cpu, wall, peak, quality(truth, clusters))


def draw(costs: Sequence[Cost], file: Path) -> None:
    """Draw CPU time and peak memory by number of records, beside growth in proportion."""
    measured = pd.DataFrame(
        {
            "records": [cost.records for cost in costs],
            "CPU seconds": [cost.cpu for cost in costs],
            "Peak memory in MB": [cost.megabytes for cost in costs],
        }
    )
    sizes = list(measured["records"])
    ends = [min(sizes) / 2, max(sizes) * 1.2]
    panels = []
    for figure in ("CPU seconds", "Peak memory in MB"):
        first = measured.iloc[0]
        even = measured.assign(**{figure: measured["records"] * first[figure] / first["records"]})
        place = {
            "x": alt.X("records:Q").scale(type="log", domain=ends).axis(values=sizes, grid=False),
            "y": alt.Y(f"{figure}:Q").scale(type="log").axis(grid=False),
        }
        line = alt.Chart(measured).encode(**place)
        told = line.mark_text(align="right", dx=-8, dy=-4).encode(
            text=alt.Text(f"{figure}:Q", format=",d")
        )
        dashed = alt.Chart(even).mark_line(strokeDash=[4, 4], color="#999").encode(**place)
        panels.append(dashed + line.mark_line(point=True) + told)
    alt.hconcat(*panels, title="Dashed: growth in proportion; all axes logarithmic").save(file)


def main() -> None:
    """Measure the sizes named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, help="numbers of records", default=SIZES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the curves")
    arguments = parser.parse_args()
    print(HEAD)
    costs: list[Cost] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        for size in arguments.sizes:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                pool.submit(write, folder, size, arguments.seed).result()
                costs.append(pool.submit(measure, folder).result())
            print(costs[-1].line(), flush=True)
    if arguments.plot:
        draw(costs, arguments.plot)


if __name__ == "__main__":
    main()
