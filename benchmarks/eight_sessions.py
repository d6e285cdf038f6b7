"""Eight people screen at once, a decision a second each: is anything lost, how long to the next?

Builds a review of 10,000 reports in a temporary folder that the protocol shares between eight
people, and starts the app on it. For two minutes each of them decides each second, from a moment of
their own within it, on the card that is shown; later where the card comes later. The first person
works in a window of a real browser (Chromium) and presses keys. The others sit at machines of their
own, which draw what the server sends: here they are sessions that speak Streamlit's protocol.

    python benchmarks/eight_sessions.py [--reports 10000] [--sessions 8] [--seconds 120]
        [--windows 1]

With `--windows 8` all of them have a window, each with a name and storage of its own, and this
machine draws for eight.

Prints median, 95th percentile and maximum, in milliseconds, of the time from a key to the next
report painted, and of the time from a press to the words of the next report in the sessions without
a window; what a decision takes of the server and of a window in processor time, which other work on
the machine changes little, and in bytes sent; presses that no card followed within ten seconds; and
of the votes in the database those lost, doubled, or on another report than was shown. The load of
the machine, before and during, stands beside the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from after_a_vote import processor_time
from playwright.async_api import Browser, Page, async_playwright
from screening_latency import CHROMIUM_ARGS, WATCH, build_bare, chromium, serve
from streamlit_session import Session

from review.initialise import begin
from review.protocol.loading import PROTOCOL_FILE
from review.store import active_decisions
from review.workspace import Workspace, adopt_protocol, open_workspace

PEOPLE = ("Ann", "Bo", "Cy", "Dee", "Eve", "Fay", "Gus", "Hal")

PATIENCE = 10.0
"""Seconds after which a key is taken to have had no effect."""

# Resolves with the report on the card once its button has been there for 200 ms: nobody presses
# sooner on what they have to see.
READY = """
() => new Promise((done) => {
  const look = () => {
    const id = document.querySelector(".rt-id")?.textContent
    const button = `.st-key-include-title_abstract-${id}:not([data-stale=true])`
    const still = document.querySelector("[data-test-script-state=notRunning]")
    if (id && still && document.querySelector(button)) setTimeout(() => done(id), 200)
    else setTimeout(look, 20)
  }
  look()
})
"""


@dataclass(frozen=True, slots=True)
class Press:
    """One key: by whom, on which report, and how long until the next was there (None: it never
    came), painted in a window or as words in a session without one."""

    person: str
    report: str
    milliseconds: float | None


def share(folder: Path, reports: int, people: tuple[str, ...]) -> Workspace:
    """A review whose protocol shares its reports between people."""
    ws = build_bare(folder, reports)
    begin(ws, PEOPLE[0])
    file = ws.config.data / PROTOCOL_FILE
    rule = f"\nassignment: {{mode: shared, people: [{', '.join(people)}]}}\n"
    file.write_text(file.read_text(encoding="utf-8") + rule, encoding="utf-8")
    ws.store.close()
    ws = open_workspace(ws.config)
    adopt_protocol(ws, PEOPLE[0])
    return ws


@dataclass(slots=True)
class Work:
    """What decisions took: processor time in seconds, and bytes that all sessions received."""

    server: float = 0.0
    browser: float = 0.0
    received: int = 0


def browser_time(server: int) -> float:
    """Seconds of processor time that the living descendants of this process used, but the server
    (Linux)."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours - {server}:
        ours |= more
    return sum(processor_time(pid) for pid in ours - {os.getpid()})


async def arrive(browser: Browser, port: int, person: str, work: Work) -> Page:
    """A window of one person, at the card."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    page = await context.new_page()

    def heard(frame: str | bytes) -> None:
        work.received += len(frame)

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    await page.goto(f"http://127.0.0.1:{port}/screen")
    name = page.get_by_label("Working as")
    await name.fill(person)
    await name.press("Enter")
    await page.get_by_text(f"This tab now works as {person}.").wait_for()
    await page.locator(".rt-id").wait_for()
    await page.evaluate(WATCH)
    await page.wait_for_timeout(1000)
    return page


async def decide(page: Page, person: str, seconds: int) -> list[Press]:
    """Press a key each second on the card that is shown; later where the card comes later."""
    made: list[Press] = []
    async for _ in each_second(person, seconds):
        report = str(await page.evaluate(READY))
        await page.evaluate("(id) => { window.coming = window.waitForNext(id) }", report)
        await page.keyboard.press("i")
        painted = page.evaluate("async () => (await window.coming) - window.pressed")
        try:
            took = float(await asyncio.wait_for(painted, PATIENCE))
            made.append(Press(person, report, took))
        except TimeoutError:
            made.append(Press(person, report, None))
    return made


async def decide_elsewhere(session: Session, person: str, seconds: int) -> list[Press]:
    """The same in a session without a window."""
    made: list[Press] = []
    async for _ in each_second(person, seconds):
        report = session.report
        took = await session.press(f"include-title_abstract-{report}")
        made.append(Press(person, report, took if took and took < 1000 * PATIENCE else None))
    return made


async def each_second(person: str, seconds: int) -> AsyncIterator[None]:
    """Come by once a second, or later, from a moment within the first that is the person's own."""
    await asyncio.sleep(random.Random(person).random())
    end = time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        yield
        await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))


