"""How long from a decision key to the next report while the app deduplicates or imports?

Builds a review of 50,000 records without suggestions, starts the app on it, and begins the work in
one tab of a real browser (Chromium through Playwright): "Find duplicates", or the import of a file
of as many other records. In a second tab it presses decision keys, first while the server has
nothing else to do and then as long as the work goes on.

    python benchmarks/beside_heavy_work.py dedupe|import [--records 50000] [--decisions 200]

Prints median, 95th percentile and maximum of both in milliseconds, presses that changed nothing,
and how long the work had been going on. Both are of the same minutes, so that what other programs
do to the machine can be told from what the work does.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from screening_latency import (
    CHROMIUM_ARGS,
    REVIEWER,
    WATCH,
    WORDS,
    build_bare,
    chromium,
    press,
    serve,
)

from review.model import Suggestion
from review.store import suggestions

KEYS = "im"


def build(folder: Path, count: int) -> None:
    """A review of so many records, of which the app finds nothing left to suggest."""
    ws = build_bare(folder, count)
    last = f"R{count:06d}"
    id_ = suggestions.id_of(last, "outcome", "sleep_quality", "bench")
    with ws.store.write() as conn:
        found = Suggestion(id_, last, "outcome", "sleep_quality", 0.5, "bench", "", 1)
        suggestions.add(conn, [found])
    ws.store.close()


def write_file(path: Path, count: int) -> None:
    """A table of so many records that are not in the review."""
    chance = random.Random(23)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["title", "authors", "year", "journal", "doi", "abstract"])
        for n in range(count):
            title = " ".join(chance.choices(WORDS, k=14))
            abstract = " ".join(chance.choices(WORDS, k=200))
            out.writerow([title, "Dee, D.; Eve, E.", 2001, "Other", f"10.5555/new.{n}", abstract])


PLACES = {"dedupe": "duplicates", "import": "search?view=import"}


def open_as(page: Page, port: int, place: str, name: str) -> None:
    """Open a page and say who works there: with two sessions open, the app takes no default."""
    page.goto(f"http://127.0.0.1:{port}/{place}")
    field = page.get_by_label("Working as")
    field.fill(name, timeout=120_000)
    field.press("Enter")
    page.get_by_text(f"works as {name}").wait_for(timeout=120_000)
    field.blur()


def begin_dedupe(page: Page, _file: Path) -> None:
    """Press the button that finds duplicates."""
    page.get_by_role("button", name="Find duplicates").first.click(timeout=120_000)
    page.get_by_role("button", name="Cancel").wait_for(timeout=60_000)


def begin_import(page: Page, file: Path) -> None:
    """Choose the file and import it."""
    page.locator("input[type=file]").first.set_input_files(file, timeout=60_000)
    button = page.get_by_role("button", name="Import", exact=True)
    button.wait_for(timeout=120_000)
    page.wait_for_function(
        "() => [...document.querySelectorAll('button')]"
        ".some((b) => b.textContent.trim() === 'Import' && !b.disabled)",
        timeout=120_000,
    )
    button.click()
    page.get_by_role("button", name="Cancel").wait_for(timeout=120_000)


def press_on(page: Page, times: list[float], count: int, goes_on: Callable[[], bool]) -> int:
    """Press keys and note how long each took; gives the presses without effect."""
    dropped = 0
    for n in range(count):
        if not goes_on():
            break
        page.wait_for_timeout(60)
        took = press(page, KEYS[n % 2])
        if took is None:
            dropped += 1
        else:
            times.append(took)
    return dropped


def told(name: str, times: list[float], dropped: int) -> str:
    """The figures of one series in a line."""
    if not times:
        return f"{name}: no decision"
    times = sorted(times)
    p95 = times[int(0.95 * (len(times) - 1))]
    return (
        f"{name}: {len(times)} decisions, median {statistics.median(times):.0f} ms, "
        f"p95 {p95:.0f} ms, max {times[-1]:.0f} ms, {dropped} presses without effect"
    )


def main() -> None:
    """Build, begin the work, press, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["dedupe", "import"])
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--decisions", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name), Path(name) / "other.csv"
        build(folder, options.records)
        write_file(file, options.records if options.work == "import" else 0)
        os.environ["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"] = "1000"
        process, port = serve(folder)
        quiet: list[float] = []
        beside: list[float] = []
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
                size = {"width": 1280, "height": 900}
                screen, worker = (browser.new_page(viewport=size) for _ in range(2))
                open_as(worker, port, PLACES[options.work], "Worker")
                open_as(screen, port, "screen", REVIEWER)
                screen.bring_to_front()
                screen.get_by_role("button", name="Include").wait_for(timeout=120_000)
                screen.evaluate(WATCH)
                none_quiet = press_on(screen, quiet, min(60, options.decisions), lambda: True)
                begin = begin_dedupe if options.work == "dedupe" else begin_import
                begin(worker, file)
                began = time.monotonic()
                screen.bring_to_front()
                cancel = worker.get_by_role("button", name="Cancel")
                none = press_on(screen, beside, options.decisions, lambda: cancel.count() > 0)
                spent, ended = time.monotonic() - began, cancel.count() == 0
                browser.close()
        finally:
            process.terminate()
            process.wait(20)
    print(f"review of {options.records:,} records as {REVIEWER}, load {os.getloadavg()[0]:.1f}")
    print(told("nothing beside", quiet, none_quiet))
    print(told(f"beside {options.work}", beside, none))
    print(f"the work {'ended within' if ended else 'went on for more than'} {spent:.0f} s")


if __name__ == "__main__":
    main()
