"""How long until Overview, Claims and Gap map are whole after a vote, and does the server grow?

Builds a review of 100,000 reports in a folder, with suggestions, votes, tags and findings, starts
the app on it and goes round the three pages in a real browser (Chromium). Before each visit a vote
is cast by another process, as by another reviewer, so that nothing can be shown from before.

    python benchmarks/after_a_vote.py [--reports 100000] [--changes 60] [--folder DIR]

A folder that is named is kept, and used again if it holds the review. Prints for each page the
first visit, least, median and 95th percentile of the others in milliseconds, the processor time of
the server for each change, and its memory after the first round, half-way and at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from page_latency import decide, visit
from playwright.sync_api import sync_playwright
from screening_latency import CHROMIUM_ARGS, REVIEWER, build_bare, chromium, serve

from review.config import from_environment
from review.model import Stage, Suggestion, VoteValue
from review.screening import service as screening
from review.store import suggestions
from review.workspace import Workspace, open_workspace

PAGES = ("Overview", "Claims", "Gap map")
SUGGESTED = ("outcome", "study_design", "exposure", "population")
PART = 5_000


def suggest(ws: Workspace, count: int) -> None:
    """Suggest values of the codebook for every record, two outcomes among them."""
    chance = random.Random(5)
    book = ws.protocol.codebook
    values = {name: [v.id for v in book.dimension(name).values] for name in SUGGESTED}
    for start in range(1, count + 1, PART):
        found: list[Suggestion] = []
        for n in range(start, min(start + PART, count + 1)):
            record = f"R{n:06d}"
            for name in (*SUGGESTED, "outcome"):
                value = chance.choice(values[name])
                dimension = book.id_of(name)
                id_ = suggestions.id_of(record, dimension, value, "bench")
                found.append(Suggestion(id_, record, dimension, value, 0.5, "bench", "", 1))
        with ws.store.write() as conn:
            suggestions.add(conn, found)
            suggestions.mark(conn, {s.record for s in found}, "bench")


def opened(folder: Path, count: int) -> Workspace:
    """The review in the folder, made if there is none."""
    data = folder / "data"
    if (data / "local" / "review.db").exists():
        return open_workspace(from_environment({"REVIEW_DATA": str(data)}))
    ws = build_bare(folder, count)
    suggest(ws, count)
    decide(ws, count)
    return ws


def vote(ws: Workspace) -> None:
    """Cast one more vote."""
    found = screening.next_report(ws, Stage.TITLE_ABSTRACT, REVIEWER)
    if found is None:
        raise SystemExit("no report is left to vote on")
    value = VoteValue.INCLUDE
    screening.cast(ws, found.id, Stage.TITLE_ABSTRACT, REVIEWER, value)


def measure(folder: Path, ws: Workspace, changes: int) -> None:
    """Vote, visit, print."""
    process, port = serve(folder)
    server = process.pid
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    memory: list[float] = []
    used = 0.0
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://127.0.0.1:{port}/records")
            page.get_by_role("heading", level=1).wait_for(timeout=120_000)
            for n in range(changes + len(PAGES)):
                if n == len(PAGES):
                    used = -processor_time(server)
                vote(ws)
                times[PAGES[n % len(PAGES)]].append(visit(page, PAGES[n % len(PAGES)]))
                if n >= len(PAGES) - 1:
                    memory.append(_memory(server))
            used += processor_time(server)
            browser.close()
    finally:
        process.terminate()
        process.wait(20)
    for name, (first, *others) in times.items():
        others.sort()
        p95 = others[int(0.95 * (len(others) - 1))]
        print(
            f"{name:9} first {first:6.0f} ms, then least {others[0]:5.0f}, "
            f"median {statistics.median(others):5.0f}, p95 {p95:5.0f} ms"
        )
    print(f"processor time of the server: {used / changes:.2f} s a change and visit")
    print(
        f"memory: {memory[0]:.0f} MB after the first round, {memory[len(memory) // 2]:.0f} MB "
        f"half-way, {memory[-1]:.0f} MB after {changes} changes"
    )


def _memory(pid: int) -> float:
    """Megabytes that a process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Build, vote, visit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        ws = opened(folder, options.reports)
        print(f"review there after {time.monotonic() - began:.0f} s")
        measure(folder, ws, options.changes)
        ws.store.close()
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
