"""What a text must hold for an expression to match, so that most expressions need not be tried.

A regular expression is tried at every place of a text, and the expressions for designs and outcomes
are many. Most texts lack a word that an expression cannot do without; which, is told here from the
expression itself. Words return in text after text, so what each holds is worked out once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import reduce
from itertools import islice
from operator import or_
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from threading import Lock
from typing import Any

Needs = tuple[frozenset[str], ...]
"""Groups of pieces of words: a text that matches holds one piece of each group at least."""

SHORTEST = 2
"""Letters of a piece; one letter stands in nearly every text."""

_GROUPS = 4
"""Groups kept of one expression: those of the longest pieces, which are the rarest."""

_LONG_ENOUGH, _MOST_FIRST = 4, 100
"""Letters after which the beginning of a match is not told further; beginnings that are tried."""

_WORDS_KEPT = 200_000
"""Words whose pieces are remembered; then they are worked out anew."""

_WORD = re.compile(r"\w+")


def needs(pattern: re.Pattern[str]) -> Needs:
    """What a text must hold for an expression to match.

    Every piece consists of letters, digits and ``_`` only, so it lies within one word of the text.

    Returns:
        Nothing where nothing is known, as of an expression that regards no case.
    """
    if pattern.flags & re.IGNORECASE or not pattern.flags & re.UNICODE:
        return ()
    groups = set(_of_sequence(parser.parse(pattern.pattern, pattern.flags)))
    return tuple(sorted(groups, key=_worth, reverse=True)[:_GROUPS])


def _worth(group: frozenset[str]) -> tuple[int, int, list[str]]:
    return min(len(piece) for piece in group), -len(group), sorted(group)


def _of_sequence(items: Iterable[tuple[Any, Any]], before: str = "") -> list[frozenset[str]]:
    """The groups of parts that stand one after another, right behind some signs."""
    found: list[frozenset[str]] = []
    run = before

    def end() -> None:
        nonlocal run
        found.extend(frozenset({w}) for w in _WORD.findall(run) if len(w) >= SHORTEST)
        run = ""

    for kind, value in items:
        if kind is code.LITERAL:
            run += chr(value)
            continue
        if kind is code.AT:
            continue  # takes no sign: the letters on both sides stand together
        if kind is code.BRANCH:  # its ways may be parted in the middle of a word
            found += _of_branches(value[1], run)
        end()
        found += _of_part(kind, value)
    end()
    return found


def _of_part(kind: Any, value: Any) -> list[frozenset[str]]:
    if kind is code.SUBPATTERN:
        _group, added, removed, inner = value
        return [] if added or removed else _of_sequence(inner)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        least, _most, inner = value
        return _of_sequence(inner) if least else []
    if kind is code.ATOMIC_GROUP:
        return _of_sequence(value)
    return []


def _of_branches(
    branches: Sequence[Iterable[tuple[Any, Any]]], before: str
) -> list[frozenset[str]]:
    """One group: of each way the pieces that are worth most; none where a way needs nothing."""
    together: frozenset[str] = frozenset()
    for branch in branches:
        groups = _of_sequence(branch, before)
        if not groups:
            return []
        together |= sorted(groups, key=_worth)[-1]
    return [together]


def beginnings(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """What a match begins with: one of these texts; nothing where that is not known."""
    if pattern.flags & re.IGNORECASE or not pattern.flags & re.UNICODE:
        return ()
    tree = list(parser.parse(pattern.pattern, pattern.flags))
    found = list(islice(_firsts(tree, ""), _MOST_FIRST + 1))
    if len(found) > _MOST_FIRST or any(len(text) < SHORTEST for text in found):
        return ()
    return tuple(sorted({text for text in found if not _begins_with_other(text, found)}))


def _begins_with_other(text: str, texts: Iterable[str]) -> bool:
    return any(text != other and text.startswith(other) for other in texts)


def _firsts(items: Sequence[tuple[Any, Any]], run: str) -> Iterator[str]:
    """The texts that parts in a row may begin with, right behind some signs."""
    for place, (kind, value) in enumerate(items):
        if kind is code.AT:
            continue
        rest = items[place + 1 :]
        if kind is code.LITERAL:
            run += chr(value)
        elif kind is code.BRANCH and len(run) < _LONG_ENOUGH:
            for way in value[1]:
                yield from _firsts([*way, *rest], run)
            return
        elif kind is code.SUBPATTERN and not value[1] and not value[2]:
            yield from _firsts([*value[3], *rest], run)
            return
        else:
            break
    yield run


def _longest_word(text: str) -> str:
    """The longest piece of a word in a text, if it is long enough to tell something."""
    longest = max(_WORD.findall(text), key=len, default="")
    return longest if len(longest) >= SHORTEST else ""


class _Held(dict[str, int]):
    """Word -> the pieces it holds, one bit each, worked out when it is first asked for."""

    def __init__(self, bits: Mapping[str, int]) -> None:
        self.bits = dict(bits)
        self._by_start: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for piece, bit in bits.items():
            self._by_start[piece[:SHORTEST]].append((piece, bit))

    def __missing__(self, word: str) -> int:
        found = 0
        for place in range(len(word) - SHORTEST + 1):
            for piece, bit in self._by_start.get(word[place : place + SHORTEST], ()):
                if word.startswith(piece, place):
                    found |= bit
        if len(self) > _WORDS_KEPT:
            self.clear()
        self[word] = found
        return found


class _Vocabulary:
    """The pieces of all sets of expressions, so that a word is looked through once for all."""

    def __init__(self) -> None:
        self._held = _Held({})
        self._last: tuple[Set[str], _Held, int] = frozenset(), self._held, 0
        self._lock = Lock()

    def bits(self, pieces: Iterable[str]) -> dict[str, int]:
        """The bit of each piece; those of pieces that are new come to the others."""
        with self._lock:
            bits = self._held.bits
            new = sorted(set(pieces) - bits.keys())
            if new:
                # Another one: who works with the old one at this moment knows the old pieces only.
                self._held = _Held(bits | {p: 1 << n for n, p in enumerate(new, len(bits))})
            return {piece: self._held.bits[piece] for piece in pieces}

    def held(self, words: Set[str]) -> int:
        """The pieces that some words hold, one bit each."""
        asked, by, found = self._last
        held = self._held
        if asked is not words or by is not held:  # a text is asked for more than once
            found = reduce(or_, filter(None, map(held.__getitem__, words)), 0)
            self._last = words, held, found
        return found


_VOCABULARY = _Vocabulary()


class NeededWords:
    """A set of expressions, each tried only on a text that holds the words that it needs.

    Args:
        patterns: the expressions, looked for in small letters.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        """Work out what each expression needs and begins with."""
        self._patterns = tuple(patterns)
        needed = [needs(pattern) for pattern in patterns]
        firsts = [beginnings(pattern) for pattern in patterns]
        pieces = {piece for groups in needed for group in groups for piece in group}
        pieces.update(_longest_word(text) for texts in firsts for text in texts)
        pieces.discard("")
        bits = _VOCABULARY.bits(pieces)  # numbers serve as sets here
        self._needs = [
            tuple(sum(bits[piece] for piece in group) for group in groups) for groups in needed
        ]
        self._firsts = [
            tuple((text, bits.get(_longest_word(text), -1)) for text in texts) for texts in firsts
        ]  # all bits where no word is long enough to tell

    def held(self, words: Set[str]) -> int:
        """What a text holds of the pieces of words that matter, for the other calls.

        Args:
            words: runs of letters, digits and ``_``, in small letters.
        """
        return _VOCABULARY.held(words)

    def may_match(self, number: int, held: int) -> bool:
        """Whether the expression of this number may match a text that holds these pieces."""
        for group in self._needs[number]:
            if not held & group:
                return False
        return True

    def search(self, number: int, text: str, held: int) -> re.Match[str] | None:
        """As ``re.Pattern.search`` of the expression of this number.

        Args:
            number: the place of the expression among ``patterns``.
            text: in small letters.
            held: what `held` tells of the words of the text.
        """
        if not self.may_match(number, held):
            return None
        pattern, firsts = self._patterns[number], self._firsts[number]
        if not firsts:
            return pattern.search(text)
        found: re.Match[str] | None = None
        first = len(text)  # a match must begin before this place
        for begins, bit in firsts:
            if not held & bit:
                continue
            longer = len(begins) - 1
            place = text.find(begins, 0, first + longer)
            while place >= 0:
                match = pattern.match(text, place)
                if match is not None:
                    found, first = match, place
                    break
                place = text.find(begins, place + 1, first + longer)
        return found

    def every(self, number: int, text: str, held: int) -> list[re.Match[str]]:
        """As ``re.Pattern.finditer`` of the expression of this number; arguments as in `search`."""
        if not self.may_match(number, held):
            return []
        pattern, firsts = self._patterns[number], self._firsts[number]
        if not firsts:
            return list(pattern.finditer(text))
        places = sorted({p for begins, bit in firsts if held & bit for p in _places(text, begins)})
        found: list[re.Match[str]] = []
        end = 0
        for place in places:
            if place >= end and (match := pattern.match(text, place)) is not None:
                found.append(match)
                end = match.end()
        return found


def _places(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
