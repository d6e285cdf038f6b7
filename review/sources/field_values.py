"""Readings of single bibliographic fields that every source shares; identifiers have their own
module, `review.identifiers`.

Each function takes the text as some source gave it and returns the form that `review.model.Record`
asks for, or the empty value when the text holds none. None of them ever raises.
"""

from __future__ import annotations

import hashlib
import json
import re

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


def content_hash(record: Record) -> str:
    """16 hexadecimal digits that depend on the bibliographic content alone."""
    content = json.dumps([getattr(record, name) for name in _CONTENT], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def slug(text: str) -> str:
    """A source's name made from a file's: ``pubmed sleep (1)`` -> ``pubmed-sleep-1``."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "file"
