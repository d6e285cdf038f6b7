"""Which studies stand in which cells of a map, kept up to date as evidence changes.

Placing a hundred thousand reports takes a second, and one vote moves one of them. So what was
placed is kept, and only reports with other evidence than before are taken out and put in again.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Literal

from review.gaps.evidence import Pair, Pairs, pair
from review.gaps.filters import Filters
from review.gaps.finer_values import Folding
from review.gaps.model import EvidenceStatus, ReportEvidence
from review.gaps.narrowing import Wanted, wanted
from review.protocol.codebook import Codebook

Reports = dict[str, tuple[ReportEvidence, ...]]
"""Study -> its reports in one cell."""

Part = Literal["confirmed", "proposed", "retracted", "outside"]
"""How a report can stand in a cell."""

Mention = Literal[
    "needs_pairing", "unpaired_suggested", "uncoded", "not_asked", "outside_frame", "frame_unknown"
]
"""What the map says of reports beside its cells."""


def _years(held: Reports) -> tuple[int, ...]:
    return tuple(one.year for reports in held.values() for one in reports if one.year)


@dataclass(frozen=True, slots=True)
class CellStudies:
    """The studies in one cell, with their reports; looked at by many, so never changed.

    Attributes:
        confirmed: with a confirmed place here.
        proposed: with a suggested one; some may be confirmed by another report of theirs.
        retracted: by retracted reports; counted in no other way.
        outside: those that would stand here, but lie outside the frame of the question.
        suggested: the proposed ones that are not confirmed.
        years: the years of publication of confirmed and suggested reports.
    """

    confirmed: Reports = field(default_factory=dict)
    proposed: Reports = field(default_factory=dict)
    retracted: Reports = field(default_factory=dict)
    outside: Reports = field(default_factory=dict)
    suggested: Reports = field(init=False)
    years: Mapping[EvidenceStatus, tuple[int, ...]] = field(init=False)
    _ids: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        only = self.proposed
        if not self.confirmed.keys().isdisjoint(only):
            only = {s: reports for s, reports in only.items() if s not in self.confirmed}
        object.__setattr__(self, "suggested", only)
        years = {status: _years(held) for status, held in self.statuses}
        object.__setattr__(self, "years", years)

    @property
    def statuses(self) -> Iterator[tuple[EvidenceStatus, Reports]]:
        """The three ways to stand in a cell that the table of the map tells."""
        yield EvidenceStatus.CONFIRMED, self.confirmed
        yield EvidenceStatus.SUGGESTED, self.suggested
        yield EvidenceStatus.RETRACTED, self.retracted

    def ids(
        self, part: Literal["confirmed", "suggested", "retracted", "outside"]
    ) -> tuple[str, ...]:
        """The reports that stand so, in order."""
        found = self._ids.get(part)
        if found is None:
            held: Reports = getattr(self, part)
            found = tuple(sorted(one.id for reports in held.values() for one in reports))
            self._ids[part] = found
        return found

    def changed(self, changes: Iterable[Change]) -> CellStudies:
        """The same after reports came and went."""
        parts: dict[str, Any] = {}
        for part, one, comes in changes:
            held = parts.get(part)
            if held is None:
                held = parts[part] = dict(getattr(self, part))
            others = held.get(one.study, ())
            left = (*others, one) if comes else tuple(o for o in others if o is not one)
            if left:
                held[one.study] = left
            else:
                del held[one.study]
        return replace(self, **parts)


Change = tuple[Part, ReportEvidence, bool]
"""How a report stands in a cell, the report, and whether it comes or goes."""


@dataclass(frozen=True, slots=True)
class Studies:
    """Who stands where on a map.

    Attributes:
        cells: those with somebody in them.
        needs_pairing, unpaired_suggested, uncoded, not_asked, outside_frame, frame_unknown, forms:
            reports, in order, as `model.Matrix` tells them.
    """

    cells: Mapping[Pair, CellStudies]
    needs_pairing: tuple[str, ...] = ()
    unpaired_suggested: tuple[str, ...] = ()
    uncoded: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    outside_frame: tuple[str, ...] = ()
    frame_unknown: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    def without(self, dropped: Callable[[Pair], bool]) -> Studies:
        """The same without some cells; reports that stand nowhere else are told as ``forms``."""
        kept = {cell: held for cell, held in self.cells.items() if not dropped(cell)}
        if len(kept) == len(self.cells):
            return self
        left_out = (held for cell, held in self.cells.items() if cell not in kept)
        nowhere = {id_ for held in left_out for id_ in _placed(held)}
        for held in kept.values():
            nowhere.difference_update(_placed(held))
        return replace(self, cells=kept, forms=tuple(sorted(nowhere)))


@dataclass(frozen=True, slots=True)
class Placed:
    """One report on a map.

    Attributes:
        within: whether it lies within the frame of the question; None when nobody has said.
        pairs: the cells that follow from its evidence.
        asked: whether the codebook asks for both sides of the map.
    """

    evidence: ReportEvidence
    within: bool | None
    pairs: Pairs
    asked: bool = True

    def cells(self) -> Iterator[tuple[Part, Pair]]:
        """How it stands in which cells."""
        if not self.pairs.kept:
            return
        either = self.pairs.confirmed | self.pairs.suggested
        if self.evidence.retracted:
            if self.within is not False:
                yield from (("retracted", cell) for cell in either)
        elif self.within is False:
            yield from (("outside", cell) for cell in either)
        else:
            yield from (("confirmed", cell) for cell in self.pairs.confirmed)
            yield from (("proposed", cell) for cell in self.pairs.suggested)

    def mentions(self) -> Iterator[Mention]:
        """What the map says of it beside its cells."""
        if not self.pairs.kept:
            return
        if self.within is False:
            yield "outside_frame"
            return
        if self.within is None:  # counted: nobody has said that it is about something else
            yield "frame_unknown"
        if self.evidence.retracted:
            return
        if not self.asked:
            yield "not_asked"
            return
        if self.pairs.unpaired:
            yield "needs_pairing" if self.pairs.sure else "unpaired_suggested"
        if not self.pairs.coded:
            yield "uncoded"


class PlacedReports:
    """The reports of one map; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Placed] = {}
        self._cells: dict[Pair, CellStudies] = {}
        self._mentions: defaultdict[Mention, list[str]] = defaultdict(list)

    def studies(
        self,
        facts: Iterable[ReportEvidence],
        rows: str,
        columns: str,
        want: Wanted,
        folding: Folding,
    ) -> Studies:
        """Who stands where by these facts, each report once.

        A report whose evidence is the same object as last time stays where it is.
        """
        with self._lock:
            self._update(facts, rows, columns, want, folding)
            mentions: dict[str, Any] = {name: tuple(ids) for name, ids in self._mentions.items()}
            return replace(Studies(dict(self._cells)), **mentions)

    def _update(
        self,
        facts: Iterable[ReportEvidence],
        rows: str,
        columns: str,
        want: Wanted,
        folding: Folding,
    ) -> None:
        beyond = want.anywhere()
        changes: defaultdict[Pair, list[Change]] = defaultdict(list)
        now = {one.id: one for one in facts}
        for id_ in self._known.keys() - now.keys() if self._known else ():
            self._note(self._known.pop(id_), changes, comes=False)
        known = self._known
        for id_, one in now.items():
            before = known.get(id_)
            if before is not None:
                if before.evidence is one:
                    continue
                self._note(before, changes, comes=False)
            within = want.within(one)
            asked = beyond if within is False else want
            pairs = folding.folded(pair(folding.specific(one), rows, columns, asked))
            applies = pairs.coded or not folding.does_not_apply(one)
            known[id_] = placed = Placed(one, within, pairs, applies)
            self._note(placed, changes, comes=True)
        for cell, those in changes.items():
            held = self._cells.get(cell, _NOBODY).changed(those)
            if held == _NOBODY:
                self._cells.pop(cell, None)
            else:
                self._cells[cell] = held

    def _note(
        self, placed: Placed, changes: defaultdict[Pair, list[Change]], *, comes: bool
    ) -> None:
        for part, cell in placed.cells():
            changes[cell].append((part, placed.evidence, comes))
        for name in placed.mentions():
            ids, id_ = self._mentions[name], placed.evidence.id
            if comes:
                insort(ids, id_)
            else:
                del ids[bisect_left(ids, id_)]


