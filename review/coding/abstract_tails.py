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
_BOILERPLATE = re.compile(
    rf"{_BEFORE}(?:"
    r"This article is (?:protected|part of|licensed|distributed|published|an open|available)\b"
    r"|Published (?:by|online|under)\b"
    r"|(?:The|This|Our) (?:[A-Z][\w&'’-]* (?:and |of |for |& )?){0,8}[Jj]ournal"
    r"(?: (?:of|for) (?:[A-Z][\w&'’-]*,? ?(?:and |of |the )?){1,8})? ?"
    r"(?:publishes|welcomes|requires|invites|encourages|is (?:a|an|the|published|committed)\b)"
    r"|For (?:permissions?|reprints|more information|submission)\b"
    r"|(?:To (?:view|read|access|subscribe|submit|purchase)|View|Download|Read|Access) "
    r"(?:(?:to|the|this|our|full|related|a) )*(?:article|journal|full|text|PDF|paper|issue)\b"
    r"|(?:Subscribe|Follow us|Submit your|Sign up|Click here|Visit (?:our|the journal))\b"
    r"|Please (?:visit|see|refer|note that this journal)\b"
    r"|(?:See|Read) (?:the |our )?(?:[Ii]nstructions|[Gg]uidelines) (?:to|for) [Aa]uthors"
    r"|About (?:the|this) [Jj]ournal\b"
    r"|(?:Funding|FUNDING|Keywords?|KEYWORDS?|Key [Ww]ords|Conflicts? of [Ii]nterests?"
    r"|Declarations? of (?:[Cc]ompeting )?[Ii]nterests?|Disclosures?)\s*:"
    r"|\(?PsycINFO Database Record\b"
    r")"
)
"""What journals and publishers add to abstracts, whatever the paper is about."""

LONGEST_BOILERPLATE = 700
"""Characters at the end of an abstract in which it is looked for."""

LONGEST_NOTE = 500
"""Characters; words about rights that go on for longer are not cut."""


def without_tail(abstract: str) -> str:
    """The abstract up to a list of other works, a journal's own words or a note of rights."""
    if all(any(piece in abstract for piece in group) for group in _NEEDED):
        listed = _LISTS.search(abstract)
        if listed and listed.start():
            abstract = abstract[: listed.start()]
    added = _BOILERPLATE.search(abstract, max(0, len(abstract) - LONGEST_BOILERPLATE))
    if added and added.start():
        abstract = abstract[: added.start()]
    for note in _COPYRIGHT.finditer(abstract, max(0, len(abstract) - LONGEST_NOTE)):
        if note.start():
            return abstract[: note.start()]
    return abstract
