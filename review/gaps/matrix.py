"""The evidence matrix and the table behind it. Pure: facts in, counts out."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from review.gaps import gap_rules
from review.gaps.evidence import Pair, Pairs, pair, wanted
from review.gaps.finer_values import Folding
from review.gaps.model import (
    DESIGN,
    Cell,
    EvidenceStatus,
    Filters,
    Gap,
    Matrix,
    ReportEvidence,
    TableRow,
    Total,
)
from review.protocol.codebook import Codebook

Reports = dict[str, list[ReportEvidence]]
"""Study -> its reports in one cell."""

Searched = Callable[[str, str], bool]
"""Whether a search that covers this row and column has run to its end."""


Known = dict[str, tuple[ReportEvidence, bool | None, Pairs]]
"""Report -> its evidence, whether that lies within the frame, and the cells that follow from it."""


class Placements:
    """Where reports stand on the maps drawn last, so that only what is new is placed.

    One is for one codebook and one frame.
    """

    KEPT = 6
    """Maps; one that has no study designs across needs two."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, Filters], Known] = OrderedDict()

    def of(self, rows: str, columns: str, filters: Filters) -> Known:
        """What is known of one map."""
        key = (rows, columns, filters)
        found = self._known.pop(key, None)
        self._known[key] = known = {} if found is None else found
        while len(self._known) > self.KEPT:
            self._known.popitem(last=False)
        return known


