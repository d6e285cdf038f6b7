"""Why two records are asked about, in plain words: what speaks for one text, what for two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BUT = "; but "
_PERCENT = re.compile(r"title (\d+) % alike")
_POINT = re.compile(r"sample of ([\d,]+) people|registration (\S+?)\.?$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")
LONGEST_QUOTE = 600
"""Characters of a sentence that is quoted whole; of a longer one the part round the point."""


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
        texts: abstracts of both records; none where no sentence is wanted.
    """
    same, _, other = why.rstrip(".").partition(_BUT)
    same = _PERCENT.sub(lambda found: _titles(int(found[1])), same)
    found = _POINT.search(why)
    point = (found[1] or found[2]) if found else ""
    quotes = [_holding(text, point) for text in texts] if point and texts else ["", ""]
    return PairWords(f"{same[:1].upper()}{same[1:]}.", f"{other[:1].upper()}{other[1:]}." if other
                     else "", (quotes[0], quotes[1]))  # fmt: skip


def in_one_line(why: str) -> str:
    """A reason in plain words: what speaks for it, then what against."""
    said = pair_words(why, ())
    return (
        f"{said.same} Against it: {said.other[:1].lower()}{said.other[1:]}"
        if said.other
        else (said.same)
    )


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
        found = wanted.search(re.sub(r"(?<=\d),(?=\d{3})", "", sentence))
        if found:
            return _round(sentence.strip(), found.start())
    return ""


def _round(sentence: str, place: int) -> str:
    """A sentence, or the words of a very long one round a place."""
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    begin = max(0, min(place - LONGEST_QUOTE // 2, len(sentence) - LONGEST_QUOTE))
    end = begin + LONGEST_QUOTE
    first = sentence.find(" ", begin) + 1 if begin else 0
    last = sentence.rfind(" ", first, end) if end < len(sentence) else len(sentence)
    if not first <= place <= last:  # no blanks in it
        first, last = begin, end
    before, after = "… " if first else "", " …" if last < len(sentence) else ""
    return f"{before}{sentence[first:last].strip()}{after}"
