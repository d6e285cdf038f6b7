"""Time to collect many works: this tracker beside pyalex's own paginate, on one loopback server.

    python -m benchmarks.openalex_parallel [--works 10000] [--delay 0.3]

The server is a process of its own and waits so long before each answer. pyalex 0.21 has its
address fixed, so it is pointed at the server by its `urlunparse`, and is given pages of 100 too.
Ours stores every page in a database; what it takes to suggest tags afterwards is timed apart.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunparse

import pyalex
import pyalex.api

from review.config import ROOT, Config
from review.search.progress import Progress
from review.search.walking import Walk
from review.sources.openalex import OpenAlex, OpenAlexSettings, Query, request_url
from review.store import records
from review.workspace import adopt_protocol, open_workspace

FILTER = {"publication_year": "1990-2026"}


def by_pyalex(url: str) -> tuple[float, set[str]]:
    """Seconds and ids of pyalex's own walk."""
    host = urlsplit(url)
    pyalex.config.api_key = "any"
    pyalex.api.urlunparse = lambda parts: urlunparse((host.scheme, host.netloc, *parts[2:]))
    begun = time.perf_counter()
    ids: set[str] = set()
    for page in pyalex.Works().filter(**FILTER).paginate(per_page=100, n_max=None):
        ids.update(work["id"].rsplit("/", 1)[-1] for work in page)
    return time.perf_counter() - begun, ids


def by_review(url: str, folder: Path) -> tuple[float, set[str], str]:
    """Seconds, ids and outcome of a search run, every page stored."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local"))
    config = Config(data, f"sqlite:///{folder / 'review.db'}", url, "any")
    ws = open_workspace(config, create=True)
    adopt_protocol(ws, "benchmark")
    query = Query("", filters=FILTER)

    def progress(now: Progress) -> None:
        pass

    begun = time.perf_counter()
    with OpenAlex(OpenAlexSettings(url, "any")) as client:
        request = request_url(query, url, cursor="*")
        walk = Walk(ws, "benchmark", "ad hoc", "openalex", request, progress)
        walk.go(client, query, lambda: False)
    spent = time.perf_counter() - begun
    with ws.store.read() as conn:
        ids = {row["openalex_id"] for row in records.rows_for_dedupe(conn)}
        run = records.get_run(conn, walk.id)
    ws.store.close()
    return spent, ids, f"{run.outcome}, {run.received} of {run.promised}, {run.cost_usd:.4f} USD"


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--works", type=int, default=10_000)
    parser.add_argument("--delay", type=float, default=0.3, help="seconds before each answer")
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.openalex", "--port", "8798",
         "--works", str(asked.works), "--delay", str(asked.delay), "--budget", "100"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip().removeprefix("OPENALEX_URL=")
        with tempfile.TemporaryDirectory() as folder:
            ours, our_ids, outcome = by_review(url, Path(folder))
        theirs, their_ids = by_pyalex(url)
    finally:
        server.terminate()
        server.wait()
    print(f"{asked.works} works, {asked.delay:g} s before each answer")
    print(f"pyalex {pyalex.__version__} paginate  {theirs:7.1f} s  {len(their_ids)} works")
    print(f"review, stored            {ours:7.1f} s  {len(our_ids)} works ({outcome})")
    print(f"ratio {ours / theirs:.3f}; identical ids: {our_ids == their_ids}")


if __name__ == "__main__":
    main()
