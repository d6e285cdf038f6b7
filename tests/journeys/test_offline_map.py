"""The offline map in a browser: the same counts as the tracker, by keys, and asking nobody."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL
from review.coding import service as coding
from review.coding.findings import add_finding
from review.gaps import service as gaps
from review.gaps.column_groups import CLASS, by_class
from review.gaps.filters import NOT_APPRAISED, RISKS, Filters
from review.gaps.ledger import PlaceKind
from review.gaps.ledger_state import ledger
from review.gaps.model import FINDING_DIMENSIONS
from review.model import Direction, RunStatus
from review.reporting.offline import service as offline
from review.reporting.offline.content import VIEWS
from review.workspace import Workspace
from tests.factories import exclude, include, paper, run_search, suggest
from tests.journeys.test_every_page import RULES, RUN_AXE
from tests.reviews import add, workspace

pytestmark = pytest.mark.browser

HOSTILE = "</script><img src=x onerror=alert(1)> & <b>bold</b> {{data}}"
PAPERS = 40


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A review with tags, findings and suggestions at random, always the same ones."""
    folder = tmp_path_factory.mktemp("offline")
    made = workspace(folder, f"sqlite:///{(folder / 'review.db').as_posix()}")
    chance = random.Random(7)
    found = [paper(n, retracted=n % 11 == 0) for n in range(1, PAPERS + 1)]
    found[0] = replace(found[0], title=HOSTILE)
    add(made, found)
    run_search(made, "kratom_sleep", RunStatus.COMPLETE)
    book = made.protocol.codebook
    pool = {
        name: [v.id for v in chance.sample(book.dimension(name).values, 5)]
        for name in FINDING_DIMENSIONS
    }
    pool["region"] = [v.id for v in book.dimension("region").values[:6]]
    pool["exposure"] += sorted(made.protocol.frame.exposure)[:3]
    for n in range(1, PAPERS + 1):
        report = f"P{n:06d}"
        for name in (*FINDING_DIMENSIONS, "region"):
            values = chance.sample(pool[name], chance.choice((0, 1, 1, 2)))
            many = book.dimension(name).many
            if chance.random() < 0.5:
                for value in values if many else values[:1]:
                    coding.tag(made, report, book.dimension(name).id, value, "Ann")
            elif values:
                suggest(made, report, book.dimension(name).id, *values)
        if chance.random() < 0.3:
            for _ in range(chance.randint(1, 2)):
                values = {name: chance.choice(pool[name]) for name in FINDING_DIMENSIONS}
                way = chance.choice(list(Direction))
                add_finding(
                    made, report, **values, direction=way, quote=HOSTILE, reviewer="Ann"
                )  # fmt: skip
        if n % 9 == 0:
            exclude(made, report)
        elif n % 4 == 0:
            include(made, report)
    outcomes = {
        one.id: sorted(one.likely("outcome")) for one in gaps.facts(made, FINDING_DIMENSIONS)
    }
    for task in appraisal.tasks(made, "Ann"):
        level = chance.choice(task.form.choices(OVERALL)).id
        if chance.random() < 0.8:
            appraisal.judge(made, task.report, task.form.id, OVERALL, level, "Ann")
    for report in list(outcomes)[::3]:
        for result in outcomes[report][:2]:
            level = chance.choice(("low", "some", "high"))
            appraisal.judge(made, report, "rob2", OVERALL, level, "Ann", result=result)
    assert set(gaps.risk_of_bias(made).values()) >= {"low", "high"}
    assert gaps.risk_by_outcome(made)
    yield asking_some(made, "population", "study_design", pool["study_design"][:3])
    made.store.close()


def asking_some(ws: Workspace, name: str, of: str, values: list[str]) -> Workspace:
    """The review with a dimension that is asked only where another has one of some values."""
    book = ws.protocol.codebook
    dimensions = tuple(
        d.model_copy(update={"shown_if": {of: tuple(values)}}) if d.name == name else d
        for d in book.dimensions
    )
    book = book.model_copy(update={"dimensions": dimensions})
    return replace(ws, protocol=ws.protocol.model_copy(update={"codebook": book}))


