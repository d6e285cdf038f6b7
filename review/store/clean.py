"""Text that every database can hold."""

from __future__ import annotations

import json
from typing import Any

_NUL = "\\u0000"
"""How JSON writes the NUL character."""


def clean(value: Any) -> Any:
    """Drop NUL characters and lone surrogates, which PostgreSQL and UTF-8 refuse, at any depth.

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
    if isinstance(value, dict):
        return {clean(str(k)): clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v) for v in value]
    return value


class Written(str):
    """A JSON document that is written down already; the database takes it as it is."""


def clean_document(value: dict[str, Any]) -> Written:
    """As `clean`, for a large JSON document that is nearly always clean already.

    Writing it down shows whether anything is to be done, in a fraction of the time that walking
    through it takes, and what was written is what is stored.
    """
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return Written(json.dumps(clean(value), ensure_ascii=False))
    return Written(json.dumps(clean(value), ensure_ascii=False) if _NUL in text else text)
