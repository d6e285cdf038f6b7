"""Every page, in light and dark and on a phone: to be read by all, and asking no other host.

One walk over the pages of one review, whose every text would be a picture or a link were it read as
Markdown or HTML. It collects all that is wrong, so that one failure hides no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, Route

from tests.journeys import hostile_review
from tests.journeys.conftest import WINDOW, App, at_rest

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}

RUN_AXE = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations
    .filter(one => ["serious", "critical"].includes(one.impact) || one.id == "heading-order")
    .map(one => one.id + ": " + one.nodes.map(
      node => node.target.join(" ") + " " + node.failureSummary.split("\\n")[1]).join(" | "));
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

DRAWN = """host => [...document.querySelectorAll("a[href], img, source, link[href], iframe, use")]
  .map(node => node.href?.baseVal ?? node.href ?? node.currentSrc ?? node.src ?? "")
  .filter(address => address.includes(host) || address.includes("evil.example"))"""
"""Addresses of links and pictures of the page that came out of its texts."""

ICONS = """() => [...document.querySelectorAll("[role=img][aria-label='home icon']")].length"""


TIPS = (
    "[data-testid=stMain] [data-testid=stTooltipHoverTarget]"
    ":not([data-testid=stElementToolbar] *, [data-testid=stDataFrame] *)"
)
"""What has a tool tip of ours; not the tools over a table or a chart."""


class Walk:
    """What was met on the way.

    Attributes:
        faults: what is wrong, each with the page it is on.
        asked: hosts other than this machine that the browser asked.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.asked: set[str] = set()
        self.where = ""
        page.on("request", self._note)
        page.route(lambda address: not _is_here(address), _refuse)

    def _note(self, request: Request) -> None:
        if not _is_here(request.url):
            self.faults.append(f"{self.where}: asked {request.url}")

    def look(self, where: str, then: Callable[[Page], None] | None = None) -> None:
        """Open a page, open what ``then`` opens on it, and look at it in every way."""
        self.where = where
        self.page.goto(f"{self.url}/{where}")
        self.page.locator("[data-testid=stMain] h1").first.wait_for(state="attached")
        at_rest(self.page)
        if then:
            then(self.page)
            at_rest(self.page)
        self._drawn()
        self.page.evaluate(AXE_SCRIPT)
        self._fits("a desk")
        self._axe("light", {"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark")
        at_rest(self.page)
        self._axe("dark", {"type": "rule", "values": ["color-contrast"]})
        self.page.emulate_media(color_scheme="light")
        self._tool_tips()
        self.page.set_viewport_size(PHONE)
        at_rest(self.page)
        self._fits("a phone")
        self.page.set_viewport_size(WINDOW)

    def _fits(self, screen: str) -> None:
        over = self.page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return Math.max(main.scrollWidth - main.clientWidth, main.clientWidth - innerWidth) }"
        )
        if over > 0:
            self.faults.append(f"{self.where}: {over} px too wide for {screen}")

    def _axe(self, scheme: str, rules: dict[str, object]) -> None:
        found = self.page.evaluate(RUN_AXE, rules)
        self.faults += [f"{self.where} ({scheme}): {one}" for one in found]

    def _drawn(self) -> None:
        found = self.page.evaluate(DRAWN, hostile_review.OUTSIDE)
        self.faults += [f"{self.where}: drawn as a link or picture: {one}" for one in found]
        if self.page.evaluate(ICONS):
            self.faults.append(f"{self.where}: drawn as an icon")

    def _tool_tips(self) -> None:
        tips = self.page.locator(TIPS)
        for tip in [tip for tip in tips.all() if tip.is_visible()][:2]:
            tip.scroll_into_view_if_needed()
            self.page.mouse.move(0, 0)
            at = tip.bounding_box()
            assert at
            self.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, steps=2)
            self.page.get_by_test_id("stTooltipContent").first.wait_for()
            self._drawn()


def _is_here(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("localhost", "127.0.0.1")


def _refuse(route: Route) -> None:
    route.abort()


def click(*names: str) -> Callable[[Page], None]:
    """Press these buttons, folds and switches one after the other."""

    def then(page: Page) -> None:
        for name in names:
            page.locator("[data-testid=stMain]").get_by_text(name).first.click()
            at_rest(page)

    return then


def test_every_page_can_be_read_by_all_and_asks_nothing_of_other_hosts(
    start_app: Callable[..., App], shipped_data: Path, page: Page, tmp_path: Path
) -> None:
    data = tmp_path / "hostile" / "data"
    report = hostile_review.make(data, shipped_data)
    app = start_app(data=data)
    walk = Walk(page, app.url)
    walk.look("overview")
    walk.look("search")
    walk.look("search?view=log")
    walk.look("search?view=import")
    walk.look("duplicates?view=judge")
    walk.look("duplicates?view=studies")
    walk.look(f"screen?report={report}")
    walk.look("conflicts")
    walk.look(f"code?report={report}")
    walk.look("gap-map?row=sleep_quality&column=class%3Atrial")
    walk.look("claims?claim=C32")
    walk.look("records")
    walk.look(f"records?report={report}")
    walk.look("report")
    walk.look("settings")
    assert not walk.faults, "\n".join(walk.faults)