@pytest.fixture(scope="module")
def file(ws: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "gap-map.html"
    offline.write_html(ws, path)
    return path


@pytest.fixture
def offline_page(page: Page, file: Path) -> Iterator[Page]:
    """The file, opened as such; whatever it asks of anybody, or says went wrong, fails the test."""
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.goto(file.as_uri())
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert wrong == []


def chosen_filters(ws: Workspace) -> list[Filters]:
    """None, each by itself, and some together."""
    book = ws.protocol.codebook
    exposures = book.dimension("exposure")
    group = next(name for name in exposures.groups if name)
    people = [v.id for v in book.dimension("population").values]
    regions = [v.id for v in book.dimension("region").values]
    chance = random.Random(3)
    found = [
        Filters(),
        Filters(beyond_frame=True),
        Filters(forms=True),
        Filters(included_only=True),
        Filters(years=(2010, None)),
        Filters(years=(None, 2020)),
        Filters(exposure=(group,)),
        Filters(exposure=tuple(sorted(ws.protocol.frame.exposure)[:2])),
        *(Filters(population=(one,)) for one in people[:5]),
        Filters(confirmed_only=True),
        Filters(without_retracted=True),
        *(Filters(country=(one,)) for one in regions[:4]),
        *(Filters(risk_of_bias=(risk,)) for risk in RISKS),
        *(Filters(direction=(str(one),)) for one in Direction),
    ]
    for _ in range(18):
        found.append(
            Filters(
                population=tuple(chance.sample(people, chance.choice((0, 0, 8)))),
                exposure=chance.choice(((), (), (group,))),
                years=chance.choice(((None, None), (2008, 2030))),
                included_only=chance.random() < 0.3,
                beyond_frame=chance.random() < 0.5,
                forms=chance.random() < 0.5,
                country=tuple(chance.sample(regions, chance.choice((0, 0, 4)))),
                risk_of_bias=chance.choice(((), (), ("low", NOT_APPRAISED))),
                direction=chance.choice(((), (), ("better", "not_stated"), ("worse", "better"))),
                confirmed_only=chance.random() < 0.3,
                without_retracted=chance.random() < 0.3,
            )
        )
    return found


CELL = (
    "row", "column", "confirmed", "suggested", "confirmed_reports", "suggested_reports",
    "retracted_reports", "hidden_reports", "gap", "rule", "applicable",
)  # fmt: skip


def cells_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: cell[name] for name in CELL} for cell in found["cells"]]


def test_its_counts_are_those_of_the_tracker_under_every_filter(
    ws: Workspace, offline_page: Page
) -> None:
    held = left = 0
    for place, filters in enumerate(chosen_filters(ws)):
        for rows, columns in {VIEWS[0], VIEWS[place % len(VIEWS)]}:
            found, placed = gaps.gap_map(ws, rows, columns, filters)
            groups = ws.protocol.codebook.dimension(columns).groups
            joined = {name: [v.id for v in some] for name, some in groups.items() if name}
            for grouped, expected in ((False, found), (True, by_class(found, placed, joined))):
                asked = json.loads(json.dumps(asdict(filters)))
                text = offline_page.evaluate(
                    "([r, c, f, g]) => JSON.stringify(gapMap.count(r, c, f, g))",
                    [rows, columns, asked, grouped],
                )
                got = json.loads(text)
                said = gaps.to_json(expected)
                assert (got["rows"], got["columns"]) == (said["rows"], said["columns"])
                assert cells_of(got) == cells_of(said), (filters, rows, columns, grouped)
                for name in ("confirmed_total", "suggested_total"):
                    assert got[name] == said[name]
                for name, theirs in (
                    ("outside", "outside_frame"), ("uncoded", "uncoded"), ("forms", "forms"),
                    ("frame_unknown", "frame_unknown"), ("not_asked", "not_asked"),
                    ("needs_pairing", "needs_pairing"),
                ):  # fmt: skip
                    assert got[name] == len(said[theirs]), (name, filters)
                assert got["hidden"] == said["hidden"]
                held += got["confirmed_total"]
                left += got["not_asked"]
    assert held > 100 and left > 10  # there was something to count


