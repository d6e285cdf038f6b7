"""Readings of single bibliographic fields that every source shares; identifiers have their own
module, `review.identifiers`.

Each function takes the text as some source gave it and returns the form that `review.model.Record`
asks for, or the empty value when the text holds none. None of them ever raises.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from review.model import Record

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")

# Fields that tell two entries apart when no identifier does.
_CONTENT = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract",
)  # fmt: skip


def year(text: object) -> int | None:
    """First year from 1500 to 2099 that stands alone in the text."""
    found = _YEAR.search(str(text or ""))
    return int(found.group()) if found else None


def pages(first: str, last: str) -> str:
    """``12-19`` from both ends, ``12`` when there is one end or both are the same."""
    first, last = first.strip(), last.strip()
    if first and last and first != last:
        return f"{first}-{last}"
    return first or last


def names(text: str) -> tuple[str, ...]:
    """Author names in one cell, as printed.

    Names are parted by ``;``, ``|`` or a line end; else by " and " (Rayyan, BibTeX); else by commas
    if each part looks like a whole name ("Doe A, Poe BC"), so that "Doe, Anna" stays one name.
    """
    text = text.strip()
    if re.search(r"[;|\n]", text):
        parts = re.split(r"[;|\n]", text)
    elif " and " in text:
        parts = text.split(" and ")
    else:
        parts = text.rstrip(".").split(",")
        if not all(" " in part.strip() for part in parts):
            parts = [text]
    return tuple(part.strip() for part in parts if part.strip())


def terms(text: str) -> tuple[str, ...]:
    """Keywords in one cell, parted by ``;``, ``|`` or line ends, else by commas."""
    parts = re.split(r"[;|\n]", text) if re.search(r"[;|\n]", text) else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def content_hash(record: Record) -> str:
    """16 hexadecimal digits that depend on the bibliographic content alone."""
    content = json.dumps([getattr(record, name) for name in _CONTENT], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def slug(text: str) -> str:
    """A source's name made from a file's: ``pubmed sleep (1)`` -> ``pubmed-sleep-1``."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "file"


def first_filled(values: Iterable[object]) -> str:
    """First value that is text and not blank, stripped; ``""`` when there is none."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""
