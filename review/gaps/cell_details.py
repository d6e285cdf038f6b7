"""What stands in the cells of a map, beyond how much: kinds of evidence, directions, open pairings.

Pure: the evidence and the map in, one `Details` a cell out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from review.gaps.column_groups import CLASS
from review.gaps.evidence import pair
from review.gaps.model import DESIGN, FINDING_DIMENSIONS, Cell, Matrix, ReportEvidence
from review.gaps.narrowing import Wanted
from review.model import Direction
from review.protocol.codebook import Codebook, Value

Place = tuple[str, str]
"""Row and column."""


class Kind(StrEnum):
    """The kind of evidence of a study as the map draws it, from the strongest on."""

    CONTROLLED = "controlled in people"
    UNCONTROLLED = "uncontrolled in people"
    ANIMAL = "animal"
    IN_VITRO = "in vitro or model"
    PRODUCT = "product"
    REVIEW = "review"
    UNKNOWN = "design not stated"


STRENGTHS = (
    "reviews only, or design not stated",
    "animals, cells, models or products",
    "people, without a control",
    "one controlled study",
    "several controlled studies",
)
"""How strong the evidence of a cell is, 0 to 4: the rule of a claim's level, cell by cell."""

_STRENGTH = {Kind.UNCONTROLLED: 2, Kind.ANIMAL: 1, Kind.IN_VITRO: 1, Kind.PRODUCT: 1}

_KINDS = {
    "controlled": Kind.CONTROLLED,
    "uncontrolled": Kind.UNCONTROLLED,
    "product": Kind.PRODUCT,
    "synthesis": Kind.REVIEW,
}


class Towards(StrEnum):
    """Which way the studies of a cell point, in the order of the bar."""

    BETTER = "better"
    NONE = "no difference"
    WORSE = "worse"
    MIXED = "mixed"
    NOT_STATED = "not stated"


_TOWARDS = {
    Direction.BETTER: Towards.BETTER,
    Direction.NO_DIFFERENCE: Towards.NONE,
    Direction.WORSE: Towards.WORSE,
    Direction.MIXED: Towards.MIXED,
}


