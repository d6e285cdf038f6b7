"""From the words people write in files to the ids of the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.utils import default_process

from review.errors import DecisionError
from review.model import Direction
from review.protocol.codebook import Codebook, Dimension

CLOSE_ENOUGH = 60.0
"""Likeness (0 to 100, `rapidfuzz.fuzz.WRatio`) above which a known word is offered."""


def dimension_named(codebook: Codebook, name: str) -> Dimension:
    """The dimension of this id, other name or label.

    Raises:
        DecisionError: there is none; names the closest.
    """
    for wanted in (name.strip(), _slug(name)):
        for dimension in codebook.dimensions:
            known = (dimension.id, dimension.name, *dimension.aliases, _slug(dimension.label))
            if wanted in known:
                return dimension
    names = [d.id for d in codebook.dimensions]
    raise DecisionError(f"The codebook has no dimension '{name}'{_offer(name, names)}.")


def value_named(dimension: Dimension, name: str) -> str:
    """The id of the value with this id or label.

    Raises:
        DecisionError: the dimension has none; names the closest.
    """
    found = find_value(dimension, name)
    if found is None:
        names = [v.id for v in dimension.values]
        raise DecisionError(
            f"The dimension {dimension.id} has no value '{name}'{_offer(name, names)}."
        )
    return found


def find_value(dimension: Dimension, name: str) -> str | None:
    """The id of the value with this id or label; None when there is none."""
    exact = name.strip()
    if any(v.id == exact for v in dimension.values):
        return exact
    wanted = _slug(name)
    for value in dimension.values:
        if wanted in (_slug(value.id), _slug(value.label)):
            return value.id
    return None


def direction_named(name: str) -> Direction:
    """The direction in this word; `Direction.NOT_STATED` for none.

    Raises:
        DecisionError: the word is no direction.
    """
    if not name.strip():
        return Direction.NOT_STATED
    try:
        return Direction(_slug(name))
    except ValueError:
        known = ", ".join(Direction)
        raise DecisionError(f"direction '{name}' is not one of {known}.") from None


def _slug(text: str) -> str:
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def _offer(name: str, known: Iterable[str]) -> str:
    """The closest known names as an addition to a sentence."""
    close = process.extract(
        name, list(known), processor=default_process, limit=3, score_cutoff=CLOSE_ENOUGH
    )
    names = [str(found[0]) for found in close]
    return f" (close: {', '.join(names)})" if names else ""
