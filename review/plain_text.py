"""Text that every database can hold."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

_NUL = "\\u0000"
"""How JSON writes the NUL character."""

# Made once: `json.dumps` makes an encoder for every call that is not in its plainest form.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def clean(value: Any) -> Any:
    """Drop NUL characters and lone surrogates, which PostgreSQL and UTF-8 refuse, at any depth.

    Numbers that are none, such as NaN, become text.

    Everything else stays as it came, markup and formulas included: they are made harmless where
    they are shown or written, not where they are kept.
    """
    if isinstance(value, str):
        if "\x00" in value:
            value = value.replace("\x00", "")
        try:
            value.encode()
        except UnicodeEncodeError:
            value = value.encode("utf-8", "replace").decode()
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # PostgreSQL has no such number in JSON, nor has JSON itself
    if isinstance(value, dict):
        return {clean(str(k)): clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v) for v in value]
    return value


def visible(text: str) -> str:
    """A name without signs that nobody sees, such as zero-width marks; blanks each one blank."""
    shown = "".join(
        " " if sign.isspace() else sign
        for sign in clean(text)
        if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf")
    )
    return " ".join(shown.split())


class Written(str):
    """A JSON document that is written down already; the database takes it as it is."""


def written(value: Any) -> str:
    """A value as JSON, text as it is read, so that names in any script can be searched."""
    return value if isinstance(value, Written) else _encode(value)


def clean_document(value: dict[str, Any]) -> Written:
    """As `clean`, for a large JSON document: what was written to look at it is what is stored."""
    text = _written(value)
    return Written(_encode(clean(value)) if text is None else text)


def clean_row(value: dict[str, Any]) -> dict[str, Any]:
    """As `clean`, for a dictionary of plain JSON values that is nearly always clean already."""
    cleaned: dict[str, Any] = clean(value) if _written(value) is None else value
    return cleaned


def _written(value: dict[str, Any]) -> str | None:
    """The value as JSON, or None when there is something in it to clean.

    Writing it down takes a fraction of the time that walking through it does.
    """
    try:
        text = _encode(value)
        text.encode()
    except ValueError:  # a lone surrogate, or a number that is none
        return None
    return None if _NUL in text else text
