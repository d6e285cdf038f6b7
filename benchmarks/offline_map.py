"""How large the offline map of many studies is, and how long a browser takes to show it.

    python benchmarks/offline_map.py [STUDIES]

Makes a review of made-up papers, a third of them coded, the others with suggestions, writes its
offline map, and opens the file in Chromium a few times: until the map is drawn, and until another
one is after a filter.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from review.coding.csv_io import import_tags
from review.gaps.model import FINDING_DIMENSIONS
from review.reporting.offline.service import write_html
from tests.factories import make_workspace, suggest

WORDS = (
    "kratom mitragynine sleep pain use withdrawal adults survey trial mice receptor dose".split()
)


def main(studies: int) -> None:
    """Print the size of the file and the times."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ws, reports = make_workspace(place, f"sqlite:///{place / 'review.db'}", studies)
        book = ws.protocol.codebook
        lines = ["report,dimension,value,reviewer,quote,time"]
        for n, report in enumerate(reports):
            for name in FINDING_DIMENSIONS:
                value = chance.choice(book.dimension(name).values).id
                if n % 3:
                    suggest(ws, report, book.dimension(name).id, value)
                else:
                    lines.append(f"{report},{book.dimension(name).id},{value},Ann,,")
        (place / "tags.csv").write_text("\n".join(lines), encoding="utf-8")
        import_tags(ws, place / "tags.csv", "Ann")
        file = place / "map.html"
        begun = time.perf_counter()
        write_html(ws, file)
        print(f"written in {time.perf_counter() - begun:.2f} s")
        print(f"{studies:,} studies: {file.stat().st_size / 1e6:.2f} MB")
        opened, filtered = times(file)
        print(f"drawn after {statistics.median(opened):.0f} ms (median of {len(opened)})")
        print(f"drawn anew under a filter after {statistics.median(filtered):.0f} ms")
        ws.store.close()


def times(file: Path) -> tuple[list[float], list[float]]:
    """Milliseconds until the map is drawn, and until it is under another filter."""
    opened: list[float] = []
    filtered: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for _ in range(5):
            page = browser.new_page()
            begun = time.perf_counter()
            page.goto(file.as_uri())
            page.locator("#map td").first.wait_for()
            opened.append(1000 * (time.perf_counter() - begun))
            spent = page.evaluate(
                "() => { const t = performance.now(); document.getElementById('forms').click();"
                " document.body.offsetHeight; return performance.now() - t; }"
            )
            filtered.append(float(spent))
            page.close()
        browser.close()
    return opened, filtered


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