async def screen(
    port: int, server: int, people: tuple[str, ...], windows: int, seconds: int
) -> tuple[list[Press], Work]:
    """Let all screen at the same time; what they pressed, and what it took."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        work = Work()
        pages = [await arrive(browser, port, person, work) for person in people[:windows]]
        sessions = [await Session.at(port, "screen", person) for person in people[windows:]]
        work.received = -sum(session.received for session in sessions)
        work.server, work.browser = -processor_time(server), -browser_time(server)
        made = await asyncio.gather(
            *(decide(page, who, seconds) for page, who in zip(pages, people, strict=False)),
            *(
                decide_elsewhere(session, who, seconds)
                for session, who in zip(sessions, people[windows:], strict=True)
            ),
        )
        work.server += processor_time(server)
        work.browser += browser_time(server)
        work.received += sum(session.received for session in sessions)
        await asyncio.sleep(2)  # the last answers
        for session in sessions:
            await session.close()
        await browser.close()
    return [press for presses in made for press in presses], work


def told(what: str, made: list[Press]) -> str:
    """Median, 95th percentile and maximum of the time to the next report, as a line."""
    times = sorted(press.milliseconds for press in made if press.milliseconds is not None)
    p95 = times[int(0.95 * (len(times) - 1))]
    return (
        f"{what}: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, "
        f"max {times[-1]:.0f} ms; no card within 10 s: {len(made) - len(times)} of {len(made)}"
    )


def main() -> None:
    """Build, press, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=len(PEOPLE), choices=range(2, 9))
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--windows", type=int, default=1, choices=range(1, 9))
    options = parser.parse_args()
    people = PEOPLE[: options.sessions]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        ws = share(folder, options.reports, people)
        print(f"review of {options.reports:,} reports built in {time.monotonic() - began:.1f} s")
        before = os.getloadavg()[0]
        process, port = serve(folder)
        try:
            made, work = asyncio.run(
                screen(port, process.pid, people, options.windows, options.seconds)
            )
        finally:
            process.terminate()
            process.wait(60)
        with ws.store.read() as conn:
            stored = Counter((v.reviewer, v.report) for v in active_decisions.votes(conn))
        ws.store.close()
    pressed = {(press.person, press.report) for press in made}
    answered = {(p.person, p.report) for p in made if p.milliseconds is not None}
    drawn = [press for press in made if press.person in people[: options.windows]]
    elsewhere = [press for press in made if press.person in people[options.windows :]]
    print(f"{len(people)} sessions, {len(drawn)} decisions in windows and {len(elsewhere)} without "
          f"in {options.seconds} s; load {before:.1f} before, {os.getloadavg()[0]:.1f} at the end, "
          f"{os.cpu_count()} processors")  # fmt: skip
    print(told("next report painted in a window", drawn))
    if elsewhere:
        print(told("words of the next report elsewhere", elsewhere))
    print(f"a decision: {1000 * work.server / len(made):.0f} ms of processor time of the server, "
          f"{1000 * work.browser / len(drawn):.0f} ms of a window, "
          f"{work.received / len(made) / 1000:.0f} kB sent")  # fmt: skip
    print(f"votes stored: {sum(stored.values())}; lost: {len(answered - stored.keys())}; doubled: "
          f"{sum(n - 1 for n in stored.values())}; on a report that was not shown: "
          f"{len(stored.keys() - pressed)}; reports voted on by two: "
          f"{len(stored) - len({report for _, report in stored})}")  # fmt: skip


if __name__ == "__main__":
    main()
