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


_EDGE = r"(?<!\w)"
"""How the expression of a phrase begins."""


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
    """

    phrase: str
    pattern: re.Pattern[str]
    tokens: frozenset[str]

    @classmethod
    @lru_cache(maxsize=10_000)  # a whole codebook: each search and import asks for all its phrases
    def of(cls, phrase: str) -> Trigger:
        """Compile a phrase."""
        small = _CAPITAL.sub(lambda m: m[0].lower(), phrase_pattern(phrase).pattern)
        small = _first_word_first(small, phrase)
        # Phrases match on word edges, so each of their words must stand alone in the text.
        tokens = () if phrase.startswith(REGEX_MARK) else re.findall(r"\w+", phrase.lower())
        return cls(phrase, re.compile(small), frozenset(tokens))


def _first_word_first(pattern: str, phrase: str) -> str:
    """The same expression, with what must not stand before the first word asked after that word.

    A text is searched far faster for letters than for what is not before them.
    """
    first = re.escape(re.split(r"[\s-]+", phrase.strip().lower())[0])
    if not first or not pattern.startswith(_EDGE + first):
        return pattern
    return rf"{first}(?<!\w{first}){pattern.removeprefix(_EDGE + first)}"


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
            if self._needs.may_match(number, held):
                self._note(fired, trigger, words)
        for token in self._by_token.keys() & words.tokens:
            for trigger in self._by_token[token]:
                if trigger.tokens <= words.tokens:
                    self._note(fired, trigger, words)
        return fired

    def _note(self, fired: dict[str, Fired], trigger: Trigger, words: Words) -> None:
        phrase = trigger.phrase
        hits = [Hit(m.start(), m.end(), phrase) for m in trigger.pattern.finditer(words.lower)]
        if not hits:
            return
        for dimension, value, is_veto in self._uses[phrase]:
            if is_veto:
                fired[dimension].barred.add(value)
            else:
                fired[dimension].hits[value] += hits
