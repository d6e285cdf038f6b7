"""Suggestions for a record: by the codebook's trigger words, its fields and what was learned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from review.coding import (
    design_detection,
    design_model,
    design_ranking,
    field_evidence,
    outcome_detection,
    outcome_weights,
)
from review.coding.design_features import Gram
from review.coding.design_model import DesignModel
from review.coding.outcome_detection import Weighed
from review.coding.outcome_weights import OutcomeWeights
from review.coding.outcome_words import Reading
from review.coding.sentences import Words
from review.coding.triggers import Fired, Hit, Triggers
from review.coding.wording_patterns import (
    CUES,
    INDICATION_AFTER,
    INDICATION_BEFORE,
    INDICATION_BEFORE_IN_TITLE,
    NEEDED,
    OTHER_MEANING,
    OUTCOME_WORDS,
)
from review.model import CODEBOOK_TRIGGERS
from review.protocol.codebook import Codebook, Dimension
from review.protocol.phrases import REGEX_MARK

SOURCES = (
    CODEBOOK_TRIGGERS,
    design_detection.WORDING,
    *field_evidence.SOURCES,
    design_ranking.MODEL,
)
"""Names of the sources whose suggestions this module makes; ids of suggestions are made of them."""

_LABELS = {
    CODEBOOK_TRIGGERS: "keywords of the codebook",
    design_detection.WORDING: "wording of the text",
    field_evidence.OPENALEX_DESIGNS: "OpenAlex study designs",
}

DESIGN, OUTCOME, EXPOSURE = "study_design", "outcome", "exposure"

MEASURED = frozenset({OUTCOME, "safety"})
"""Roles that ask what was measured: there, a mention in the background suggests nothing."""

IN_TITLE, IN_ABSTRACT, GENERAL = 0.75, 0.6, 0.4
"""Confidence of one phrase in the title, in the abstract, and of a general word for an outcome."""

MORE_PHRASES, MOST = 0.05, 0.95
"""What every further phrase adds to the confidence, and where it ends."""

LONGEST_PREFIX = 40
"""Characters before a trigger in which a prefix is looked for."""

LONGEST_INDICATION = 120
"""Characters before a complaint in which it is looked for who had it."""

LEAST_WEIGHED = 300
"""Characters of an abstract from which words for outcomes are weighed: the weights were learned
from whole abstracts, and of a line or two they expect too much."""

PREFIX_ROOM = 4
"""Blanks and hyphens, at most, between a prefix and the words that it stands before."""


@dataclass(frozen=True, slots=True)
class ProposedValue:
    """One suggested value.

    Attributes:
        confidence: 0 to 1; an order of trust, not a measured probability.
        rank: 1 is the best of its dimension in this record.
        quote: the sentence that holds the words that fired, or the field's own words.
        source: one of `SOURCES`.
        reasons: the words that weighed most, where more than those of one place did.
    """

    dimension: str
    value: str
    confidence: float
    rank: int
    quote: str
    source: str
    reasons: tuple[str, ...] = ()


def source_label(source: str) -> str:
    """A source of suggestions as screens name it; its stored name, where that is plain."""
    return _LABELS.get(source, source)


class Tagger:
    """The rules of one codebook, compiled once, the model of designs and weights of outcomes."""

    def __init__(
        self,
        codebook: Codebook,
        *,
        model: DesignModel | Literal["shipped"] | None = "shipped",
        weights: OutcomeWeights | Literal["shipped"] | None = "shipped",
    ) -> None:
        """Compile all triggers and vetoes of a codebook.

        Args:
            model: of designs; the one that ships, where it can be read, another one, or none.
            weights: of words for outcomes; the same.
        """
        self._codebook = codebook
        self._triggers = Triggers(codebook)
        self._prefixes = {d.id: _prefixes(d) for d in codebook.dimensions if d.prefixes}
        designs = codebook.dimension(DESIGN)
        self._design_id, self._designs = designs.id, {v.id: v for v in designs.values}
        self._model = design_model.shipped() if model == "shipped" else model
        self._weights = outcome_weights.shipped() if weights == "shipped" else weights

    def suggest(
        self,
        title: str,
        abstract: str,
        mesh: Sequence[str] = (),
        type: str = "",
        study_designs: Sequence[str] = (),
    ) -> list[ProposedValue]:
        """Suggest codes for one record.

        Args:
            mesh: MeSH headings.
            type: OpenAlex's type of the work.
            study_designs: OpenAlex's study designs of the work.

        Returns:
            Proposals by dimension in codebook order, the best of each dimension first.
        """
        words = Words.of(title, abstract)
        fired = self._triggers.fire(words)
        found: list[ProposedValue] = []
        for dimension in self._codebook.dimensions:
            here = fired.get(dimension.id)
            if here is None:
                if dimension.role not in (DESIGN, OUTCOME):
                    continue
                here = Fired()
            hits = _valid_hits(dimension, here, words, self._prefixes.get(dimension.id))
            if dimension.role == DESIGN:
                said = design_detection.by_words(hits, words, here.barred, self._designs)
                by_fields = field_evidence.by_fields(mesh, type, study_designs, said)
                found += self._design(words, said, by_fields)
            elif dimension.role == OUTCOME:
                found += _ranked(dimension, self._outcomes(dimension, hits, here, words), words)
            else:
                found += _ranked(dimension, Weighed(hits, {}, {}), words)
        return found

    def read_design(
        self, title: str, abstract: str
    ) -> tuple[dict[str, list[Gram]], dict[str, float]]:
        """What the model of designs reads of a record: grams by part of the text, and signs."""
        words = Words.of(title, abstract)
        dimension = self._codebook.dimension(DESIGN)
        here = self._triggers.fire(words).get(dimension.id) or Fired()
        hits = _valid_hits(dimension, here, words, self._prefixes.get(dimension.id))
        said = design_detection.by_words(hits, words, here.barred, self._designs)
        return design_ranking.reading(words, said, self._designs)

    def read_outcome(self, name: str, title: str, abstract: str) -> Reading:
        """What is weighed of a record for one outcome, by the name that `suggest-file` gives it."""
        words = Words.of(title, abstract)
        dimension = self._codebook.dimension(OUTCOME)
        here = self._triggers.fire(words).get(dimension.id) or Fired()
        hits = _valid_hits(dimension, here, words, self._prefixes.get(dimension.id))
        general = _general(dimension, hits, here, words)
        values = outcome_detection.members(dimension, name)
        return outcome_detection.reading(words, name, values, hits, general)

    def _outcomes(
        self, dimension: Dimension, hits: dict[str, list[Hit]], fired: Fired, words: Words
    ) -> Weighed:
        """Words for outcomes, weighed where there is enough to weigh."""
        general = _general(dimension, hits, fired, words)
        if self._weights is None or len(words.text) - words.title_end < LEAST_WEIGHED:
            return Weighed(hits, general, {})
        return outcome_detection.weighed(
            self._weights, dimension, hits, general, fired.barred, words
        )

    def _design(
        self,
        words: Words,
        said: list[design_detection.DesignSuggestion],
        by_fields: Sequence[design_detection.DesignSuggestion],
    ) -> list[ProposedValue]:
        """Study designs of all sources, best first."""
        likely = None
        comment = design_ranking.comment(words, said, self._designs)
        if comment is not None:
            said = comment
        elif self._model and words.title_end + 1 < len(words.text.strip()):
            learned, likely = design_ranking.by_model(self._model, words, said, self._designs)
            said = said + learned
        known = [one for one in (*said, *by_fields) if one.value in self._designs]
        return [
            ProposedValue(
                self._design_id,
                one.value,
                round(one.confidence, 2),
                rank,
                one.quote,
                one.source,
                one.reasons,
            )
            for rank, one in design_ranking.in_order(known, self._designs, likely)
        ]


def _prefixes(dimension: Dimension) -> re.Pattern[str]:
    """What may stand right before a trigger of this dimension and takes its meaning away."""
    known = (
        phrase.removeprefix(REGEX_MARK).strip() if phrase.startswith(REGEX_MARK)
        else re.escape(phrase)
        for phrase in dimension.prefixes
    )  # fmt: skip
    return re.compile(rf"(?:{'|'.join(known)})[\s-]{{0,{PREFIX_ROOM}}}$", re.IGNORECASE)


def _valid_hits(
    dimension: Dimension, fired: Fired, words: Words, prefixes: re.Pattern[str] | None
) -> dict[str, list[Hit]]:
    """Value -> the words that suggest it, in order, once all reasons against them are heard."""
    hits: dict[str, list[Hit]] = {}
    for value in dimension.values:
        if value.id in fired.barred or value.id not in fired.hits:
            continue
        own = sorted(fired.hits[value.id], key=lambda h: (h.start, -h.end))
        if dimension.role in MEASURED:
            own = [hit for hit in own if words.is_reported(hit.start)]
            own = _without_other_meanings(own, words)
        if own:
            hits[value.id] = own
    if dimension.role == EXPOSURE:
        hits = _without_parts(hits)
    return _without_prefixed(hits, words, prefixes) if prefixes else hits


def _without_prefixed(
    fired: dict[str, list[Hit]], words: Words, prefixes: re.Pattern[str]
) -> dict[str, list[Hit]]:
    """Drop words of which a prefix makes another thing's name, however it is joined to them."""
    left: dict[str, list[Hit]] = {}
    for value, hits in fired.items():
        whole = [
            hit
            for hit in hits
            if not prefixes.search(words.lower, max(0, hit.start - LONGEST_PREFIX), hit.start)
        ]
        if whole:
            left[value] = whole
    return left


