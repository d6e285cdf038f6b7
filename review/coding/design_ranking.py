"""One list of designs out of all that speak of them: rules, fields and the shipped model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from review.coding import design_features
from review.coding.design_detection import (
    MOST_VALUES,
    NAMED_IN_TITLES,
    WORDING,
    Designs,
    DesignSuggestion,
)
from review.coding.design_features import Gram
from review.coding.design_model import OTHER, DesignModel, Likely
from review.coding.sentences import Words
from review.coding.wording_patterns import COMMENTS, COMMENTS_IN_ABSTRACT
from review.model import SHIPPED_MODEL

MODEL = SHIPPED_MODEL

LEAST_LIKELY = 0.1
"""Probability from which the model suggests a design."""

LEAST_RIVAL = 0.03
"""The same of the second of two designs: one alone leaves nothing to choose where it is wrong."""

MOST_LIKELY = 0.99
"""No suggestion of the model is more confident."""

SURE = 0.85
"""Confidence from which the word of a record's own field goes before all that is worked out."""

SURE_FIELDS = frozenset({"OpenAlex study_designs", "MeSH"})
FIELDS = SURE_FIELDS | {"OpenAlex type"}

COMMENTARY, COMMENT = "commentary", 0.85
"""A comment on another paper, and the confidence in the wording that says so."""

PLAN = "study_protocol"
"""Where the title names it, it goes before the study that it plans, which the title names too."""

CLEAR = 0.4
"""Confidence from which the words for a special kind of a design count against the model."""

NONE_LIKELY, LEAST_BESIDE_NONE = 0.6, 0.3
"""Where the model holds from the first on that a record is of no design it knows, designs of
which it holds less than the second are not suggested, unless a field or the title names them."""


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """What the model holds of the codebook's designs.

    Attributes:
        of: design -> probability of its class; a design that is only a kind of the class it
            belongs to has the class's.
        chosen: for each class, the design for which it stands in this record.
        narrower: designs that are a kind of the class they belong to, such as a cohort.
        rest: probability of all designs that are in no class.
    """

    of: Mapping[str, float]
    chosen: Collection[str]
    narrower: Collection[str]
    rest: float


def reading(
    words: Words, said: Sequence[DesignSuggestion], known: Designs
) -> tuple[dict[str, list[Gram]], dict[str, float]]:
    """What the model reads of a record: grams by block, and signs.

    Args:
        said: what the rules say of its words.
    """
    scores: dict[str, float] = {}
    for one in said:
        name = _name(one.value, known)
        scores[name] = max(scores.get(name, 0.0), one.confidence)
    titled = sorted({_name(one.value, known) for one in said if one.titled})
    return design_features.parts(words), design_features.signs(words, scores, titled)


def by_model(
    model: DesignModel, words: Words, said: Sequence[DesignSuggestion], known: Designs
) -> tuple[list[DesignSuggestion], Likelihoods]:
    """What the model says of a record's design.

    A class stands for the design that the words name most clearly among those that belong to it:
    the model knows observational studies, and calls one a cohort only where the text does.
    """
    likely = model.predict(*reading(words, said, known))
    members: dict[str, list[str]] = {}
    for value in known:
        members.setdefault(class_of(value, known, model.classes), []).append(value)
    confidence = {one.value: one.confidence for one in said}
    found: list[DesignSuggestion] = []
    of: dict[str, float] = {}
    chosen: set[str] = set()
    rest = 1.0
    for one in likely:
        if one.name == OTHER or one.name not in members:
            continue
        rest -= one.probability
        values = members[one.name]
        of |= dict.fromkeys(values, one.probability)
        value = _chosen(one.name, values, confidence, known)
        chosen.add(value)
        if one.probability >= (LEAST_RIVAL if len(found) == 1 else LEAST_LIKELY):
            found.append(_suggestion(value, one, words))
    narrower = {v for name, values in members.items() for v in values if _name(v, known) != name}
    return found, Likelihoods(of, chosen, narrower, max(0.0, rest))


