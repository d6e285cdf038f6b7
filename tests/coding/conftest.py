"""One small review for the tests of coding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from review.workspace import Workspace
from tests.factories import make_workspace


@dataclass(frozen=True)
class Small:
    """A review of three reports."""

    ws: Workspace
    reports: list[str]


@pytest.fixture
def small(tmp_path: Path, db_url: str) -> Iterator[Small]:
    ws, reports = make_workspace(tmp_path, db_url, 3)
    yield Small(ws, reports)
    ws.store.close()
