"""What the documents name is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["CONTRIBUTING.md", "docs/glossary.md", "docs/architecture.md"]


def quoted(document: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", (ROOT / document).read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_are_there(document: str) -> None:
    paths = [q for q in quoted(document) if re.fullmatch(r"(review|tests|data)/[\w./]+", q)]
    assert paths or document.endswith("glossary.md")
    missing = [p for p in paths if "NAME" not in p and not (ROOT / p).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_and_classes_that_are_named_are_there(document: str) -> None:
    for name in (q for q in quoted(document) if re.fullmatch(r"review(\.\w+)+", q)):
        module, _, last = name.rpartition(".")
        if last[0].isupper():
            assert hasattr(importlib.import_module(module), last), name
        else:
            importlib.import_module(name)
