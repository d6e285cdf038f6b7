"""Keys pressed faster than pages are painted: what is stored was on the screen when it was said.

A press may be ignored, as nothing is stored then; it may never go to another item.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.config import from_environment
from review.dedupe import service as dedupe
from review.events import (
    Event,
    EventData,
    RecordsKeptApart,
    RecordsMerged,
    ReportsLinked,
    TagGiven,
    Undone,
    VoteCast,
)
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.store import Store, log, pairs
from review.workspace import Workspace, open_workspace
from tests.journeys.conftest import App, at_rest

pytestmark = pytest.mark.browser

Press = tuple[str, str]
"""A key, and what was on the screen when it was pressed."""

RECORD = """
(item) => {
  window.presses = []
  const shown = () => document.querySelector(item)?.textContent ?? ""
  document.addEventListener("keydown", (e) => window.presses.push([e.key, shown()]), true)
}
"""
TITLE_ABSTRACT = Stage.TITLE_ABSTRACT
REPORTS = [f"P{n:06d}" for n in range(1, 41)]
RECORDS = [f"R{n:06d}" for n in range(1, 121)]


def open_review(app: App) -> Workspace:
    return open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))


def events(app: App, kinds: tuple[type[EventData], ...], after: int) -> list[Event]:
    with closing(Store(app.db)) as store, store.read() as conn:
        return [e for e in log.events(conn, kinds) if e.seq > after]


def newest(app: App) -> int:
    with closing(Store(app.db)) as store, store.read() as conn:
        return max(e.seq for e in log.events(conn))


def press_fast(page: Page, keys: Sequence[str], count: int, item: str, seed: int) -> list[Press]:
    """Press keys at random, some at once, some after a moment; returns what was pressed on what."""
    at_rest(page)
    page.evaluate(RECORD, item)
    chance = random.Random(seed)
    for _ in range(count):
        page.keyboard.press(chance.choice(keys))
        page.wait_for_timeout(chance.choice((0, 0, 20, 60, 150, 300)))  # a person's rhythm
    at_rest(page, 600)
    return [(key.lower(), shown) for key, shown in page.evaluate("window.presses")]


def assert_each_was_pressed(stored: Sequence[Press], presses: Sequence[Press]) -> None:
    """Every step stored has a press of its own, in their order, on the item it is about.

    A step without an item, such as an undo, may have been pressed on any.
    """
    left = iter(presses)
    for key, item in stored:
        assert any(k == key and item in ("", shown) for k, shown in left), (key, item)


def test_on_screen(app: App, page: Page) -> None:
    page.goto(f"{app.url}/screen")
    page.get_by_role("button", name="Include").wait_for()
    begun = newest(app)
    presses = press_fast(page, "imimeu11", 40, ".rt-id", seed=1)
    keys = {"include": "i", "maybe": "m", "not_kratom": "1", "exclude": "e"}
    stored = [
        ("u", "")
        if isinstance(e.data, Undone)
        else (keys[e.data.reason or e.data.vote], e.data.report)
        for e in events(app, (VoteCast, Undone), begun)
    ]
    assert len(stored) > 5
    assert_each_was_pressed(stored, presses)


def test_on_duplicates(app: App, page: Page) -> None:
    ws = open_review(app)
    dedupe.dedupe(ws)
    with ws.store.write() as conn:
        row = {"score": 0.5, "verdict": "unsure", "why": "they look alike"}
        two = zip(RECORDS[::2], RECORDS[1::2], strict=True)
        pairs.replace(conn, None, [{"id_a": a, "id_b": b, **row} for a, b in two])
    ws.store.close()
    page.goto(f"{app.url}/duplicates")
    page.get_by_role("button", name="Different").wait_for()
    begun = newest(app)
    presses = press_fast(page, "tdsdlsu", 40, ".rt-pair-id", seed=2)
    keys = {ReportsLinked: "t", RecordsKeptApart: "d", RecordsMerged: "s"}
    stored = [
        ("u", "")
        if isinstance(e.data, Undone)
        else (keys[type(e.data)], pairs.pair_id(*e.data.records))
        for e in events(app, [*keys, Undone], begun)
    ]
    assert len(stored) > 5
    assert_each_was_pressed(stored, presses)


def test_on_conflicts(app: App, page: Page) -> None:
    ws = open_review(app)
    for report in REPORTS:
        screening.cast(ws, report, TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
        screening.cast(ws, report, TITLE_ABSTRACT, "Cem", VoteValue.EXCLUDE, reason="language")
    ws.store.close()
    page.goto(f"{app.url}/conflicts")
    page.get_by_role("button", name="Include").wait_for()
    begun = newest(app)
    presses = press_fast(page, "iinneu11", 40, ".rt-id", seed=3)
    stored = [
        ("u", "")
        if isinstance(e.data, Undone)
        else ("i" if e.data.vote == "include" else "1", e.data.report)
        for e in events(app, (VoteCast, Undone), begun)
    ]
    assert len(stored) > 5
    assert_each_was_pressed(stored, presses)


def test_on_code(app: App, page: Page) -> None:
    ws = open_review(app)
    values = ws.protocol.codebook.dimension("study_design").values
    ws.store.close()
    page.goto(f"{app.url}/code")
    page.get_by_role("button", name="Next report").wait_for()
    begun = newest(app)
    letters = sorted({v.key for v in values if v.key})
    keys = [*letters, *["Shift+N"] * len(letters)]
    presses = press_fast(page, keys, 40, ".rt-id", seed=4)
    key_of = {v.id: v.key for v in values}
    stored = [
        (key_of[e.data.value], e.data.report)
        for e in events(app, (TagGiven,), begun)
        if e.data.dimension == "study_design"
    ]
    assert len({report for _, report in stored}) > 1
    assert_each_was_pressed(stored, presses)
    expect(page.locator(".rt-id").first).to_be_visible()
