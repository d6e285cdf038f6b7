"""How long each field of a record may be: the same on every database and from every source.

Longer text is cut, and an identifier that is longer is none and left out; either is told where the
record was read. The entry as it came is kept beside the record and stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from review.model import Record
from review.plain_text import clean

TEXT = {
    "title": 10_000,
    "journal": 2_000,
    "volume": 200,
    "issue": 200,
    "pages": 200,
    "isbn": 1_000,
    "abstract": 500_000,
    "language": 200,
    "type": 200,
    "url": 4_000,
}
IDENTIFIERS = {"doi": 600, "pmid": 40, "pmcid": 40, "openalex_id": 40}
LISTS = {
    "authors": 1_000,
    "keywords": 1_000,
    "mesh": 1_000,
    "study_designs": 1_000,
    "labels": 1_000,
}
"""Signs of one item."""
ITEMS = 20_000
"""Items of a list."""

SOURCE = 200
KEY = 400
NAME = 200
"""Signs of a person's name."""


def fitted(record: Record) -> tuple[Record, tuple[str, ...]]:
    """The record within its limits, without signs that no database takes; what was cut, in words.

    Nothing is told of a record that fits, and it comes back as it is.
    """
    changed: dict[str, Any] = {}
    said: list[str] = []
    for name in ("source", "key", *TEXT, *IDENTIFIERS):
        given: str = getattr(record, name)
        if not given:
            continue
        text = clean(given)
        if name in IDENTIFIERS and len(text) > IDENTIFIERS[name]:
            said.append(f"{name} has {len(text):,} signs, more than {IDENTIFIERS[name]}; left out")
            text = ""
        elif name in TEXT and len(text) > TEXT[name]:
            said.append(f"{name} has {len(text):,} signs; cut to {TEXT[name]:,}")
            text = text[: TEXT[name]].rstrip()
        if text != given:
            changed[name] = text
    for name, longest in LISTS.items():
        items: Sequence[str] = getattr(record, name)
        if not items:
            continue
        short = tuple(clean(item)[:longest] for item in items[:ITEMS])
        if short != tuple(items):
            changed[name] = short
            if len(items) > ITEMS or any(len(item) > longest for item in items):
                said.append(f"{name} are too long or too many; cut")
    return (replace(record, **changed) if changed else record), tuple(said)
