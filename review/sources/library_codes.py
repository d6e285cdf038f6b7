"""Reads the code map of the starter library: its own codes -> values of the review's codebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    ValidationInfo,
    model_validator,
)

from review.errors import ProtocolError
from review.protocol.codebook import Codebook
from review.protocol.validation import validate
from review.protocol.value_types import Frozen, listed
from review.protocol.yaml_reading import YamlSource, read_yaml

Kind = Literal["human", "animal", "mixed", "product", "other"]

_CODEBOOK = "codebook"


def _target(value: str, info: ValidationInfo) -> str:
    """Refuse a ``dimension:value`` that the codebook does not hold.

    The dimension may be named by its role; it is kept under its id.
    """
    codebook: Codebook = (info.context or {})[_CODEBOOK]
    dimension, colon, name = value.partition(":")
    if not colon:
        raise ValueError(f"write dimension:value, not {value!r}")
    if not codebook.has(dimension, name):
        raise ValueError(f"the codebook has no {dimension} value {name!r}")
    return f"{codebook.id_of(dimension)}:{name}"


Targets = Annotated[tuple[Annotated[str, AfterValidator(_target)], ...], BeforeValidator(listed)]


class Rule(Frozen):
    """What one code gives; see the head of ``code_map.yaml`` for each key."""

    tags: Targets = ()
    by_population: dict[Kind, Targets] = Field(default_factory=dict)
    kind: Kind | None = None
    otherwise: Targets = ()
    why: str = ""

    @model_validator(mode="after")
    def _gives_or_says_why(self) -> Rule:
        if not (self.tags or self.by_population or self.kind or self.otherwise or self.why):
            raise ValueError("a code that gives nothing needs a why")
        return self


class _File(RootModel[dict[str, dict[str, Rule]]]):
    """The whole of ``code_map.yaml``: column of ``papers.csv`` -> code -> what it gives."""

    model_config = ConfigDict(frozen=True, strict=True)


@dataclass(frozen=True, slots=True)
class Coded:
    """One codebook value that a row's codes give, with the code that gave it."""

    dimension: str
    value: str
    code: str


@dataclass(frozen=True, slots=True)
class CodeMap:
    """The rules by column and code, and the file they came from.

    The file says which columns of ``papers.csv`` hold codes, and in which order they are read.
    """

    source: YamlSource
    rules: Mapping[str, Mapping[str, Rule]]
    single: frozenset[str]
    """Ids of the dimensions that take one value only."""
    population: str
    """Id of the dimension that says who was studied."""

    def read(self, codes: Mapping[str, tuple[str, ...]]) -> tuple[Coded, ...]:
        """Return what the codes of one row give, each value once.

        Args:
            codes: column -> its codes; every code must have a rule (see `missing`).
        """
        kind = self._kind(codes)
        found: dict[tuple[str, str], Coded] = {}
        taken: set[str] = set()
        for target, code in self._targets(codes, kind):
            dimension, _, value = target.partition(":")
            if (dimension, value) in found or dimension in taken & self.single:
                continue
            found[dimension, value] = Coded(dimension, value, code)
            taken.add(dimension)
        return tuple(found.values())

    def missing(self, codes: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
        """Return the codes of one row that have no rule, as (column, code)."""
        return tuple(
            (c, code) for c in self.rules for code in codes[c] if code not in self.rules[c]
        )

    def _kind(self, codes: Mapping[str, tuple[str, ...]]) -> Kind:
        """Tell what the paper is about; people and animals together are mixed."""
        kinds = {kind for rule, _ in self._rules(codes) if (kind := rule.kind)}
        if "mixed" in kinds or {"human", "animal"} <= kinds:
            return "mixed"
        order: tuple[Kind, ...] = ("human", "animal", "product")
        return next((kind for kind in order if kind in kinds), "other")

    def _rules(self, codes: Mapping[str, tuple[str, ...]]) -> list[tuple[Rule, str]]:
        """The rules of one row's codes, each with its code, column by column."""
        return [(of[code], code) for column, of in self.rules.items() for code in codes[column]]

    def _targets(
        self, codes: Mapping[str, tuple[str, ...]], kind: Kind
    ) -> Iterator[tuple[str, str]]:
        population = False
        pairs = self._rules(codes)
        for rule, code in pairs:
            for target in (*rule.tags, *rule.by_population.get(kind, ())):
                population |= target.startswith(f"{self.population}:")
                yield target, code
        if not population:
            yield from ((target, code) for rule, code in pairs for target in rule.otherwise)


def read_code_map(path: Path, codebook: Codebook) -> CodeMap:
    """Read a code map and check every target against the codebook.

    Raises:
        ProtocolError: with every mistake of the file.
    """
    source, mistakes = read_yaml(path)
    if source.data is None:
        raise ProtocolError(mistakes)
    content, found = validate(_File, source, source.data, {_CODEBOOK: codebook})
    if mistakes or content is None:
        raise ProtocolError([*mistakes, *found])
    single = frozenset(d.id for d in codebook.dimensions if not d.many)
    return CodeMap(source, content.root, single, codebook.id_of("population"))
