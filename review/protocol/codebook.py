"""The codebook as frozen data: dimensions and their values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from review.protocol.value_types import (
    Frozen,
    Id,
    Ids,
    Key,
    Phrases,
    Text,
    listed,
)

Evidence = Literal["synthesis", "controlled", "uncontrolled", "mechanism", "product", "none"]

Kind = Literal["synthesis", "controlled", "uncontrolled", "mechanism", "product"]
"""Kinds of evidence; a form of publication is none."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Role = Literal[
    "study_design",
    "population",
    "exposure",
    "comparator",
    "outcome",
    "safety",
    "timing",
    "duration",
    "record_status",
]
"""What a dimension is to the rest of the program, whatever this review calls it."""

ROLES: tuple[Role, ...] = get_args(Role)

NEEDED_ROLES: tuple[Role, ...] = ("study_design", "population", "exposure", "outcome")
"""Roles without which there are no findings, no gap map and no claims."""

ALWAYS_ASKED: tuple[Role, ...] = ("study_design", "outcome")
"""Roles of dimensions that are required unless they say otherwise."""

Meaning = Literal["unspecified", "not_reported", "retracted"]


def _lists(value: Any) -> Any:
    """Read the lists of a mapping as tuples; one name by itself is a list of one."""
    if not isinstance(value, dict):
        return value
    return {k: (v,) if isinstance(v, str) else listed(v) for k, v in value.items()}


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
        form: study designs only: a form of publication, suggested only after any design.
        kind_of: study designs only: designs of which it is a special kind; where both are stated,
            the special one is suggested first.
        weight: study designs only: how much its triggers say, against 1 for the others.
        kinds: all but study designs: the kinds of evidence that there can be of it; None for all.
        reported_as: a broader or more usual name of it, under which files of suggestions give it
            and the shipped model of designs knows it; its own id when blank.
        parent: a broader value of the same dimension, of which this is a finer one; what is given
            the finer one counts for the broader too.
        example: words of a paper to which it was given.
        retired: kept for what was given it, and not offered any more; those reports are coded anew.
        becomes: values that may take the place of a retired one.
        means: what the value says beside its words: the subject in a form that is not told
            (``unspecified``), that the report does not say (``not_reported``), that it was
            retracted.
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
    form: bool = False
    kind_of: Ids = ()
    reported_as: str = ""
    weight: float = Field(default=1.0, gt=0)
    kinds: Annotated[tuple[Kind, ...] | None, BeforeValidator(listed), Field(min_length=1)] = None
    means: Meaning | None = None
    parent: Id | None = None
    example: str = ""
    retired: bool = False
    becomes: Ids = ()