_NOBODY = CellStudies()


class Placements:
    """The maps drawn last, under one codebook and one frame."""

    KEPT = 8
    """Maps; one that has no study designs across needs two, and twice as many under a filter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._maps: OrderedDict[tuple[str, str, Filters], PlacedReports] = OrderedDict()

    def of(self, rows: str, columns: str, filters: Filters) -> PlacedReports:
        """The reports of one map."""
        key = (rows, columns, filters)
        with self._lock:
            found = self._maps.pop(key, None) or PlacedReports()
            self._maps[key] = found
            while len(self._maps) > self.KEPT:
                self._maps.popitem(last=False)
        return found


def place(
    facts: Iterable[ReportEvidence],
    rows: str,
    columns: str,
    filters: Filters,
    codebook: Codebook,
    frame: Collection[str] = (),
    before: Placements | None = None,
) -> Studies:
    """Put every report that passes the filters, and lies within the frame, into its cells.

    Args:
        before: the maps drawn last, of the same codebook and frame.
    """
    kept = PlacedReports() if before is None else before.of(rows, columns, filters)
    want, folding = wanted(filters, codebook, frame), Folding(codebook, rows, columns)
    return kept.studies(facts, rows, columns, want, folding)


def _placed(held: CellStudies) -> Iterator[str]:
    """The reports that are counted in a cell."""
    return chain(held.ids("confirmed"), held.ids("suggested"))
