"""The open copy of a work that its source knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit


def address(entries: Sequence[Any]) -> str:
    """Where an open copy is, as OpenAlex's entries have it; ``""`` where none is known.

    A file goes before a page about it.
    """
    for keys in (
        ("best_oa_location", "pdf_url"),
        ("open_access", "oa_url"),
        ("best_oa_location", "landing_page_url"),
    ):
        for entry in entries:
            found = _inside(entry, keys)
            if is_web_address(found):
                return str(found)
    return ""


def is_web_address(text: object) -> bool:
    """Whether a text is an address of the web that may stand behind a link."""
    if not isinstance(text, str) or any(c.isspace() or not c.isprintable() for c in text):
        return False
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return False


def _inside(entry: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        entry = entry.get(key) if isinstance(entry, Mapping) else None
    return entry