@dataclass(slots=True)
class Studies:
    """Who stands in each cell, study by study; confirmed and suggested are disjoint."""

    confirmed: dict[Pair, Reports] = field(default_factory=dict)
    suggested: dict[Pair, Reports] = field(default_factory=dict)
    retracted: dict[Pair, Reports] = field(default_factory=dict)
    needs_pairing: list[str] = field(default_factory=list)
    unpaired_suggested: list[str] = field(default_factory=list)
    uncoded: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)
    outside: dict[Pair, Reports] = field(default_factory=dict)
    outside_frame: list[str] = field(default_factory=list)
    frame_unknown: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    @property
    def parts(self) -> Iterator[tuple[EvidenceStatus, dict[Pair, Reports]]]:
        """The three ways to stand in a cell."""
        yield EvidenceStatus.CONFIRMED, self.confirmed
        yield EvidenceStatus.SUGGESTED, self.suggested
        yield EvidenceStatus.RETRACTED, self.retracted

    def without(self, dropped: Callable[[Pair], bool]) -> Studies:
        """The same without some cells; reports that stand nowhere else are told as ``forms``."""
        parts = (self.confirmed, self.suggested, self.retracted, self.outside)
        kept = [{cell: at for cell, at in part.items() if not dropped(cell)} for part in parts]
        before, after = _placed_reports(parts[:2]), _placed_reports(kept[:2])
        confirmed, suggested, retracted, outside = kept
        return replace(
            self, confirmed=confirmed, suggested=suggested, retracted=retracted, outside=outside,
            forms=sorted(before - after),
        )  # fmt: skip


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
        before: what is known of reports whose evidence is the same object still.
    """
    want = wanted(filters, codebook, frame)
    beyond = want.anywhere()
    known: Known = {} if before is None else before.of(rows, columns, filters)
    folding = Folding(codebook, rows, columns)
    found = Studies()
    for one in facts:
        placed = known.get(one.id)
        if placed is None or placed[0] is not one:
            within = want.within(one)
            asked = beyond if within is False else want
            cells = folding.folded(pair(folding.specific(one), rows, columns, asked))
            placed = one, within, cells
            known[one.id] = placed
        _, within, pairs = placed
        if not pairs.kept:
            continue
        if within is False:
            found.outside_frame.append(one.id)
            if not one.retracted:
                _put(found.outside, pairs.confirmed | pairs.suggested, one)
            continue
        if within is None:  # counted: nobody has said that it is about something else
            found.frame_unknown.append(one.id)
        if one.retracted:
            _put(found.retracted, pairs.confirmed | pairs.suggested, one)
            continue
        _put(found.confirmed, pairs.confirmed, one)
        _put(found.suggested, pairs.suggested, one)
        if not pairs.coded and folding.does_not_apply(one):
            found.not_asked.append(one.id)
        else:
            _note_unplaced(found, pairs, one)
    for cell, studies in found.suggested.items():
        for study in found.confirmed.get(cell, {}).keys() & studies.keys():
            del studies[study]
    return found


def build(
    facts: Sequence[ReportEvidence],
    codebook: Codebook,
    rows: str,
    columns: str,
    filters: Filters,
    searched: Searched,
    last_search: datetime | None = None,
    frame: Collection[str] = (),
    before: Placements | None = None,
) -> Matrix:
    """Count the studies of every cell and name the gaps; arguments as for `build_with_table`."""
    return _build(facts, codebook, rows, columns, filters, searched, last_search, frame, before)[0]


def build_with_table(
    facts: Sequence[ReportEvidence],
    codebook: Codebook,
    rows: str,
    columns: str,
    filters: Filters,
    searched: Searched,
    last_search: datetime | None = None,
    frame: Collection[str] = (),
    before: Placements | None = None,
) -> tuple[Matrix, list[TableRow]]:
    """Count the studies of every cell and name the gaps; with the table behind the counts.

    Args:
        facts: reports that are not excluded.
        rows: name of a codebook dimension.
        columns: that of another one.
        frame: exposures that the question is about; all when empty.
        before: as for `place`.
    """
    found, studies = _build(
        facts, codebook, rows, columns, filters, searched, last_search, frame, before
    )
    return found, _table(studies)


def _build(
    facts: Sequence[ReportEvidence],
    codebook: Codebook,
    rows: str,
    columns: str,
    filters: Filters,
    searched: Searched,
    last_search: datetime | None,
    frame: Collection[str],
    before: Placements | None,
) -> tuple[Matrix, Studies]:
    """The map, and who stands in its cells."""
    placed = place(facts, rows, columns, filters, codebook, frame, before)
    forms = frozenset() if filters.forms else codebook.dimension(DESIGN).forms
    studies = _without_forms(placed, rows, columns, forms)
    row_ids = _axis(codebook, rows, (p[0] for _, part in studies.parts for p in part))
    column_ids = _axis(codebook, columns, (p[1] for _, part in studies.parts for p in part))
    if rows == DESIGN:
        row_ids = tuple(id_ for id_ in row_ids if id_ not in forms)
    if columns == DESIGN:
        column_ids = tuple(id_ for id_ in column_ids if id_ not in forms)
    row_kinds = {r: codebook.dimension(rows).kinds(r) for r in row_ids}
    column_kinds = {c: codebook.dimension(columns).kinds(c) for c in column_ids}
    could = {
        (r, c): gap_rules.possible(row_kinds[r], column_kinds[c])
        for r in row_ids
        for c in column_ids
    }
    undecided = sum(not f.included for f in facts) if filters.included_only else 0
    uncoded = len(studies.uncoded)

    def looked(row: str, *across: str) -> gap_rules.Looked:
        return gap_rules.Looked(any(searched(row, c) for c in across), undecided, uncoded)

    cells = tuple(_cell(studies, cell, looked(*cell), could[cell]) for cell in could)
    by_row: dict[str, gap_rules.RowEvidence] = {}
    if rows != DESIGN:
        designs = placed  # forms among them: a row of news alone is told as such
        if columns != DESIGN:
            designs = place(facts, rows, DESIGN, filters, codebook, frame, before)
        by_row = designs_by_row(designs, codebook)
    _without_design(by_row, studies)
    possible = {r: [c for c in column_ids if could[r, c]] for r in row_ids}
    judged = [r for r in row_ids if possible[r] or r in by_row]
    if rows == DESIGN:  # a design is no question that designs could answer: it is there or not
        judged = [r for r in judged if r not in by_row or not by_row[r].all]
    row_gaps = gap_rules.row_gaps(
        judged, by_row, lambda row: looked(row, *possible[row]), row_kinds.__getitem__
    )
    found = Matrix(
        row_dimension=rows,
        column_dimension=columns,
        rows=row_ids,
        columns=column_ids,
        cells=cells,
        confirmed_total=len({s for cell in studies.confirmed.values() for s in cell}),
        suggested_total=len({s for cell in studies.suggested.values() for s in cell}),
        needs_pairing=tuple(sorted(studies.needs_pairing)),
        unpaired_suggested=tuple(sorted(studies.unpaired_suggested)),
        uncoded=tuple(sorted(studies.uncoded)),
        not_asked=tuple(sorted(studies.not_asked)),
        outside=tuple(sorted(studies.outside_frame)),
        frame_unknown=tuple(sorted(studies.frame_unknown)),
        forms=tuple(studies.forms),
        row_gaps=row_gaps,
        row_studies={r: len(by_row[r].all) if r in by_row else 0 for r in row_gaps},
        row_totals=totals(row_ids, _places(studies, 0)),
        column_totals=totals(column_ids, _places(studies, 1)),
        searched=last_search,
        filters=filters,
    )
    return found, studies


def totals(
    values: Iterable[str], placed: Iterable[tuple[str, EvidenceStatus, str]]
) -> dict[str, Total]:
    """Count the studies of each row, or each column.

    Args:
        values: all rows or columns; those without a study count none.
        placed: every place in the map: its row or column, how it is known, and the study.
    """
    held: dict[tuple[str, EvidenceStatus], set[str]] = defaultdict(set)
    for value, status, study in placed:
        held[value, status].add(study)
    return {
        v: Total(len(held[v, EvidenceStatus.CONFIRMED]), len(held[v, EvidenceStatus.SUGGESTED]))
        for v in values
    }


def _places(studies: Studies, axis: int) -> Iterator[tuple[str, EvidenceStatus, str]]:
    """What `totals` counts, by row (0) or by column (1)."""
    for status, part in studies.parts:
        for cell, held in part.items():
            for study in held:
                yield cell[axis], status, study


def table(
    facts: Iterable[ReportEvidence], codebook: Codebook, rows: str, columns: str, filters: Filters
) -> list[TableRow]:
    """Every report's place in every cell: the counts of the map can be worked out from it."""
    forms = frozenset() if filters.forms else codebook.dimension(DESIGN).forms
    placed = place(facts, rows, columns, filters, codebook)
    return _table(_without_forms(placed, rows, columns, forms))


