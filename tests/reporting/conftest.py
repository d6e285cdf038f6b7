"""What tests of files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bundles import bundled
from tests.factories import include, make_workspace


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    ws, reports = make_workspace(folder, f"sqlite:///{folder / 'review.db'}", papers=2)
    include(ws, reports[0])
    path = bundled(ws, folder)
    ws.store.close()
    return path
