"""A record's words, prepared for rules: sentences, what each is for, and quotes as they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from review.coding.abstract_tails import without_tail

LONGEST_QUOTE = 320
"""Characters; of a longer sentence the part around the words that fired is quoted."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\t\n\r", " "),
        **dict.fromkeys("\u2018\u2019", "'"),
        "\u00b5": "\u03bc",
    }
)
"""One character for one, so that places in the plain text are places in the text as it stands."""

_UNLIKE = re.compile(f"[{''.join(map(re.escape, map(chr, _PLAIN)))}]")

_TOKEN = re.compile(r"\w+")
_NO_TOKEN = {code: " " for code in range(128) if not _TOKEN.fullmatch(chr(code))}
"""The same for ASCII, where translating and splitting takes a fraction of the time."""

# The mark first: what stands before it is looked at only where there is one.
_SENTENCE_END = re.compile(r"[.!?;](?<![.\s][A-Za-z].)(?<!\bvs.)(?<!\bDr.)\s+(?=[A-Z0-9(\[\"'])")

# A heading is followed by a mark, or, where the marks were lost, by the capital of a sentence.
_HEADED = r"(?:\s*[:.\-|]|\s+(?=[A-Z0-9(]))"
_BACKGROUND = re.compile(
    rf"\W*(?i:background|introduction|context|importance|rationale)\b"
    rf"(?:(?i: and| &|/)[^.:]{{0,30}}:|{_HEADED})"
)
_LABEL = re.compile(
    r"\W*(?i:objectives?|aims?|purpose|goals?|methods?|materials|design|setting|patients|"
    r"participants|subjects|interventions?|measure\w*|main outcome\w*|results?|findings|"
    rf"conclusions?|discussion|interpretation)\b(?:[^.]{{0,40}}?:|{_HEADED})"
)
_OWN_WORK = re.compile(
    r"\b(?:(?:this|our|the present|the current) (?:\w+ )?(?:study|trial|work|review|report)|"
    r"we (?:\w+ )?(?:aimed|sought|investigated|compared|examined|assessed|evaluated|studied|"
    r"tested|hypothesi[sz]ed|report|randomi[sz]ed|measured|found|conducted|performed)|"
    r"(?:aim|objective|purpose) (?:of|was|is)|were (?:\w+ )?(?:randomi[sz]ed|randomly|enrolled|"
    r"recruited|assigned|included|measured|assessed|evaluated))\b"
)
"""Sentences that end a background whose end has no heading of its own."""

_REPORTS = re.compile(
    r"\b(measur\w+|assess\w*|evaluat\w+|examin\w+|investigat\w+|compar\w+|determin\w+|record\w+|"
    r"monitor\w*|rated|ratings?|scor\w+|scales?|index|inventory|questionnaires?|outcomes?|"
    r"end ?points?|report\w*|found|show\w*|observ\w+|reveal\w+|demonstrat\w+|indicat\w+|"
    r"increas\w+|decreas\w+|reduc\w+|improv\w+|worsen\w+|lower\w*|higher|greater|less|differ\w*|"
    r"associat\w+|correlat\w+|predict\w+|significant\w*|effects?|affect\w*|experienc\w+|"
    r"occurr\w+|develop\w+|presented|died|survi\w+|incidence|rates?|prevalence|frequen\w+|mean|"
    r"median|aim\w*|study|stud(?:y|ied)|test\w*|induc\w+|produc\w+|inhibit\w+|attenuat\w+|"
    r"describ\w+|identif\w+|detect\w+|quantif\w+|collect\w+|confirm\w+|noted|documented|"
    r"mild|transient|tolerated|similar\w*|comparable|unchanged|"
    r"there (?:was|were))\b|\d\s?%|\bp\s?[<=>]"
)


@dataclass(frozen=True)
class Words:
    """Title and abstract as one text.

    Attributes:
        text: as it stands; the title is its first line.
        plain: the same length with one kind of hyphen, space and apostrophe.
        title_end: where the title ends.
    """

    text: str
    plain: str
    title_end: int

    @classmethod
    def of(cls, title: str, abstract: str) -> Words:
        """Join title and abstract, without what only follows the abstract."""
        text = f"{title}\n{without_tail(abstract)}"
        # Few texts hold more than a few of these signs, and to translate every sign takes long.
        plain = _UNLIKE.sub(lambda found: found[0].translate(_PLAIN), text)
        return cls(text, plain, len(title))

    @cached_property
    def lower(self) -> str:
        """The plain text in small letters, place for place."""
        lower = self.plain.lower()
        if len(lower) == len(self.plain):
            return lower
        # Few letters become two when made small; those stay as they are.
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.plain)

    @cached_property
    def tokens(self) -> set[str]:
        """Runs of letters and digits that occur, in small letters."""
        if self.lower.isascii():
            return set(self.lower.translate(_NO_TOKEN).split())
        return set(_TOKEN.findall(self.lower))

    @cached_property
    def starts(self) -> list[int]:
        """Where each sentence starts; the title is the first."""
        found = [0, self.title_end + 1]
        found += [m.end() for m in _SENTENCE_END.finditer(self.plain, self.title_end + 1)]
        return found

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """Where each sentence starts and ends; the title is the first."""
        return list(zip(self.starts, [*self.starts[1:], len(self.lower)], strict=True))

    @cached_property
    def _background(self) -> list[bool]:
        """Whether each sentence stands under a heading such as "Background"."""
        flags: list[bool] = []
        background = False
        for start, end in self.bounds:
            if start > self.title_end and _BACKGROUND.match(self.plain, start):
                background = True
            elif background and (
                _LABEL.match(self.plain, start) or _OWN_WORK.search(self.lower, start, end)
            ):
                background = False
            flags.append(background and start > self.title_end)
        return flags

    def in_title(self, place: int) -> bool:
        """Whether a place is in the title."""
        return place <= self.title_end

    def sentence(self, place: int) -> int:
        """Number of the sentence a place is in; 0 is the title."""
        return bisect_right(self.starts, place) - 1

    def is_reported(self, place: int) -> bool:
        """Whether a place is in the title, or in a sentence that measures or reports."""
        number = self.sentence(place)
        if number == 0:
            return True
        if self._background[number]:
            return False
        start, end = self.bounds[number]
        return _REPORTS.search(self.lower, start, end) is not None

    @cached_property
    def _opening(self) -> int:
        """Number of the first sentence on the own work, in an abstract without headings."""
        for number, (start, end) in enumerate(self.bounds[1:], start=1):
            if _LABEL.match(self.plain, start) or _BACKGROUND.match(self.plain, start):
                return 0
            if _OWN_WORK.search(self.lower, start, end):
                return number
        return 0

    def is_opening(self, place: int) -> bool:
        """Whether a place stands before the first sentence on the own work."""
        return 0 < self.sentence(place) < self._opening

    def quote(self, start: int, end: int) -> str:
        """The sentence around some words, or as much of it as may be quoted, as it stands."""
        number = self.sentence(start)
        low = self.starts[number]
        high = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        high = max(high, end)
        if high - low > LONGEST_QUOTE:
            room = max(0, LONGEST_QUOTE - (end - start)) // 2
            low, high = max(low, start - room), min(high, end + room)
            while low < start and low > 0 and self.text[low - 1].isalnum():
                low += 1
            while high > end and high < len(self.text) and self.text[high].isalnum():
                high -= 1
        return self.text[low:high].strip()
