"""What tests of screening share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.workspace import Workspace
from tests.factories import paper
from tests.reviews import add, workspace


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """A review of three reports, one vote a stage."""
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in (1, 2, 3)])
    yield review
    review.store.close()
