"""Every page, in light and dark, on a desk and on a phone: readable, by keys, asking no other host.

One review whose every text would be a picture or a link were it read as Markdown or HTML. One walk
over its pages collects all that is wrong, so that one fault hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from review.ui import navigation
from review.ui.browser_behaviour import COOKIE
from tests.journeys import hostile_review
from tests.journeys.conftest import WINDOW, App, at_rest

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN_AXE = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  const matters = one => ["serious", "critical"].includes(one.impact) || one.id == "heading-order";
  const said = node => node.target.join(" ") + " " + node.failureSummary.split("\\n")[1];
  return found.violations.filter(matters).map(
    one => one.id + ": " + one.nodes.map(said).join(" | "));
}"""
"""Broken rules that keep people out (serious or critical to axe), and headings out of order."""

DRAWN = """host => [...document.querySelectorAll("a[href], img, source, link[href], iframe, use")]
  .map(node => node.href?.baseVal ?? node.href ?? node.currentSrc ?? node.src ?? "")
  .concat([...document.querySelectorAll("[role=img][aria-label='home icon']")].map(() => "icon"))
  .filter(drawn => drawn == "icon" || drawn.includes(host) || drawn.includes("evil.example"))"""
"""Links, pictures and icons of the page that came out of its texts."""

TOO_WIDE = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return Math.max(main.scrollWidth - main.clientWidth, main.clientWidth - innerWidth);
}"""
"""Pixels that the page scrolls sideways."""

WIDEST = """() => {
  const wide = [...document.querySelectorAll("[data-testid=stMain] *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth && !e.children.length);
  return wide.slice(0, 2).map(e => e.outerHTML.slice(0, 120)).join(" ");
}"""
"""What sticks out."""

TIPS = (
    "[data-testid=stMain] [data-testid=stTooltipHoverTarget]"
    ":not([data-testid=stElementToolbar] *, [data-testid=stDataFrame] *)"
)
"""What has a tool tip of ours; not the tools over a table or a chart."""

FILE = {
    "name": "![x](www.evil.example) a@evil.example.csv",
    "mimeType": "text/csv",
    "buffer": f"![x](http://{hostile_review.OUTSIDE}/c.png),www.evil.example\n1,2\n".encode(),
}
"""A file whose name and columns are no better than the texts."""


@pytest.fixture(scope="module")
def hostile(
    shipped_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[App, str]]:
    """The app on that review, and a report that has everything."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    report = hostile_review.make(data, shipped_data)
    app = App(data, None, {"REVIEW_REVIEWER": "Ann"})
    app.start()
    yield app, report
    app.kill()


@pytest.fixture
def window(hostile: tuple[App, str], page: Page) -> Page:
    """A window of a browser that Ann has worked in: others may be open on the same review."""
    page.context.add_cookies([{"name": COOKIE, "value": "Ann", "url": hostile[0].url}])
    return page


class Walk:
    """What is wrong on the pages that were looked at, each fault with its page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.where = ""
        page.on("request", self._note)
        page.route(lambda address: not _is_here(address), lambda route: route.abort())

    def look(self, where: str, then: Callable[[Page], object] | None = None) -> None:
        """Open a page, and what ``then`` opens on it, and look at it in every way."""
        self.where = where
        self.page.goto(f"{self.url}/{where}")
        self.page.locator("[data-testid=stMain] h1").first.wait_for(state="attached")
        self.page.add_style_tag(content="*, *::before, *::after { transition: none !important }")
        at_rest(self.page)
        if then:
            then(self.page)
            at_rest(self.page)
        self._drawn()
        self._fits("a desk")
        self.page.evaluate(AXE_SCRIPT)
        self._axe("light", {"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark")
        at_rest(self.page, 150)
        self._axe("dark", {"type": "rule", "values": ["color-contrast"]})
        self.page.emulate_media(color_scheme="light")
        self._tool_tips()
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        at_rest(self.page, 150)
        self._fits("a phone")
        self.page.set_viewport_size(WINDOW)  # type: ignore[arg-type]

    def _note(self, request: Request) -> None:
        if not _is_here(request.url):
            self.faults.append(f"{self.where}: asked {request.url}")

    def _axe(self, scheme: str, rules: dict[str, object]) -> None:
        found = self.page.evaluate(RUN_AXE, rules)
        if found:  # caught between two drawings of a busy machine, or there to stay?
            at_rest(self.page, 1_000)
            found = self.page.evaluate(RUN_AXE, rules)
        self.faults += [f"{self.where} ({scheme}): {one}" for one in found]

    def _drawn(self) -> None:
        found = self.page.evaluate(DRAWN, hostile_review.OUTSIDE)
        self.faults += [f"{self.where}: drawn as a link, picture or icon: {one}" for one in found]

    def _fits(self, screen: str) -> None:
        try:  # tables take a moment to follow the window
            self.page.wait_for_function(f"() => ({TOO_WIDE})() <= 0", timeout=5_000)
        except PlaywrightTimeout:
            pass
        over = self.page.evaluate(TOO_WIDE)
        if over > 0:
            out = self.page.evaluate(WIDEST)
            self.faults.append(f"{self.where}: {over} px too wide for {screen}: {out}")

    def _tool_tips(self) -> None:
        for tip in [tip for tip in self.page.locator(TIPS).all() if tip.is_visible()][:1]:
            tip.scroll_into_view_if_needed()
            at = tip.bounding_box()
            assert at
            self.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, steps=2)
            self.page.get_by_test_id("stTooltipContent").first.wait_for()
            self._drawn()
            self.page.mouse.move(0, 0)


def _is_here(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname == "localhost"


def fold(key: str) -> Callable[[Page], object]:
    """Open a fold of the page."""
    return lambda page: page.locator(f".st-key-{key} summary").click()


def popover(name: str) -> Callable[[Page], object]:
    """Open what a button lays over the page."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def choose_file(page: Page) -> None:
    """Choose a file to import, whose columns must be named then."""
    page.locator("input[type=file]").set_input_files(FILE)  # type: ignore[arg-type]
    page.get_by_text("What do the columns of").wait_for()


Looks = Sequence[tuple[str, Callable[[Page], object] | None]]

FINDING: Looks = (
    ("overview", None),
    ("search", None),
    ("search?view=log", fold("item-5")),
    ("search?view=import", choose_file),
    ("duplicates?view=judge", None),
    ("screen?report={report}", popover("Note")),
    ("screen?stage=full_text", None),
    ("progress", None),
    ("team", None),
    ("stopping", None),
    ("stopping?view=back", None),
    ("full-text", None),
    ("conflicts", None),
)
USING: Looks = (
    ("code?report={report}", None),
    ("extraction?report={report}", None),
    ("extraction?view=table", None),
    ("risk-of-bias?report={report}", None),
    ("risk-of-bias?view=summary", None),
    ("gap-map?row=sleep_quality&column=class%3Atrial", fold("map-table")),
    ("gaps?gap=outcome%3Asleep_quality", popover("Set aside")),
    ("claims?claim=C32", None),
    ("records", None),
    ("records?report={report}", None),
    ("report", None),
    ("report?view=tables", None),
    ("report?view=texts", None),
    ("report?view=checklists", None),
    ("report?view=exports", None),
    ("dashboard", fold("dashboard-year-table")),
    ("versions?old=1&new=now", fold("versions-table")),
    ("settings", None),
)


@pytest.mark.parametrize("looks", [FINDING, USING], ids=["finding", "using"])
def test_every_page_can_be_read_by_all_and_asks_no_other_host(
    hostile: tuple[App, str], window: Page, looks: Looks
) -> None:
    app, report = hostile
    walk = Walk(window, app.url)
    for where, then in looks:
        walk.look(where.format(report=report), then)
    assert not walk.faults, "\n".join(walk.faults)


def test_the_walk_passes_every_page() -> None:
    looked = {where.split("?")[0] for where, _ in (*FINDING, *USING)}
    assert looked == {page.slug for page in navigation.PAGES}


FOCUS = "() => document.activeElement.getAttribute('aria-label') || ''"


def test_map_panels_and_choices_are_used_by_keys_alone(
    hostile: tuple[App, str], window: Page
) -> None:
    app, report = hostile
    page = window
    page.goto(f"{app.url}/gap-map")
    page.locator(".stVegaLiteChart path[tabindex='0']").focus()
    first = page.evaluate(FOCUS)
    assert " × Review: " in first  # what a screen reader says of a cell
    page.keyboard.press("ArrowRight")
    cell = page.evaluate(FOCUS)
    assert cell.split(" × ")[0] == first.split(" × ")[0]
    assert " × Trial: " in cell
    page.keyboard.press("Enter")
    panel = page.locator(".st-key-rt-cell")
    expect(panel).to_contain_text("× Trial")
    at_rest(page)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    at_rest(page)
    assert page.evaluate(FOCUS) == cell  # where the reader was

    page.goto(f"{app.url}/claims?claim=C32")
    claim = page.locator(".st-key-rt-claim-C32")
    expect(claim.get_by_role("button", name="Close")).to_be_in_viewport()
    at_rest(page)
    page.keyboard.press("Escape")
    expect(claim.get_by_role("button", name="Close")).to_have_count(0)

    page.goto(f"{app.url}/code?report={report}")
    values = page.locator(".st-key-rt-values")
    expect(values).to_contain_text("Randomised trial, crossover")
    page.get_by_text("Only included reports").click()
    at_rest(page)
    page.keyboard.press("ArrowRight")
    expect(values).not_to_contain_text("Randomised trial, crossover")
    at_rest(page)
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys of this page")
    expect(listed).to_contain_text("Next report")
    before = values.inner_text()
    page.keyboard.press("ArrowRight")  # keys belong to the list while it is open
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)
    assert values.inner_text() == before
