"""Trigger words as regular expressions: one way of matching for tagging and highlighting alike."""

from __future__ import annotations

import re
from functools import lru_cache

REGEX_MARK = "re:"
"""A trigger that begins so is a regular expression; any other is a phrase."""

_GAP = r"[\s\-\u2010-\u2013]+"  # spaces, hyphens and the dashes that publishers set for them


@lru_cache(maxsize=4096)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """Compile one trigger, veto or highlight phrase.

    A phrase matches whatever its case, on word edges, and a space or hyphen in it matches either
    (``sleep quality`` finds ``Sleep-quality``). After ``re:`` stands a regular expression, taken as
    it is and without regard to case.

    Raises:
        re.error: the regular expression cannot be read.
    """
    if phrase.startswith(REGEX_MARK):
        return re.compile(phrase.removeprefix(REGEX_MARK).strip(), re.IGNORECASE)
    words = _GAP.join(re.escape(word) for word in re.split(r"[\s-]+", phrase.strip()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
