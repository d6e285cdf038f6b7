"""Which study design a record states: by its words, by its fields, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from review.coding.sentences import Words
from review.coding.triggers import Hit
from review.coding.wording_patterns import CUES, NEEDED, OWN_DATA, STATED_DESIGN, states_random
from review.model import CODEBOOK_TRIGGERS, WORDING_RULES
from review.protocol.codebook import Value

WORDING = WORDING_RULES

REVIEW = "narrative_review"
RANDOMISED = ("rct_parallel", "rct_crossover")
NOT_RANDOMISED = "nonrandomized_trial"

LEAST = 0.8
LEAST_ALONE = {REVIEW: 1.5, "case_report": 1.5}
"""Points that wording needs to suggest a design for which no trigger fired; else `LEAST`."""

LEAST_OF_A_TITLE = 1.5
"""Points that the wording of a title alone needs to suggest a trial without randomisation."""

WITHOUT_DATA, WITH_DATA = 1.0, -1.5
"""Points for a narrative review when an abstract speaks of no data of its own, and when it does."""

SHORT_ABSTRACT = 250
"""Characters; in a shorter one it says nothing that no data are spoken of."""

UNSTATED = 0.5
"""What is left of a randomised trial's points where the text does not speak of chance."""

RANDOM_ENOUGH = 1.2
"""Points from which a randomised trial goes before the signs of a trial without randomisation."""

HALF = 1.5
"""Points at which the confidence is one half."""

MOST_VALUES = 4
"""Designs suggested for one record."""

NAMED_IN_TITLES = frozenset(
    "rct_parallel rct_crossover systematic_review meta_analysis network_meta_analysis "
    "scoping_review umbrella_review study_protocol case_report case_series".split()
)
"""Designs that authors name in a title for their own work; there they go before all others."""

NEEDED_IN_TITLES = {
    "rct_parallel": "random",
    "rct_crossover": "random",
    "case_series": "case series",
}
"""What such a title must hold besides: "double-blind" or "two cases" alone names no design."""

Designs = Mapping[str, Value]
"""The codebook's study designs by id."""


@dataclass(frozen=True, slots=True)
class DesignSuggestion:
    """One source's word for one design."""

    value: str
    confidence: float
    quote: str
    source: str
    titled: bool = False
    """Whether the codebook's words for it stand in the title, or under a heading for the design."""
    reasons: tuple[str, ...] = ()
    """The words that weighed most, where more than those of one place did."""


def by_words(
    hits: Mapping[str, Sequence[Hit]], words: Words, barred: Collection[str], known: Designs
) -> list[DesignSuggestion]:
    """What the words of a record say of its design.

    Args:
        hits: design -> triggers that fired, in order.
        barred: designs that a veto forbids.
        known: all designs; those of ``hits`` are among them.
    """
    points: dict[str, float] = {}
    first: dict[str, tuple[int, int]] = {}
    for value, places in hits.items():
        title = any(words.in_title(p.start) for p in places)
        phrases = len({p.phrase for p in places})
        points[value] = known[value].weight * (1 + title + 0.5 * min(2, phrases - 1))
        first[value] = (places[0].start, places[0].end)
    weak: dict[str, float] = {}
    for value, (more, place) in _wording(words).items():
        if value not in known or value in barred:
            continue
        first.setdefault(value, place)
        if value in points or more >= LEAST_ALONE.get(value, LEAST):
            points[value] = points.get(value, 0.0) + more
        elif more >= LEAST:
            weak[value] = more / 2
    if words.title_end + 1 >= len(words.text.rstrip()) and NOT_RANDOMISED not in hits:
        # Any title may speak of effects or of a therapy; that alone is no trial.
        weak.pop(NOT_RANDOMISED, None)
        if points.get(NOT_RANDOMISED, 0.0) < LEAST_OF_A_TITLE:
            points.pop(NOT_RANDOMISED, None)
    named = _named(words)
    _settle(points, stated=states_random(words.lower))
    # Weak wording is a second thought; alone it only serves reviews, which say little of a method.
    points = {**weak, **points} if points else {v: p for v, p in weak.items() if v == REVIEW}
    return [
        DesignSuggestion(
            value,
            _confidence(p),
            words.quote(*first[value]),
            CODEBOOK_TRIGGERS if value in hits else WORDING,
            titled=any(
                low <= hit.start < high and NEEDED_IN_TITLES.get(value, "") in words.lower[low:high]
                for hit in hits.get(value, ())
                for low, high in named
            ),
        )
        for value, p in points.items()
        if p > 0
    ]


def _named(words: Words) -> list[tuple[int, int]]:
    """Where authors name the design of their own work: the title, what follows "Design:"."""
    stated = (
        STATED_DESIGN.search(words.lower, words.title_end) if "design" in words.tokens else None
    )
    return [(0, words.title_end), *([stated.span(1)] if stated else [])]


def _wording(words: Words) -> dict[str, tuple[float, tuple[int, int]]]:
    """Design -> points of all cues, and where the strongest of them stands."""
    points: dict[str, float] = {}
    best: dict[str, tuple[float, tuple[int, int]]] = {}
    held = NEEDED.held(words.tokens)
    title = words.lower[: words.title_end]
    for number, cue in enumerate(CUES):
        match = NEEDED.search(number, title if cue.title else words.lower, held)
        if match is None:
            continue
        points[cue.value] = points.get(cue.value, 0.0) + cue.points
        if cue.points > best.get(cue.value, (0.0, (0, 0)))[0]:
            best[cue.value] = (cue.points, match.span())
    if any(wording.search(words.lower) for wording in OWN_DATA):
        points[REVIEW] = points.get(REVIEW, 0.0) + WITH_DATA
    elif len(words.lower) - words.title_end > SHORT_ABSTRACT:
        points[REVIEW] = points.get(REVIEW, 0.0) + WITHOUT_DATA
    whole_title = (0.0, (0, words.title_end))
    return {value: (p, best.get(value, whole_title)[1]) for value, p in points.items()}


def _settle(points: dict[str, float], *, stated: bool) -> None:
    """Let a stated randomisation go before the signs of a trial without one, else the reverse."""
    if not stated:
        for value in points.keys() & set(RANDOMISED):
            points[value] *= UNSTATED
        return
    random = max(points.get(value, 0.0) for value in RANDOMISED)
    if random >= RANDOM_ENOUGH:
        points[NOT_RANDOMISED] = min(points.get(NOT_RANDOMISED, 0.0), random - 0.1)


def _confidence(points: float) -> float:
    """Points as a number between 0 and 1: an order of trust, not a probability."""
    return min(0.95, points / (points + HALF))
