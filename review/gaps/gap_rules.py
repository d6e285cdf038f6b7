"""The rules that call a cell or a row a gap, each with the sentence that says why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.gaps.model import EvidenceStatus, Gap
from review.protocol.codebook import KINDS, Evidence

OUTDATED_YEARS = 5
"""A review counts as outdated this many years before the newest study that it cannot hold.

Half of 100 systematic reviews gave a signal for updating within 5.5 years (Shojania et al. 2007,
Annals of Internal Medicine 147:224-233).
"""

PRIMARY: tuple[Evidence, ...] = ("controlled", "uncontrolled", "mechanism", "product")
"""Kinds of evidence that are studies of their own, not reviews and not forms."""

UNKNOWN = "unknown"
"""Kind of a study that stands in a row without a study design that goes with it."""

ALL_KINDS = frozenset[str](KINDS)

NOT_APPLICABLE = "The codebook says that there can be no such evidence."
"""The sentence of an empty cell that is no gap."""


@dataclass(slots=True)
class RowEvidence:
    """Studies of one row by kind of evidence.

    Attributes:
        studies: kind -> studies, confirmed and suggested together; ``none`` are publication
            forms, `UNKNOWN` studies whose design is not coded or not paired with the row.
        confirmed: studies with a confirmed place in the row.
        years: kind -> years of publication.
        retracted: retracted studies.
    """

    studies: dict[str, set[str]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    years: dict[str, list[int]] = field(default_factory=dict)
    retracted: set[str] = field(default_factory=set)

    def add(
        self, status: EvidenceStatus, kind: str, studies: Iterable[str], years: Sequence[int]
    ) -> None:
        """Add the studies of one cell."""
        if status is EvidenceStatus.RETRACTED:
            self.retracted.update(studies)
            return
        self.studies.setdefault(kind, set()).update(studies)
        self.years.setdefault(kind, []).extend(years)
        if status is EvidenceStatus.CONFIRMED:
            self.confirmed.update(studies)

    @property
    def all(self) -> set[str]:
        """Studies of any kind."""
        return self.of(*self.studies)

    def of(self, *kinds: str) -> set[str]:
        """Studies of these kinds."""
        return set().union(*(self.studies.get(kind, set()) for kind in kinds))

    def count(self, studies: Collection[str]) -> str:
        """A number of studies in words, saying how many only machines propose."""
        number = "1 study" if len(studies) == 1 else f"{len(studies)} studies"
        open_ = len(set(studies) - self.confirmed)
        if not open_:
            return number
        return f"{number}, {'all' if open_ == len(studies) else open_} only suggested"


def possible(one: Collection[str], other: Collection[str]) -> bool:
    """Whether there can be evidence where these two meet.

    Args:
        one, other: the kinds of evidence that each can have; for a study design its own.
    """
    studies = set(PRIMARY)
    common = set(one) & set(other)
    if studies.isdisjoint(one) or studies.isdisjoint(other):
        return bool(common)
    return bool(common & studies)  # a review alone needs studies that it could hold


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at where nothing was found.

    Attributes:
        searched: whether a search that covers the place has run to its end.
        undecided: reports that might stand there, were they decided on.
        uncoded: reports that nobody has given a value on one of the sides.
    """

    searched: bool
    undecided: int = 0
    uncoded: int = 0


def cell_gap(studies: int, retracted: int, looked: Looked) -> tuple[Gap | None, str]:
    """Why a cell is a gap; (None, "") when it holds a study.

    Args:
        studies: studies in it, retracted ones aside.
    """
    return (None, "") if studies else empty("cell", retracted, looked)


def empty(place: str, retracted: int, looked: Looked) -> tuple[Gap, str]:
    """Why a place without any study is a gap.

    Args:
        place: what it is, in a word.
        retracted: retracted studies of it.
    """
    if retracted:
        return Gap.RETRACTED, f"All studies of this {place} were retracted."
    if not looked.searched:
        return Gap.NOT_SEARCHED, f"No search that covers this {place} has run to its end."
    ran = f"A search that covers this {place} ran to its end"
    if looked.undecided:
        return Gap.UNDECIDED, f"{ran}; {_reports(looked.undecided)} not decided on yet."
    left = f"; {_reports(looked.uncoded)} not coded for it yet" if looked.uncoded else ""
    return Gap.SEARCHED_NONE, f"{ran}; no study is coded{left}."


