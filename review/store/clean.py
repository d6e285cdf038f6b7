"""Text that every database can hold."""

from __future__ import annotations

from typing import Any


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
