"""Judging pairs by keys alone, in a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from review.coding import service as coding
from review.config import from_environment
from review.dedupe import manual_decisions
from review.dedupe import service as dedupe
from review.model import Record, Stage, VoteValue
from review.records import service as records
from review.records.service import Dossier
from review.screening import service as screening
from review.store import pairs
from review.workspace import Workspace, open_workspace
from tests.journeys.conftest import App, press
from tests.reviews import add

pytestmark = pytest.mark.browser


@pytest.fixture
def ws(app: App) -> Iterator[Workspace]:
    """The review of the app, seen from outside it."""
    ws = open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))
    yield ws
    ws.store.close()


def pair_on(page: Page) -> str:
    return page.locator(".rt-pair-id").text_content() or ""


def press_on_pair(page: Page, key: str) -> None:
    """Press a key once the whole row of the pair is there: undo is the last in it."""
    press(page, key, f"undo-duplicates-{pair_on(page)}")


def judge(page: Page, key: str) -> None:
    """Press a key for the pair that is shown, and wait until another pair, or none, is."""
    before = pair_on(page)
    press_on_pair(page, key)
    page.wait_for_function(
        "(b) => document.querySelector('.rt-pair-id')?.textContent !== b", arg=before
    )


def test_finding_and_judging_duplicates(app: App, page: Page) -> None:
    page.goto(f"{app.url}/duplicates")
    page.get_by_role("button", name="Find duplicates").click()
    expect(page.get_by_text("records compared")).to_be_visible()
    page.locator(".rt-pair-id").wait_for(state="attached")
    first = pair_on(page)

    judge(page, "l")  # later: another pair first
    second = pair_on(page)
    judge(page, "d")
    expect(page.get_by_text("kept apart as different texts")).to_be_visible()
    third = pair_on(page)
    assert len({first, second, third}) == 3

    judge(page, "u")
    assert pair_on(page) == second
    expect(page.get_by_text("Taken back:")).to_be_visible()

    page.get_by_text("One study?").click()
    expect(page.get_by_text("Do these report one study?")).to_be_visible()
    judge(page, "t")
    expect(page.get_by_text("linked as one study")).to_be_visible()


RECORDS = 6_000
WORDS = "kratom sleep pain survey adults chronic users quality opioid withdrawal rats trial".split()


def many() -> list[Record]:
    chance = random.Random(5)
    return [
        Record(
            "made-up", str(n), title=" ".join(chance.choices(WORDS, k=12)), year=2000 + n % 20,
            authors=(f"Doe{n % 90}, Jane", "Roe, Richard"), abstract="survey of users " * 40,
        )
        for n in range(RECORDS)
    ]  # fmt: skip


def test_a_long_run_shows_its_way_is_cancelled_without_a_trace_and_goes_on_behind_other_pages(
    app: App, ws: Workspace, page: Page
) -> None:
    add(ws, many())
    page.goto(f"{app.url}/duplicates")
    page.get_by_role("button", name="Find duplicates").click()
    # Whichever step it is in when the page looks: on a busy machine the first may be over by then.
    way = re.compile(r"[\d,]+ of [\d,]+ (records read|pairs compared|merges stored)")
    expect(page.get_by_text(way)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Nothing was merged, and nothing of the run is kept").wait_for()
    assert not dedupe.status(ws).compared
    page.get_by_role("button", name="Find duplicates").click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.get_by_role("link", name="Records").click()
    page.wait_for_url("**/records*")
    page.get_by_role("link", name="Duplicates").click()
    page.get_by_text("records compared").wait_for(timeout=120_000)
    assert dedupe.status(ws).compared and not dedupe.status(ws).new


ONE, OTHER = "P000001", "P000002"
FINDING = {
    "exposure": "extract",
    "population": "human_chronic_pain",
    "outcome": "pain_intensity",
    "study_design": "rct_parallel",
}


def code(ws: Workspace, report: str, reviewer: str, vote: VoteValue) -> None:
    """Vote on a report, tag it and write a finding."""
    screening.cast(ws, report, Stage.TITLE_ABSTRACT, reviewer, vote)
    coding.tag(ws, report, "outcome", "sleep_quality", reviewer)
    coding.add_finding(ws, report, reviewer=reviewer, **FINDING)


def kept(ws: Workspace, report: str) -> tuple[object, ...]:
    """What people gave a report, and its records."""
    found: Dossier = records.dossier(ws, report, "Ann")
    return found.report, found.votes, found.tags, found.findings, found.records


def test_a_merge_by_hand_joins_votes_tags_and_findings_and_taking_it_back_parts_them(
    app: App, page: Page, ws: Workspace
) -> None:
    dedupe.dedupe(ws)
    code(ws, ONE, "Ann", VoteValue.INCLUDE)
    code(ws, OTHER, "Bo", VoteValue.INCLUDE)
    before = [kept(ws, report) for report in (ONE, OTHER)]
    with ws.store.write() as conn:
        row = {"score": 0.5, "verdict": "unsure", "why": "They look alike."}
        pairs.replace(conn, None, [{"id_a": "R000001", "id_b": "R000002", **row}])

    page.goto(f"{app.url}/duplicates")
    page.get_by_text("Are these the same text?").wait_for()
    press_on_pair(page, "s")
    expect(page.get_by_text("R000001 and R000002 merged as the same text")).to_be_visible()
    joined = records.dossier(ws, OTHER, "Ann")
    assert joined.report.id == ONE
    assert [len(x) for x in (joined.records, joined.votes, joined.findings)] == [2] * 3
    assert len(joined.tags) == sum(len(tags) for _, _, tags, _, _ in before)

    page.get_by_text("Merges ·").click()
    page.get_by_text("Choose a row to see both records").wait_for()
    page.get_by_test_id("stDataFrame").click(position={"x": 300, "y": 55})
    page.get_by_role("button", name="Take this merge back").click()
    expect(page.get_by_text("The merge is taken back.")).to_be_visible()
    assert [kept(ws, report) for report in (ONE, OTHER)] == before

    again = replace(records.record(ws, "R000001"), source="made-up", key="again")
    add(ws, [again])
    page.reload()
    page.get_by_role("button", name="Compare 1 new record").click()
    expect(page.get_by_text("1 record compared")).to_be_visible()
    assert records.get(ws, ONE).id != records.get(ws, OTHER).id
    assert kept(ws, OTHER) == before[1]
    manual_decisions.keep_apart(ws, ONE, OTHER, "Ann")
    dedupe.dedupe(ws, everything=True)
    assert kept(ws, OTHER) == before[1]
    asked = [{p.left.report, p.right.report} for p in manual_decisions.unsure(ws)]
    assert {ONE, OTHER} not in asked
