"""The year of publication, out of dates of any form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ALONE = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
# 20140301, 201403 and 20140301120000, as EBSCO and PubMed write dates.
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[0-9]|[12]\d|3[01])"
_TOGETHER = re.compile(rf"(?<!\d)(1[5-9]\d\d|20\d\d){_MONTH}(?:{_DAY}(?:\d{{4}}|\d{{6}})?)?(?!\d)")
_BEHIND = re.compile(rf"(?<!\d){_DAY}{_MONTH}(1[5-9]\d\d|20\d\d)(?!\d)")
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mrz|mai|mei|okt|dez|fév|fev|avr|aoû|ago|"
    "ene|abr|dic|déc|gen|mag|giu|lug|set|ott|out"
)
# 05-Mar-19, as spreadsheets show dates.
_SHORT = re.compile(rf"(?:\d{{1,2}}[-. /]+)?(?:{_MONTHS})\w*[-. /]+'?(\d\d)", re.I)
_CENTURY = 50
"""Two digits from here on are of the last century."""


def year(text: object) -> int | None:
    """First year from 1500 to 2099 in the text, alone or at the head of a date in figures."""
    given = str(text or "").strip()
    if not given.isascii():
        given = unicodedata.normalize("NFKC", given)
    found = _ALONE.search(given) or _TOGETHER.search(given) or _BEHIND.search(given)
    if found is not None:
        return int(found[1])
    short = _SHORT.fullmatch(given)
    if short is None:
        return None
    return int(short[1]) + (1900 if int(short[1]) >= _CENTURY else 2000)


def first_year(texts: Iterable[object]) -> int | None:
    """The year of the first text that holds one: "in press" does not hide a date behind it."""
    return next((found for text in texts if (found := year(text)) is not None), None)
