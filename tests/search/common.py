"""What tests of searching share: a review that asks a loopback server, and a client in a hurry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from review.model import SearchRun
from review.search import service
from review.sources.openalex.client import OpenAlex, OpenAlexSettings
from review.sources.transport import Patience, Transport
from review.store import records
from review.store.integrity import check
from review.workspace import Workspace
from tests import reviews
from tests.servers.works import Work, make_works

Open = Callable[[str], Workspace]


@cache
def works() -> list[Work]:
    """Works of which more than two pages match."""
    return list(make_works(900, seed=1))


@pytest.fixture
def ws_at(tmp_path: Path, db_url: str) -> Iterator[Open]:
    """Opens the test's review with OpenAlex at an address."""
    opened: list[Workspace] = []

    def open_at(url: str) -> Workspace:
        opened.append(
            reviews.workspace(tmp_path, db_url, openalex_url=url, openalex_key="test-key")
        )
        return opened[-1]

    yield open_at
    for ws in opened:
        ws.store.close()


@contextmanager
def impatient(ws: Workspace) -> Iterator[OpenAlex]:
    """A client that does not wait between attempts."""
    key = ws.config.openalex_key
    patience = Patience(attempts=2, first=0.01, longest=0.02, total=0.1)
    settings = OpenAlexSettings(ws.config.openalex_url, key)
    with OpenAlex(settings, Transport(key, patience=patience)) as client:
        yield client


def pull(ws: Workspace, **options: object) -> list[SearchRun]:
    arguments = {"query": "kratom", "actor": "Ann", **options}
    with impatient(ws) as client:
        return service.pull(ws, client=client, **arguments)  # type: ignore[arg-type]


def count(ws: Workspace) -> int:
    with ws.store.read() as conn:
        return sum(records.count_by_source(conn).values())


def sound(ws: Workspace) -> None:
    """The log gives the state and every reference leads somewhere."""
    found = check(ws.store)
    assert (found.differences, found.problems) == ((), ())
