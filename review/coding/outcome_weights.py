"""How far words for an outcome count: weights learned from abstracts that people sorted by outcome.

`benchmarks/train_outcome_weights.py` makes the file; it also says from which data, when, and how
good the weights are on papers that they were not learned from. Where it cannot be read, the words
count as the rules alone say.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path

import yaml

from review.coding.outcome_words import Place, Reading

PATH = Path(__file__).with_name("outcome_weights.yaml")

log_of = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the weights say of one outcome in one record.

    Attributes:
        probability: that the outcome was measured or reported.
        places: the words, those that speak for it most first.
    """

    probability: float
    places: tuple[Place, ...]


@dataclass(frozen=True)
class OutcomeWeights:
    """A logistic regression on signs, one for each outcome.

    Attributes:
        version: date of the training.
        least: outcome -> probability from which it is suggested.
        start: outcome -> what it has before anything is read, as a logarithm of odds.
        weights: outcome -> sign -> what the sign adds to that.
    """

    version: str
    least: Mapping[str, float]
    start: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    @classmethod
    def load(cls, path: Path) -> OutcomeWeights:
        """Read the file.

        Raises:
            OSError: it cannot be opened.
            ValueError: it holds something else.
        """
        try:
            held = yaml.safe_load(path.read_text(encoding="utf-8"))
            outcomes = held["outcomes"]
            return cls(
                str(held["version"]),
                {name: float(one["least"]) for name, one in outcomes.items()},
                {name: float(one["start"]) for name, one in outcomes.items()},
                {
                    name: {str(sign): float(weight) for sign, weight in one["weights"].items()}
                    for name, one in outcomes.items()
                },
            )
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} does not hold weights of outcomes: {error}") from error

    def judge(self, name: str, reading: Reading) -> Judged:
        """How likely an outcome was measured or reported, and the words that say so."""
        weights = self.weights[name]
        total = self.start[name] + sum(
            weights.get(sign, 0.0) * value for sign, value in reading.signs.items()
        )
        strength = {
            place: sum(weights.get(sign, 0.0) for sign in place.signs) for place in reading.places
        }
        places = sorted(reading.places, key=lambda place: -strength[place])
        return Judged(1 / (1 + exp(-total)), tuple(places))


@lru_cache(maxsize=1)
def shipped() -> OutcomeWeights | None:
    """The weights that ship; None, and a line in the log, where they cannot be read."""
    try:
        return OutcomeWeights.load(PATH)
    except (OSError, ValueError) as error:
        log_of.warning("The weights of outcomes cannot be read, so rules go alone: %s", error)
        return None