def _reports(n: int) -> str:
    return f"{n:,} {'report is' if n == 1 else 'reports are'}"


def row_gaps(
    rows: Sequence[str],
    evidence: Mapping[str, RowEvidence],
    looked: Callable[[str], Looked],
    kinds: Callable[[str], Collection[str]] = lambda _: ALL_KINDS,
) -> dict[str, tuple[Gap, str]]:
    """Gap and rule of each row that has one, the weakest first.

    That is: in the order of `Gap`, within one gap by the fewest studies, then in the order given.

    Args:
        looked: row -> what was looked at.
        kinds: the kinds of evidence that a row can have.
    """
    nothing = RowEvidence()
    found: dict[str, tuple[Gap, str]] = {}
    for row in rows:
        gap = row_gap(evidence.get(row, nothing), looked(row), kinds(row))
        if gap is not None:
            found[row] = gap
    order = list(Gap)
    weakest = sorted(
        found, key=lambda row: (order.index(found[row][0]), len(evidence.get(row, nothing).all))
    )
    return {row: found[row] for row in weakest}


def row_gap(
    row: RowEvidence, looked: Looked, kinds: Collection[str] = ALL_KINDS
) -> tuple[Gap, str] | None:
    """Why a row is a gap, the weakest point first; None when it is none.

    Suggested studies count as well, and the sentence says how many they are. Sample sizes are
    not coded, so one controlled study is taken to be a small one. What there cannot be (``kinds``)
    is not missed.
    """
    found = _weakest_point(row, looked, kinds)
    unknown = row.of(UNKNOWN)
    if found is None or not unknown or found[0] is Gap.FORMS_ONLY:
        return found
    gap, rule = found
    return gap, f"{rule} No study design goes with {row.count(unknown)} more."


def _weakest_point(
    row: RowEvidence, looked: Looked, kinds: Collection[str]
) -> tuple[Gap, str] | None:
    primary, reviews = row.of(*PRIMARY), row.of("synthesis")
    if not primary and not (reviews and set(PRIMARY).isdisjoint(kinds)):
        return _without_primary(row, reviews, looked)
    if thin := _thin_in_people(row, kinds):
        return thin
    if "synthesis" not in kinds:
        return None
    if not reviews:
        return Gap.SYNTHESIS_MISSING, f"There is no review ({row.count(primary)})."
    return _outdated(row)


def _thin_in_people(row: RowEvidence, kinds: Collection[str]) -> tuple[Gap, str] | None:
    """What a row lacks of studies in people, as far as there can be such."""
    controlled, uncontrolled = row.of("controlled"), row.of("uncontrolled")
    if len(controlled) > 1:
        return None
    if controlled:
        if "controlled" not in kinds:
            return None
        return (
            Gap.ONE_CONTROLLED,
            f"Only one study set the exposure against a control ({row.count(controlled)}).",
        )
    if uncontrolled:
        if "controlled" not in kinds:
            return None
        return (
            Gap.UNCONTROLLED_ONLY,
            f"People were studied without a control only ({row.count(uncontrolled)}).",
        )
    mechanism = row.of("mechanism")
    if not mechanism or not {"controlled", "uncontrolled"}.intersection(kinds):
        return None
    return (
        Gap.MECHANISM_ONLY,
        f"Only animals, tissue, cells or models were studied ({row.count(mechanism)}).",
    )


def _without_primary(row: RowEvidence, reviews: Collection[str], looked: Looked) -> tuple[Gap, str]:
    if reviews:
        return (
            Gap.REVIEWS_ONLY,
            f"There are reviews but no primary study ({row.count(reviews)}).",
        )
    if row.of(UNKNOWN):
        every = row.of("none", UNKNOWN)
        return Gap.FORMS_ONLY, f"No study design goes with what is coded ({row.count(every)})."
    if forms := row.of("none"):
        return Gap.FORMS_ONLY, f"No report states a study design ({row.count(forms)})."
    return empty("row", len(row.retracted), looked)


def _outdated(row: RowEvidence) -> tuple[Gap, str] | None:
    reviewed = max(row.years.get("synthesis", ()), default=None)
    newest = max((y for kind in PRIMARY for y in row.years.get(kind, ())), default=None)
    if reviewed is None or newest is None or newest - reviewed < OUTDATED_YEARS:
        return None
    return (
        Gap.OUTDATED,
        f"The newest review is of {reviewed}; the newest study is of {newest}.",
    )