class Dimension(Frozen):
    """One question the codebook asks of a report; ``many`` allows more than one answer.

    Attributes:
        role: what it is to the map, the claims and the findings; where none is given and the id is
            a role's name, that role.
        required: whether a report is coded only when it has a value here. Unless it says
            otherwise, a dimension with the role of study design or outcome is.
        shown_if: dimension -> values of it, of which a report must have one for this to be asked;
            where none holds, this does not apply to the report.
        prefixes: small-letter words that make another thing's name of the trigger that they stand
            before, such as ``methyl`` before a compound; that trigger then suggests nothing.
    """

    id: Id
    role: Role | None = None
    label: Text
    definition: Text
    many: bool
    aliases: Ids = ()
    prefixes: Phrases = ()
    required: bool = False
    shown_if: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_lists)] = Field(
        default_factory=dict
    )
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

    @model_validator(mode="before")
    @classmethod
    def _role_of_its_id(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values.get("role") and values.get("id") in ROLES:
            values = {**values, "role": values["id"]}
        if isinstance(values, dict) and "required" not in values:
            return {**values, "required": values.get("role") in ALWAYS_ASKED}
        return values

    def parents(self, id: str) -> tuple[str, ...]:
        """Ids of the broader values that a value counts for, the nearest first."""
        up = {v.id: v.parent for v in self.values}
        found: list[str] = []
        while (above := up.get(found[-1] if found else id)) and above not in (*found, id):
            found.append(above)
        return tuple(found)

    def with_parents(self, ids: Collection[str]) -> frozenset[str]:
        """Values together with all broader ones that they count for."""
        return frozenset(above for id_ in ids for above in (id_, *self.parents(id_)))

    def named(self, names: Collection[str]) -> frozenset[str]:
        """Ids of values, and of all values in groups, that go by these names, with the values that
        took the place of retired ones."""
        ids = {v.id for v in self.values}
        by_group = {name: {v.id for v in of} for name, of in self.groups.items()}
        return self.with_successors(
            id_ for name in names for id_ in ([name] if name in ids else by_group.get(name, [name]))
        )

    def with_successors(self, ids: Iterable[str]) -> frozenset[str]:
        """Values together with those that took the place of retired ones."""
        found = list(ids)
        after = {v.id: v.becomes for v in self.values if v.retired and v.becomes}
        for one in found if after else ():  # grows meanwhile
            found += [new for new in after.get(one, ()) if new not in found]
        return frozenset(found)

    def with_finer(self, ids: Collection[str]) -> frozenset[str]:
        """Values together with all finer ones that count for them, and with those that took the
        place of retired ones."""
        wanted = self.with_successors(ids)
        return wanted | {
            v.id for v in self.values if v.parent and wanted.intersection(self.parents(v.id))
        }

    @property
    def retired(self) -> frozenset[str]:
        """Ids of the values that are not offered any more."""
        return frozenset(v.id for v in self.values if v.retired)

    @property
    def offered(self) -> tuple[Value, ...]:
        """Values that may be given; retired ones are not."""
        return tuple(v for v in self.values if not v.retired)

    @property
    def name(self) -> str:
        """What the program calls it: its role, or else its id."""
        return self.role or self.id

    @property
    def forms(self) -> frozenset[str]:
        """Ids of study designs that are forms of publication and no evidence by themselves."""
        return frozenset(v.id for v in self.values if v.evidence == "none")

    def kinds(self, id: str) -> frozenset[str]:
        """The kinds of evidence that a value, or a study of this design, can have.

        All of them for a form of publication, which may be of anything, and for a value that the
        codebook does not know. None for what reports do not say: nothing can be missing of it.
        """
        value = next((v for v in self.values if v.id == id), None)
        if value is not None and value.means == "not_reported":
            return frozenset()
        if value is None or value.evidence == "none":
            return frozenset(KINDS)
        return frozenset([value.evidence] if value.evidence else value.kinds or KINDS)

    def meaning(self, means: Meaning) -> frozenset[str]:
        """Ids of the values that say this."""
        return frozenset(v.id for v in self.values if v.means == means)

    @property
    def groups(self) -> dict[str, tuple[Value, ...]]:
        """Values by group, in codebook order."""
        names = dict.fromkeys(value.group for value in self.values)
        return {name: tuple(v for v in self.values if v.group == name) for name in names}


class Codebook(Frozen):
    """All dimensions, in the order in which they are shown."""

    dimensions: Annotated[tuple[Dimension, ...], BeforeValidator(listed)]

    def dimension(self, name: str) -> Dimension:
        """Return a dimension by its id, its role or one of its other names.

        Raises:
            KeyError: no dimension goes by that name.
        """
        found = self.find(name)
        if found is None:
            raise KeyError(f"the codebook has no dimension {name}")
        return found

    def find(self, name: str) -> Dimension | None:
        """The same; None when no dimension goes by that name."""
        for dimension in self.dimensions:
            if name in (dimension.id, dimension.role) or name in dimension.aliases:
                return dimension
        return None

    def id_of(self, name: str) -> str:
        """The id of the dimension that goes by a name; the name itself when none does."""
        found = self.find(name)
        return found.id if found else name

    def name_of(self, id_: str) -> str:
        """What the program calls the dimension with this id: its role, or else the id."""
        found = self.find(id_)
        return found.name if found else id_

    @property
    def required(self) -> tuple[Dimension, ...]:
        """Dimensions without a value of which a report that they apply to is not coded."""
        return tuple(d for d in self.dimensions if d.required)

    def applies(self, dimension: Dimension, codes: Mapping[str, Collection[str]]) -> bool:
        """Whether a dimension is asked of a report with these codes.

        Args:
            codes: dimension's id -> values given.
        """
        for name, asked in dimension.shown_if.items():
            known = self.find(name)
            given = codes.get(known.id if known else name, ())
            if known is None or not known.with_parents(given) & known.named(asked):
                return False
        return True

    def not_asked(self, codes: Mapping[str, Collection[str]]) -> tuple[Dimension, ...]:
        """The dimensions that have no value on a report and do not apply to it.

        Args:
            codes: dimension's id -> values given.
        """
        return tuple(
            d
            for d in self.dimensions
            if d.shown_if and not codes.get(d.id) and self.rules_out(d, codes)
        )

    def rules_out(self, dimension: Dimension, codes: Mapping[str, Collection[str]]) -> bool:
        """Whether what a report was given says that a dimension does not apply to it; where the
        dimension that asks for it is not coded yet, that is not known.
        """
        for name, asked in dimension.shown_if.items():
            known = self.find(name)
            if known is None:
                continue
            given = codes.get(known.id, ())
            if given and not known.with_parents(given) & known.named(asked):
                return True
            if not given and self.rules_out(known, codes):
                return True
        return False

    @property
    def retracting(self) -> tuple[tuple[str, str], ...]:
        """The tags that say that a report was retracted, as ids of dimension and value."""
        return tuple((d.id, value) for d in self.dimensions for value in d.meaning("retracted"))

    def has(self, dimension: str, value: str) -> bool:
        """Tell whether the codebook holds this value of this dimension (id or alias)."""
        try:
            self.dimension(dimension).value(value)
        except KeyError:
            return False
        return True
