"""Outcomes whose words are weighed: which are suggested, how surely, and by which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from review.coding import outcome_words
from review.coding.outcome_weights import Judged, OutcomeWeights
from review.coding.outcome_words import Place, Reading
from review.coding.sentences import Words
from review.coding.triggers import Hit
from review.protocol.codebook import Dimension


@dataclass(frozen=True, slots=True)
class Weighed:
    """The words for outcomes once they are weighed.

    Attributes:
        exact: value -> words of the codebook, those that weigh most first.
        general: value -> a general word.
        sure: value -> how likely it was measured or reported, where that was learned.
    """

    exact: dict[str, list[Hit]]
    general: dict[str, Hit]
    sure: dict[str, float]


def weighed(
    weights: OutcomeWeights,
    dimension: Dimension,
    exact: Mapping[str, list[Hit]],
    general: Mapping[str, Hit],
    barred: Collection[str],
    words: Words,
) -> Weighed:
    """Weigh the words for each outcome whose weights are known.

    An outcome that is too unlikely is left out, with the words that were weighed for it; words of
    the codebook that the weights do not know count as ever. A likely outcome that no rule names is
    suggested for the first value of its name.

    Args:
        exact, general: value -> what the rules found.
        barred: values that a veto forbids.
    """
    found = Weighed(dict(exact), dict(general), {})
    for name, values in _members(dimension, weights).items():
        read = reading(words, name, values, exact, general)
        said = weights.judge(name, read)
        if said.probability >= weights.least[name]:
            _add(found, [v for v in values if v not in barred], said, words)
        else:
            _leave_out(found, values, read.places)
    return found


def reading(
    words: Words,
    name: str,
    values: Collection[str],
    exact: Mapping[str, list[Hit]],
    general: Mapping[str, Hit],
) -> Reading:
    """What is weighed of a record for one outcome, which some values of the codebook stand for."""
    return outcome_words.reading(
        words,
        name,
        exact=any(value in exact for value in values),
        general=any(value in general for value in values),
    )


def members(dimension: Dimension, name: str) -> list[str]:
    """The values of a codebook that stand for an outcome."""
    return [value.id for value in dimension.values if (value.reported_as or value.id) == name]


def _members(dimension: Dimension, weights: OutcomeWeights) -> dict[str, list[str]]:
    found = {name: members(dimension, name) for name in weights.weights}
    return {name: values for name, values in found.items() if values}


def _add(found: Weighed, values: Sequence[str], said: Judged, words: Words) -> None:
    """Suggest an outcome: for the values that the rules name, else for the first."""
    named = [v for v in values if v in found.exact or v in found.general]
    for value in named or values[:1]:
        found.sure[value] = said.probability
        places = said.places
        if value in found.exact:
            rest = found.exact[value]
            best = [h for place in places for h in rest if _overlap(h, place)]
            found.exact[value] = list(dict.fromkeys([*best, *rest]))
        elif places:
            found.general[value] = _hit(places[0], words)


def _leave_out(found: Weighed, values: Sequence[str], places: Sequence[Place]) -> None:
    for value in values:
        found.general.pop(value, None)
        rest = [
            hit for hit in found.exact.pop(value, []) if not any(_overlap(hit, p) for p in places)
        ]
        if rest:
            found.exact[value] = rest


def _overlap(hit: Hit, place: Place) -> bool:
    return hit.start < place.end and place.start < hit.end


def _hit(place: Place, words: Words) -> Hit:
    return Hit(place.start, place.end, words.lower[place.start : place.end])
