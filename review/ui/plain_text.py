"""Text from outside, for places that read Markdown: labels, captions, tool tips, notices.

Streamlit reads Markdown nearly everywhere, and a browser that draws it asks other hosts for its
pictures. A backslash keeps signs from being read. But some words are found after that, in the text
that is left: bare addresses become links, ``:material/home:`` an icon, ``->`` an arrow. They are
found in one piece only, so one sign of them is put into a span of its own that has no look.
"""

from __future__ import annotations

import re

# A point makes a list after a digit only; elsewhere a screen reader would read the backslash.
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$:&@]|(?<=\d)\.)")

_FOUND_LATER = re.compile(
    r"(?<=http):(?=//)|(?<=https):(?=//)"  # an address
    r"|(?<=www)\."
    r"|@"  # an address of e-mail
    r"|:(?=material[/_]|streamlit:)"  # an icon
    r"|[-<>~](?=[-=>])",  # an arrow, a dash, a sign of comparison
    re.IGNORECASE,
)

_PART = re.compile(rf"({_FOUND_LATER.pattern})|{_SIGNS.pattern}", re.IGNORECASE)


def plain(text: str) -> str:
    """Markdown that is drawn as this very text: every sign stands for itself, nothing is a link."""
    return _PART.sub(_standing_for_itself, text).replace("\r", "").replace("\n", "  \n")


def _standing_for_itself(found: re.Match[str]) -> str:
    sign = rf"\{found[0]}"
    return f":color[{sign}]" if found[1] else sign
