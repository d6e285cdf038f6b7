"""Bundles for tests: one that is whole, and others with a change in them."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from review.reporting.bundle import service
from review.workspace import Workspace

FIRST_FORMAT = Path(__file__).parent / "reporting" / "bundle_files" / "format_1.zip"


def bundled(ws: Workspace, tmp_path: Path) -> Path:
    path = tmp_path / "review.zip"
    service.write(ws, path, "Ann")
    return path


Change = Callable[[dict[str, bytes], dict[str, Any]], None]


def changed(good: Path, tmp_path: Path, change: Change, *, sums: bool = True) -> Path:
    """A bundle with other content; its manifest names what is in it unless told otherwise."""
    with zipfile.ZipFile(good) as file:
        content = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(content.pop("manifest.json"))
    change(content, manifest)
    if sums:
        manifest["files"] = [
            {"path": p, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()}
            for p, d in content.items()
        ]
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            file.writestr(name, data)
        file.writestr("manifest.json", json.dumps(manifest))
    return path


def other_vote(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    log_file = content["log/events.jsonl"]
    content["log/events.jsonl"] = re.sub(rb'"vote": ?"include"', b'"vote": "maybe"', log_file)
    assert content["log/events.jsonl"] != log_file
