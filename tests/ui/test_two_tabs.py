"""Two people on one server: each sees what they asked, and who keeps them waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from review.search import service as searching
from review.sources.source import Estimate
from review.ui import jobs
from tests.ui.conftest import REVIEWER, ROOT, at_page
from tests.ui.conftest import words_on as marked_words_on

BERTA = "Berta"


def words_on(app: AppTest) -> str:
    return marked_words_on(app).replace("\\", "")


class Gate:
    """Holds back what a test wants to be slow, such as the first of two look-ups."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def wait(self) -> None:
        assert self.open.wait(30)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()
    ended()
    for job in jobs.registry().ended():
        jobs.registry().forget(job.name)


@pytest.fixture
def tabs(app: AppTest) -> tuple[AppTest, AppTest]:
    """Ann's tab and Berta's."""
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for tab, name in ((app, REVIEWER), (other, BERTA)):
        at_page(tab, "search")
        tab.text_input(key="reviewer").set_value(name).run()
    return app, other


def press(tab: AppTest, label: str) -> AppTest:
    return next(b for b in tab.button if b.label.startswith(label)).click().run()


def button(tab: AppTest, label: str) -> bool:
    """Whether a button can be pressed."""
    return not next(b for b in tab.button if b.label.startswith(label)).disabled


def ended(names: str = "") -> None:
    until(lambda: not jobs.registry().running(names))


def until(holds: Callable[[], object]) -> None:
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_each_tab_sees_its_own_preview_terms_and_prices(
    tabs: tuple[AppTest, AppTest], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def estimate(count: int) -> Estimate:
        return Estimate(count, 1, 0.0, None, "")

    def preview(ws: object, query: str, *, watch: object) -> searching.SearchPreview:
        if query == "kratom":
            gate.wait()
        return searching.SearchPreview(estimate(len(query)), (f"A title on {query}",))

    def counts(ws: object, query: str, *, watch: object) -> list[tuple[str, int]]:
        if query == "kratom":
            gate.wait()
        return [(query, 0)]

    monkeypatch.setattr(searching, "preview", preview)
    monkeypatch.setattr(searching, "term_counts", counts)
    ann, berta = tabs
    for tab, query in ((ann, "kratom"), (berta, "sleep")):
        tab.text_area(key="own_query").set_value(query).run()
        press(tab, "Preview")
        press(tab, "Count each term")
    until(lambda: len(jobs.registry().running()) == 2)  # Ann's, held back
    said = words_on(berta.run())
    assert "A title on sleep" in said and "No work has sleep" in said
    assert "A title on" not in words_on(ann.run())
    gate.open.set()
    ended()
    said = words_on(ann.run())
    assert "A title on kratom" in said and "A title on sleep" not in said
    assert "No work has kratom" in said
    said = words_on(berta.run())
    assert "A title on sleep" in said and "A title on kratom" not in said


def test_a_run_says_whose_it_is_and_keeps_another_from_beginning(
    tabs: tuple[AppTest, AppTest], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(ws: object, *args: object, **kwargs: object) -> list[object]:
        gate.wait()
        return []

    def preview(ws: object, query: str, *, watch: object) -> searching.SearchPreview:
        return searching.SearchPreview(Estimate(1, 1, 0.0, None, ""), ("A title",))

    monkeypatch.setattr(searching, "preview", preview)
    monkeypatch.setattr(searching, "pull", pull)
    for tab in tabs:
        tab.text_area(key="own_query").set_value("kratom").run()
        press(tab, "Preview")
        ended("preview")
        tab.run()
    ann, berta = tabs
    press(ann, "Run this query")
    # Berta's page is from before: the press is refused with who is at it.
    press(berta, "Run this query")
    assert f"{REVIEWER} began this on" in words_on(berta)
    assert not button(berta, "Run this query")
    gate.open.set()
    ended()
    assert f"{REVIEWER} began this on" not in words_on(berta.run())
    assert button(berta, "Run this query")  # the price she asked for is still hers


def test_an_import_waits_for_that_of_another_and_each_sees_its_own(
    tabs: tuple[AppTest, AppTest], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = searching.import_bytes

    def slow(*args: object, **kwargs: object) -> object:
        gate.wait()
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(searching, "import_bytes", slow)
    for tab, name in zip(tabs, ("ann.csv", "berta.csv"), strict=True):
        at_page(tab, "search", view="import")
        rows = f"title,doi\nThe file {name},10.1/{name}\n".encode()
        tab.file_uploader[0].set_value([(name, rows, "text/csv")])
        tab.run()
    ann, berta = tabs
    press(ann, "Import")
    press(berta, "Import")  # from before the other began
    assert f"{REVIEWER} began this on" in words_on(berta)
    assert not button(berta, "Import") and len(berta.file_uploader[0].value) == 1
    gate.open.set()
    ended("import")
    assert "ann.csv: 1 new record" in words_on(ann.run())
    said = words_on(berta.run())
    assert f"begun by {REVIEWER}" in said and "ann.csv: 1 new record" in said
    press(berta, "Import")
    ended("import")
    assert "berta.csv: 1 new record" in words_on(berta.run())
    assert "ann.csv: 1 new record" in words_on(ann.run())


def test_a_second_look_for_duplicates_is_told_of_the_first(
    tabs: tuple[AppTest, AppTest], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.dedupe import service as dedupe

    def run(ws: object, *, watch: object) -> dedupe.DedupeResult | None:
        gate.wait()
        return None

    monkeypatch.setattr(dedupe, "dedupe", run)
    ann, berta = tabs
    for tab in tabs:
        at_page(tab, "duplicates")
    press(ann, "Find duplicates")
    press(berta, "Find duplicates")
    assert f"{REVIEWER} began this on" in words_on(berta)
