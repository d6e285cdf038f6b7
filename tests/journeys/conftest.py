"""The real app in a real browser.

`app` is ``streamlit run app.py`` on a copy of the data folder with a database of its own; `page`
is a fresh window of a browser. `start_app` serves tests that need another database, other
settings or several apps.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.backends import free_port, unavailable
from tests.conftest import FAILED
from tests.reviews import as_arrived

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # as root, Chromium does not run with one
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WINDOW = {"width": 1280, "height": 800}
expect.set_options(timeout=20_000)  # a busy machine takes its time
NOWHERE = "http://127.0.0.1:9"
"""Where OpenAlex is for a test that has no stand-in for it: nothing listens there."""


class App:
    """One ``streamlit run app.py`` and what it works on.

    Attributes:
        url: its address; the same after a restart.
        data: its data folder, a copy.
        db: SQLAlchemy URL of its database.
        log: file with all it printed.
    """

    def __init__(self, data: Path, db: str | None, env: Mapping[str, str]) -> None:
        self.data = data
        self.db = db or f"sqlite:///{(data / 'local' / 'review.db').as_posix()}"
        self.log = data.parent / "app.log"
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._env = {**os.environ, **environment(data, db), **env}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {"server.port": str(self._port), "server.address": "localhost"}
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
        command += [word for name, value in options.items() for word in (f"--{name}", value)]
        with self.log.open("ab") as log:
            # A session of its own, so that `kill` also ends what the app may have started.
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._env, stdout=log, stderr=log, start_new_session=True
            )
        limit = time.monotonic() + 60
        while not _answers(self._port):
            ended = self._process.poll() is not None
            if ended or time.monotonic() > limit:
                self.kill()
                pytest.fail(f"the app did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as Ctrl+C does, and wait until it has ended."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power failure does: at once, with no last word."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it if it runs, and start it again on the same data and address."""
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)
        self._process.wait(30)
        self._process = None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def environment(data: Path, db: str | None) -> dict[str, str]:
    """Return the settings of an app or a command on this data folder and database."""
    database = {"REVIEW_DB": db} if db else {}
    return {"REVIEW_DATA": str(data), "OPENALEX_URL": NOWHERE, **database}


def create_review(data: Path, db: str | None) -> None:
    """Run ``python -m review init`` as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "review", "init"],
        cwd=ROOT,
        env={**os.environ, **environment(data, db)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def shipped_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data folder as it ships, with the review created in it. Do not change it."""
    data = tmp_path_factory.mktemp("shipped") / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local"))
    as_arrived(data)
    create_review(data, None)
    return data


@pytest.fixture
def start_app(shipped_data: Path, tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Start apps: ``start_app(db=None, env={}, data=None) -> App``.

    ``db`` is the URL of an empty database, SQLite under the data folder when None; ``env`` adds
    settings; ``data`` is a folder to use as it is instead of a fresh copy.
    """
    apps: list[App] = []

    def start(
        db: str | None = None, env: Mapping[str, str] | None = None, data: Path | None = None
    ) -> App:
        if data is None:
            data = tmp_path / f"app-{len(apps) + 1}" / "data"
            shutil.copytree(shipped_data, data)
        if db:
            create_review(data, db)
        app = App(data, db, env or {})
        apps.append(app)
        app.start()
        return app

    yield start
    for app in apps:
        app.kill()


@pytest.fixture
def app(start_app: Callable[..., App]) -> App:
    """A running app on the data that ships and a database of its own."""
    return start_app()


@pytest.fixture(scope="session")
def reading_app(shipped_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One such app for all journeys that only look and leave the review as it is."""
    data = tmp_path_factory.mktemp("reading") / "data"
    shutil.copytree(shipped_data, data)
    app = App(data, None, {})
    app.start()
    yield app
    app.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: ``REVIEW_CHROMIUM``, the system's, or the one that Playwright has installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(playwright), args=CHROMIUM_OPTIONS
        )
        yield browser
        browser.close()


def _chromium(playwright: Playwright) -> str:
    names = [os.environ.get("REVIEW_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    for name in [*names, playwright.chromium.executable_path]:
        found = shutil.which(name) if name else None
        if found:
            return found
    unavailable("Chromium is not installed", "REVIEW_REQUIRE_BROWSER")


AT_REST = """quiet => {
  const now = performance.now();
  if (!window.lastChange) {
    window.lastChange = now;
    const changed = () => { window.lastChange = performance.now(); };
    const what = {childList: true, subtree: true, characterData: true};
    new MutationObserver(changed).observe(document.body, what);
  }
  const running = !document.querySelector("[data-test-script-state='notRunning']");
  if (running) window.lastChange = now;
  return now - window.lastChange >= quiet;
}"""
"""Whether no run of the page has gone on, and nothing of it has changed, for so many ms."""


def at_rest(page: Page, quiet: int = 300) -> None:
    """Wait until the page has stopped to change: on arrival it is drawn twice."""
    page.wait_for_function(AT_REST, arg=quiet, polling=50)


def press(page: Page, key: str, button: str) -> None:
    """Press a key once the button that it stands for is there, and the page is drawn whole.

    Args:
        button: key of the button in the app. It names the item that is meant: a press for a card
            that is still being drawn is left out.
    """
    # The one of the drawing before may still be there, in another place.
    expect(page.locator(f".st-key-{button}:not([data-stale=true])")).to_be_visible()
    page.wait_for_selector("[data-test-script-state='notRunning']")
    page.keyboard.press(key)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A fresh window, with no cookies or settings of others; a failed test leaves a picture."""
    context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    yield page
    if FAILED in request.node.stash:
        picture = tmp_path / "failed.png"
        page.screenshot(path=picture, full_page=True)
        print(f"What the page showed: {picture}")
    context.close()
