"""Where in a journal a record was printed: volume, pages and year."""

from __future__ import annotations

import re

from review.dedupe.text_folding import first_number, undate


def first_page(pages: str) -> str:
    """Return the first page without its letter (``"73"`` for ``S73``), which is often left out."""
    return first_number(pages)


_PAGES = re.compile(r"0*(\d+)\s*[-–—]+\s*[a-z]{0,4}0*(\d+)")


def last_page(pages: str) -> str:
    """Return the last page in full (``"219"`` for ``211-9``), or ``""`` where there is none."""
    found = _PAGES.search(undate(pages).lower())
    if not found:
        return ""
    first, last = found.groups()
    return first[: max(len(first) - len(last), 0)] + last


def fold_year(year: str) -> str:
    """Return the four-digit year in a date, or ``""``."""
    found = re.search(r"(?:1[5-9]|20)\d\d", year)
    return found.group() if found else ""
