"""LaTeX in BibTeX fields as plain text. pylatexenc knows the macros; this keeps it from harm.

Exports hold LaTeX and plain text side by side: Scopus writes "95% CI", "R&D" and "$5" as they are.
Left alone, LaTeX takes "%" for a comment up to the end of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pylatexenc.latex2text import (  # type: ignore[import-untyped]
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

_ACTIVE = re.compile(r"[\\{}$~`]|--|''")
_ESCAPED = re.compile(r"\\([%&_#$])")
# One accented or special letter with the braces around it: all there is in nearly every field.
_LETTER = re.compile(
    r"\{?\\(?:[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?:\{\}|[ ]+(?=[A-Za-z])|(?![A-Za-z]))|[A-Za-z])"
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

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
).split()
_SYMBOLS: Mapping[str, str] = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textbardbl": "‖", "textunderscore": "_",
    "textpercent": "%", "textdollar": "$", "textampersand": "&", "textnumbersign": "#",
    "textbackslash": "\\", "textasciitilde": "~", "texttildelow": "~", "textasciicircum": "^",
    "textasciigrave": "`", "textasciiacute": "´", "textasciidieresis": "¨", "textasciimacron": "¯",
    "textbraceleft": "{", "textbraceright": "}", "textquotesingle": "'", "textquotedbl": '"',
    "textdegree": "°", "textminus": "−", "textohm": "Ω", "textmicro": "µ",
    "textdiv": "÷", "textfractionsolidus": "⁄", "textasteriskcentered": "*", "textdagger": "†",
    "textdaggerdbl": "‡", "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾",
    "textthreesuperior": "³", "textnumero": "№", "textestimated": "℮", "textrecipe": "℞",
    "textcelsius": "℃", "textleq": "≤", "textgeq": "≥", "textneq": "≠", "textapprox": "≈",
    "textinfty": "∞", "textrightarrow": "→", "textleftarrow": "←", "textuparrow": "↑",
    "textdownarrow": "↓", "textvisiblespace": " ", "textcopyright": "©", "copyright": "©",
    "textcircledP": "℗", "S": "§", "P": "¶", "slash": "/", "lt": "<", "gt": ">", "pounds": "£",
    "newline": " ", "par": " ", "linebreak": " ", "degree": "°", "celsius": "℃", "micro": "µ",
    "textthinspace": " ", "textnbsp": " ", "space": " ", "thinspace": " ", "enspace": " ",
    "textdh": "ð", "textDH": "Ð", "textthorn": "þ", "textTHORN": "Þ", "textell": "ℓ",
    **{f"text{name}": unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda')}")
       for name in _GREEK},
    **{f"text{name.title()}":
       unicodedata.lookup(f"GREEK CAPITAL LETTER {name.replace('lambda', 'lamda')}")
       for name in _GREEK},
}  # fmt: skip
"""Macros that pylatexenc has no text for, as Zotero, JabRef and publishers write them."""
_STYLES = (
    "textsuperscript textsubscript textnormal textmd textup textsf texttt textrm textsl textsc "
    "textit textbf textlf textsw textulc textstyle textquote"
).split()
"""Macros whose braces hold the text they set."""

_CONDITION = re.compile(r"\{?\\ifmmode\b.{0,200}?\\else\s?(.{0,200}?)\\fi\b\s?(?:\{\})?\}?", re.S)
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*(?=\{)|\\(?:url|nolinkurl|path|mbox|hbox|fbox)\s*(?=\{)")
_DEGREE = re.compile(r"\$?\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))\s*\$?")
_PLAIN_SYMBOL = re.compile(r"\{?\$?\\([A-Za-z]+)(?:\{\}|\s)?\$?\}?")
_PLAIN_MATH = re.compile(r"\{?\$([^$\s]{1,40})\$\}?")


def _decoder() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    names = {spec.macroname for spec in known.iter_macro_specs()}
    macros = [MacroTextSpec(name, text) for name, text in _SYMBOLS.items()]
    macros += [MacroTextSpec(name, "") for name in _STYLES if name not in names]
    known.add_context_category("symbols", macros=macros, prepend=True)
    known.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_unknown))
    for spec in known.iter_macro_specs():
        if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl:
            _WORDS.setdefault(spec.macroname, spec.simplify_repl)
    return LatexNodes2Text(latex_context=known, math_mode="text", keep_comments=True)


_WORDS: dict[str, str] = dict(_SYMBOLS)
"""Every macro that stands for a text."""


def _unknown(node: Any, **_: object) -> str:
    """A symbol that nobody knows stays to be seen; what only sets type leaves nothing.

    A letter may have been written right behind a macro: ``\textalphaB``.
    """
    name, after = str(node.macroname), str(node.macro_post_space)
    for end in range(len(name) - 1, 4, -1):
        if _WORDS.get(name[:end]):
            return _WORDS[name[:end]] + name[end:] + after
    return f"\\{name}{after}" if name.startswith("text") else ""


_DECODER = _decoder()


def decode(text: str) -> str:
    """Plain text of a field: accents as letters, braces gone, blanks and line ends made one blank.

    Never raises; what LaTeX makes no sense of stays as it is.
    """
    if not _ACTIVE.search(text):
        return " ".join(text.split())
    if "\\" in text:
        text = _LINK.sub("", _CONDITION.sub(r"\1", text.replace("\\-", "")))
        text = _LETTER.sub(_letter, _DEGREE.sub("°", text))
    rest = _ESCAPED.sub("", text)
    if "\\" in rest or _MATH.search(rest):
        text = _whole(text)
    else:
        text = _ESCAPED.sub(r"\1", text.replace("{", "").replace("}", ""))
        for signs, plain in _SIMPLE:
            text = text.replace(signs, plain)
    return " ".join(text.split())


def plain(text: str) -> str:
    """A field that is no prose (DOI, address): only escapes and names of single signs go."""
    if "\\" in text or "$" in text:
        text = _PLAIN_SYMBOL.sub(
            lambda found: _SYMBOLS.get(found[1], found[0]), _LINK.sub("", text)
        )
        text = _PLAIN_MATH.sub(r"\1", text)
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
