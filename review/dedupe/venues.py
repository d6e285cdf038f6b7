"""Names of journals and meetings: abbreviations, acronyms, and what is printed around a name."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from review.dedupe.text_folding import fold

# What follows a name: a citation, the meeting whose abstracts an issue holds, a second name, a
# motto.
_NOTE = re.compile(r"\s*(?:\.\s?\d|\.\s*conference\b|\bconference:|\(|\[|:|=|/|\"|—|;\s).*$", re.I)
# "ICIS - Thirty First International Conference ...", "WWW 2015 - Proceedings of the ..."
_ACRONYM_FIRST = re.compile(r"^(\w+(?: (?:19|20)\d\d)?)\s+[-–]+\s.*$")
_ELISION = re.compile(r"\b[ld]['’](?=\w)", re.I)
_ACRONYM_END = re.compile(r",\s*[A-Z]{3,8}$")
_SKIP = frozenset(
    "the of and in for on to a an de la le les des der die das und et official journal j".split()
)
_SMALL_WORDS = frozenset("the of and in for on a an to".split())
_JOURNAL = re.compile(r"\b(?:j|jnl|journal|zeitschrift|revista|rivista)\b", re.I)

_MEETING = re.compile(
    r"\b(?:conference|congress|meeting|symposium|abstracts?|annual session)\b", re.I
)
_MEETING_TYPES = frozenset(
    "inproceedings conference proceedings-article conference-paper proceedings cpaper conf".split()
)
_PROCEEDINGS_WORD = re.compile(r"\b(?:conf(?:erence)?|symp(?:osium)?|workshops?|congress)\b", re.I)
_DATED_PROCEEDINGS = re.compile(
    r"\bproc(?:eedings)?\b.*\b\d+(?:st|nd|rd|th)\b|\b(?:19|20)\d\d proceedings\b"
    r"|\bproceedings (?:19|20)\d\d\b",
    re.I,
)
# Series in which the papers of many meetings appear; the name tells nothing of the meeting.
_SERIES = re.compile(
    r"^(?:lecture notes in|lnc[si]\b|lnai\b|lnbip\b|communications in computer and information"
    r"|advances in intelligent systems and computing|ifip advances in|ceur workshop"
    r"|acm international conference proceeding)",
    re.I,
)
_CITATION_ONLY = re.compile(
    r"\d(?!\d*(?:st|nd|rd|th)\b)(?!.*\b(?:conf|symp|workshop|congress))", re.I
)
# What changes from one meeting of a row to the next, or stands in the name of them all.
_EDITION = re.compile(
    r"(?:\d+(?:st|nd|rd|th)?|annual|biennial|first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth|tenth|eleventh|twelfth|\w+teenth|\w+tieth|twenty|thirty|forty|fifty|acm|ieee|ifip|joint|proceedings|proc|international|intl?|conf|conference|symp|symposium|workshops?"
    r"|congress|vols?|pts?)$"
)
_SPONSORS = frozenset("acm ieee ifip usenix siam".split())
_CAPITALS = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z]\w*[A-Z])[A-Za-z]{3,8}\b")
_SHORTEST, _LONGEST = 3, 8
_LONGEST_PIECE = 4


def is_series(journal: str) -> bool:
    """Tell whether a name is a series of proceedings, such as Lecture Notes in ..."""
    return bool(_SERIES.match(journal))


def is_proceedings(journal: str, entrytype: str = "") -> bool:
    """Tell whether a name is itself that of a meeting, not of a journal with its abstracts."""
    name = _NOTE.sub("", journal) or journal
    if _PROCEEDINGS_WORD.search(name) or _DATED_PROCEEDINGS.search(name):
        return True
    return entrytype.lower() in _MEETING_TYPES and not _MEETING.search(journal)


def is_meeting(journal: str, volume: str, number: str, entrytype: str = "") -> bool:
    """Tell whether a record is a contribution to a meeting: by its journal, supplement or type."""
    return (
        bool(_MEETING.search(journal))
        or "suppl" in (volume + number).lower()
        or entrytype.lower() in _MEETING_TYPES
    )


def _name(journal: str) -> str:
    if "&" in journal:
        journal = unescape(journal)
    journal = _ELISION.sub("", journal.strip("\"'[] "))
    if len(journal) <= 8:
        return journal
    journal = _NOTE.sub("", journal) or journal
    return _ACRONYM_END.sub("", _ACRONYM_FIRST.sub(r"\1", journal))


def fold_journal(journal: str) -> str:
    """Return the first four letters of each telling word, so abbreviations meet full names.

    The names of meetings are returned without number, year and words like ``conference``.
    """
    if is_series(journal) or _CITATION_ONLY.match(journal):
        return ""
    words = fold(_name(journal)).split()
    kept = [word for word in words if word not in _SKIP] or words
    if is_proceedings(journal):
        kept = [word for word in kept if not _EDITION.match(word)] or kept
    if len(kept) == 1:  # names of one word are rarely abbreviated
        return kept[0]
    return " ".join(word[:4] for word in kept)


def says_journal(journal: str) -> bool:
    """Tell whether a name holds the word journal: Pain and the Journal of Pain are two."""
    return bool(_JOURNAL.search(_name(journal)))


def acronym(journal: str) -> str:
    """Return the acronym that a name is or holds (``jama``, ``amcis``, ``chi``), or ``""``.

    A name of one short word may be an acronym; in the name of a meeting, capitals show it.
    """
    if says_journal(journal):
        return ""
    words = [word for word in fold(_name(journal)).split() if not _EDITION.match(word)]
    words = [word for word in words if word not in _SMALL_WORDS and word not in _SPONSORS]
    if len(words) == 1:
        return words[0] if _SHORTEST <= len(words[0]) <= _LONGEST else ""
    if not is_proceedings(journal):
        return ""
    end = _ACRONYM_END.search(journal)
    if end or journal.isupper():
        return end.group().strip(", ").lower() if end else ""
    found = [word.lower() for word in _CAPITALS.findall(journal)]
    return next((word for word in found if word not in _SPONSORS), "")


def full_name(journal: str) -> str:
    """Return the folded words of a name of several words, for `stands_for`, or ``""``."""
    name = fold(_name(journal))
    return name if " " in name else ""


@lru_cache(maxsize=100_000)
def is_section(first: str, second: str) -> bool:
    """Tell whether one folded name is the beginning of the other: a journal and its section.

    ``am phys`` (Am J Physiol) and ``amer phys hear circ phys``; two words at least.
    """
    short, long = sorted((first.split(), second.split()), key=len)
    return 2 <= len(short) < len(long) and all(
        one.startswith(two) or two.startswith(one) for one, two in zip(short, long, strict=False)
    )


@lru_cache(maxsize=100_000)
def stands_for(short: str, name: str) -> bool:
    """Tell whether an acronym is made of the first letters of some words of a name in a row.

    A word may give several letters (``amcis``: Americas Conference on Information Systems), a
    small one none; ``sig`` in front means a special interest group.
    """
    words = tuple(name.split())
    tries = [short, short[3:]] if short.startswith("sig") and len(short) >= 5 else [short]
    return any(
        _spelled(letters, words[start:], _LONGEST_PIECE if len(letters) > 3 else 1)
        for letters in tries
        for start in range(len(words) - 1)
    )


def _spelled(letters: str, words: tuple[str, ...], longest: int, pieces: int = 0) -> bool:
    if not letters or not words:
        return not letters and pieces > 1
    word, rest = words[0], words[1:]
    if pieces and word in _SMALL_WORDS and _spelled(letters, rest, longest, pieces):
        return True
    return any(
        word.startswith(letters[:size]) and _spelled(letters[size:], rest, longest, pieces + 1)
        for size in range(1, min(longest, len(word), len(letters)) + 1)
    )
