"""The ledger of gaps: one row a gap, what says so, how firm it is, and what the team says. Pure.

A gap is where a row of the map, a cell of it, or a claim lacks evidence, by the rules of the map
and the levels of the claims. The same is worked out again under stricter bars; a place is closed
where no gap is left once confirmed evidence alone counts, and it names the papers that closed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from review.gaps.model import Gap


class PlaceKind(StrEnum):
    """What a gap is of."""

    ROW = "row"
    CELL = "cell"
    CLAIM = "claim"


class Priority(StrEnum):
    """How urgent the team holds a gap to be."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = ""


class GapStatus(StrEnum):
    """Where a gap stands. Only ``SET_ASIDE`` is said by people; evidence closes by itself."""

    OPEN = "open"
    CLOSED = "closed by evidence"
    SET_ASIDE = "set aside"


class Bar(StrEnum):
    """A stricter look at the same evidence: does the gap stay?"""

    CONFIRMED = "only confirmed"
    LOW_RISK = "only low risk of bias"
    RECENT = "only the last ten years"
    AGREED = "without doubtful codings"


RECENT_YEARS = 10
"""Years of publication that `Bar.RECENT` counts, the present one among them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gap is.

    Attributes:
        at: dimension and value (or group of columns, ``class:…``) of a row or cell.
        claim: id of a claim.
    """

    at: tuple[tuple[str, str], ...] = ()
    claim: str = ""

    @property
    def kind(self) -> PlaceKind:
        """Whether it is a row, a cell or a claim."""
        if self.claim:
            return PlaceKind.CLAIM
        return PlaceKind.ROW if len(self.at) == 1 else PlaceKind.CELL

    @property
    def id(self) -> str:
        """Stable id: the same whichever way the map is turned, and in every run.

        ``outcome:sleep_quality``, ``outcome:sleep_quality+population:older``, ``claim:C01``.
        """
        if self.claim:
            return f"claim:{self.claim}"
        return "+".join(f"{dimension}:{value}" for dimension, value in sorted(self.at))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look at the evidence says of a place.

    Attributes:
        gap: None where the place is no gap.
        rule: the sentence that says why.
        kinds: kind of evidence -> studies confirmed, and studies only suggested.
        confirmed, suggested: studies of any kind.
        reports: confirmed reports behind it.
    """

    gap: Gap | None
    rule: str
    confirmed: int = 0
    suggested: int = 0
    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    reports: tuple[str, ...] = ()
    suggested_reports: tuple[str, ...] = ()

    @property
    def studies(self) -> int:
        """All studies, suggested ones among them."""
        return self.confirmed + self.suggested


View = Mapping[Place, Verdict]
"""What one look says of every place that can have evidence; those of which it is impossible are not
in it."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One search that covers a place, and when it last ran to its end.

    Attributes:
        run: id of that run; ``""`` when it never did. So ``when`` and ``who``.
    """

    search: str
    label: str
    run: str = ""
    when: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of a gap.

    Attributes:
        event: id of the event, to take it back.
    """

    event: str
    aspect: str
    value: str
    text: str
    who: str
    when: datetime
    active: bool = True