def _without_parts(fired: dict[str, list[Hit]]) -> dict[str, list[Hit]]:
    """Drop words that are only a part of a longer name: "vitamin d3" is not vitamin D."""
    spans = {(hit.start, hit.end) for hits in fired.values() for hit in hits}
    left: dict[str, list[Hit]] = {}
    for value, hits in fired.items():
        own = {(hit.start, hit.end) for hit in hits}
        longer = spans - own
        whole = [
            hit
            for hit in hits
            if not any(
                start <= hit.start and hit.end <= end and (start, end) != (hit.start, hit.end)
                for start, end in longer
            )
        ]
        if whole:
            left[value] = whole
    return left


def _general(
    dimension: Dimension, hits: Mapping[str, list[Hit]], fired: Fired, words: Words
) -> dict[str, Hit]:
    """Outcomes that only a general word suggests, in a sentence that measures or reports."""
    groups = {value.id: value.group for value in dimension.values}
    taken = {groups[value] for value in hits}
    found: dict[str, Hit] = {}
    held = NEEDED.held(words.tokens)
    for number, word in enumerate(OUTCOME_WORDS, start=len(CUES)):
        if word.value in hits or word.value in fired.barred or word.value not in groups:
            continue
        if word.alone and groups[word.value] in taken:
            continue
        for match in NEEDED.every(number, words.lower, held):
            if word.alone and _is_indication(match, words):
                continue
            hit = Hit(match.start(), match.end(), match[0])
            if words.is_reported(hit.start) and _without_other_meanings([hit], words):
                found[word.value] = hit
                break
    return found


