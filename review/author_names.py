"""Names of authors as reference files part them: surname, comma, the rest.

Records keep names as printed. A program that reads a name without a comma takes its last word for
the surname, so "Vicknasingam B" would be filed under "B", or takes all of it for the name of a
group, as Zotero does with RIS. `inverted` turns around what is told for certain: initials after a
surname or before it. `filed` does so with all names of persons, for files that programs read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_GROUP = re.compile(
    r"\b(?:groups?|consorti(?:um|a)|collaborat\w*|committee|network|investigators?|association|"
    r"society|institut\w*|cent(?:er|re)s?|universit\w*|department|ministry|agency|administration|"
    r"organi[sz]ation|program(?:me)?|team|stud(?:y|ies)|trial|council|foundation|federation|"
    r"academy|college|hospital|laborator(?:y|ies)|registry|initiative|task force|board|office|"
    r"commission|authority|union|alliance|panel|members|service|company|inc|ltd|gmbh|llc|plc|corp|"
    r"corporation|limited|pharma\w*|therapeutics)\b",
    re.IGNORECASE,
)
_LITTLE = {"of", "for", "the", "&"}
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
_POINTED = re.compile(r"(?:[^\W\d_]\.-?){1,4}")
_NOBODY = re.compile(r"\d|\band\b")
_PARTICLES = frozenset(
    "Van Von Der Den Ter Ten De Del Della Dal Dalla Di Da Das Do Dos Du La Le El St.".split()
)
"""Words that belong to the surname after them though they have a capital: ``Van der Berg``."""
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\s]+")
"""Kana, Han and Hangul, in which the surname is printed first."""
_LONGEST = 4


_OTHERS = re.compile(r"(?:and |& )?(?:et\.? al\.?|others)[.,;]?", re.IGNORECASE)


def people(names: Sequence[str]) -> list[str]:
    """The names of a list of authors, without the words that say that it is cut."""
    return [name for name in names if not _OTHERS.fullmatch(name.strip())]


def is_cut(names: Sequence[str]) -> bool:
    """Whether a list of authors says that there are more, as by ``et al.`` in a name's place."""
    return len(people(names)) < len(names)


@lru_cache(maxsize=10_000)  # asked several times of each name that is read or written
def is_group(name: str) -> bool:
    """Whether a name is that of a group, an office or a company, not of a person."""
    words = name.split()
    return bool(_GROUP.search(name)) or any(word in _LITTLE for word in words)


def inverted(name: str) -> str:
    """``Vicknasingam B`` and ``B. Vicknasingam`` with the surname first, parted by a comma.

    A suffix comes last: ``Smith JA Jr`` is ``Smith, JA, Jr``.
    """
    words = name.split()
    if "," in name or len(words) < 2 or is_group(name):
        return name
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    after = _initials([*reversed(words)])
    before = _initials(words)
    if after == len(words) and len(words[0].replace(".", "")) > 1:
        after -= 1  # all in capitals: "LI XY"
    if 0 < after < len(words):
        surname, initials = words[:-after], words[-after:]
    elif 0 < before < len(words) and all(map(_is_particle, words[before:-1])):
        surname, initials = words[before:], words[:before]  # not so "J. David Spence"
    else:
        return name
    return ", ".join(filter(None, [" ".join(surname), " ".join(initials), suffix]))


def parts(name: str) -> tuple[str, str]:
    """Surname and the rest of a name with a comma; ``""`` for both where it cannot be parted."""
    family, comma, given = inverted(name).partition(",")
    if not comma or is_group(name) or not (family.strip() and given.strip()):
        return "", ""
    return family.strip(), given.strip()


def likely_parts(name: str) -> tuple[str, str]:
    """The same where only a guess can tell: given names first, as OpenAlex and Crossref print them.

    ``""`` for both for one word, a group, or a name with a figure or "and" in it.
    """
    found = parts(name)
    words = name.split()
    if any(found) or "," in name or len(words) < 2 or is_group(name) or _NOBODY.search(name):
        return found
    if _EAST_ASIAN.fullmatch(name):
        return words[0], " ".join(words[1:])
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    start = len(words) - 1
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    return " ".join(words[start:]), ", ".join(filter(None, (" ".join(words[:start]), suffix)))


def filed(name: str) -> str:
    """A name as reference files have it: ``Grundmann, Oliver``, ``Smith, JA, Jr``.

    As printed where it is that of a group, has one word, or has a comma already.
    """
    return name if "," in name else ", ".join(filter(None, likely_parts(name))) or name


def study_name(authors: Sequence[str], title: str, year: int | None) -> str:
    """First author and year, as reviewers and robvis name a study; else how the title begins."""
    known = people(authors)
    name = (likely_parts(known[0])[0] or known[0]) if known else ""
    name = name or " ".join(title.split()[:5])
    return " ".join(filter(None, (name, str(year or "")))) or "Without a title"


def _is_particle(word: str) -> bool:
    """Whether a word belongs to the surname after it, as both of ``van der`` do."""
    return word.islower() or word in _PARTICLES


def _initials(words: list[str]) -> int:
    """How many of the first words are initials."""
    count = 0
    for word in words:
        if not _is_initials(word):
            break
        count += 1
    return count


def _is_initials(word: str) -> bool:
    letters = word.replace("-", "")
    return bool(_POINTED.fullmatch(word)) or (
        letters.isalpha() and letters.isupper() and len(letters) <= _LONGEST
    )
