"""How long from pressing a decision key to the next report on the screen?

Builds a review of 10,000 reports in a temporary folder, starts the app on it and presses real keys
in a real browser (Chromium through Playwright): one decision after the other, each as soon as the
report before it has been painted.

    python benchmarks/screening_latency.py [--reports 10000] [--decisions 200] [--services]
        [--team shared|given]

With `--services` it prints instead, without a browser, how much processor time the services of the
page take for a card: the next report, and how many are left. With `--team` four people screen with
two votes a report: the protocol shares the reports out, or all are given to people by one draw.

Prints median, 95th percentile and maximum in milliseconds, presses that changed nothing, and
whether every vote in the database is on the report that was on the screen.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from review.config import from_environment  # noqa: E402
from review.initialise import begin  # noqa: E402
from review.model import Record, RunStatus, Stage  # noqa: E402
from review.protocol.loading import PROTOCOL_FILE  # noqa: E402
from review.screening import assignment  # noqa: E402
from review.screening import service as screening  # noqa: E402
from review.store import active_decisions, records  # noqa: E402
from review.workspace import Workspace, adopt_protocol, open_workspace  # noqa: E402

REVIEWER = "Bench"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]
WORDS = (
    "kratom mitragynine pain sleep quality patients survey randomized placebo opioid withdrawal "
    "dose group rats mice effect increased reduced compared with baseline significant analysis of "
    "the and in were was among adults chronic insomnia analgesia receptor binding study results"
).split()

# In the page: the time from the key to the first frame that shows another report.
WATCH = """
() => {
  const id = () => document.querySelector(".rt-id")?.textContent
  window.waitForNext = (before) => new Promise((done) => {
    const look = () => {
      if (id() && id() !== before) requestAnimationFrame(() => done(performance.now()))
      else requestAnimationFrame(look)
    }
    look()
  })
  window.pressed = null
  document.addEventListener("keydown", () => { window.pressed = performance.now() }, true)
}
"""


def build(folder: Path, count: int) -> Workspace:
    """Make a review of so many reports, each with a title and an abstract of 150 to 300 words."""
    ws = build_bare(folder, count)
    begin(ws, REVIEWER)  # suggestions, which the app would make on opening the review
    return ws


def build_bare(folder: Path, count: int) -> Workspace:
    """The same without suggestions."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local", "library"))
    ws = open_workspace(from_environment({"REVIEW_DATA": str(data)}), create=True)
    adopt_protocol(ws, REVIEWER)
    chance = random.Random(7)
    with ws.store.write() as conn:
        run = records.start_run(conn, REVIEWER, "bench", "bench", promised=count)
        for start in range(0, count, 1000):
            batch = [_record(n, chance) for n in range(start, min(start + 1000, count))]
            records.add_records(conn, REVIEWER, run, batch)
        records.finish_run(conn, REVIEWER, run, RunStatus.COMPLETE)
    return ws


def _record(n: int, chance: random.Random) -> Record:
    return Record(
        source="bench",
        key=str(n),
        title=" ".join(chance.choices(WORDS, k=14)).capitalize(),
        authors=("Adams, A.", "Brown, B.", "Clark, C."),
        year=chance.randint(1990, 2025),
        journal="Journal of Benchmarks",
        doi=f"10.5555/bench.{n}",
        abstract=" ".join(chance.choices(WORDS, k=chance.randint(150, 300))).capitalize() + ".",
    )


def with_team(ws: Workspace, how: str) -> Workspace:
    """The same review where four people screen, each report by two."""
    file = ws.config.data / PROTOCOL_FILE
    text = file.read_text(encoding="utf-8").replace("reviewers: 1", "reviewers: 2")
    mode = "shared" if how == "shared" else "everyone"
    text += f"\nassignment: {{mode: {mode}, people: [{REVIEWER}, Bo, Cy, Dee]}}\n"
    file.write_text(text, encoding="utf-8")
    ws.store.close()
    ws = open_workspace(ws.config)
    adopt_protocol(ws, REVIEWER)
    if how == "given":
        assignment.share(ws, Stage.TITLE_ABSTRACT, REVIEWER)
    return ws


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the app on the review; returns the process and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true",
         f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=ROOT,
        env={**os.environ, "REVIEW_DATA": str(folder / "data"), "REVIEW_REVIEWER": REVIEWER},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the app did not start")


def press(page: Page, key: str, patience: float = 5.0) -> float | None:
    """Press a decision key; milliseconds to the next report, None when none came."""
    before = page.locator(".rt-id").first.text_content()
    try:
        page.evaluate("(b) => { window.coming = window.waitForNext(b) }", before)
        page.keyboard.press(key)
        page.wait_for_function(
            "(b) => document.querySelector('.rt-id')?.textContent !== b", arg=before,
            timeout=patience * 1000,
        )  # fmt: skip
        return float(page.evaluate("async () => (await window.coming) - window.pressed"))
    except TimeoutError:
        return None


def decide(port: int, count: int) -> tuple[list[float], int, list[tuple[str, str]]]:
    """Make so many decisions; returns times, presses without effect, and (report, key) pairs."""
    times: list[float] = []
    dropped = 0
    made: list[tuple[str, str]] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/screen")
        page.wait_for_selector(".rt-id")
        page.get_by_role("button", name="Include").wait_for()
        page.evaluate(WATCH)
        keys = ["i", "m"]
        while len(made) < count:
            key = keys[len(made) % len(keys)]
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
        browser.close()
    return times, dropped, made


def chromium() -> str | None:
    return next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser")
                 if Path(p).exists()), None)  # fmt: skip


def services(ws: Workspace, rounds: int = 15) -> None:
    """Print the processor time of what the page asks for a card."""
    stage = Stage.TITLE_ABSTRACT
    found: dict[str, list[float]] = {"next report": [], "how many are left": []}
    for _ in range(rounds):
        for name, ask in zip(found, (screening.next_report, screening.progress), strict=True):
            began = time.process_time()
            ask(ws, stage, REVIEWER)
            found[name].append(1000 * (time.process_time() - began))
    for name, times in found.items():
        print(f"{name}: median {statistics.median(times):.0f} ms of processor time, "
              f"least {min(times):.0f} ms")  # fmt: skip
    ws.store.close()


def main() -> None:
    """Build, press, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, default=200)
    parser.add_argument("--team", choices=("shared", "given"))
    parser.add_argument("--services", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        ws = (build_bare if options.services else build)(folder, options.reports)
        ws = with_team(ws, options.team) if options.team else ws
        print(f"review of {options.reports:,} reports built in {time.monotonic() - began:.1f} s")
        if options.services:
            services(ws)
            return
        process, port = serve(folder)
        try:
            times, dropped, made = decide(port, options.decisions)
        finally:
            process.terminate()
            process.wait(10)
        with ws.store.read() as conn:
            stored = {v.report: v.vote.value[0] for v in active_decisions.votes(conn)
                      if v.stage is Stage.TITLE_ABSTRACT}  # fmt: skip
        wrong = sum(stored.get(report) != key for report, key in made)
        ws.store.close()
    times.sort()
    p95 = times[int(0.95 * (len(times) - 1))]
    load = os.getloadavg()[0]
    print(f"{len(times)} decisions at load {load:.1f}: median {statistics.median(times):.0f} ms, "
          f"p95 {p95:.0f} ms, max {times[-1]:.0f} ms")  # fmt: skip
    print(f"presses without effect: {dropped}; votes on another report than shown: {wrong}; "
          f"votes stored: {len(stored)}")  # fmt: skip


if __name__ == "__main__":
    main()
