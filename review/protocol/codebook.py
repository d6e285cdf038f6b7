"""The codebook as frozen data: dimensions and their values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

from review.protocol.value_types import Frozen, Id, Ids, Key, Phrases, Text, listed

Evidence = Literal["synthesis", "controlled", "uncontrolled", "mechanism", "product", "none"]


class Value(Frozen):
    """One value of a codebook dimension.

    Attributes:
        id: stable id, as kept in tags and exports.
        label: words on screen.
        key: one keyboard key, unique within the value's group; None when it has none.
        definition: when a person should give it.
        triggers: lower-case phrases, or ``re:`` and a regular expression, that suggest it.
        vetoes: phrases that forbid the suggestion wherever they stand in the text.
        standard: the published scheme it leans on.
        group: the domain it is listed under, such as pain or sleep.
        evidence: study designs only: what a study of this design can show of a claim.
    """

    id: Id
    label: Text
    definition: Text
    key: Key = None
    triggers: Phrases = ()
    vetoes: Phrases = ()
    standard: str = ""
    group: str = ""
    evidence: Evidence | None = None


class Dimension(Frozen):
    """One question the codebook asks of a report; ``many`` allows more than one answer."""

    id: Id
    label: Text
    definition: Text
    many: bool
    aliases: Ids = ()
    values: Annotated[tuple[Value, ...], BeforeValidator(listed)]

    def value(self, id: str) -> Value:
        """Return the value with this id.

        Raises:
            KeyError: the dimension has no such value.
        """
        for value in self.values:
            if value.id == id:
                return value
        raise KeyError(f"{self.id} has no value {id}")

    @property
    def groups(self) -> dict[str, tuple[Value, ...]]:
        """Values by group, in codebook order."""
        names = dict.fromkeys(value.group for value in self.values)
        return {name: tuple(v for v in self.values if v.group == name) for name in names}


class Codebook(Frozen):
    """All dimensions, in the order in which they are shown."""

    dimensions: Annotated[tuple[Dimension, ...], BeforeValidator(listed)]

    def dimension(self, id_or_alias: str) -> Dimension:
        """Return a dimension by its id or one of its other names.

        Raises:
            KeyError: no dimension goes by that name.
        """
        for dimension in self.dimensions:
            if id_or_alias == dimension.id or id_or_alias in dimension.aliases:
                return dimension
        raise KeyError(f"the codebook has no dimension {id_or_alias}")

    def has(self, dimension: str, value: str) -> bool:
        """Tell whether the codebook holds this value of this dimension (id or alias)."""
        try:
            self.dimension(dimension).value(value)
        except KeyError:
            return False
        return True
