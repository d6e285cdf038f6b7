"""Suggestions by rule: the codebook's trigger words, and what a record's own fields say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.coding import designs, fields
from review.coding.cues import CUES, OUTCOME_WORDS
from review.coding.text import Words
from review.protocol import Codebook, Dimension, phrase_pattern
from review.protocol.phrases import REGEX_MARK

RULES = designs.RULES
SOURCES = (RULES, designs.WORDING, *fields.SOURCES)
"""Names of the sources whose suggestions this module makes."""

DESIGN, OUTCOME = "study_design", "outcome"

GENERAL = 0.4
"""Confidence of an outcome that only a general word suggests."""

CUED = frozenset(cue.value for cue in CUES)
"""Designs that wording may suggest without a trigger."""

MEASURED = frozenset({"outcome", "safety"})
"""Dimensions that ask what was measured: there, a mention in the background suggests nothing.

Counting sentences that measure or report, instead of any mention, raised precision by up to 12
points on marked abstracts (EBM-NLP, EBM-COMET).
"""

_STRETCHED = re.compile(r"(hydroxy|7-?oh|methoxy|acetyl)[\s-]*$")
"""Before a compound's name: the words name another compound, that holds the first one's name."""

_CAPITAL = re.compile(r"(?<!\\)[A-Z]")
"""A capital letter that is not part of an escape such as ``\\W``."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One suggested value.

    Attributes:
        confidence: 0 to 1; an order of trust, not a measured probability.
        rank: 1 is the best of its dimension in this record.
        quote: the sentence that holds the words that fired, or the field's own words.
        source: one of `SOURCES`.
    """

    dimension: str
    value: str
    confidence: float
    rank: int
    quote: str
    source: str


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
    def of(cls, phrase: str) -> Trigger:
        """Compile a phrase."""
        small = _CAPITAL.sub(lambda m: m[0].lower(), phrase_pattern(phrase).pattern)
        # Phrases match on word edges, so each of their words must stand alone in the text.
        tokens = () if phrase.startswith(REGEX_MARK) else re.findall(r"\w+", phrase.lower())
        return cls(phrase, re.compile(small), frozenset(tokens))


@dataclass(frozen=True, slots=True)
class Rule:
    """What suggests one value of one dimension."""

    value: str
    triggers: tuple[Trigger, ...]
    vetoes: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that fired."""

    start: int
    end: int
    phrase: str


class Finder:
    """Finds phrases in one record's words, each phrase once."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._found: dict[str, tuple[Hit, ...]] = {}

    def hits(self, trigger: Trigger) -> tuple[Hit, ...]:
        """All places where a phrase occurs."""
        found = self._found.get(trigger.phrase)
        if found is None:
            found = ()
            if trigger.tokens <= self.words.tokens:
                matches = trigger.pattern.finditer(self.words.lower)
                found = tuple(Hit(m.start(), m.end(), trigger.phrase) for m in matches)
            self._found[trigger.phrase] = found
        return found


class Tagger:
    """The codebook's triggers, compiled once."""

    def __init__(self, codebook: Codebook) -> None:
        """Compile all triggers and vetoes of a codebook."""
        self._dimensions = [(d, _rules(d)) for d in codebook.dimensions]
        self._designs = {v.id: v for v in codebook.dimension(DESIGN).values}

    def suggest(
        self,
        title: str,
        abstract: str,
        mesh: Sequence[str] = (),
        type: str = "",
        study_designs: Sequence[str] = (),
    ) -> list[Proposal]:
        """Suggest codes for one record.

        Args:
            mesh: MeSH headings.
            type: OpenAlex's type of the work.
            study_designs: OpenAlex's study designs of the work.

        Returns:
            Proposals by dimension in codebook order, the best of each dimension first.
        """
        finder = Finder(Words.of(title, abstract))
        found: list[Proposal] = []
        for dimension, rules in self._dimensions:
            hits = self._fired(dimension, rules, finder)
            if dimension.id == OUTCOME:
                general = _general_outcomes(dimension, rules, hits, finder)
                found += _ranked(dimension, hits, general, finder.words)
            elif dimension.id == DESIGN:
                barred = [
                    rule.value
                    for rule in rules
                    if rule.value in CUED and any(finder.hits(veto) for veto in rule.vetoes)
                ]
                found += self._design(hits, finder.words, barred, mesh, type, study_designs)
            else:
                found += _ranked(dimension, hits, {}, finder.words)
        return found

    def _fired(
        self, dimension: Dimension, rules: Sequence[Rule], finder: Finder
    ) -> dict[str, list[Hit]]:
        """Value -> the words that suggest it, after vetoes and longer names have had their say."""
        fired: dict[str, list[Hit]] = {}
        for rule in rules:
            hits = [hit for trigger in rule.triggers for hit in finder.hits(trigger)]
            if dimension.id in MEASURED:
                hits = [hit for hit in hits if finder.words.is_reported(hit.start)]
            if hits and not any(finder.hits(veto) for veto in rule.vetoes):
                fired[rule.value] = sorted(hits, key=lambda h: (h.start, -h.end))
        if dimension.id == "exposure":
            return _without_parts(fired, finder.words)
        return fired

    def _design(
        self,
        hits: dict[str, list[Hit]],
        words: Words,
        barred: Sequence[str],
        mesh: Sequence[str],
        type: str,
        study_designs: Sequence[str],
    ) -> list[Proposal]:
        """Study designs of all sources, best first."""
        said = designs.by_words(hits, words, barred, self._designs)
        said += fields.by_fields(mesh, type, study_designs, said)
        known = [one for one in said if one.value in self._designs]
        return [
            Proposal(DESIGN, one.value, round(one.confidence, 2), rank, one.quote, one.source)
            for rank, one in designs.in_order(known)
        ]


