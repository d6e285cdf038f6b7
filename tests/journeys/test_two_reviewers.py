"""Two blinded reviewers and a referee over sixty papers, each in a browser of their own.

They screen the first papers by keys and bring in the others from a file each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from review.config import database_url
from review.model import Stage
from review.store import Store, active_decisions
from tests.journeys.conftest import ROOT, WINDOW, App, at_rest, create_review, environment, press
from tests.journeys.test_screening import settled, shown
from tests.journeys.test_tabs import work_as

pytestmark = pytest.mark.browser

PAPERS, BY_KEYS = 60, 20
SECRET = "Annsprivatethought"
"""What Ann notes on her votes; another may read it once both have voted, and not before."""

DISPUTED = {7: "include", 12: "exclude", 33: "exclude", 48: "include"}
"""Papers on which Bo says the contrary, and what the referee says of them."""
OTHER_REASON = 11
"""The paper that both exclude, for different reasons."""


def said(person: str, n: int) -> tuple[str, str]:
    """Vote and reason of a person on a paper; every third is of interest."""
    include = (n % 3 == 0) is not (person == "Bo" and n in DISPUTED)
    if include:
        return "include", ""
    return "exclude", "synthetic_analog_only" if person == "Bo" and n == OTHER_REASON else (
        "not_kratom"
    )


KEY_OF = {"not_kratom": "1", "synthetic_analog_only": "2"}


@pytest.fixture
def team(start_app: Callable[..., App], tmp_path: Path) -> App:
    """The app on a review of sixty papers that asks for two votes and names a referee."""
    data = tmp_path / "team" / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local", "library"))
    (data / "library").mkdir()
    library = ROOT / "data" / "library"
    for file in library.iterdir():
        if file.name != "papers.csv":
            shutil.copy(file, data / "library")
    lines = (library / "papers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "library" / "papers.csv").write_text("".join(lines[: PAPERS + 1]), encoding="utf-8")
    protocol = data / "protocol.yaml"
    text = protocol.read_text(encoding="utf-8").replace("reviewers: 1", "reviewers: 2")
    own = "\nassignment: {referee: Rae}\nmachine_help: false\n"  # as arrived: no model reorders
    protocol.write_text(text + own, encoding="utf-8")
    create_review(data, None)
    return start_app(data=data)


class Desk:
    """One person's browser.

    Attributes:
        wire: all that the server has sent to it.
    """

    def __init__(self, browser: Browser, app: App, person: str, place: str) -> None:
        context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        self.page, self.person, self.wire = context.new_page(), person, bytearray()
        self.page.on("websocket", self._listen)
        self.page.goto(f"{app.url}/{place}")
        work_as(self.page, person)
        settled(self.page)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.wire.extend(
            frame if isinstance(frame, bytes) else frame.encode()
        ))  # fmt: skip

    def press(self) -> str:
        """Vote on the card by keys; returns the report, without waiting for the next one."""
        report = shown(self.page)
        vote, reason = said(self.person, int(report[1:]))
        press(self.page, vote[0], f"{vote}-title_abstract-{report}")
        if reason:
            press(self.page, KEY_OF[reason], f"reason-{reason}-title_abstract-{report}")
        return report

    def gone(self, report: str) -> None:
        """Wait until another card, or the end, is shown."""
        self.page.wait_for_function(
            "id => document.querySelector('.rt-id')?.textContent !== id", arg=report
        )

    def note(self, text: str) -> None:
        """Write a note on the vote to come."""
        self.page.keyboard.press("n")
        field = self.page.get_by_role("textbox", name="Note on this vote")
        field.wait_for()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        expect(field).to_have_count(0)


@pytest.fixture
def desks(browser: Browser, team: App) -> Iterator[Callable[..., Desk]]:
    """Browsers of people, closed at the end."""
    made: list[Desk] = []

    def desk(person: str, place: str = "screen") -> Desk:
        made.append(Desk(browser, team, person, place))
        return made[-1]

    yield desk
    for one in made:
        one.page.context.close()


def command(app: App, *words: str) -> Any:
    """What a command prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "review", *words, "--json"],
        cwd=ROOT, env={**os.environ, **environment(app.data, None)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def from_a_file(app: App, person: str) -> str:
    """A person's votes on the papers that are left, as a file that can be imported."""
    file = app.data.parent / f"{person}.csv"
    lines = ["report,stage,reviewer,vote,reason"]
    done = {report for who, report in votes(app) if who == person}
    left = [f"P{n:06d}" for n in range(1, PAPERS + 1) if f"P{n:06d}" not in done]
    assert len(left) == PAPERS - BY_KEYS
    for report in left:
        vote, reason = said(person, int(report[1:]))
        lines.append(f"{report},title_abstract,{person},{vote},{reason}")
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def votes(app: App) -> dict[tuple[str, str], tuple[str, str]]:
    """Votes that count, final ones aside: person and report -> vote and reason."""
    store = Store(database_url(app.db))
    try:
        with store.read() as conn:
            cast = [v for v in active_decisions.votes(conn) if v.stage is Stage.TITLE_ABSTRACT]
    finally:
        store.close()
    return {(v.reviewer, v.report): (str(v.vote), v.reason) for v in cast if not v.final}


def report_of(page: Page) -> str:
    """The report of the conflict that is shown, once the page has come to rest."""
    at_rest(page)
    return shown(page)


def figure(page: Page, words: str) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("link", name=re.compile(words))


def test_two_blinded_reviewers_and_a_referee_end_in_the_same_numbers_everywhere(
    team: App, desks: Callable[..., Desk]
) -> None:
    ann, bo = desks("Ann"), desks("Bo")
    first = shown(ann.page)
    ann.note(SECRET)
    ann.gone(ann.press())
    assert votes(team) == {("Ann", first): said("Ann", int(first[1:]))}

    # Blind on the wire: nothing of Ann's vote is in what Bo is sent, wherever he looks.
    for place in (
        "conflicts",
        f"records?report={first}",
        "progress",
        "dashboard",
        "team",
        "screen",
    ):
        bo.page.goto(f"{team.url}/{place}")
        at_rest(bo.page)
    assert SECRET.encode() not in bo.wire and len(bo.wire) > 10_000
    assert shown(bo.page) == first  # what another has voted on comes first, and nothing says so
    bo.gone(bo.press())

    for _ in range(BY_KEYS - 1):
        one, other = ann.press(), bo.press()
        ann.gone(one)
        bo.gone(other)
    for who in ("Ann", "Bo"):
        command(team, "votes", "import", from_a_file(team, who))
    reports = [f"P{n:06d}" for n in range(1, PAPERS + 1)]
    assert votes(team) == {
        (who, report): said(who, int(report[1:])) for who in ("Ann", "Bo") for report in reports
    }
    bo.page.goto(f"{team.url}/records?report={first}")
    expect(bo.page.get_by_test_id("stMain")).to_contain_text(SECRET)

    # The parties see what differs and discuss it; they cannot settle it.
    ann.page.goto(f"{team.url}/conflicts")
    expect(ann.page.get_by_text("You are a party to this conflict")).to_be_visible()
    at_rest(ann.page)
    ann.page.keyboard.press("d")
    ann.page.get_by_role("textbox", name="Note to the other parties").wait_for()
    ann.page.keyboard.type("The leaf is named in the methods.")
    ann.page.keyboard.press("Tab")
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_text("The leaf is named in the methods.").first).to_be_visible()

    rae = desks("Rae", "conflicts")
    expect(rae.page.get_by_text("The leaf is named in the methods.").first).to_be_visible()
    for left in range(len(DISPUTED), 0, -1):
        report = report_of(rae.page)
        word = DISPUTED[int(report[1:])]
        press(rae.page, word[0], f"settle-{word}-title_abstract-{report}")
        if word == "exclude":
            press(rae.page, "1", f"settle-not_kratom-title_abstract-{report}")
        expect(rae.page.get_by_text(f"On the decision: {left - 1}")).to_be_visible()
    at_rest(rae.page)
    report = f"P{OTHER_REASON:06d}"
    rae.page.get_by_role("radio", name="On the reason: 1").focus()
    rae.page.keyboard.press("Space")
    press(rae.page, "1", f"settle-not_kratom-title_abstract-{report}")
    expect(rae.page.get_by_text("No votes disagree.")).to_be_visible()

    # The same numbers on every page, in the diagram, and from the commands.
    kept = {n for n in range(1, PAPERS + 1) if (DISPUTED.get(n) or said("Ann", n)[0]) == "include"}
    out, agreed = PAPERS - len(kept), PAPERS - len(DISPUTED)
    boxes = command(team, "prisma")["boxes"]
    assert (boxes["records_screened"], boxes["records_excluded"]) == (PAPERS, out)
    assert boxes["dbr_sought_reports"] == len(kept)
    (pair,) = command(team, "agreement")["title_abstract"]["pairs"]
    assert (pair["reviewers"], pair["n"], pair["agreed"]) == (["Ann", "Bo"], PAPERS, agreed)
    for desk in (rae, bo):
        main = desk.page.get_by_test_id("stMain")
        desk.page.goto(f"{team.url}/overview")
        expect(figure(desk.page, rf"^{out} excluded")).to_be_visible()
        desk.page.goto(f"{team.url}/conflicts")
        expect(main).to_contain_text(f"Ann and Bo: the same on {agreed} of {PAPERS}")
        desk.page.goto(f"{team.url}/report")
        expect(figure(desk.page, rf"^{PAPERS} Records screened")).to_be_visible()
        expect(figure(desk.page, rf"^{out} Records excluded")).to_be_visible()
        expect(figure(desk.page, rf"^{len(kept)} Reports sought")).to_be_visible()
        expect(main.locator("svg", has_text="Reports sought")).to_contain_text(f"{len(kept)}")
        desk.page.goto(f"{team.url}/dashboard")
        expect(figure(desk.page, rf"^{out} excluded on title and abstract")).to_be_visible()
        expect(main).to_contain_text(f"Ann and Bo: the same on {agreed} of {PAPERS}")
