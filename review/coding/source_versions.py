"""Versions of what suggests: so that it can be told whether rules would say the same today.

The version of a rule follows from what it looks for: the patterns and figures of the modules below,
and the words of the codebook's dimension. A dimension that is given another label or definition
keeps its version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from review.coding import (
    abstract_tails,
    design_detection,
    design_features,
    design_ranking,
    field_evidence,
    outcome_detection,
    outcome_weights,
    outcome_words,
    sentences,
    suggestion_rules,
    wording_patterns,
)
from review.coding.design_model import DesignModel
from review.protocol.codebook import Codebook, Dimension

WORKINGS = 2
"""Raised whenever rules come to suggest something else by another way of working, not by other
patterns or figures: those are noticed without it."""

MODULES = (
    abstract_tails,
    sentences,
    wording_patterns,
    field_evidence,
    design_detection,
    design_features,
    design_ranking,
    outcome_words,
    outcome_weights,
    outcome_detection,
    suggestion_rules,
)
"""Whose constants, in capital letters, make the version of the rules."""

_READ = ("id", "triggers", "vetoes", "group", "form", "kind_of", "weight", "reported_as")
"""What rules read of a value."""

DIGITS = 12
NO_MODEL = "none"


class SourceVersions:
    """The versions of all that one codebook, one set of rules and one model suggest by.

    Attributes:
        all: one version of all of them together.
    """

    def __init__(self, codebook: Codebook, model: DesignModel | None) -> None:
        """Work them out.

        Args:
            model: of designs; None where the rules go alone.
        """
        self._of = {d.id: _digest([_rules(), _words(d)]) for d in codebook.dimensions}
        self._model = model.version if model else NO_MODEL
        self.all = _digest([sorted(self._of.items()), self._model])

    def of(self, dimension: str, source: str) -> str:
        """The version of one source in one dimension."""
        return self._model if source == design_ranking.MODEL else self._of[dimension]


_known: list[tuple[Codebook, DesignModel | None, str, SourceVersions]] = []
_KEPT = 4


def versions_of(codebook: Codebook, model: DesignModel | None) -> SourceVersions:
    """The same, worked out once for a codebook and a model that are at hand."""
    rules = _rules()
    for book, known, under, versions in list(_known):
        if book is codebook and known is model and under == rules:
            return versions
    found = SourceVersions(codebook, model)
    _known[:] = [*_known[1 - _KEPT :], (codebook, model, rules, found)]
    return found


@lru_cache(maxsize=1)
def _rules() -> str:
    """The version of the patterns and figures, those that were learned among them."""
    found = {
        f"{module.__name__}.{name}": _plain(value)
        for module in MODULES
        for name, value in vars(module).items()
        if name.strip("_").isupper()
    }
    return _digest([WORKINGS, sorted(found.items()), _plain(outcome_weights.shipped())])


def _words(dimension: Dimension) -> Any:
    """What rules read of a dimension."""
    values = [[_plain(getattr(value, name)) for name in _READ] for value in dimension.values]
    return [dimension.id, dimension.role, dimension.many, list(dimension.prefixes), values]


def _plain(value: Any) -> Any:
    """A constant as plain JSON values, the same in every run and under every Python."""
    if isinstance(value, re.Pattern):
        return [value.pattern, value.flags]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return sorted([str(key), _plain(one)] for key, one in value.items())
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | None) else ""


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