def _without_forms(studies: Studies, rows: str, columns: str, forms: Collection[str]) -> Studies:
    """Leave out the cells of publication forms, on whichever axis the study designs are."""
    if not forms or DESIGN not in (rows, columns):
        return studies
    axis = 0 if rows == DESIGN else 1
    return studies.without(lambda cell: cell[axis] in forms)


def _table(studies: Studies) -> list[TableRow]:
    """In order of row, column, status, study and report."""
    parts = sorted(studies.parts, key=lambda part: part[0])
    cells = sorted({cell for _, part in parts for cell in part})
    return [
        TableRow(f.id, study, *cell, status, f.title, f.year, f.doi)
        for cell in cells
        for status, part in parts
        for study, reports in sorted(part.get(cell, {}).items())
        for f in sorted(reports, key=lambda f: f.id)
    ]


def designs_by_row(studies: Studies, codebook: Codebook) -> dict[str, gap_rules.RowEvidence]:
    """What kinds of evidence each row has, from cells whose columns are study designs."""
    kinds = {v.id: v.evidence or "none" for v in codebook.dimension(DESIGN).values}
    found: dict[str, gap_rules.RowEvidence] = defaultdict(gap_rules.RowEvidence)
    for status, part in studies.parts:
        for (row, design), cell in part.items():
            if cell:
                years = [f.year for reports in cell.values() for f in reports if f.year]
                found[row].add(status, kinds.get(design, "none"), cell, years)
    return found


def _without_design(by_row: dict[str, gap_rules.RowEvidence], studies: Studies) -> None:
    """Add the studies that stand in a row of the map, while no design of theirs goes with it.

    So a row is never called empty where the map shows a study.
    """
    known = {row: found.all for row, found in by_row.items()}
    for status, part in studies.parts:
        for (row, _column), cell in part.items():
            new = cell.keys() - known.get(row, set())
            if new:
                found = by_row.setdefault(row, gap_rules.RowEvidence())
                found.add(status, gap_rules.UNKNOWN, new, ())


def _axis(codebook: Codebook, dimension: str, seen: Iterable[str]) -> tuple[str, ...]:
    """The codebook's values in its order; after them values that only the data hold."""
    seen = set(seen)
    values = codebook.dimension(dimension).values
    ids = [value.id for value in values if not value.retired or value.id in seen]
    return (*ids, *sorted(seen - set(ids)))


def _cell(studies: Studies, key: Pair, looked: gap_rules.Looked, possible: bool) -> Cell:
    confirmed = studies.confirmed.get(key, {})
    suggested = studies.suggested.get(key, {})
    retracted = studies.retracted.get(key, {})
    gap: Gap | None
    if applicable := possible or bool(confirmed or suggested):
        gap, rule = gap_rules.cell_gap(len(confirmed) + len(suggested), len(retracted), looked)
    else:
        gap, rule = None, gap_rules.NOT_APPLICABLE
    return Cell(
        row=key[0],
        column=key[1],
        confirmed=len(confirmed),
        suggested=len(suggested),
        confirmed_reports=_ids(confirmed),
        suggested_reports=_ids(suggested),
        retracted_reports=_ids(retracted),
        gap=gap,
        rule=rule,
        outside_reports=_ids(studies.outside.get(key, {})),
        applicable=applicable,
    )


def _ids(cell: Reports) -> tuple[str, ...]:
    return tuple(sorted(f.id for reports in cell.values() for f in reports))


def _placed_reports(parts: Iterable[dict[Pair, Reports]]) -> set[str]:
    """The reports in some cells."""
    return {f.id for part in parts for at in part.values() for some in at.values() for f in some}


def _put(part: dict[Pair, Reports], pairs: Iterable[Pair], one: ReportEvidence) -> None:
    for key in pairs:
        part.setdefault(key, {}).setdefault(one.study, []).append(one)


def _note_unplaced(found: Studies, pairs: Pairs, one: ReportEvidence) -> None:
    if pairs.unpaired:
        (found.needs_pairing if pairs.sure else found.unpaired_suggested).append(one.id)
    if not pairs.coded:
        found.uncoded.append(one.id)
