"""Ten papers of the library, coded with their findings by keys alone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, expect

from review.coding import service as coding
from review.config import from_environment
from review.model import Finding
from review.store import active_decisions
from review.ui.coding.coding_form import FIRST
from review.workspace import Workspace, open_workspace
from tests.journeys.conftest import App, press
from tests.journeys.test_screening import settled

pytestmark = pytest.mark.browser

FIRST_PAPER = "P000023"
PAPERS = 10
MOST_PRESSES = 6
"""Presses a paper may take, the one that opens the next paper among them."""
MOST_OF_THREE = 20
"""Presses that a paper with one design, three outcomes and three findings may take."""


@contextmanager
def review_of(app: App) -> Iterator[Workspace]:
    """The review of the app, as it stands now."""
    ws = open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))
    with closing(ws.store):
        yield ws


class Coder:
    """A reviewer who looks at the page and presses keys; counts the presses."""

    def __init__(self, app: App, page: Page) -> None:
        self.app, self.page = app, page
        with review_of(app) as ws:
            self.book = ws.protocol.codebook
        self.presses = 0
        self.at = 0
        """Which of the dimensions is open."""

    def press(self, key: str, button: str) -> None:
        press(self.page, key, button)
        self.presses += 1

    def open_dimension(self, report: str, dimension: int) -> None:
        while self.at != dimension:
            self.press("Shift+ArrowRight", f"code-dimension-Right-{report}")
            self.at = (self.at + 1) % len(FIRST)
            label = self.book.dimension(FIRST[self.at]).label
            expect(self.page.get_by_role("radio", name=label)).to_be_checked()

    def code(self, report: str) -> bool:
        """Accept what is proposed until only one pairing is left, and say which way it went.

        Returns:
            Whether there was a finding; a paper about which too little is proposed is left.
        """
        book = self.book
        ids = [book.id_of(role) for role in FIRST]
        for _ in FIRST:
            with review_of(self.app) as ws:
                sheet = coding.sheet(ws, report)
            if sheet.proposed_findings:
                break
            tagged = {t.dimension for t in sheet.tags}
            open_ = [n for n, id_ in enumerate(ids) if id_ not in tagged]
            if any(ids[n] not in sheet.open_suggestions for n in open_):
                return False
            several = {n: len({s.value for s in sheet.open_suggestions[ids[n]]}) for n in open_}
            asked = max(open_, key=lambda n: several[n])
            self.open_dimension(report, asked)
            best = sheet.open_suggestions[ids[asked]][0]
            self.press("Shift+A", f"Accept-{best.id}-{report}")
            label = book.dimension(best.dimension).value(best.value).label
            expect(self.page.locator(".rt-codes")).to_contain_text(label)
        self.press("Shift+B", "rt-finding-0")
        expect(self.page.get_by_role("button", name="Remove").first).to_be_visible()
        return True

    def give(self, report: str, dimension: int, number: int) -> None:
        """Give the first values that are offered under a key."""
        self.open_dimension(report, dimension)
        asked = self.book.dimension(FIRST[dimension])
        keys = {v.id: v.key for v in asked.offered if v.key}
        start = f"st-key-value-{report}-{asked.id}-"
        found = self.page.locator(f'[class*="{start}"]')
        expect(found.first).to_be_visible()
        names = " ".join(found.evaluate_all("them => them.map(e => e.className)")).split()
        values = [name.removeprefix(start) for name in names if name.startswith(start)]
        for value in [one for one in values if one in keys][:number]:
            self.press(str(keys[value]), f"value-{report}-{asked.id}-{value}")
            expect(self.page.locator(".rt-codes")).to_contain_text(asked.value(value).label)

    def code_three_findings(self, report: str) -> None:
        """One design, one exposure and population, three outcomes, and a finding on each."""
        for dimension, number in enumerate((1, 3, 1, 1)):
            self.give(report, dimension, number)
        for n in range(1, 4):
            self.press("Shift+B", "rt-finding-0")
            expect(self.page.get_by_role("button", name="Remove")).to_have_count(n)


def test_ten_papers_are_coded_without_the_mouse(app: App, page: Page) -> None:
    page.goto(f"{app.url}/code?report={FIRST_PAPER}")
    settled(page)
    coder, report, coded = Coder(app, page), FIRST_PAPER, list[str]()
    while len(coded) < PAPERS:
        if coder.code(report):
            coded.append(report)
        with review_of(app) as ws:
            after = coding.next_to_code(ws, "root", after=report)
        assert after is not None
        coder.press("Shift+N", f"next-{report}")
        expect(page.locator(f".st-key-next-{after}")).to_be_visible()
        report = after
    with review_of(app) as ws, ws.store.read() as conn:
        findings: list[Finding] = active_decisions.findings(conn)
        tags = active_decisions.tags(conn)
    print(f"{PAPERS} papers with a finding each: {coder.presses} presses")
    assert sorted({f.report for f in findings}) == sorted(coded)
    for one in coded:
        dimensions = {t.dimension for t in tags if t.report == one}
        assert {"study_design", "outcome", "exposure", "population"} <= dimensions
    assert coder.presses <= PAPERS * MOST_PRESSES

    page.goto(f"{app.url}/code?report={report}")
    settled(page)
    coder.presses = coder.at = 0
    coder.code_three_findings(report)
    with review_of(app) as ws, ws.store.read() as conn:
        findings = active_decisions.findings(conn, report)
        tags = active_decisions.tags(conn, report)
    book = coder.book
    assert len({f.outcome for f in findings}) == 3 and len({f.study_design for f in findings}) == 1
    assert len([t for t in tags if t.dimension == book.id_of("outcome")]) == 3
    print(f"one design, three outcomes, three findings: {coder.presses} presses")
    assert coder.presses <= MOST_OF_THREE
