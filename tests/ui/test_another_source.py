"""Another database is one class: the whole Search page runs on it and knows no OpenAlex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.errors import ProtocolError
from review.model import RunStatus
from review.search import service as searching
from review.sources import registry
from review.ui import jobs
from review.workspace import Workspace, open_workspace
from tests.search.small_source import WORKS, SmallSource
from tests.ui.conftest import at_page
from tests.ui.test_search_page import click, words_on

SEARCH = """searches:
  - name: herbs
    label: Herbs for sleep
    source: small
    query: sleep
    covers: {outcome: ["*"]}
    limits: none
"""


@pytest.fixture
def protocol(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped protocol with one search, of a source that is the only one there is."""
    file = data / "protocol.yaml"
    text = re.sub(r"(?ms)^searches:\n.*?(?=^[a-z#])", SEARCH, file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    monkeypatch.setitem(registry.all_sources(), SmallSource.name, SmallSource)
    monkeypatch.delitem(registry.all_sources(), "openalex")
    return file


@pytest.fixture
def review(protocol: Path, app: AppTest) -> Iterator[Workspace]:
    from review.config import from_environment

    app.run()
    ws = open_workspace(from_environment())
    yield ws
    ws.store.close()
    for job in jobs.registry().ended():
        jobs.registry().forget(job.name)


def test_the_whole_search_page_runs_on_another_source(app: AppTest, review: Workspace) -> None:
    at_page(app, "search")
    assert not app.exception and "OpenAlex" not in words_on(app)
    click(app, "Ask count and price")
    assert "25 works" in words_on(app)
    click(app, "Run this search")
    assert "Complete" in words_on(app)
    (run,) = [r.run for r in searching.searches(review) if r.run.source == "small"]
    assert (run.status, run.received, run.promised) == (RunStatus.COMPLETE, 25, 25)

    app.text_area(key="own_query").input("valerian!").run()
    assert "No exclamation marks, please." in words_on(app)
    app.text_area(key="own_query").input("valerian").run()
    click(app, "Preview")
    assert "Valerian for insomnia 0" in words_on(app)
    click(app, "Count each term")
    click(app, "Run this query")
    newest = searching.searches(review)[0]
    assert (newest.run.source, newest.run.added) == ("small", 25)
    assert newest.platform == "Small Database, https://small.example"

    at_page(app, "search", view="log")
    assert "OpenAlex" not in words_on(app)
    assert not app.exception


def test_a_stopped_run_goes_on_at_another_source(review: Workspace) -> None:
    from review.progress import Watch

    seen: list[object] = []
    watch = Watch(seen.append, lambda: len(seen) > 2)
    (first,) = searching.pull(review, ["herbs"], actor="Ann", watch=watch)
    assert first.status is RunStatus.CANCELLED and 0 < first.received < 25
    assert list(searching.resumable(review)) == ["herbs"]
    (again,) = searching.pull(review, ["herbs"], actor="Ann")
    assert (again.id, again.received) == (first.id, len(WORKS) // 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("source: smal", "there is no source 'smal'"),
        ("source: small\n    scope: abstract", "there is no scope 'abstract'"),
        ("source: small\n    query: sleep!", "no exclamation marks, please"),
    ],
)
def test_a_protocol_is_checked_by_the_source_it_names(
    protocol: Path, wrong: str, said: str
) -> None:
    from review.config import from_environment

    text = protocol.read_text(encoding="utf-8")
    if "query" in wrong:
        text = text.replace("    query: sleep\n", "")
    protocol.write_text(text.replace("source: small", wrong), encoding="utf-8")
    with pytest.raises(ProtocolError, match=said) as caught:
        open_workspace(from_environment(), create=True)
    assert "protocol.yaml" in str(caught.value)
