"""Keywords in one field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from review.values import markup

_STRONG = re.compile(r"[;|\n\r；\t]|(?<=\w)\s+-\s*-\s+(?=\w)")
_CJK = re.compile(r"[，、]")
# Headings of MeSH and Emtree that stand before a comma and what narrows them.
_INVERTED = re.compile(
    r"(?:receptors?|analgesics?|rats?|mice|models?|plants?|pain|diabetes mellitus|hypertension|"
    r"medicine|extracts?|drugs?|agents?|disorders?|diseases?|neoplasms?|surveys?|health|"
    r"depression|anxiety|substance abuse|behaviou?r|proteins?|acids?|alkaloids?|cells?|hormones?|"
    r"antagonists?|agonists?|inhibitors?|anesthesia|anesthetics?|infant|child|aged|students?|"
    r"pregnancy|exercise|therapy|trials?|delivery|chromatography|spectrometry|cytochrome p-?450"
    r"[\w -]*|kidney failure|heart failure|liver failure|hepatitis|oils?|tea|beverages?|foods?|"
    r"injections?|antibodies|genes?|viruses|injuries|wounds)",
    re.I,
)


def parted(text: str) -> tuple[str, ...]:
    """Keywords in one text that may hold commas, parted by other signs alone."""
    return each(_STRONG.split(_plain(text)))


def terms(text: str) -> tuple[str, ...]:
    """Keywords in one text, parted by ``;``, ``|`` or line ends, else by commas.

    A heading that is turned around ("Receptors, Opioid, mu") stays one.
    """
    plain = _plain(text)
    if _STRONG.search(plain):
        parts = _STRONG.split(plain)
    elif _CJK.search(plain):
        parts = _CJK.split(plain)
    else:
        parts = plain.split(",")
        if 1 < len(parts) <= 3 and _INVERTED.fullmatch(parts[0].strip()) and _capitals(parts):
            parts = [plain]
    return each(parts)


def each(texts: Iterable[str]) -> tuple[str, ...]:
    """Keywords each in a field of its own, once."""
    return tuple(dict.fromkeys(word for text in texts if (word := markup.line(text).strip(" ;,|"))))


def listed(words: Sequence[str]) -> str:
    """Keywords in one field, as `terms` reads them again, commas inside them and all."""
    text = "; ".join(words)
    return f"{text};" if len(words) == 1 and "," in text else text


def _plain(text: str) -> str:
    # Entities first, or the ";" at their end would part words.
    return "\n".join(map(markup.line, re.split(r"[\r\n]+", text)))


def _capitals(parts: list[str]) -> bool:
    """Whether what follows narrows the heading: "Opioid", "mu", "Type 2"; not "sleep"."""
    return parts[1].strip()[:1].isupper()
