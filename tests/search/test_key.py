"""The key reaches the source in a header, and nothing else."""

from __future__ import annotations

import logging
import stat
import sys
from pathlib import Path

import pytest

from review.config import from_environment, key_file, save_key
from review.errors import ConfigError
from review.reporting import service as reporting
from review.workspace import keep_log
from tests import reviews
from tests.search.common import pull
from tests.servers.openalex import OpenAlexServer

KEY = "s3cr3tKeyOfOurs77"


def test_a_run_leaves_the_key_in_no_url_log_database_or_export(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    with OpenAlexServer(works=120, faults=["ok", "500", "budget"]) as server:
        ws = reviews.workspace(tmp_path, url, openalex_url=server.url, openalex_key=KEY)
        keep_log(ws.config)
        logging.getLogger("review").setLevel(logging.DEBUG)
        try:
            pull(ws)
            server.api.keys = ["another"]
            pull(ws)  # refused: the source's words must not bring the key back
            server.api.keys = [KEY]
            pull(ws)
        finally:
            root = logging.getLogger("review")
            for handler in list(root.handlers):
                root.removeHandler(handler)
                handler.close()
            root.setLevel(logging.NOTSET)
    assert all(r.headers["Authorization"] == f"Bearer {KEY}" for r in server.requests)
    assert not any(KEY in r.url for r in server.requests)
    for format in ("csv", "xlsx", "ris"):
        reporting.export(ws, format, tmp_path / f"out.{format}")
    assert KEY not in repr(ws.config)
    ws.store.close()
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert any(p.suffix == ".log" for p in files) and any(p.suffix == ".db" for p in files)
    assert [p for p in files if KEY.encode() in p.read_bytes()] == []


def settings(tmp_path: Path, key: str = "", secrets: dict[str, str] | None = None) -> str:
    env = {"REVIEW_DATA": str(tmp_path), "OPENALEX_API_KEY": key}
    return from_environment(env, secrets=secrets).openalex_key


def test_the_environment_goes_before_secrets_and_these_before_the_file(tmp_path: Path) -> None:
    assert settings(tmp_path) == ""
    save_key(tmp_path / "local", f" {KEY}\n")
    assert settings(tmp_path) == KEY
    assert settings(tmp_path, secrets={"OPENALEX_API_KEY": "kept"}) == "kept"
    assert settings(tmp_path, "told", {"OPENALEX_API_KEY": "kept"}) == "told"
    save_key(tmp_path / "local", "")
    assert settings(tmp_path) == "" and not key_file(tmp_path / "local").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    save_key(tmp_path, "first")
    key_file(tmp_path).chmod(0o644)
    save_key(tmp_path, KEY)
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600
    with pytest.raises(ConfigError):
        save_key(tmp_path, "two words")