@dataclass(frozen=True, slots=True)
class GapRow:
    """One row of the ledger.

    Attributes:
        label: the place in words.
        gap: why it is a gap; None once evidence has closed it.
        rule: the sentence of the rule that fired.
        evidence: the counts behind it.
        bars: bar -> the gap under it; None where it is none there.
        status: as the evidence and the team have it.
        words: what stands of priority, note and status.
        closed_by: the reports that closed it.
        looked: the searches that cover it.
        coders: who coded its reports, and when last.
        claims: claims that ask for an outcome (or another value) of it.
        needs: the study that a claim asks for; ``""`` for the rule's own.
    """

    place: Place
    label: str
    gap: Gap | None
    rule: str
    evidence: Verdict
    bars: Mapping[Bar, Gap | None]
    status: GapStatus
    priority: Priority = Priority.NONE
    words: Mapping[str, Word] = field(default_factory=dict)
    closed_by: tuple[str, ...] = ()
    looked: tuple[LookedAt, ...] = ()
    coders: Mapping[str, datetime] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    needs: str = ""

    @property
    def id(self) -> str:
        """Stable id of the gap."""
        return self.place.id

    @property
    def note(self) -> str:
        """The team's note; ``""`` for none."""
        word = self.words.get("note")
        return word.text if word else ""

    @property
    def stays(self) -> bool:
        """Whether it is a gap under every bar that could be looked through."""
        return all(gap is not None for gap in self.bars.values())

    @property
    def searched(self) -> datetime | None:
        """When a search that covers it last ran to its end."""
        return max((one.when for one in self.looked if one.when), default=None)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All gaps of the map and the claims, in order.

    Attributes:
        rows: highest priority first, then the weakest evidence, then the fewest studies; those
            set aside and closed ones last.
        bars: the bars that the review has what is needed for.
    """

    row_dimension: str
    column_dimension: str
    rows: tuple[GapRow, ...]
    bars: tuple[Bar, ...]

    def row(self, id_: str) -> GapRow:
        """The row with this id.

        Raises:
            KeyError: there is none.
        """
        for one in self.rows:
            if one.id == id_:
                return one
        raise KeyError(id_)

    @property
    def open(self) -> tuple[GapRow, ...]:
        """The gaps that are open."""
        return tuple(row for row in self.rows if row.status is GapStatus.OPEN)


SUGGESTED_WOULD_CLOSE = "Suggestions would close it; none of them is confirmed yet."
"""Behind the rule of a gap that is one by confirmed evidence alone."""


def build(
    every: View,
    bars: Mapping[Bar, View],
    labels: Mapping[Place, str],
    words: Mapping[str, Mapping[str, Word]],
) -> tuple[GapRow, ...]:
    """The rows of the ledger, in order; who looked is added by whoever knows.

    Args:
        every: what all evidence says, suggested as on the map.
        bars: what it says under each bar; `Bar.CONFIRMED` must be among them.
        labels: place -> words for it.
        words: id of a gap -> aspect -> what stands.
    """
    sure = bars[Bar.CONFIRMED]
    rows: list[GapRow] = []
    for place in dict.fromkeys((*every, *sure)):
        here = every.get(place) or sure[place]
        said = words.get(place.id, {})
        confirmed = sure.get(place, here)
        gap, rule = here.gap, here.rule
        if gap is None and confirmed.gap is not None:
            gap, rule = confirmed.gap, f"{confirmed.rule} {SUGGESTED_WOULD_CLOSE}"
        if gap is None and place.kind is PlaceKind.CELL and not said:
            continue  # a filled cell is no row, unless somebody has said something of it
        rows.append(
            GapRow(
                place, labels.get(place, place.id), gap, rule, here,
                {bar: view[place].gap if place in view else gap for bar, view in bars.items()},
                _status(gap, said.get("status")),
                Priority(said["priority"].value) if "priority" in said else Priority.NONE,
                said,
                closed_by=confirmed.reports if gap is None else (),
            )
        )  # fmt: skip
    return in_order(rows)


def _status(gap: Gap | None, said: Word | None) -> GapStatus:
    if gap is None:
        return GapStatus.CLOSED
    return GapStatus.SET_ASIDE if said and said.value == GapStatus.SET_ASIDE else GapStatus.OPEN


_STATUSES, _PRIORITIES, _GAPS = list(GapStatus), list(Priority), list(Gap)
_BEHIND = {GapStatus.OPEN: 0, GapStatus.SET_ASIDE: 1, GapStatus.CLOSED: 2}

ORDER = (
    "Open gaps first, by the team's priority, then the weakest evidence, then the fewest studies."
)
"""The order of the ledger in words; `in_order` makes it."""


def in_order(rows: Sequence[GapRow]) -> tuple[GapRow, ...]:
    """Rows as `ORDER` says; what is equal keeps its place."""

    def rank(row: GapRow) -> tuple[int, int, int, int]:
        weakness = _GAPS.index(row.gap) if row.gap else len(_GAPS)
        return _BEHIND[row.status], _PRIORITIES.index(row.priority), weakness, row.evidence.studies

    return tuple(sorted(rows, key=rank))
