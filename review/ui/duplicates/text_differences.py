"""Two records side by side, with what differs marked word by word. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import escape

from review.model import Record

FIELDS = (
    ("title", "Title"),
    ("authors", "Authors"),
    ("year", "Year"),
    ("journal", "Journal"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("pages", "Pages"),
    ("doi", "DOI"),
    ("pmid", "PMID"),
    ("pmcid", "PMCID"),
    ("type", "Type"),
    ("language", "Language"),
    ("abstract", "Abstract"),
)

WHOLE = frozenset({"doi", "pmid", "pmcid"})
"""Fields that are marked as a whole: parts of an identifier say nothing."""

ALIKE = 0.35
"""Share of words in common (`difflib`'s ratio) below which nothing is marked: of two texts that
tell of different things all would be, and marks are there to find what differs."""

FEWEST = 4
"""Words that the longer of two texts has at least where nothing is marked: a year always is."""

LONGEST = 1_500
"""Words beyond which a text is compared as a whole: matching words takes quadratic time."""

_TOKEN = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")
"""Words and signs with the space behind them: half as many to match as with spaces apart."""


def side_by_side(left: Record, right: Record, heads: tuple[str, str]) -> str:
    """A table of both records; rows that say the same stand back, differing words are marked.

    Args:
        heads: what stands over each column, as plain text.
    """
    rows: list[str] = []
    for name, label in FIELDS:
        a, b = _text(left, name), _text(right, name)
        if not a and not b:
            continue
        first, second = marked_apart(a, b, by_word=name not in WHOLE)
        same = ' class="rt-equal"' if folded(a) == folded(b) else ""
        rows.append(
            f'<tr{same}><th scope="row">{label}</th>'
            f'<td dir="auto">{first}</td><td dir="auto">{second}</td></tr>'
        )
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return (
        f'<table class="rt-pair"><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def marked_apart(left: str, right: str, *, by_word: bool = True) -> tuple[str, str]:
    """Both texts as HTML, with the words that only one of them has underlined and bold.

    Case and spacing do not count as a difference. A missing text is said to be missing. Texts that
    have next to nothing in common are left as they are.

    Args:
        by_word: false to mark the whole of both where they differ.
    """
    if not left or not right:
        missing = '<span class="rt-missing">not given</span>'
        return escape(left) or missing, escape(right) or missing
    if not by_word:
        same = folded(left) == folded(right)
        return _piece([left], same), _piece([right], same)
    a, b = _TOKEN.findall(left), _TOKEN.findall(right)
    if max(len(a), len(b)) > LONGEST:
        return escape(left), escape(right)
    match = SequenceMatcher(None, [_fold(t) for t in a], [_fold(t) for t in b], autojunk=False)
    if max(len(a), len(b)) >= FEWEST and match.ratio() < ALIKE:
        return escape(left), escape(right)
    first: list[str] = []
    second: list[str] = []
    for verdict, i, j, k, m in match.get_opcodes():
        first.append(_piece(a[i:j], verdict == "equal"))
        second.append(_piece(b[k:m], verdict == "equal"))
    return "".join(first), "".join(second)


def folded(text: str) -> str:
    """A text without case and spacing, for asking whether two say the same."""
    return " ".join(text.casefold().split())


def _fold(token: str) -> str:
    return token.strip().casefold()


def _piece(tokens: list[str], same: bool) -> str:
    text = "".join(tokens)
    if same or not text.strip():
        return escape(text)
    bare = text.rstrip()
    return f'<span class="rt-only">{escape(bare)}</span>{escape(text[len(bare) :])}'


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)