def in_order(
    said: Sequence[DesignSuggestion], known: Designs, likely: Likelihoods | None = None
) -> list[tuple[int, DesignSuggestion]]:
    """Rank designs over all sources.

    Those that the title names, or a field of the record that is seldom wrong, come first; forms
    of publication last, and special kinds of a design before it.  Between them the model decides
    where it can: it has read the rules' scores.  Without it, sources that agree add up.

    Args:
        said: of designs that are among the ``known`` ones.

    Returns:
        Rank (1 is best; sources of one design share it) and word, best first, of the
        `MOST_VALUES` best designs.
    """
    doubt: dict[str, float] = {}
    for one in said:
        if likely and one.value in likely.of and one.source not in FIELDS:
            weight = 1.0 if one.value in likely.chosen else one.confidence
            start = 1 - weight * likely.of[one.value]
            doubt[one.value] = min(start, doubt.get(one.value, 1.0))
    for one in said:
        if not likely or one.source in FIELDS or one.value not in likely.of:
            part = one.confidence
            if likely and one.source not in FIELDS:
                part *= likely.rest
            doubt[one.value] = doubt.get(one.value, 1.0) * (1 - part)
    sure = {one.value for one in said if _is_sure(one)}
    if likely and likely.rest >= NONE_LIKELY:
        kept = sure | {
            one.value
            for one in said
            if one.source in FIELDS or one.titled or one.value in likely.narrower
        }
        doubt = {
            value: part
            for value, part in doubt.items()
            if value in kept or likely.of.get(value, 1.0) >= LEAST_BESIDE_NONE
        }
    order = sorted(
        doubt, key=lambda v: (known[v].form, v not in sure, v not in sure or v != PLAN, doubt[v])
    )
    for value in reversed(order.copy()):
        before = [order.index(p) for p in known[value].kind_of if p in order]
        if likely:
            before = [n for n in before if _goes_before(value, order[n], said, sure, likely)]
        if before and min(before) < order.index(value):
            order.remove(value)
            order.insert(min(before), value)
    ranks = {value: rank for rank, value in enumerate(order[:MOST_VALUES], start=1)}
    ranked = [(ranks[one.value], one) for one in said if one.value in ranks]
    return sorted(ranked, key=lambda r: (r[0], -r[1].confidence, r[1].source))


def _goes_before(
    value: str,
    parent: str,
    said: Sequence[DesignSuggestion],
    sure: Collection[str],
    likely: Likelihoods,
) -> bool:
    """Whether a special kind goes before its design although the model can tell the two apart, or
    holds that kind of words for weak."""
    if value in sure:
        return True
    if value in likely.of and likely.of[value] != likely.of.get(parent):
        return False
    return any(one.value == value and one.confidence >= CLEAR for one in said)


def comment(
    words: Words, said: Sequence[DesignSuggestion], known: Designs
) -> list[DesignSuggestion] | None:
    """What is left to say of a paper that comments on another: that, and its forms.

    Returns:
        None for any other paper, and where the codebook has no commentary.
    """
    title = COMMENTS.search(words.lower, 0, words.title_end)
    found = title or COMMENTS_IN_ABSTRACT.search(words.lower, words.title_end)
    if found is None or COMMENTARY not in known:
        return None
    quote = words.quote(found.start(), found.end())
    forms = [one for one in said if known[one.value].form and one.value != COMMENTARY]
    return [DesignSuggestion(COMMENTARY, COMMENT, quote, WORDING), *forms]


def _is_sure(one: DesignSuggestion) -> bool:
    titled = one.titled and one.value in NAMED_IN_TITLES
    return titled or (one.source in SURE_FIELDS and one.confidence >= SURE)


def _name(value: str, known: Designs) -> str:
    return known[value].reported_as or value


def class_of(value: str, known: Designs, classes: Collection[str]) -> str:
    """The class of the model that a design belongs to, by its name or by that of which it is a
    kind; blank when none."""
    seen: set[str] = set()
    left = [value]
    while left:
        one = left.pop(0)
        if one in seen or one not in known:
            continue
        seen.add(one)
        if _name(one, known) in classes:
            return _name(one, known)
        left += known[one].kind_of
    return ""


def _chosen(
    name: str, values: Sequence[str], confidence: Mapping[str, float], known: Designs
) -> str:
    """The design that a class stands for: the one the words name, else the plain one."""
    named = [value for value in values if value in confidence]
    if named:
        return max(named, key=lambda v: confidence[v])
    if name in values:
        return name
    return next((v for v in values if _name(v, known) == name), values[0])


def _suggestion(value: str, one: Likely, words: Words) -> DesignSuggestion:
    place = one.grams[0] if one.grams else None
    quote = words.quote(place.start, place.end) if place else words.text[: words.title_end].strip()
    reasons = tuple(words.text[gram.start : gram.end] for gram in one.grams)
    return DesignSuggestion(value, min(MOST_LIKELY, one.probability), quote, MODEL, reasons=reasons)
