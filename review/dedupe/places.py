"""Where a record was published: journal, year and pages."""

from __future__ import annotations

import re

from review.dedupe.text import first_number, fold, undate

_JOURNAL_NOTE = re.compile(r"\s*(?:\.\s?\d|\.?\s*\bconference\b|\(|\[|:|=|/|;\s).*$", re.I)
_JOURNAL_SKIP = frozenset(
    "the of and in for on to a an de la le les des der die das und et official journal j".split()
)
_SMALL_WORDS = frozenset("the of and in for on".split())
_ACRONYM_LETTERS = 7


def fold_journal(journal: str) -> str:
    """Return the first four letters of each telling word, so abbreviations meet full names."""
    if journal[0].isdigit():  # a citation without the name
        return ""
    cut = _JOURNAL_NOTE.sub("", journal) if len(journal) > 8 else journal
    words = fold(cut or journal).split()
    kept = [word for word in words if word not in _JOURNAL_SKIP] or words
    if len(kept) == 1:  # names of one word are not abbreviated
        return kept[0]
    return " ".join(word[:4] for word in kept)


def journal_initials(journal: str) -> str:
    """Return the initials of a journal's name (``jama``, ``ijerph``); of one word, the word."""
    words = [word for word in fold(journal).split() if word not in _SMALL_WORDS]
    if len(words) == 1:
        return words[0] if len(words[0]) <= _ACRONYM_LETTERS else ""
    return "".join(word[0] for word in words)


_MEETING = re.compile(
    r"\b(?:conference|congress|meeting|symposium|abstracts?|annual session)\b", re.I
)


def is_meeting(journal: str, volume: str, number: str) -> bool:
    """Tell whether a record is a contribution to a meeting, by its journal or supplement."""
    return bool(_MEETING.search(journal)) or "suppl" in (volume + number).lower()


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
