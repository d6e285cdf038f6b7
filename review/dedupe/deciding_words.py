"""Words of which one is enough to make two works of two titles that are alike in all else.

Likeness counts letters, and companion papers differ by few: ``... in men`` and ``... in women``,
``hypertension`` and ``hypotension``, ``with`` and ``without``.  The words stand in
``deciding_words.yaml`` beside this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import yaml
from rapidfuzz import fuzz

FILE = Path(__file__).with_suffix(".yaml")

WORD_ALIKE = 75
"""Likeness, of 100, from which two words are forms or spellings of one."""

WORD_UNLIKE = 50
"""Likeness below which a word is no slip of another one, whatever the typist."""

SHORTEST_STEM = 4
"""Letters that have to follow a beginning, so that it is one."""

_WORDS = yaml.safe_load(FILE.read_text("utf-8"))


def _parted(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign)]


KINDS: dict[str, tuple[str, str]] = {
    form: (kind, group)
    for kind, groups in _WORDS["kinds"].items()
    for group in _parted(groups, "/")
    for form in _parted(group, ",")
}
"""Word -> its kind, and what it says of it, which all forms of one thing share."""

_BEGINNINGS: tuple[tuple[str, ...], ...] = tuple(
    tuple(_parted(line, "/")) for line in _WORDS["beginnings"]
)
_OPPOSITES = frozenset(
    pair for line in _BEGINNINGS for two in combinations(line, 2) for pair in (two, two[::-1])
)
_DENIALS = frozenset(_WORDS["denials"])
_ADDITIONS = frozenset(_WORDS["additions"].split())

Words = tuple[str, str]
"""A word of each of two titles; ``""`` where one title has nothing in its place."""


def deciding_words(first: str, second: str) -> Words | None:
    """Return the words by which two titles speak of two things, or None where none is known.

    Args:
        first, second: folded titles, as `review.dedupe.titles.fold_title` gives them.
    """
    words = first.split(), second.split()
    only = [w for w in words[0] if w not in words[1]], [w for w in words[1] if w not in words[0]]
    if not only[0] and not only[1]:
        return None
    return (
        _of_one_kind(_things(words[0]), _things(words[1]))
        or next(_contraries(*only, (first, second)), None)
        or _added(*only)
    )


def own_words(first: str, second: str, limit: float = WORD_ALIKE) -> Words | None:
    """Return a word of each title that the other has in no form; None unless both have one.

    Args:
        limit: likeness, of 100, from which two words are forms of one.
    """
    words = first.split(), second.split()
    own = _alone(words[0], words[1], limit), _alone(words[1], words[0], limit)
    return own if own[0] and own[1] else None


def replaced_word(first: str, second: str) -> Words | None:
    """Return the one word in whose place the other title has another one, quite unlike it."""
    words = first.split(), second.split()
    only = [w for w in words[0] if w not in words[1]], [w for w in words[1] if w not in words[0]]
    if len(only[0]) != 1 or len(only[1]) != 1:
        return None
    return own_words(first, second, WORD_UNLIKE)


def _things(words: list[str]) -> dict[tuple[str, str], str]:
    """What a title says of each kind, with the word it says it by; two words may be one."""
    found: dict[tuple[str, str], str] = {}
    for one, two in zip(words, [*words[1:], ""], strict=True):
        form = f"{one} {two}" if f"{one} {two}" in KINDS else one
        if form in KINDS:
            found.setdefault(KINDS[form], form)
    return found


def _of_one_kind(
    first: dict[tuple[str, str], str], second: dict[tuple[str, str], str]
) -> Words | None:
    """Two words of one kind, of which neither title has what the other says."""
    for thing, word in first.items():
        if thing in second:
            continue
        for other, other_word in second.items():
            if other[0] == thing[0] and other not in first:
                return word, other_word
    return None


def _contraries(first: list[str], second: list[str], titles: Words) -> Iterator[Words]:
    """Yield two words that differ by a beginning which turns one into the contrary of the other."""
    for one in first:
        for other in second:
            end = _common_end(one, other)
            if end < SHORTEST_STEM:
                continue
            starts, rest = (one[: len(one) - end], other[: len(other) - end]), one[-end:]
            # "anti anginal" is "antianginal", not its contrary.
            spaced = any(
                start and f"{start} {rest}" in title
                for start, title in zip(starts, reversed(titles), strict=True)
            )
            if not spaced and _opposed(*starts, rest):
                yield one, other


def _common_end(one: str, other: str) -> int:
    size = 0
    while size < min(len(one), len(other)) and one[-1 - size] == other[-1 - size]:
        size += 1
    return size


def _opposed(one: str, other: str, rest: str) -> bool:
    """Whether two beginnings exclude each other; both may end in letters that they share."""
    if not one or not other:
        return (one or other) in _DENIALS
    longest = max(len(rest) - SHORTEST_STEM, 0)
    return any(
        (one + rest[:shared], other + rest[:shared]) in _OPPOSITES
        for shared in range(min(longest, 3) + 1)
    )


def _added(first: list[str], second: list[str]) -> Words | None:
    """What one title says more, where it is the other one but for that."""
    if first and second:
        return None
    found = next((word for word in first or second if word in _ADDITIONS), "")
    return ((found, "") if first else ("", found)) if found else None


def _alone(words: list[str], others: list[str], limit: float) -> str:
    """The first word, of three letters at least, that is like none of the others; or ``""``."""
    joined = "".join(others)
    for word in words:
        if (
            len(word) >= 3
            and word not in joined
            and all(fuzz.ratio(word, other) < limit for other in others)
        ):
            return word
    return ""


def in_words(found: Words) -> str:
    """What two titles say, for a person to read."""
    one, other = found
    if one and other:
        return f"one title says “{one}”, the other “{other}”"
    return f"only one title says “{one or other}”"