def test_it_is_read_by_keys_and_screen_reader_in_light_and_dark(offline_page: Page) -> None:
    page = offline_page
    first = page.locator("#map td").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    where = page.evaluate("[document.activeElement.dataset.r, document.activeElement.dataset.c]")
    assert where == ["1", "1"]
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    assert name.split(",")[0] in page.locator("#panel h2").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    page.locator("details.claim summary").first.click()
    page.locator("#all summary").click()
    page.locator("#filters summary").click()
    page.locator("#gaps summary").first.click()
    page.locator("#map td:not(.none)").first.click()
    expect(page.locator("#panel .papers li").first).to_be_visible()
    assert HOSTILE in page.locator("#all-papers").inner_text()
    page.evaluate(AXE_SCRIPT)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate(RUN_AXE, {"type": "tag", "values": RULES}) == [], scheme
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with page.expect_download() as saved:
        page.locator("#png").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_filter_on_the_page_changes_the_map(ws: Workspace, offline_page: Page) -> None:
    page = offline_page
    everything = page.locator("#headline").inner_text()
    page.locator("details", has_text="Filters").locator("summary").first.click()
    page.locator("#included").check()
    included = page.locator("#headline").inner_text()
    assert included != everything
    expected = gaps.matrix(ws, filters=Filters(included_only=True))
    assert f"{expected.confirmed_total:,} stud" in included
    said = page.locator("#under")  # a print shows no controls
    assert said.inner_text() == "Filters that are on: Only reports included at full text."
    page.locator("#clear").click()
    assert not said.inner_text()
    assert page.locator("#headline").inner_text() == everything
    assert CLASS in page.evaluate("gapMap.count('outcome', 'study_design', "
                                  "{population: [], exposure: [], years: [null, null]}, true)"
                                  ".columns.join(' ')")  # fmt: skip


def test_a_print_holds_the_claims_and_papers_that_are_folded_on_the_screen(
    ws: Workspace, offline_page: Page
) -> None:
    page = offline_page
    folded = page.locator("details:not([open])").count()
    page.evaluate("""() => {
      dispatchEvent(new Event("beforeprint"))
      window.printed = document.querySelector("main").innerText
      dispatchEvent(new Event("afterprint"))
    }""")
    printed = page.evaluate("printed")
    for claim in ws.protocol.claims:
        assert claim.where in printed and " ".join(claim.minimum.split()) in printed
    for report in gaps.passing(ws, Filters()):
        assert report in printed
    assert page.locator("details:not([open])").count() == folded


def test_it_holds_the_ledger_of_gaps_which_is_narrowed_and_sorted(
    ws: Workspace, offline_page: Page
) -> None:
    page = offline_page
    expected = ledger(ws, *VIEWS[0])
    rows = [row for row in expected.open if row.place.kind is not PlaceKind.CELL]
    lines = page.locator("#gaps tbody tr")
    assert page.locator("#gaps-said").inner_text().startswith(f"{len(rows):,} places of ")
    first = lines.first.inner_text()
    assert rows[0].label in first and rows[0].rule in first and str(rows[0].gap) in first
    page.select_option("#gap-kind", "")
    page.select_option("#gap-status", "")
    page.locator("#gaps-more").click()
    assert lines.count() == len(expected.rows)
    page.get_by_role("button", name="Studies", exact=True).click()
    page.get_by_role("button", name="Studies", exact=True).click()
    most = max(expected.rows, key=lambda row: row.evidence.studies)
    lines.first.locator("summary").click()
    held = len(most.evidence.reports) + len(most.evidence.suggested_reports)
    expect(lines.first.locator(".papers li")).to_have_count(held)
    assert page.locator("#gaps th[aria-sort=descending]").inner_text() == "Studies"
