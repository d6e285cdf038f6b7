"""Fields of the extraction table, as the protocol declares them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from review.protocol.value_types import Frozen, Slug, Text, listed


class Choice(Frozen):
    """What may be chosen in a field."""

    id: Slug
    label: Text


class ExtractionField(Frozen):
    """One field of the extraction table.

    Attributes:
        kind: what it takes; a date may be a year or a month.
        unit: of a number, where the report names no other.
        per: whether a study has one value, or each of its arms.
        choices: of the kind ``choice``.
        help: what is meant.
    """

    id: Slug
    label: Text
    kind: Literal["number", "text", "date", "choice"]
    unit: str = ""
    per: Literal["study", "arm"] = "study"
    choices: Annotated[tuple[Choice, ...], BeforeValidator(listed)] = ()
    help: str = ""

    @model_validator(mode="after")
    def _fits(self) -> ExtractionField:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(
                "a field of the kind choice needs choices"
                if self.kind == "choice"
                else f"only a field of the kind choice has choices, not one of the kind {self.kind}"
            )
        if self.unit and self.kind != "number":
            raise ValueError(f"only a number has a unit, not a field of the kind {self.kind}")
        if len({choice.id for choice in self.choices}) < len(self.choices):
            raise ValueError("a choice is given twice")
        return self


Fields = Annotated[tuple[ExtractionField, ...], BeforeValidator(listed), Field()]
