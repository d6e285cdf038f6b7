"""The kinds of value the YAML files hold, and what is said when one is wrong.

Each kind is an annotated type that pydantic runs; checks against the codebook reach it through the
validation context, so that all mistakes of an entry come out together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from review.model import Stage
from review.protocol.expression_cost import too_slow
from review.protocol.phrases import REGEX_MARK, phrase_pattern

HOT_KEYS = "123456789abdefghijklmnopqstuvwxyz"
"""Keys that may stand for a value; c and r belong to the page itself (clear cache, rerun)."""

EVERYTHING = "*"
"""In a search's ``covers``: all values of the dimension."""

CODEBOOK = "codebook"
"""Key of the validation context that holds `KnownValues`."""

SOURCES = "sources"
"""Key of the validation context that holds the sources: name -> what is told of searches."""

KnownValues = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Dimension id or alias -> value id or group name -> the value ids it stands for."""


class Frozen(BaseModel):
    """Base: immutable, no unknown keys, no silent change of type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_]+", value):
        raise ValueError("an id is letters, digits and _ only")
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", value):
        raise ValueError("a name is small letters, digits and _ only")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("this may not be empty")
    return value.strip()


def _key(value: str | None) -> str | None:
    if value is None:
        return None
    if len(value) != 1:
        raise ValueError(f"a key is one character, not {len(value)}: {value!r}")
    if value not in HOT_KEYS:
        raise ValueError(f"{value!r} cannot be a key; use 1-9 or a-z without c and r")
    return value


def _digit(value: str) -> str:
    if not re.fullmatch(r"[0-9]", value):
        raise ValueError(f"a reason's key is one digit, not {value!r}")
    return value


def number_as_text(value: Any) -> Any:
    """Let ``key: 1`` stand without quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def listed(value: Any) -> Any:
    """Hold a YAML list as a tuple; anything else is left for pydantic to refuse."""
    return tuple(value) if isinstance(value, list) else value


def _phrase(value: str) -> str:
    if not value.strip():
        raise ValueError("a phrase may not be empty")
    if not value.startswith(REGEX_MARK) and value != value.lower():
        raise ValueError(f"write the phrase in small letters: {value.lower()!r}")
    if value.startswith(REGEX_MARK):
        try:
            slow = too_slow(value.removeprefix(REGEX_MARK).strip())
            phrase_pattern(value)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"this regular expression cannot be read: {error}") from error
        if slow:
            raise ValueError(f"this regular expression is refused: {slow}")
    return value


def _stage(value: Any) -> Any:
    """Read a stage from its word."""
    if isinstance(value, str) and value in {stage.value for stage in Stage}:
        return Stage(value)
    if isinstance(value, Stage):
        return value
    raise ValueError(f"a stage is one of {', '.join(Stage)}, not {value!r}")


def _known(dimension: str, value: str, info: ValidationInfo) -> str:
    """Refuse a value or group that the codebook lacks; without a codebook nothing is refused."""
    known: KnownValues | None = (info.context or {}).get(CODEBOOK)
    if known is not None and value not in known.get(dimension, {}):
        raise ValueError(f"the codebook has no {dimension} value or group {value!r}")
    return value


def _value_of(dimension: str) -> Any:
    """Make the check that one entry is a value or group of ``dimension``."""
    return AfterValidator(lambda value, info: _known(dimension, value, info))


def _expand(dimension: str) -> Any:
    """Make the step that replaces group names by the ids of their values, in codebook order."""

    def expand(values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known: KnownValues | None = (info.context or {}).get(CODEBOOK)
        if known is None:
            return values
        ids = (one for value in values for one in known.get(dimension, {}).get(value, (value,)))
        return tuple(dict.fromkeys(ids))

    return AfterValidator(expand)


Id = Annotated[str, AfterValidator(_id)]
Slug = Annotated[str, AfterValidator(_slug)]
Text = Annotated[str, AfterValidator(_filled)]
Phrases = Annotated[tuple[Annotated[str, AfterValidator(_phrase)], ...], BeforeValidator(listed)]
Key = Annotated[str | None, BeforeValidator(number_as_text), AfterValidator(_key)]
StageName = Annotated[Stage, BeforeValidator(_stage)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(listed)]
ReasonKey = Annotated[str, BeforeValidator(number_as_text), AfterValidator(_digit)]

Exposures = Annotated[
    tuple[Annotated[str, _value_of("exposure")], ...], BeforeValidator(listed), _expand("exposure")
]
Populations = Annotated[
    tuple[Annotated[str, _value_of("population")], ...],
    BeforeValidator(listed),
    _expand("population"),
]
Outcomes = Annotated[
    tuple[Annotated[str, _value_of("outcome")], ...], BeforeValidator(listed), _expand("outcome")
]
SafetyTopics = Annotated[
    tuple[Annotated[str, _value_of("safety")], ...], BeforeValidator(listed), _expand("safety")
]
Comparators = Annotated[
    tuple[Annotated[str, _value_of("comparator")], ...],
    BeforeValidator(listed),
    _expand("comparator"),
]
Timings = Annotated[
    tuple[Annotated[str, _value_of("timing")], ...], BeforeValidator(listed), _expand("timing")
]
Durations = Annotated[
    tuple[Annotated[str, _value_of("duration")], ...], BeforeValidator(listed), _expand("duration")
]
Designs = Annotated[
    tuple[Annotated[str, _value_of("study_design")], ...],
    BeforeValidator(listed),
    _expand("study_design"),
]
