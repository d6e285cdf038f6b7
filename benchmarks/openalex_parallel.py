"""Time to collect many works: this tracker beside pyalex's own paginate, on one loopback server.

    python -m benchmarks.openalex_parallel [--works 10000] [--delay 0.3]

The server is a process of its own and waits so long before each answer. pyalex 0.21 has its
address fixed, so it is pointed at the server by its `urlunparse`, and is given pages of 100 too.
Ours stores every page in a database, and asks no faster than a free key may.

The server works on the same machine, so its processor time is told beside that of both clients,
with the load: on a busy machine all that needs the processor is slower, and the waits are not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunparse

import pyalex
import pyalex.api

from review.config import ROOT, Config
from review.search.fetching import walk
from review.search.run_writer import OngoingRun
from review.sources.openalex.client import OpenAlex, OpenAlexSettings, request_url
from review.sources.source import Query
from review.store import records
from review.workspace import Workspace, adopt_protocol, open_workspace

FILTER = {"publication_year": "1990-2026"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one collection took, in seconds, and what it brought."""

    wall: float
    own: float
    server: float
    ids: set[str]
    said: str

    def __str__(self) -> str:
        cpu = f"{self.own:.1f} s of processor, {self.server:.1f} s in the server"
        return f"{self.wall:7.1f} s  {len(self.ids)} works  ({cpu}{self.said})"


def taken(collect: Callable[[], tuple[set[str], str]], server: int) -> Taken:
    """Time a collection; ``server`` is the process id of the server."""
    own, there, begun = time.process_time(), _processor(server), time.perf_counter()
    ids, said = collect()
    wall = time.perf_counter() - begun
    return Taken(wall, time.process_time() - own, _processor(server) - there, ids, said)


def _processor(process: int) -> float:
    """Processor seconds of another process so far; 0 where the system does not tell (no /proc)."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def by_pyalex(url: str) -> tuple[set[str], str]:
    """Ids of pyalex's own walk."""
    host = urlsplit(url)
    pyalex.config.api_key = "any"
    pyalex.api.urlunparse = lambda parts: urlunparse((host.scheme, host.netloc, *parts[2:]))
    ids: set[str] = set()
    for page in pyalex.Works().filter(**FILTER).paginate(per_page=100, n_max=None):
        ids.update(work["id"].rsplit("/", 1)[-1] for work in page)
    return ids, ""


def by_review(url: str, ws: Workspace) -> tuple[set[str], str]:
    """Ids and outcome of a search run, every page stored."""
    query = Query("", filters=FILTER)
    with OpenAlex(OpenAlexSettings(url, "any")) as client:
        request = request_url(query, url, cursor="*")
        going = OngoingRun(ws, "benchmark", "ad hoc", "openalex", request, lambda now: None)
        walk(going, client, query)
    with ws.store.read() as conn:
        ids = {row["openalex_id"] for row in records.rows_for_dedupe(conn)}
        run = records.get_run(conn, going.id)
    return ids, f"; {run.status}, {run.received} of {run.promised}, {run.cost_usd:.4f} USD"


@contextmanager
def review_of(folder: Path, url: str) -> Iterator[Workspace]:
    """An empty review in a folder."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("local"))
    config = Config(folder / "data", f"sqlite:///{folder / 'review.db'}", url, "any")
    ws = open_workspace(config, create=True)
    adopt_protocol(ws, "benchmark")
    yield ws
    ws.store.close()


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
        with tempfile.TemporaryDirectory() as folder, review_of(Path(folder), url) as ws:
            ours = taken(lambda: by_review(url, ws), server.pid)
        theirs = taken(lambda: by_pyalex(url), server.pid)
    finally:
        server.terminate()
        server.wait()
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    print(
        f"{asked.works} works, {asked.delay:g} s before each answer, {os.cpu_count()} cores, {load}"
    )
    print(f"pyalex {pyalex.__version__} paginate  {theirs}")
    print(f"review, stored        {ours}")
    print(f"ratio {ours.wall / theirs.wall:.3f}; identical ids: {ours.ids == theirs.ids}")


if __name__ == "__main__":
    main()
