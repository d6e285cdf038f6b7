"""How long from pressing an answer to the next pair of possible duplicates on the screen?

Builds a review of some thousands of records with pairs that wait for a person, starts the app on
it and presses real keys in a real browser (Chromium through Playwright): one answer after the
other, each as soon as the pair before it has been painted.

    python benchmarks/judging_latency.py [--records 5000] [--pairs 120]

Prints median, 95th percentile and maximum in milliseconds, presses that changed nothing, whether
every answer in the log is on the pair that was on the screen, and how long all answers took.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright
from screening_latency import (
    CHROMIUM_ARGS,
    REVIEWER,
    WATCH,
    WORDS,
    build,
    chromium,
    press,
    serve,
)

from review.dedupe import service
from review.model import Record, RunStatus
from review.store import bulk_reads, edges, pairs, records
from review.workspace import Workspace

KEYS = {"s": "merge", "d": "apart"}


def add_pairs(ws: Workspace, count: int) -> None:
    """Compare all records, then leave so many pairs of a record and its altered copy open."""
    chance = random.Random(11)
    with ws.store.read() as conn:
        ids = [id_ for id_, _, _ in bulk_reads.memberships(conn)[:count]]
        originals = bulk_reads.records(conn, ids)
    copies = [_altered(originals[id_], chance) for id_ in ids]
    with ws.store.write() as conn:
        run = records.start_run(conn, REVIEWER, "copies", "bench", promised=count)
        new = records.add_records(conn, REVIEWER, run, copies).new
        records.finish_run(conn, REVIEWER, run, RunStatus.COMPLETE)
    service.dedupe(ws)
    with ws.store.write() as conn:
        found = [
            {"id_a": a, "id_b": b, "score": chance.uniform(0.3, 0.9), "verdict": "unsure",
             "why": "Same author and year, title 90 % alike; but the identifiers differ."}
            for a, b in zip(ids, new, strict=True)
        ]  # fmt: skip
        pairs.replace(conn, [*ids, *new], found)


def _altered(original: Record, chance: random.Random) -> Record:
    """A copy that the rules do not take for the same text: some words are others."""

    def some_others(text: str) -> str:
        return " ".join(chance.choice(WORDS) if chance.random() < 0.1 else w for w in text.split())

    return replace(
        original,
        key="copy " + original.key,
        title=some_others(original.title),
        abstract=some_others(original.abstract),
        doi=original.doi + ".other",
    )


def judge(port: int, count: int) -> tuple[list[float], int, list[tuple[str, str]], float]:
    """Give so many answers.

    Returns:
        Milliseconds of each, presses without effect, (pair, key) of each, seconds of all.
    """
    times: list[float] = []
    made: list[tuple[str, str]] = []
    dropped = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/duplicates")
        page.wait_for_selector(".rt-id", state="attached")
        page.get_by_role("button", name="Different").wait_for()
        page.evaluate(WATCH)
        began = time.monotonic()
        while len(made) < count:
            key = list(KEYS)[len(made) % len(KEYS)]
            shown = page.locator(".rt-id").first.text_content() or ""
            page.wait_for_timeout(60)  # a very fast reader; the buttons follow the text closely
            took = press(page, key)
            if took is None:
                dropped += 1
                if dropped > count:
                    raise SystemExit("no press has an effect")
                continue
            times.append(took)
            made.append((shown, key))
        spent = time.monotonic() - began
        browser.close()
    return times, dropped, made, spent


def wrong(ws: Workspace, made: list[tuple[str, str]]) -> int:
    """How many answers are not in the log as they were given."""
    with ws.store.read() as conn:
        given = {pairs.pair_id(e.record_a, e.record_b): e.kind for e in edges.find(conn)}
    return sum(given.get(pair) != KEYS[key] for pair, key in made)


def main() -> None:
    """Build, press, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--pairs", type=int, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ws = build(folder, options.records)
        add_pairs(ws, options.pairs)
        waiting = len(service.status(ws).pairs)
        print(f"{options.records + options.pairs:,} records, {waiting} pairs waiting")
        process, port = serve(folder)
        try:
            times, dropped, made, spent = judge(port, options.pairs - 5)
        finally:
            process.terminate()
            process.wait(10)
        mistaken = wrong(ws, made)
        ws.store.close()
    times.sort()
    p95 = times[int(0.95 * (len(times) - 1))]
    load = os.getloadavg()[0]
    print(f"{len(times)} answers at load {load:.1f}: median {statistics.median(times):.0f} ms, "
          f"p95 {p95:.0f} ms, max {times[-1]:.0f} ms")  # fmt: skip
    print(f"presses without effect: {dropped}; answers on another pair than shown: {mistaken}; "
          f"all answers in {spent:.0f} s")  # fmt: skip


if __name__ == "__main__":
    main()
