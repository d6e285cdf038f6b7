"""Why two records are asked about, in plain words: what speaks for one text, what for two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BUT = "; but "
_PERCENT = re.compile(r"title (\d+) % alike")
_POINT = re.compile(r"sample of ([\d,]+) people|registration (\S+?)\.?$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")
LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class PairWords:
    """What a card says of a pair.

    Attributes:
        same: what speaks for one text or one study.
        other: what speaks against it; ``""`` where nothing that is known does.
        quotes: the sentence of each side that holds what is said; ``""`` where it has none.
    """

    same: str
    other: str
    quotes: tuple[str, str]


def pair_words(why: str, texts: Sequence[str]) -> PairWords:
    """Part a reason at its "but", and find the sentences that it rests on.

    Args:
        why: one sentence as the rules store it.
        texts: abstracts of both records.
    """
    same, _, other = why.rstrip(".").partition(_BUT)
    same = _PERCENT.sub(lambda found: _titles(int(found[1])), same)
    found = _POINT.search(why)
    point = (found[1] or found[2]) if found else ""
    quotes = [_holding(text, point) for text in texts] if point else ["", ""]
    return PairWords(f"{same[:1].upper()}{same[1:]}.", f"{other[:1].upper()}{other[1:]}." if other
                     else "", (quotes[0], quotes[1]))  # fmt: skip


def _titles(percent: int) -> str:
    if percent >= 100:
        return "the same title"
    if percent >= 90:
        return "titles that differ by a few letters"
    return "titles partly alike" if percent >= 60 else "titles that have little in common"


def _holding(text: str, point: str) -> str:
    """The first sentence of a text that holds a number or an id, alone and not within another."""
    plain = point.replace(",", "")
    wanted = re.compile(rf"(?<![\w.,]){re.escape(plain)}(?!\w|[.,]\d)", re.IGNORECASE)
    for sentence in _SENTENCE.split(text):
        if wanted.search(re.sub(r"(?<=\d),(?=\d{3})", "", sentence)):
            cut = sentence.strip()
            return cut if len(cut) <= LONGEST_QUOTE else f"{cut[:LONGEST_QUOTE].rstrip()} …"
    return ""
