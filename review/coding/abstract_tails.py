"""What stands after an abstract and is not of it: references, related articles, copyright lines."""

from __future__ import annotations

import re

from review.coding.needed_words import needs

_BEFORE = r"(?:(?<=[.!?;:)\]])\s+|\n\s*)"

_LISTS = re.compile(
    rf"{_BEFORE}(?:"
    # A heading, and after it a number or a name with initials: the first entry.
    r"(?:References?(?: list)?|REFERENCES|Bibliography|Literature cited|Works cited)\s*[:.]?\s*"
    r"(?=\[?\(?\d{1,3}[\].)]|[A-Z][\w'’-]+,?\s+[A-Z]\b)"
    r"|(?:Related|Similar|Recommended|Suggested|More|Citing) (?:[Aa]rticles?|[Rr]eading|[Pp]apers)"
    r"(?:\s*:|\s*\n|\s+(?=\[?\d{1,2}[\].)]|[A-Z“\"]))"
    r"|(?:People also read|Cited by|See also)\s*(?::|\n)"
    r")"
)
_COPYRIGHT = re.compile(
    rf"{_BEFORE}(?:(?:Copyright\s*)?(?:©|\([cC]\)|\u00a9|&copy;)|Copyright\b|All rights reserved)"
    r"(?=\s*(?:\d{4}|by\b|[A-Z]|the\b|\.))"
)
_NEEDED = needs(_LISTS)
LONGEST_NOTE = 500
"""Characters; words about rights that go on for longer are not cut."""


def without_tail(abstract: str) -> str:
    """The abstract up to a list of other works or a note of rights at its end."""
    if all(any(piece in abstract for piece in group) for group in _NEEDED):
        listed = _LISTS.search(abstract)
        if listed and listed.start():
            abstract = abstract[: listed.start()]
    for note in _COPYRIGHT.finditer(abstract, max(0, len(abstract) - LONGEST_NOTE)):
        if note.start():
            return abstract[: note.start()]
    return abstract