def _rules(dimension: Dimension) -> list[Rule]:
    return [
        Rule(
            value.id,
            tuple(Trigger.of(phrase) for phrase in value.triggers),
            tuple(Trigger.of(phrase) for phrase in value.vetoes),
        )
        for value in dimension.values
        if value.triggers
    ]


def _without_parts(fired: dict[str, list[Hit]], words: Words) -> dict[str, list[Hit]]:
    """Drop words that are only a part of a longer compound's name.

    "7-hydroxymitragynine" and "mitragynine pseudoindoxyl" are not mitragynine, however they are
    spaced or hyphenated.
    """
    everything = [hit for hits in fired.values() for hit in hits]
    left: dict[str, list[Hit]] = {}
    for value, hits in fired.items():
        own = {(hit.start, hit.end) for hit in hits}
        whole = [
            hit
            for hit in hits
            if not any(
                o.start <= hit.start and hit.end <= o.end and (o.start, o.end) not in own
                and o.end - o.start > hit.end - hit.start
                for o in everything
            )
            and not _STRETCHED.search(words.lower, max(0, hit.start - 12), hit.start)
        ]  # fmt: skip
        if whole:
            left[value] = whole
    return left


def _general_outcomes(
    dimension: Dimension, rules: Sequence[Rule], fired: Mapping[str, list[Hit]], finder: Finder
) -> dict[str, Hit]:
    """Outcomes that only a general word suggests, in a sentence that measures or reports."""
    vetoes = {rule.value: rule.vetoes for rule in rules}
    groups = {value.id: value.group for value in dimension.values}
    taken = {groups[value] for value in fired}
    words = finder.words
    found: dict[str, Hit] = {}
    for word in OUTCOME_WORDS:
        if word.value in fired or word.value not in vetoes:
            continue
        if word.alone and groups[word.value] in taken:
            continue
        if any(finder.hits(veto) for veto in vetoes[word.value]):
            continue
        for match in word.pattern.finditer(words.lower):
            if words.is_reported(match.start()):
                found[word.value] = Hit(match.start(), match.end(), match[0])
                break
    return found


def _ranked(
    dimension: Dimension,
    fired: Mapping[str, list[Hit]],
    general: Mapping[str, Hit],
    words: Words,
) -> list[Proposal]:
    """Values of one dimension, those with the most and the most prominent words first."""
    scored: list[tuple[float, str, Hit, str]] = []
    for value, hits in fired.items():
        phrases = len({hit.phrase for hit in hits})
        best = 0.75 if words.in_title(hits[0].start) else 0.6
        scored.append((min(0.95, best + 0.05 * (phrases - 1)), value, hits[0], RULES))
    scored += [(GENERAL, value, hit, designs.WORDING) for value, hit in general.items()]
    scored.sort(key=lambda s: -s[0])
    if not dimension.many:
        scored = scored[:1]
    return [
        Proposal(
            dimension.id, value, round(confidence, 2), rank, words.quote(hit.start, hit.end), source
        )
        for rank, (confidence, value, hit, source) in enumerate(scored, start=1)
    ]
