"""The database and the log are for their owner only."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from review.config import Config
from review.private_files import make_private
from review.store import Store
from review.workspace import keep_log

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_database_and_its_companions_are_private(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'review.db'}")
    store.upgrade()
    with store.read():
        found = {p.name: mode(p) for p in tmp_path.iterdir()}
    store.close()
    assert found["review.db"] == 0o600
    assert set(found.values()) == {0o600}


def test_a_database_that_all_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "review.db"
    for _ in range(2):
        store = Store(f"sqlite:///{file}")
        store.upgrade()
        store.close()
        file.chmod(0o644)
    store = Store(f"sqlite:///{file}")
    with store.read():
        pass
    store.close()
    assert mode(file) == 0o600


def test_the_log_is_private_and_stays_so_when_it_turns(tmp_path: Path) -> None:
    keep_log(Config(tmp_path, "sqlite://"))
    root = logging.getLogger("review")
    handler = root.handlers[-1]
    try:
        assert hasattr(handler, "doRollover")
        handler.doRollover()
        files = list((tmp_path / "local").iterdir())
        assert len(files) == 2 and {mode(file) for file in files} == {0o600}
    finally:
        root.removeHandler(handler)
        handler.close()


def test_nothing_is_made_where_nothing_was_asked_for(tmp_path: Path) -> None:
    make_private(tmp_path / "none")
    assert not (tmp_path / "none").exists()
