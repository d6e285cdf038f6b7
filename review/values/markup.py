"""Mark-up and entities in titles, names and abstracts: HTML, JATS and MathML as plain text."""

from __future__ import annotations

import html
import re

_INLINE = (
    "i|b|u|a|s|em|strong|sub|sup|inf|span|font|small|big|tt|sc|scp|strike|cite|italic|bold|"
    "underline|overline|monospace|roman|named-content|styled-content|ext-link|xref|email|uri|"
    "inline-formula|disp-formula|alternatives|abbr|mark|ins|del|nobr|wbr"
)
_BLOCK = (
    "p|br|hr|div|li|ul|ol|dl|dt|dd|sec|section|title|label|abstract|h[1-6]|tr|td|th|table|tbody|"
    "thead|list|list-item|blockquote|pre"
)
_MATH = (
    "math|mi|mn|mo|mrow|msub|msup|msubsup|mfrac|msqrt|mroot|mtext|mspace|mover|munder|munderover|"
    "mstyle|mfenced|mpadded|mphantom|menclose|mtable|mtr|mtd|semantics|mmultiscripts|mprescripts"
)
# Only attributes with a value: "<i and b>" is a comparison, not a tag.
_VALUED = r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+)){0,12}\s*/?"
_PREFIX = r"(?:jats:|mml:|m:|html:|ce:|xhtml:)?"

_HIDDEN = re.compile(
    rf"<{_PREFIX}(annotation(?:-xml)?|tex-math|style)\b[^<>]*>(?:(?!<{_PREFIX}\1\b).)*?"
    rf"</{_PREFIX}\1\s*>",
    re.I | re.S,
)
_BLOCK_TAG = re.compile(rf"</?{_PREFIX}(?:{_BLOCK}){_VALUED}>", re.I)
_MATH_BLOCK = re.compile(
    rf"<({_PREFIX}math){_VALUED}>((?:(?!</?{_PREFIX}math\b).)*)</\1\s*>", re.I | re.S
)
_FRACTION = re.compile(
    rf"<{_PREFIX}mfrac{_VALUED}>\s*<(\w+:)?(m[in])>([^<>]*)</\1?\2>\s*<(\w+:)?(m[in])>([^<>]*)"
    rf"</\4?\5>\s*</{_PREFIX}mfrac>",
    re.I,
)
_TAG = re.compile(
    rf"</?{_PREFIX}(?:{_INLINE}|{_MATH}){_VALUED}>|<!--(?:(?!<!--).)*?-->|<!\[CDATA\[|\]\]>", re.I
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BETWEEN = re.compile(r">\s+<")
_ROUNDS = 3
"""Deposits escape what was escaped before: ``&amp;lt;i&amp;gt;``."""


def line(text: str) -> str:
    """A text of one line: mark-up gone, entities as their characters, each run of blanks one blank.

    Only tags of HTML, JATS and MathML are taken for mark-up: ``p <0.05 and >0.01`` stays.
    """
    return " ".join(_unseen(_plain(text)).split())


def paragraphs(text: str) -> str:
    """As `line`, for a text of several paragraphs, each on a line of its own as given."""
    kept = (" ".join(part.split()) for part in _unseen(_plain(text)).splitlines())
    return "\n".join(part for part in kept if part)


def _unseen(text: str) -> str:
    """The text without marks and hyphens that nobody sees, which hide words from a search."""
    return text if text.isascii() else text.replace("\ufeff", "").replace("\xad", "")


def _plain(text: str) -> str:
    for _ in range(_ROUNDS):
        before = text
        if "<" in text or "]]>" in text:
            text = _without_tags(text)
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if text == before:
            break
    return text


def _without_tags(text: str) -> str:
    text = _HIDDEN.sub("", text)
    text = _MATH_BLOCK.sub(_formula, text)
    return _TAG.sub("", _BLOCK_TAG.sub("\n", text))


def _formula(found: re.Match[str]) -> str:
    inner = _BETWEEN.sub("><", found[2].strip())
    return _TAG.sub("", _FRACTION.sub(r"\3/\6", inner)).strip()
