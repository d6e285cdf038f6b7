"""Fold text and numbers of any field into comparable form."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
# Letters that Unicode does not decompose, as library catalogues write them.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
_TRANSLATE = str.maketrans(_GREEK | _LETTERS)

_TAG = re.compile(r"<[^<>]{1,40}>")
_NOT_WORD = re.compile(r"[\W_]+")
_LOST_LETTER = re.compile(r"(?<=\w)\?(?=\w)")
_APOSTROPHE = re.compile(r"['’‘ʼ`´]")


def fold(text: str) -> str:
    """Return text in lower case without accents, tags or punctuation, words one space apart.

    Greek letters are spelled out, letters of other scripts are kept.
    """
    if text.isalnum() and text.isascii():  # one plain word, as most words of names are
        return text.lower()
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = text.lower()
    if "?" in text:
        text = _LOST_LETTER.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_TRANSLATE))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_TRANSLATE)
        text = _APOSTROPHE.sub("", text)
    else:
        text = text.replace("'", "").replace("`", "")
    return _NOT_WORD.sub(" ", text).strip()


DIGITS = re.compile(r"\d+")

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATED = re.compile(rf"^(?:(\d+)-({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})-(\d+))$")


def undate(text: str) -> str:
    """Undo what spreadsheets make of ``5-6`` and ``1-55``: ``05-Jun`` and ``Jan-55``."""
    found = _DATED.match(text.lower())
    if not found:
        return text
    day, month, first_month, last = found.groups()
    if day:
        return f"{day}-{_MONTHS.index(month) + 1}"
    return f"{_MONTHS.index(first_month) + 1}-{last}"


def first_number(text: str) -> str:
    """Return the first number of a volume or issue without leading zeros, or ``""``."""
    if ")" in text and "(" not in text:  # the end of a supplement's number
        return ""
    found = DIGITS.search(undate(text))
    return found.group().lstrip("0") if found and found.group().isascii() else ""
