"""The codebook's triggers and vetoes, compiled once and found quickly."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from review.coding.needed_words import NeededWords
from review.coding.sentences import Words
from review.protocol.codebook import Codebook
from review.protocol.phrases import REGEX_MARK, phrase_pattern

_CAPITAL = re.compile(r"(?<!\\)[A-Z]")
"""A capital letter that is not part of an escape such as ``\\W``."""


_LONG_ENOUGH = 4
"""Letters of a first word that is looked for by itself before the phrase is tried."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that fired, and the phrase that they are."""

    start: int
    end: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """One compiled phrase.

    Attributes:
        pattern: looked for in small letters, which is quicker than looking for any case.
        tokens: words that the text must hold for the phrase to match; none are known of an
            expression.
        begins: what every match begins with; ``""`` where that is not known, or short.
    """

    phrase: str
    pattern: re.Pattern[str]
    tokens: frozenset[str]
    begins: str

    @classmethod
    @lru_cache(maxsize=10_000)  # a whole codebook: each search and import asks for all its phrases
    def of(cls, phrase: str) -> Trigger:
        """Compile a phrase."""
        small = _CAPITAL.sub(lambda m: m[0].lower(), phrase_pattern(phrase).pattern)
        # Phrases match on word edges, so each of their words must stand alone in the text.
        if phrase.startswith(REGEX_MARK):
            return cls(phrase, re.compile(small), frozenset(), "")
        first = re.split(r"[\s-]+", phrase.strip().lower())[0]
        begins = first if len(first) >= _LONG_ENOUGH else ""
        tokens = frozenset(re.findall(r"\w+", phrase.lower()))
        return cls(phrase, re.compile(small), tokens, begins)

    def hits(self, text: str) -> list[Hit]:
        """All places where the phrase stands in a text in small letters, in order."""
        if not self.begins:
            return [Hit(m.start(), m.end(), self.phrase) for m in self.pattern.finditer(text)]
        found = []
        place = text.find(self.begins)
        while place >= 0:
            match = self.pattern.match(text, place)
            if match is not None:
                found.append(Hit(place, match.end(), self.phrase))
            place = text.find(self.begins, match.end() if match is not None else place + 1)
        return found


@dataclass(slots=True)
class Fired:
    """What a text says of one dimension.

    Attributes:
        hits: value -> words that suggest it.
        barred: values that a veto forbids.
    """

    hits: dict[str, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    barred: set[str] = field(default_factory=set)


class Triggers:
    """All triggers and vetoes of a codebook.

    A phrase is looked for only where its longest word occurs, and an expression where the words
    occur that it cannot do without, so a text costs what it holds and not what the codebook holds.
    """

    def __init__(self, codebook: Codebook) -> None:
        """Compile the phrases and note what each of them is for."""
        self._uses: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
        for dimension in codebook.dimensions:
            for value in dimension.values:
                for phrase in value.triggers:
                    self._uses[phrase].append((dimension.id, value.id, False))
                for phrase in value.vetoes:
                    self._uses[phrase].append((dimension.id, value.id, True))
        self._by_token: dict[str, list[Trigger]] = defaultdict(list)
        for phrase in self._uses:
            trigger = Trigger.of(phrase)
            self._by_token[max(trigger.tokens, key=len, default="")].append(trigger)
        self._expressions = self._by_token.pop("", [])
        self._needs = NeededWords([trigger.pattern for trigger in self._expressions])

    def fire(self, words: Words) -> dict[str, Fired]:
        """Find every phrase in a text.

        Returns:
            Dimension -> what fired in it; dimensions in which nothing did are left out.
        """
        fired: dict[str, Fired] = defaultdict(Fired)
        held = self._needs.held(words.tokens)
        for number, trigger in enumerate(self._expressions):
            places = self._needs.every(number, words.lower, held)
            self._note(fired, trigger, [Hit(m.start(), m.end(), trigger.phrase) for m in places])
        for token in self._by_token.keys() & words.tokens:
            for trigger in self._by_token[token]:
                if trigger.tokens <= words.tokens:
                    self._note(fired, trigger, trigger.hits(words.lower))
        return fired

    def _note(self, fired: dict[str, Fired], trigger: Trigger, hits: list[Hit]) -> None:
        if not hits:
            return
        for dimension, value, is_veto in self._uses[trigger.phrase]:
            if is_veto:
                fired[dimension].barred.add(value)
            else:
                fired[dimension].hits[value] += hits
