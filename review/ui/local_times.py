"""Times as the reader's clock shows them; they are stored as UTC."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local_time(time: datetime | None, *, day_only: bool = False) -> str:
    """A stored time (UTC) as the reader's clock shows it: ``22 Nov 2026, 17:15``."""
    if time is None:
        return ""
    try:
        shown = time.astimezone(zone())
    except (OverflowError, ValueError):
        shown = time  # at the ends of the calendar; such a time may stand in an older review
    day = f"{shown.day} {shown:%b %Y}"
    return day if day_only else f"{day}, {shown:%H:%M}"


def zone() -> ZoneInfo | None:
    """The browser's time zone; None is the server's own."""
    name: object = st.context.timezone
    if not isinstance(name, str) or not name:
        return None  # there is no browser in tests
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
