"""Pages and article numbers, and what spreadsheets made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DASHES = re.compile(r"\s*(?:-|[\u2010-\u2015\u2212\ufe58\ufe63\uff0d])+\s*")
_NAMED = re.compile(
    r"^\s*(?:(?:pp?|pgs?|pages?|s|seiten?)\s*[.:]|pages?\s+(?=\d)|pp?\s+(?=[A-Za-z]?\d)|pii\s*:?"
    r"|art(?:icle)?\.?\s*(?:no\.?|number|id|\#)\s*:?|article\s+(?=[A-Za-z]?\d))\s*",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\W*|(?:n\W*/?\W*a|n\W*pag|none|null|nan|no pagination(?: specified)?|unpaged|not available|"
    r"(?:online|epub|e-?pub)(?: ahead of print| first)?|in press|#\w+[/!?]?\w*[!?]?)\W*",
    re.I,
)
_LONGEST = 200
"""What is longer is no page; it stays as it is."""
_COUNT = re.compile(r"\d+\s*(?:pp?|pages?|s|seiten)\b\.?", re.I)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fév fev", "mar mär mrz maa", "apr avr abr", "may mai mei mag maj",
            "jun giu jui", "jul lug", "aug aoû ago", "sep set", "oct okt ott out", "nov",
            "dec dez déc dic des",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = r"([^\W\d_]{3,9})\.?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-./ ]+{_MONTH}")
_MONTH_FIRST = re.compile(rf"{_MONTH}[-/ ]+(\d{{1,2}})")
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_LAST_SHORT_YEAR = 30
"""Spreadsheets take two figures up to 29 for years of this century."""


def pages(
    whole: Iterable[str] = (), first: str = "", last: str = "", number: Iterable[str] = ()
) -> str:
    """``12-19``; ``12`` where there is one end or both are the same; an article number if no page.

    Args:
        whole: fields that may hold both ends, best first.
        first, last: fields that hold one end, or both all the same.
        number: fields that may hold the number of an article without pages.
    """
    for text in whole:
        if found := plain(text):
            return found
    start, end = plain(first), plain(last)
    if start and end and start != end:
        return start if start.endswith(f"-{end}") else f"{start}-{end}"
    if start or end:
        return start or end
    return next((found for text in number if (found := plain(text))), "")


def plain(text: str) -> str:
    """One field: dashes alike, without "pp." or "pii:"; ``""`` for a count of pages or "n/a"."""
    if len(text) > _LONGEST:
        return text
    text = _DASHES.sub("-", _NAMED.sub("", " ".join(text.split()), count=1)).strip(" -,;")
    return "" if _NONE.fullmatch(text) or _COUNT.fullmatch(text) else text


def undated(text: str) -> str:
    """``1-10`` where a spreadsheet made a date of it: ``10-Jan``, ``01. Okt``, ``2024-01-10``.

    What came first cannot be told from the date, so the smaller number does, as in pages. Text that
    is no such date comes back as it is.
    """
    given = " ".join(text.split())
    iso = _ISO.fullmatch(given)
    if iso is not None:
        year, month, day = map(int, iso.groups())
        if day == 1 and (year < 2000 or year % 100 >= _LAST_SHORT_YEAR):
            return f"{month}-{year % 100}"
        return _ascending(month, day)
    day_first = _DAY_FIRST.fullmatch(given)
    if day_first is not None and (month := _month(day_first[2])):
        return _ascending(month, int(day_first[1]))
    month_first = _MONTH_FIRST.fullmatch(given)
    if month_first is not None and (month := _month(month_first[1])):
        return _ascending(month, int(month_first[2]))
    return text


def _month(name: str) -> int:
    return _MONTHS.get(name.casefold()[:3], 0)


def _ascending(one: int, other: int) -> str:
    return f"{min(one, other)}-{max(one, other)}"
