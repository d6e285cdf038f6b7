"""Trigger words as regular expressions: one way of matching for tagging and highlighting alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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


# Chinese, Japanese, Thai and their like set no space between words; Korean adds to a word's end.
_RUNNING_ON = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff"
)
_OF_A_WORD = rf"[^\W{_RUNNING_ON}]"
# What a word goes on with: a letter, an accent or a vowel sign set apart.
_GOES_ON = re.compile(rf"{_OF_A_WORD}|[\u0300-\u036f\u0900-\u0dff]")


def marked_places(phrase: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a phrase that is only marked for the eye stands in a text; begin and end of each.

    More lenient than `phrase_pattern`, of which suggestions are made: ``*`` stands for any letters
    of the word (``analges*``), words of scripts that set no spaces are found within others, and
    accented letters in either form of Unicode. An expression that cannot be read is nowhere.
    """
    pattern, first = _marked_pattern(phrase)
    whole_words = not phrase.startswith(REGEX_MARK)
    small = text.lower() if first else ""
    if len(small) != len(text):  # a letter that is two in small: places would not be the same
        small = ""
    at = small.find(first) if small else 0  # far quicker than to try the pattern everywhere
    while 0 <= at <= len(text):
        match = pattern.match(text, at) if small else pattern.search(text, at)
        if match:
            start, end = match.span()
            edges = not whole_words or not (
                _GOES_ON.match(text, end) or (start and _GOES_ON.match(text, start - 1))
            )
            if edges and end > start:
                yield start, end
            at = end if edges and end > start else start + 1
        elif small:
            at += 1
        else:
            return
        if small:
            at = small.find(first, at)


@lru_cache(maxsize=4096)
def _marked_pattern(phrase: str) -> tuple[re.Pattern[str], str]:
    """A phrase to mark, without its edges, and what a match begins with, ``""`` if not known."""
    if phrase.startswith(REGEX_MARK):
        try:
            return phrase_pattern(phrase), ""
        except (re.error, OverflowError, RecursionError):
            return _NOTHING, ""
    forms = dict.fromkeys(unicodedata.normalize(form, phrase.strip()) for form in ("NFC", "NFD"))
    if not re.search(r"[^\W_]", phrase):
        return _NOTHING, ""
    words = "|".join(
        _GAP.join(
            re.escape(word).replace(r"\*", f"{_OF_A_WORD}*") for word in re.split(r"[\s-]+", form)
        )
        for form in forms
    )
    first = re.split(r"[\s*-]+", phrase.strip().lower())[0] if phrase.isascii() else ""
    return re.compile(words, re.IGNORECASE), first


_NOTHING = re.compile(r"(?!)")
