"""Which regular expressions may run for ever, told before they are used.

Python's matcher tries every way to share a text out among repeats, and cannot be stopped. How many
ways there may be is estimated from the expression alone: repeats beside each other multiply, and a
repeat of something that can itself be read in several ways has no bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 1_000
"""Characters of an expression."""

_TEXT = 5_000
"""Characters of a long abstract: as far as ``.*`` may run."""

_WORD = 20
"""As far as a run of letters or digits goes."""

_STARTS = 100
"""Places of a text at which an expression that begins with a letter is tried in earnest."""

_MOST = 200_000_000
"""Steps on one text at the very most, some seconds."""

_NARROW = 9
"""Repeats up to this often count as so many copies, wider ones as a loop."""

_NO_BOUND = float("inf")


def too_slow(expression: str) -> str:
    """Why an expression may take too long, with what to write; ``""`` if it cannot.

    Raises:
        re.error: the expression cannot be read.
    """
    if len(expression) > LONGEST:
        return f"it has {len(expression):,} characters; {LONGEST:,} are the most"
    tree = parser.parse(expression, re.IGNORECASE)
    ways = _of(tree)
    if ways == _NO_BOUND:
        return (
            "a repeat within a repeat, as in (a+)+, may never end on some texts; write one repeat, "
            f"or how often, at most {_NARROW} times, as in (a+ ){{1,3}}"
        )
    if ways * (_TEXT if _begins_wide(tree) else _STARTS) > _MOST:
        return (
            "its repeats take too long together on a long text; write how far each may go, "
            "as in .{0,80} for .*"
        )
    return ""


def _of(items: Iterable[tuple[Any, Any]]) -> float:
    """In how many ways a sequence may be laid over one place of a text, at most."""
    ways = 1.0
    for kind, value in items:
        ways *= _one(kind, value)
    return ways


def _one(kind: Any, value: Any) -> float:
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        low, high, body = value
        inner = _of(body)
        if high > _NARROW:
            return _NO_BOUND if inner > 1 else float(_width(body, int(low), int(high)))
        return float(inner ** int(high)) * (int(high) - int(low) + 1)
    if kind is code.SUBPATTERN:
        return _of(value[3])
    if kind in (code.ASSERT, code.ASSERT_NOT):
        return _of(value[1])
    if kind is code.ATOMIC_GROUP:
        return _of(value)
    if kind is code.BRANCH:
        ways = [_of(branch) for branch in value[1]]
        return max(ways) if _apart(value[1]) else sum(ways)
    if kind is code.GROUPREF_EXISTS:
        return _of(value[1]) + _of(value[2] or ())
    return 1.0


def _width(body: Sequence[tuple[Any, Any]], low: int, high: int) -> int:
    """How many lengths a loop may have; runs of letters, digits or blanks are short by nature."""
    kind, value = body[0]
    wide = kind in (code.ANY, code.NOT_LITERAL) or (
        kind is code.IN and (value[0][0] is code.NEGATE or _negative(value))
    )
    return max(1, min(high - low + 1, _TEXT if wide else _WORD))


def _negative(members: Sequence[tuple[Any, Any]]) -> bool:
    other = (code.CATEGORY_NOT_DIGIT, code.CATEGORY_NOT_SPACE, code.CATEGORY_NOT_WORD)
    return any(kind is code.CATEGORY and value in other for kind, value in members)


def _apart(branches: Sequence[Sequence[tuple[Any, Any]]]) -> bool:
    """Whether the branches begin with letters that differ, so that at most one can fit."""
    first = [branch[0] if len(branch) else (None, None) for branch in branches]
    letters = [value for kind, value in first if kind is code.LITERAL]
    return len(set(letters)) == len(branches)


def _begins_wide(items: Sequence[tuple[Any, Any]]) -> bool:
    """Whether an expression begins with a loop, so that every place of a text is tried."""
    for kind, value in items:
        if kind is code.SUBPATTERN:
            return _begins_wide(value[3])
        if kind in (code.AT, code.ASSERT, code.ASSERT_NOT):
            continue
        if kind is code.BRANCH:
            return any(_begins_wide(branch) for branch in value[1])
        return kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)
    return False
