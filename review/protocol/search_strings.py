"""A search string read as servers read it: words, phrases, AND, OR, NOT, brackets.

The one place where search strings are taken apart. What one server demands of them besides is said
by its source. Good enough to list the terms of a string and to say which of its parts a text lacks.
Stemming is only guessed at: a word also fits forms that differ by a usual English ending.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

OPERATORS = ("AND", "OR", "NOT")

_PHRASE = re.compile(r'"([^"]*)"(?:~\d+)?')
_TOKEN = re.compile(rf'{_PHRASE.pattern}|[()]|[^\s()"]+')
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?:ies|es|s|ing|ed|y|e)$")


@dataclass(frozen=True, slots=True)
class Group:
    """One part of a string that a text must fit: its words as written, and the test."""

    text: str
    fits: Callable[[str], bool]


def tokens_of(query: str) -> list[str]:
    """Words, phrases in their quotes, operators and brackets of a string, in their order.

    A quote without its partner is left out.
    """
    return [found.group() for found in _TOKEN.finditer(straight_quotes(query))]


def phrases(query: str) -> list[str]:
    """The texts that stand in quotes."""
    return _PHRASE.findall(straight_quotes(query))


def without_phrases(query: str) -> str:
    """The string with its phrases emptied."""
    return _PHRASE.sub('""', straight_quotes(query))


def straight_quotes(query: str) -> str:
    """The string with straight double quotes in place of curly ones, as servers take them."""
    return query.translate(dict.fromkeys(range(0x201C, 0x2020), '"'))


def operators(query: str) -> int:
    """How many AND, OR and NOT a string holds."""
    return sum(token in OPERATORS for token in tokens_of(query))


def terms(query: str) -> list[str]:
    """The words and phrases of a string, each once, in their order, phrases in quotes."""
    found = [t for t in tokens_of(query) if t not in ("(", ")", *OPERATORS)]
    return list(dict.fromkeys(found))


def groups(query: str) -> list[Group]:
    """The parts of a string that are joined by AND at its outermost level.

    A part that begins with NOT fits texts that lack it. Unbalanced strings give no groups.
    """
    tokens = tokens_of(query)
    while _wrapped(tokens):
        tokens = tokens[1:-1]
    parts = _split(tokens, "AND")
    try:
        if len(_split(tokens, "OR")) > 1:  # OR binds last: the whole is one part
            parts = [tokens]
        return [Group(" ".join(part), _test(part)) for part in parts if part]
    except IndexError:
        return []


def missing(query: str, text: str) -> list[str]:
    """The parts of a string that a text does not fit, as written."""
    words = folded(text)
    return [group.text for group in groups(query) if not group.fits(words)]


def folded(text: str) -> str:
    """Text as stems between spaces, the form that groups test."""
    return " " + " ".join(_stem(w) for w in _WORD.findall(text.lower())) + " "


def _stem(word: str) -> str:
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= 4 else word


def _wrapped(tokens: list[str]) -> bool:
    """Whether the first bracket closes with the last token."""
    if len(tokens) < 2 or tokens[0] != "(":
        return False
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return place == len(tokens) - 1
    return False


def _split(tokens: list[str], operator: str) -> list[list[str]]:
    """Cut at an operator outside brackets; for AND also between words that stand side by side."""
    parts: list[list[str]] = [[]]
    depth = 0
    for before, token in pairwise(["", *tokens]):
        apart = before not in ("", "(", *OPERATORS) and token not in (")", "AND", "OR")
        if depth == 0 and (token == operator or (operator == "AND" and apart)):
            parts.append([])
            if token == operator:
                continue
        depth += (token == "(") - (token == ")")
        parts[-1].append(token)
    return parts


def _test(tokens: list[str]) -> Callable[[str], bool]:
    while _wrapped(tokens):
        tokens = tokens[1:-1]
    either = _split(tokens, "OR")
    if len(either) > 1:
        tests = [_test(part) for part in either if part]
        return lambda text: any(test(text) for test in tests)
    both = [part for part in _split(tokens, "AND") if part]
    if len(both) > 1:
        tests = [_test(part) for part in both]
        return lambda text: all(test(text) for test in tests)
    if tokens[0] == "NOT":
        inner = _test(tokens[1:])
        return lambda text: not inner(text)
    if len(tokens) > 1:
        return _test([*tokens[:1], "AND", *tokens[1:]])
    needle = folded(tokens[0].split('"~')[0])
    return lambda text: needle in text
