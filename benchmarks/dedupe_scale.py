"""Measure how the cost of deduplication grows with the number of records.

    python benchmarks/dedupe_scale.py [N ...] [--seed S] [--plot FILE.svg]

For each N (default 10,000 to 1,000,000) synthetic records with planted duplicates are written to
a temporary file (see `synthetic_records`) and deduplicated in a fresh process that reads the file,
so the peak memory is that of the work alone.

Printed per size: records; pairs found; CPU seconds and seconds on the clock, from the file to
the clusters; microseconds of CPU per record, which stay level where growth is linear; peak
memory in MB, reading the file included; pair F1, works lost and duplicates left against the
planted truth.
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
from math import log10
from pathlib import Path

import pandas as pd
from dedupe_quality import Quality, quality
from synthetic_records import Library

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.dedupe import cluster, find_pairs, read_records  # noqa: E402

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


def _curve(
    title: str, sizes: Sequence[int], values: Sequence[float], unit: str, left: int
) -> list[str]:
    """Return one panel of the chart: both axes logarithmic, a dashed line for linear growth."""
    width, height, top = 330, 220, 70
    low, high = log10(min(sizes)), log10(max(sizes))
    scale = width / max(high - low, 0.1)
    floor = log10(min(values)) - 0.2
    ceiling = max(log10(max(values)), log10(values[0]) + high - low) + 0.1

    def at(size: float, value: float) -> tuple[float, float]:
        x = left + (log10(size) - low) * scale
        y = top + height * (ceiling - log10(value)) / (ceiling - floor)
        return round(x, 1), round(y, 1)

    points = [at(s, v) for s, v in zip(sizes, values, strict=True)]
    (x1, y1), (x2, y2) = points[0], at(sizes[-1], values[0] * sizes[-1] / sizes[0])
    parts = [
        f'<text x="{left}" y="{top - 24}" font-weight="600">{title}</text>',
        f'<path d="M{left} {top + height}H{left + width}" stroke="#999"/>',
        f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<polyline fill="none" stroke="#1f5a8a" stroke-width="2" '
        f'points="{" ".join(f"{x},{y}" for x, y in points)}"/>',
    ]
    for (x, y), size, value in zip(points, sizes, values, strict=True):
        parts += [
            f'<circle cx="{x}" cy="{y}" r="3.5" fill="#1f5a8a"/>',
            f'<text x="{x - 7}" y="{y - 7}" text-anchor="end">{value:,.0f} {unit}</text>',
            f'<text x="{x}" y="{top + height + 18}" text-anchor="middle">{size:,}</text>',
        ]
    return parts


def chart(costs: Sequence[Cost]) -> str:
    """Return the costs as an SVG chart, CPU seconds beside peak memory."""
    sizes = [cost.records for cost in costs]
    body = [
        *_curve("CPU time by number of records", sizes, [c.cpu for c in costs], "s", 50),
        *_curve("Peak memory by number of records", sizes, [c.megabytes for c in costs], "MB", 460),
        '<text x="50" y="330">Both axes logarithmic; dashed: growth in proportion.</text>',
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 345" role="img" '
        'font-family="system-ui, sans-serif" font-size="11" fill="#222">\n'
        '<title>Cost of deduplication</title>\n<rect width="840" height="345" fill="#fff"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


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
        arguments.plot.write_text(chart(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
