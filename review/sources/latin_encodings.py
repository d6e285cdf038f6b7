"""Which of the older encodings of the Latin script a text is in, told by where its letters fall.

Read in the wrong one, letters turn into signs in the midst of words ("Wp³yw"), into capitals there
("KrŠuter"), or into letters that no language has beside each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

USUAL = "cp1252"

_WEST = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúüïª", "áâãàçéêíóôõúü", "àèéìíîòóù", "æøåéäöü", "åäöéü",
    "äöåšž", "áðéíóúýþæö", "ëïéèöüáóêç", "àçèéíïòóúü",
)  # fmt: skip
_EAST = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß",
    "áéíóú",
)  # fmt: skip
_LETTERS: Mapping[str, Sequence[str]] = {
    USUAL: _WEST,
    "cp1250": _EAST,
    "iso8859_2": _EAST,
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}
"""Encoding -> the letters beyond ASCII of the languages that are written in it."""
NAMES: Mapping[str, str] = {
    USUAL: "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859_2": "ISO 8859-2 (Central European)",
    "mac_roman": "Mac OS Roman",
    "cp850": "DOS 850 (Western European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
}
"""Encoding -> what it is called."""

_WORD = re.compile(r"[^\s,;:/()\[\]\"-]+")
_ANYWHERE = frozenset("’‘“”–—…·µªº")
_NEVER_FIRST = frozenset("£¥¯¹²³¿¼½¾ª¦¤¨¸´")
_CLEARLY = 2
"""A text is taken to be in another encoding than the usual one if that is so much less odd."""


def likeliest(text: bytes) -> tuple[str, bool]:
    """The encoding in which a text makes most sense, and whether it makes sense altogether.

    Args:
        text: some of the lines that are not ASCII.
    """
    costs: dict[str, int] = {}
    for encoding, alphabets in _LETTERS.items():
        try:
            decoded = text.decode(encoding)
        except UnicodeDecodeError:
            continue
        costs[encoding] = sum(_oddness(line, alphabets) for line in decoded.splitlines())
    usual = costs.get(USUAL)
    best = min(costs, key=lambda name: (costs[name], name != USUAL), default=USUAL)
    if usual is not None and (usual - costs[best] < _CLEARLY or costs[best] * 2 > usual):
        best = USUAL
    return best, best in costs and not _odd_words(text.decode(best), _LETTERS[best])


def _odd_words(text: str, alphabets: Sequence[str]) -> bool:
    """Whether some word is in no language of these; a line may hold names of several."""
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return any(_oddness(word, alphabets) for word in words)


def _oddness(line: str, alphabets: Sequence[str]) -> int:
    """How much in a line is no language of these: letters of none, signs and capitals in words."""
    if line.isascii():
        return 0
    signs, letters = 0, ""
    for word in _WORD.findall(line):
        if word.isascii():
            continue
        signs += _in_word(word)
        letters += "".join(
            sign for sign in word if sign.isalpha() and not sign.isascii() and sign not in _ANYWHERE
        )
    foreign = min(
        sum(sign not in alphabet for sign in letters.lower()) for alphabet in map(_set, alphabets)
    )
    return signs + foreign


@lru_cache(maxsize=64)
def _set(letters: str) -> frozenset[str]:
    return frozenset(letters)


def _in_word(word: str) -> int:
    odd = 0
    for place, sign in enumerate(word):
        if sign.isascii() or sign in _ANYWHERE:
            continue
        before, after = word[:place][-1:], word[place + 1 :][:1]
        if sign.isalpha():
            lower = any(other.islower() for other in word if other.isalpha())
            odd += 2 if sign.isupper() and before.isalpha() and lower else 0
        elif before.isalpha() and after.isalpha():
            odd += 2
        elif sign in _NEVER_FIRST and after.isalpha():
            odd += 1
        elif unicodedata.category(sign) in ("Cc", "Cn", "Co"):
            odd += 2
    return odd
