"""How long from clicking a page in the menu to its being whole on the screen?

Builds a review of 10,000 reports in a temporary folder, with votes on a part of them and tags and
findings on those included, and goes round the pages in a real browser (Chromium).

    python benchmarks/page_latency.py [--reports 10000] [--rounds 5] [--pages Records ...]

Prints for each page the first visit and the median of the others, in milliseconds: from the click
until the server has finished the page and the browser has painted it
(and nothing changed for 200 ms more).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from screening_latency import CHROMIUM_ARGS, REVIEWER, build, chromium, serve

from review.events import EventData, FindingWritten, TagGiven, VoteCast
from review.store import log
from review.workspace import Workspace

PAGES = (
    "Overview", "Search", "Duplicates", "Screen", "Team", "Conflicts", "Code", "Gap map", "Claims",
    "Records", "Report", "Settings",
)  # fmt: skip
OUTCOMES = ("pain_intensity", "sleep_quality", "liver_injury")
DESIGNS = ("rct_parallel", "cohort", "case_report", "animal_in_vivo")

# Resolves once the app has been still for 200 ms, which are not counted.
STILL = """
(path) => new Promise((done) => {
  const start = performance.now()
  let since = null
  const look = () => {
    const app = document.querySelector("[data-testid=stApp]")
    const still = app?.dataset.testScriptState === "notRunning" && location.pathname === path
      && !document.querySelector("[data-stale=true]")
    if (performance.now() - start > 30000) return done(NaN)
    if (!still) since = null
    else if (since === null) since = performance.now()
    else if (performance.now() - since > 200) return done(since - start)
    requestAnimationFrame(look)
  }
  document.querySelector("a.target").click()
  requestAnimationFrame(look)
})
"""


def decide(ws: Workspace, count: int) -> None:
    """Vote on half of the reports, include a fifth, and code those."""
    entries: list[EventData] = []
    for n in range(1, count // 2):
        about = {"record": f"R{n:06d}", "reviewer": REVIEWER}
        if n % 5:
            vote = {"stage": "title_abstract", "vote": "exclude", "reason": "not_kratom"}
            entries.append(VoteCast(**{**about, **vote}))
            continue
        for stage in ("title_abstract", "full_text"):
            entries.append(VoteCast(**{**about, "stage": stage, "vote": "include"}))
        design, outcome = DESIGNS[n % len(DESIGNS)], OUTCOMES[n % len(OUTCOMES)]
        for dimension, value in (("study_design", design), ("outcome", outcome)):
            tag = {"dimension": dimension, "value": value}
            entries.append(TagGiven(**{**about, **tag}))
        finding = {"exposure": "unspecified_kratom", "population": "human_chronic_pain",
                   "outcome": outcome, "study_design": design, "direction": "better"}  # fmt: skip
        entries.append(FindingWritten(**{**about, **finding}))
    with ws.store.write() as conn:
        log.append(conn, REVIEWER, entries)


def visit(page: Page, name: str) -> float:
    """Click a page in the menu; milliseconds until it is whole."""
    path = page.evaluate(
        """(name) => {
          document.querySelectorAll("a.target").forEach((a) => a.classList.remove("target"))
          const links = [...document.querySelectorAll("[data-testid=stSidebar] a")]
          const link = links.find((a) => a.textContent.trim() === name)
          link.classList.add("target")
          return new URL(link.href).pathname
        }""",
        name,
    )
    return float(page.evaluate(STILL, path))


def main() -> None:
    """Build, visit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        ws = build(folder, options.reports)
        decide(ws, options.reports)
        ws.store.close()
        print(f"review of {options.reports:,} reports built in {time.monotonic() - began:.1f} s")
        process, port = serve(folder)
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"http://127.0.0.1:{port}/")
                page.get_by_role("heading", level=1).wait_for(timeout=60_000)
                page.wait_for_timeout(1000)
                # One page is left for another before it is visited again.
                shown = [name for name in options.pages if name != PAGES[0]] + [PAGES[0]]
                times: dict[str, list[float]] = {name: [] for name in shown}
                for _ in range(options.rounds + 1):
                    for name in shown:
                        times[name].append(visit(page, name))
                browser.close()
        finally:
            process.terminate()
            process.wait(10)
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, (first, *others) in times.items():
        print(f"{name:12} first {first:6.0f} ms, then {statistics.median(others):6.0f} ms")


if __name__ == "__main__":
    main()
