"""Words of which one is enough to make two works of two titles that are alike in all else.

Likeness counts letters, and companion papers differ by few: ``... in men`` and ``... in women``,
``hypertension`` and ``hypotension``, ``with`` and ``without``.  The words stand in
``deciding_words.yaml`` beside this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import yaml
from rapidfuzz import fuzz

FILE = Path(__file__).with_suffix(".yaml")

WORD_ALIKE = 75
"""Likeness, of 100, from which two words are forms or spellings of one."""

WORD_UNLIKE = 50
"""Likeness below which a word is no slip of another one, whatever the typist."""

SHORTEST_WORD = 3
"""Letters of a word that says something; "the" and "and" stand alone in other places."""

SHORTEST_STEM = 4
"""Letters that have to follow a beginning, so that it is one."""

_WORDS = yaml.safe_load(FILE.read_text("utf-8"))


def _parted(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign)]


_BEGINNINGS: tuple[tuple[str, ...], ...] = tuple(
    tuple(_parted(line, "/")) for line in _WORDS["beginnings"]
)
_OPPOSITES = frozenset(
    pair for line in _BEGINNINGS for two in combinations(line, 2) for pair in (two, two[::-1])
)
_DENIALS = frozenset(_WORDS["denials"])
_ADDITIONS = frozenset(_WORDS["additions"].split())

Thing = tuple[str, str]
"""A kind, and one of what excludes each other in it."""

Words = tuple[str, str]
"""A word of each of two titles; ``""`` where one title has nothing in its place."""


KINDS: dict[str, Thing] = {
    form: (kind, group)
    for kind, groups in _WORDS["kinds"].items()
    for group in _parted(groups, "/")
    for form in _parted(group, ",")
}
"""Word -> its kind, and what it says of it, which all forms of one thing share."""


def deciding_words(first: str, second: str) -> Words | None:
    """Return the words by which two titles speak of two things, or None where none is known.

    Args:
        first, second: folded titles, as `review.dedupe.titles.fold_title` gives them.
    """
    words = first.split(), second.split()
    only = _only(*words)
    if not only[0] and not only[1]:
        return None
    return (
        _of_one_kind(*words)
        or _lettered(*words)
        or next(_contraries(*only, (first, second)), None)
        or _added(*only)
    )


def own_words(first: str, second: str) -> Words | None:
    """Return a word of each title that the other has in no form; None unless both have one."""
    words = first.split(), second.split()
    own = _alone(words[0], words[1]), _alone(words[1], words[0])
    return own if own[0] and own[1] else None


def replaced_word(first: str, second: str, limit: float = WORD_UNLIKE) -> Words | None:
    """Return the one word in whose place the other title has another one; None if they are alike.

    Args:
        limit: likeness, of 100, from which one is taken for a slip of the other.
    """
    only = _only(first.split(), second.split())
    if len(only[0]) != 1 or len(only[1]) != 1:
        return None
    one, other = only[0][0], only[1][0]
    if min(len(one), len(other)) <= SHORTEST_WORD or one in other or other in one:
        return None
    return (one, other) if fuzz.ratio(one, other) < limit else None


def _only(first: list[str], second: list[str]) -> tuple[list[str], list[str]]:
    """The words that each of two titles has more often than the other."""
    one, other = Counter(first), Counter(second)
    return list((one - other).elements()), list((other - one).elements())


def _things(words: list[str]) -> dict[Thing, list[str]]:
    """What a title says of each kind, with the words it says it by; two words may be one."""
    found: dict[Thing, list[str]] = {}
    for one, two in zip(words, [*words[1:], ""], strict=False):
        form = f"{one} {two}" if f"{one} {two}" in KINDS else one
        if form in KINDS:
            found.setdefault(KINDS[form], []).append(form)
    return found


def _of_one_kind(first: list[str], second: list[str]) -> Words | None:
    """Two words of one kind, each of a thing that the other title says less often."""
    said, others = _things(first), _things(second)
    for thing, forms in said.items():
        if len(forms) <= len(others.get(thing, [])):
            continue
        for other, other_forms in others.items():
            if other[0] == thing[0] and len(other_forms) > len(said.get(other, [])):
                return forms[-1], other_forms[-1]
    return None


def _lettered(first: list[str], second: list[str]) -> Words | None:
    """Two letters behind one word: ``hepatitis a`` and ``hepatitis b``."""
    marks = [
        {
            (word, mark)
            for word, mark in pairwise(words)
            if len(mark) == 1 and mark.isalpha() and len(word) > 1
        }
        for words in (first, second)
    ]
    for word, mark in sorted(marks[0] - marks[1]):
        for other_word, other in sorted(marks[1] - marks[0]):
            if word == other_word:
                return f"{word} {mark}", f"{word} {other}"
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


def _alone(words: list[str], others: list[str]) -> str:
    """The first word, of three letters at least, that is like none of the others; or ``""``."""
    joined = "".join(others)
    for word in words:
        if (
            len(word) >= SHORTEST_WORD
            and word not in joined
            and all(fuzz.ratio(word, other) < WORD_ALIKE for other in others)
        ):
            return word
    return ""


def in_words(found: Words) -> str:
    """What two titles say, for a person to read."""
    one, other = found
    if one and other:
        return f"one title says “{one}”, the other “{other}”"
    return f"only one title says “{one or other}”"