@dataclass(frozen=True, slots=True)
class Details:
    """What stands in one cell.

    Attributes:
        kinds: kind -> studies, by the strongest kind of each; of the confirmed studies, or of the
            suggested ones where none is confirmed.
        directions: which way -> confirmed studies; ``pointing`` are the reports of these.
        unpaired_reports: reports with a value on both sides, of which nobody has said whether they
            belong together.
    """

    kinds: Mapping[Kind, int] = field(default_factory=dict)
    directions: Mapping[Towards, int] = field(default_factory=dict)
    unpaired_reports: tuple[str, ...] = ()
    pointing: Mapping[Towards, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind | None:
        """The strongest kind of evidence; None in an empty cell."""
        return next((kind for kind in Kind if self.kinds.get(kind)), None)

    @property
    def strength(self) -> int:
        """Place in `STRENGTHS`."""
        if controlled := self.kinds.get(Kind.CONTROLLED, 0):
            return 4 if controlled > 1 else 3
        return max((_STRENGTH.get(kind, 0) for kind, n in self.kinds.items() if n), default=0)


def kind_of(design: Value) -> Kind:
    """The kind of a study design. Of mechanisms, those that name animals are told from the rest."""
    if design.evidence == "mechanism":
        named = f"{design.id} {design.label}".lower()
        return Kind.ANIMAL if "animal" in named else Kind.IN_VITRO
    return _KINDS.get(design.evidence or "", Kind.UNKNOWN)


def details(
    shown: Matrix, facts: Iterable[ReportEvidence], codebook: Codebook, want: Wanted
) -> dict[Place, Details]:
    """Look into every cell of a map.

    Args:
        shown: the map as it is drawn, also with groups in the place of their values.
        facts: what of the evidence passes the filters (`narrowing.apply`).
        want: these filters.

    Returns:
        The cells with something to say.
    """
    look = _Look(shown, facts, codebook, want)
    unpaired = look.unpaired()
    found: dict[Place, Details] = {}
    for cell in shown.cells:
        place = cell.row, cell.column
        if cell.confirmed or cell.suggested:
            found[place] = look.into(cell, unpaired.get(place, ()))
        elif place in unpaired:
            found[place] = Details(unpaired_reports=unpaired[place])
    return found


class _Look:
    """One look at a map."""

    def __init__(
        self, shown: Matrix, facts: Iterable[ReportEvidence], codebook: Codebook, want: Wanted
    ) -> None:
        self._shown, self._want = shown, want
        self._facts = {one.id: one for one in facts}
        self._kinds = {v.id: kind_of(v) for v in codebook.dimension(DESIGN).values}
        self._axes = (shown.row_dimension, shown.column_dimension)
        self._members = tuple(
            {id_: members(codebook, name, id_) for id_ in ids}
            for name, ids in zip(self._axes, (shown.rows, shown.columns), strict=True)
        )
        self._ordered = list(Kind)

    def into(self, cell: Cell, unpaired: tuple[str, ...]) -> Details:
        kinds: dict[str, Kind] = {}
        ways: dict[str, set[Towards]] = defaultdict(set)
        for id_ in cell.confirmed_reports or cell.suggested_reports:
            one = self._facts[id_]
            kind = self._kind(one, cell)
            before = kinds.get(one.study)
            kinds[one.study] = kind if before is None else min(before, kind, key=self._place)
        for id_ in cell.confirmed_reports:
            one = self._facts[id_]
            ways[one.study] |= self._directions(one, cell)
        points = {study: _joint(said) for study, said in ways.items()}
        pointing: dict[Towards, list[str]] = defaultdict(list)
        for id_ in cell.confirmed_reports:
            pointing[points[self._facts[id_].study]].append(id_)
        return Details(
            Counter(kinds.values()), Counter(points.values()), unpaired,
            {way: tuple(ids) for way, ids in pointing.items()},
        )  # fmt: skip

    def _place(self, kind: Kind) -> int:
        return self._ordered.index(kind)

    def _kind(self, one: ReportEvidence, cell: Cell) -> Kind:
        """The strongest of the findings in the cell; by tags the weakest, as for claims."""
        there = self._values(cell)
        if DESIGN in there:
            designs = one.likely(DESIGN) & there[DESIGN]
            return min(map(self._of, designs), key=self._place, default=Kind.UNKNOWN)
        found = [f.study_design for f in one.findings if self._in(f, there)]
        if found:
            return min(map(self._of, found), key=self._place)
        kinds = {self._of(design) for design in one.likely(DESIGN)}
        return max(kinds - {Kind.UNKNOWN}, key=self._place, default=Kind.UNKNOWN)

    def _of(self, design: str) -> Kind:
        return self._kinds.get(design, Kind.UNKNOWN)

    def _directions(self, one: ReportEvidence, cell: Cell) -> set[Towards]:
        there = self._values(cell)
        return {_TOWARDS[f.direction] for f in one.findings
                if f.direction in _TOWARDS and self._in(f, there)}  # fmt: skip

    def _values(self, cell: Cell) -> dict[str, frozenset[str]]:
        ids = (cell.row, cell.column)
        return {name: of[id_] for name, of, id_ in zip(self._axes, self._members, ids, strict=True)}

    def _in(self, finding: object, there: Mapping[str, Collection[str]]) -> bool:
        asked = ((n, values) for n, values in there.items() if n in FINDING_DIMENSIONS)
        return all(getattr(finding, name) in values for name, values in asked)

    def unpaired(self) -> dict[Place, tuple[str, ...]]:
        """The cells that the values of a report would fill, if all belonged together."""
        homes = tuple(
            {value: id_ for id_, values in of.items() for value in values} for of in self._members
        )
        found: dict[Place, set[str]] = defaultdict(set)
        for id_ in (*self._shown.needs_pairing, *self._shown.unpaired_suggested):
            if id_ not in self._facts:
                continue
            for row, column in pair(self._facts[id_], *self._axes, self._want).open_pairs:
                if row in homes[0] and column in homes[1]:
                    found[homes[0][row], homes[1][column]].add(id_)
        return {place: tuple(sorted(reports)) for place, reports in found.items()}


def members(codebook: Codebook, dimension: str, id_: str) -> frozenset[str]:
    """The values that a row or column of a map stands for."""
    if not id_.startswith(CLASS):
        return frozenset((id_,))
    group = codebook.dimension(dimension).groups.get(id_.removeprefix(CLASS), ())
    return frozenset(value.id for value in group)


def _joint(said: set[Towards]) -> Towards:
    """Which way a study points that found all this."""
    if not said:
        return Towards.NOT_STATED
    return said.pop() if len(said) == 1 else Towards.MIXED
