"""LaTeX in BibTeX fields as plain text. pylatexenc knows the macros; this keeps it from harm.

Exports hold LaTeX and plain text side by side: Scopus writes "95% CI", "R&D" and "$5" as they are.
Left alone, LaTeX takes "%" for a comment up to the end of the line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

_ACTIVE = re.compile(r"[\\{}$~`]|--|''")
_ESCAPED = re.compile(r"\\([%&_#$])")
# One accented or special letter with the braces around it: all there is in nearly every field.
_LETTER = re.compile(
    r"\{?\\(?:[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij]|[A-Za-z])"
    r"|[cvuHkrdbt](?:\{\\?[A-Za-z]\}|[ ]+[A-Za-z](?![A-Za-z]))"
    r"|(?:ss|o|O|l|L|ae|AE|oe|OE|aa|AA|i|j)(?:\{\}|(?=[^A-Za-z]|$)\s?))\}?"
)
# A macro between two dollars; else opened before and closed behind a sign that is no blank, and not
# before a digit: "$p<0.05$", but not "$5 to $10".
_MATH = re.compile(
    r"(?<!\\)\$(?:(?:[^$\\]|\\[^A-Za-z])*+\\[A-Za-z][^$]*+|[^\s$]|[^\s$][^$]*[^\s$\\](?=\$(?!\d)))\$"
)
_SPECIAL = re.compile(r"(?<!\\)([%&#$])")
_SIMPLE = (("---", "\u2014"), ("--", "\u2013"), ("``", "\u201c"), ("''", "\u201d"), ("~", " "))

_DECODER = LatexNodes2Text(math_mode="text", keep_comments=True)


def decode(text: str) -> str:
    """Plain text of a field: accents as letters, braces gone, blanks and line ends made one blank.

    Never raises; what LaTeX makes no sense of stays as it is.
    """
    if not _ACTIVE.search(text):
        return " ".join(text.split())
    if "\\" in text:
        text = _LETTER.sub(_letter, text)
    rest = _ESCAPED.sub("", text)
    if "\\" in rest or _MATH.search(rest):
        text = _whole(text)
    else:
        text = _ESCAPED.sub(r"\1", text.replace("{", "").replace("}", ""))
        for signs, plain in _SIMPLE:
            text = text.replace(signs, plain)
    return " ".join(text.split())


def plain(text: str) -> str:
    """A field that is no prose (DOI, address): only the escapes of single signs are taken off."""
    bare = _ESCAPED.sub(r"\1", text.replace("{\\_}", "_"))
    return " ".join(bare.replace("{", "").replace("}", "").split())


def _letter(found: re.Match[str]) -> str:
    given = found[0]
    opened, closed = given.startswith("{"), given.endswith("}")
    inner = given[1:] if opened else given
    # The brace at the end is the group's own only if one was opened for it.
    extra = closed and inner.count("}") > inner.count("{")
    inner = inner[:-1] if extra else inner
    letter = _macro(inner)
    return f"{'{' if opened and not extra else ''}{letter}{'}' if extra and not opened else ''}"


@lru_cache(maxsize=4096)
def _macro(text: str) -> str:
    return str(_DECODER.latex_to_text(text))


def _whole(text: str) -> str:
    parts = []
    place = 0
    for math in _MATH.finditer(text):
        parts += [_SPECIAL.sub(r"\\\1", text[place : math.start()]), math[0]]
        place = math.end()
    parts.append(_SPECIAL.sub(r"\\\1", text[place:]))
    try:
        text = str(_DECODER.latex_to_text("".join(parts)))
        return text.replace("\u02c6", "^")  # what the library makes of \textasciicircum
    except Exception:  # it meets text of any kind, and no kind of failure may cost the entry
        return text.replace("{", "").replace("}", "")
