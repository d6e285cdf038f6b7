"""Words that may name an outcome, and what of them is weighed before it is suggested.

That a word is there says little: "safety" in a title is often all that is said of harms. So every
family of words is a sign, and so are whether its sentence measures or reports, whether it says that
there was none, and how many families and sentences there are. What stands before the first sentence
on the own work is what others know, and reports nothing. How far each sign counts is learned
(`review/coding/outcome_weights.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from review.coding.sentences import Words
from review.coding.wording_patterns import OTHER_MEANING

_FAMILIES: Mapping[str, Mapping[str, str]] = {
    "adverse_events": {
        "adverse event": r"adverse (?:\w+ )?(?:events?|experiences?|outcomes?)|s?aes",
        "adverse effect": r"adverse (?:\w+ )?effects?",
        "adverse reaction": r"adverse (?:\w+ )?reactions?",
        "side effect": r"(?:side|unwanted|undesirable|untoward)[- ](?:effects?|events?)",
        "safety": r"safety",
        "safe": r"safe(?:ly)?",
        "tolerability": r"tolerability",
        "tolerated": r"tolerated",
        "toxicity": r"\w*toxicit(?:y|ies)",
        "complication": r"complications?",
        "morbidity": r"morbidity",
        "serious event": r"serious events?",
        "nausea": r"nausea|vomiting",
        "diarrhoea": r"diarrho?ea",
        "hypotension": r"hypotension|bradycardia",
        "bleeding": r"bleeding|ha?emorrhages?",
        "dizziness": r"dizziness|drowsiness|somnolence|dry mouth",
        "rash": r"rash(?:es)?",
        "neutropenia": r"neutropeni\w+",
        "infection": r"infections?",
        "stopped": r"discontinu\w+ (?:because|due)",
        "reaction": r"(?:systemic|infusion|site|local|allergic) reactions?",
        "hypoglycaemia": r"hypoglyca?emi(?:a|c (?:events?|episodes?))",
    },
    "mental_health": {
        "depression": r"depress\w+",
        "anxiety": r"anxi\w+",
        "distress": r"distress\w*",
        "mood": r"mood\w*",
        "stress": r"stress",
        "psychological": r"psycholog\w+",
        "self-esteem": r"self-esteem|self-efficacy|coping",
        "irritability": r"irritab\w+|agitat\w+",
        "emotion": r"emotion\w*",
        "fear": r"fear\w*",
        "well-being": r"well-?being",
        "mental": r"mental\w*",
        "psychiatric": r"psychiatr\w+|psychosis|psychotic",
        "satisfaction": r"satisfaction",
        "suicide": r"suicid\w+",
        "trauma": r"ptsd",
        "behaviour": r"behaviou?r\w*",
        "scale": r"hamilton|beck|bprs|panss|madrs|hads|hrsd|ham-?[da]",
    },
}
"""Outcome, by the name that `suggest-file` gives it -> family of words -> expression."""

_PATTERNS = {
    name: re.compile(
        rf"\b(?:{'|'.join(f'(?P<f{n}>{word})' for n, word in enumerate(families.values()))})\b"
    )
    for name, families in _FAMILIES.items()
}
_NAMES = {name: tuple(families) for name, families in _FAMILIES.items()}

_DENIED = re.compile(
    r"\b(?:no|not|without|none|neither|nor|absence of|free of|lack of)\b[^.;:]{0,45}$"
)
"""Words before a harm that say that there was none; such a harm was looked for all the same."""

LONGEST_DENIAL = 60
"""Characters before a word in which it is looked for whether it is denied."""

OUTCOMES = tuple(_FAMILIES)
"""Outcomes whose words are known here."""

MANY = 4
"""Families or sentences from which more say nothing more."""

EXACT, GENERAL = "exact words", "general words"
"""Signs for what the codebook's words, and the general words of the rules, say of the outcome."""


@dataclass(frozen=True, slots=True)
class Place:
    """One word for an outcome and the signs that it gives."""

    start: int
    end: int
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of one outcome.

    Attributes:
        signs: sign -> its value, 0 to 1; a sign that is not there is left out.
        places: the words, in order.
    """

    signs: Mapping[str, float]
    places: tuple[Place, ...]


def reading(words: Words, name: str, *, exact: bool, general: bool) -> Reading:
    """Read a record for one of the `OUTCOMES`.

    Args:
        exact: whether words of the codebook name it.
        general: whether general words of the rules name it.
    """
    meant_otherwise = [found.span() for found in OTHER_MEANING.finditer(words.lower)]
    places: list[Place] = []
    sentences: set[int] = set()
    families: set[str] = set()
    for found in _PATTERNS[name].finditer(words.lower):
        start, end = found.span()
        if any(low < end and start < high for low, high in meant_otherwise):
            continue
        family = _NAMES[name][int((found.lastgroup or "f0")[1:])]
        number = words.sentence(start)
        signs = [family]
        if words.is_reported(start) and not words.is_opening(start):
            signs += [f"{family}, reported", "reported"]
            signs += ["reported in the abstract"] if number else []
            signs += ["denied"] if _is_denied(words, start) else []
        places.append(Place(start, end, tuple(signs)))
        sentences.add(number)
        families.add(family)
    held: dict[str, float] = {sign: 1.0 for place in places for sign in place.signs}
    held |= {"families": min(MANY, len(families)) / MANY}
    held |= {"sentences": min(MANY, len(sentences)) / MANY}
    held |= {sign: 1.0 for sign, there in ((EXACT, exact), (GENERAL, general)) if there}
    return Reading(held, tuple(places))


def _is_denied(words: Words, start: int) -> bool:
    """Whether words of the same sentence before a place say that there was none of it."""
    low = max(words.starts[words.sentence(start)], start - LONGEST_DENIAL)
    return _DENIED.search(words.lower, low, start) is not None