def _is_indication(match: re.Match[str], words: Words) -> bool:
    """Whether words name what people were treated for, rather than what was measured."""
    start, end = match.span()
    low = max(words.starts[words.sentence(start)], start - LONGEST_INDICATION)
    if INDICATION_AFTER.match(words.lower, end) or INDICATION_BEFORE.search(
        words.lower, low, start
    ):
        return True
    return words.in_title(start) and bool(
        INDICATION_BEFORE_IN_TITLE.search(words.lower, low, start)
    )


def _without_other_meanings(hits: list[Hit], words: Words) -> list[Hit]:
    """Drop words that mean another thing where they stand: withdrawal from a study."""
    if not hits:
        return hits
    spans = [m.span() for m in OTHER_MEANING.finditer(words.lower)]
    return [h for h in hits if not any(start < h.end and h.start < end for start, end in spans)]


def _ranked(dimension: Dimension, said: Weighed, words: Words) -> list[ProposedValue]:
    """Values of one dimension, those with the most and the most prominent words first."""
    scored: list[tuple[float, str, Hit, str]] = []
    for value, hits in said.exact.items():
        more = MORE_PHRASES * (len({hit.phrase for hit in hits}) - 1)
        base = IN_TITLE if words.in_title(hits[0].start) else IN_ABSTRACT
        confidence = said.sure.get(value, base + more)
        scored.append((min(MOST, confidence), value, hits[0], CODEBOOK_TRIGGERS))
    for value, hit in said.general.items():
        confidence = min(MOST, said.sure.get(value, GENERAL))
        scored.append((confidence, value, hit, design_detection.WORDING))
    scored.sort(key=lambda s: -s[0])
    if not dimension.many:
        scored = scored[:1]
    return [
        ProposedValue(
            dimension.id, value, round(confidence, 2), rank, words.quote(hit.start, hit.end), source
        )
        for rank, (confidence, value, hit, source) in enumerate(scored, start=1)
    ]
