"""How long until the map of 100,000 studies is drawn, and until a click on a cell answers?

Builds a review of 100,000 reports in a folder, with suggestions, votes, tags and findings, starts
the app on it and looks at the map in a real browser (Chromium): each of the ready views once, so
that it is worked out, then again and again by a reload, and clicks on cells of it. Nothing changes
meanwhile; `after_a_vote.py` measures that.

    python benchmarks/map_drawing.py [--reports 100000] [--rounds 10] [--folder DIR]

A folder that is named is kept, and used again if it holds the review. Prints for each view the
first drawing, and the median and the largest of the others and of the clicks, in milliseconds,
and the processor time that a click takes the server (Linux). A click is timed in the page itself,
from the press of the button to the next frame with the panel of that cell in it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from after_a_vote import opened, processor_time
from playwright.sync_api import Page, sync_playwright
from screening_latency import CHROMIUM_ARGS, chromium, serve

VIEWS = {
    "Outcome by study design": "",
    "Exposure by outcome": "?rows=exposure&columns=outcome",
    "Population by outcome": "?rows=population&columns=outcome",
}
CELLS = "path[aria-label*=' × ']"
DRAWN, ANSWER = 1_000, 300
"""Milliseconds that are aimed at."""


# Notes when the mouse was pressed, and when the panel named in `wanted` has been painted.
WATCH = """
() => {
  addEventListener("pointerdown", () => { window.pressedAt = performance.now() }, true)
  window.answered = (wanted) => new Promise((done) => {
    const look = () => {
      const panel = document.querySelector(".st-key-rt-cell")
      if (panel?.textContent.includes(wanted)) {
        requestAnimationFrame(() => done(performance.now() - window.pressedAt))
      } else requestAnimationFrame(look)
    }
    look()
  })
}
"""


def draw(page: Page, address: str) -> float:
    """Load the map; milliseconds until its cells are there."""
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto(address)
    page.locator(CELLS).first.wait_for(timeout=300_000)
    page.evaluate(WATCH)
    return (time.perf_counter() - begun) * 1_000


def click(page: Page, n: int) -> float:
    """Click a cell, wait until its panel is there, close it; milliseconds until it was."""
    cell = page.locator(CELLS).nth(n)
    name = (cell.get_attribute("aria-label") or "").split(":")[0]
    cell.click(position={"x": 8, "y": 6})
    took = float(page.evaluate("(wanted) => window.answered(wanted)", name))
    page.keyboard.press("Escape")
    page.locator(".st-key-rt-cell").wait_for(state="detached", timeout=60_000)
    return took


def measure(folder: Path, rounds: int) -> None:
    """Look and click, print."""
    process, port = serve(folder)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
            page = browser.new_page(viewport={"width": 1280, "height": 1600})
            print(f"aimed at: drawn in {DRAWN:,} ms, a click answered in {ANSWER} ms")
            for name, query in VIEWS.items():
                address = f"http://127.0.0.1:{port}/gap-map{query}"
                first = draw(page, address)
                again = [draw(page, address) for _ in range(rounds)]
                used = -processor_time(process.pid)
                clicks = [click(page, 3 + 7 * n) for n in range(rounds)]
                used += processor_time(process.pid)
                print(
                    f"{name}: first {first:,.0f}; drawn again {statistics.median(again):,.0f} "
                    f"(at most {max(again):,.0f}); click {statistics.median(clicks):,.0f} "
                    f"(at most {max(clicks):,.0f}); {1_000 * used / rounds:,.0f} of processor "
                    "time of the server a click and the close after it",
                    flush=True,
                )
            browser.close()
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Read the arguments, build or open the review, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        opened(folder, asked.reports).store.close()
        measure(folder, asked.rounds)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
