"""What of a report one assessment is of, and how assessments of its results count. Pure.

Some forms, such as RoB 2, are for one result of a study. An assessment of such a form names an
outcome of the codebook, or a result in own words; without a name it is of the whole report.

How they count, in one rule. For an outcome: the gravest assessment of that outcome; where there is
none, of the broader value nearest to it; where there is none either, of the whole report, to which
results in own words belong. For a report as a whole: the gravest of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from review.appraisal.forms import Level
from review.coding.value_lookup import find_value
from review.errors import DecisionError
from review.events.appraisal import result_key
from review.protocol.codebook import Codebook, Dimension

WHOLE = ""
"""Stands for the whole report."""

LONGEST = 200
"""Signs of a result in own words."""

GRAVER = (Level.NONE, Level.LOW, Level.SOME, Level.HIGH)


def named(codebook: Codebook, words: str) -> str:
    """A result as it is kept: the id of an outcome where the words name one, else the words.

    Raises:
        DecisionError: the words are too long for a name.
    """
    plain = " ".join(words.split())
    if len(plain) > LONGEST:
        raise DecisionError(f"A result is named in at most {LONGEST} signs, not {len(plain):,}.")
    outcomes = codebook.find("outcome")
    return (find_value(outcomes, plain) if outcomes and plain else None) or plain


def label(codebook: Codebook, result: str) -> str:
    """A result as a person reads it."""
    if not result:
        return "Whole report"
    outcomes = codebook.find("outcome")
    return (
        next((v.label for v in outcomes.values if v.id == result), result) if outcomes else result
    )


def offered(outcomes: Iterable[str], begun: Iterable[str]) -> tuple[str, ...]:
    """The results that an assessment of a report may be of: the whole, its outcomes, and what was
    begun."""
    found = {result_key(one): one for one in (WHOLE, *sorted(outcomes))}
    for one in begun:
        found.setdefault(result_key(one), one)
    return tuple(found.values())


def gravest(levels: Iterable[Level]) -> Level:
    """The gravest of some levels; `Level.NONE` of none."""
    return max(levels, default=Level.NONE, key=GRAVER.index)


def by_outcome(settled: Mapping[str, Level], outcomes: Dimension) -> dict[str, Level]:
    """How the settled assessments of one report count, by outcome.

    Args:
        settled: result -> its gravest overall level.
        outcomes: that dimension of the codebook.

    Returns:
        Outcome -> level, with ``""`` for the whole report; outcomes that are not named count as
        `level_of` says.
    """
    known = {v.id: v for v in outcomes.values}
    found: dict[str, list[Level]] = {}
    for result, level in settled.items():
        places: Collection[str] = [result] if result in known else [WHOLE]
        if result in known and known[result].retired:
            places = [result, *known[result].becomes]
        for place in places:
            found.setdefault(place, []).append(level)
    return {place: gravest(levels) for place, levels in found.items()}


def level_of(risks: Mapping[str, str], outcome: str, outcomes: Dimension) -> str:
    """What counts for one outcome of a report.

    Args:
        risks: as of `by_outcome`.

    Returns:
        ``""`` where nothing is settled that bears on it.
    """
    for place in (outcome, *outcomes.parents(outcome), WHOLE):
        if place in risks:
            return risks[place]
    return ""
