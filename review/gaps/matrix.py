"""The evidence matrix and the table behind it. Pure: facts in, counts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from review.gaps import gap_rules
from review.gaps.evidence import Pair
from review.gaps.filters import Filters
from review.gaps.hidden import with_hidden
from review.gaps.model import (
    DESIGN,
    Cell,
    EvidenceStatus,
    Gap,
    Matrix,
    ReportEvidence,
    TableRow,
    Total,
)
from review.gaps.placements import CellStudies, Placements, Studies, place
from review.protocol.codebook import Codebook

Searched = Callable[[str, str], bool]
"""Whether a search that covers this row and column has run to its end."""


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
    given = (searched, last_search, frame, before)
    found, _ = _build(facts, codebook, rows, columns, filters, *given)
    if not filters.hiding:
        return found
    return with_hidden(found, _build(facts, codebook, rows, columns, filters.whole, *given)[0])


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
    *,
    hidden: bool = True,
) -> tuple[Matrix, list[TableRow]]:
    """Count the studies of every cell and name the gaps; with the table behind the counts.

    Args:
        facts: reports that are not excluded.
        rows: name of a codebook dimension.
        columns: that of another one.
        frame: exposures that the question is about; all when empty.
        before: as for `place`.
        hidden: whether the map says what the filters hide.
    """
    given = (searched, last_search, frame, before)
    found, studies = _build(facts, codebook, rows, columns, filters, *given)
    if hidden and filters.hiding:
        every, _ = _build(facts, codebook, rows, columns, filters.whole, *given)
        found = with_hidden(found, every)
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
    seen = [cell for cell, held in studies.cells.items() if any(h for _, h in held.statuses)]
    row_ids = _axis(codebook, rows, (row for row, _ in seen))
    column_ids = _axis(codebook, columns, (column for _, column in seen))
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
    everywhere = studies.cells.values()
    found = Matrix(
        row_dimension=rows,
        column_dimension=columns,
        rows=row_ids,
        columns=column_ids,
        cells=cells,
        confirmed_total=len(set().union(*(held.confirmed for held in everywhere))),
        suggested_total=len(set().union(*(held.suggested for held in everywhere))),
        needs_pairing=studies.needs_pairing,
        unpaired_suggested=studies.unpaired_suggested,
        uncoded=studies.uncoded,
        not_asked=studies.not_asked,
        outside=studies.outside_frame,
        frame_unknown=studies.frame_unknown,
        forms=studies.forms,
        row_gaps=row_gaps,
        row_studies={r: len(by_row[r].all) if r in by_row else 0 for r in row_gaps},
        row_totals=totals(row_ids, _places(studies, 0)),
        column_totals=totals(column_ids, _places(studies, 1)),
        searched=last_search,
        filters=filters,
    )
    return found, studies


def totals(
    values: Iterable[str], placed: Iterable[tuple[str, EvidenceStatus, Iterable[str]]]
) -> dict[str, Total]:
    """Count the studies of each row, or each column.

    Args:
        values: all rows or columns; those without a study count none.
        placed: places in the map: the row or column, how it is known, and the studies there.
    """
    held: dict[tuple[str, EvidenceStatus], set[str]] = defaultdict(set)
    for value, status, studies in placed:
        held[value, status].update(studies)
    return {
        v: Total(len(held[v, EvidenceStatus.CONFIRMED]), len(held[v, EvidenceStatus.SUGGESTED]))
        for v in values
    }


def _places(studies: Studies, axis: int) -> Iterator[tuple[str, EvidenceStatus, Iterable[str]]]:
    """What `totals` counts, by row (0) or by column (1)."""
    for cell, held in studies.cells.items():
        for status, reports in held.statuses:
            yield cell[axis], status, reports


def table(
    facts: Iterable[ReportEvidence],
    codebook: Codebook,
    rows: str,
    columns: str,
    filters: Filters,
    frame: Collection[str] = (),
) -> list[TableRow]:
    """Every report's place in every cell: the counts of the map can be worked out from it.

    Of some reports it gives the places that they have among all, where the other reports of their
    studies are with them.
    """
    forms = frozenset() if filters.forms else codebook.dimension(DESIGN).forms
    placed = place(facts, rows, columns, filters, codebook, frame)
    return _table(_without_forms(placed, rows, columns, forms))


def _without_forms(studies: Studies, rows: str, columns: str, forms: Collection[str]) -> Studies:
    """Leave out the cells of publication forms, on whichever axis the study designs are."""
    if not forms or DESIGN not in (rows, columns):
        return studies
    axis = 0 if rows == DESIGN else 1
    return studies.without(lambda cell: cell[axis] in forms)


def _table(studies: Studies) -> list[TableRow]:
    """In order of row, column, status, study and report."""
    return [
        TableRow(f.id, study, *cell, status, f.title, f.year, f.doi)
        for cell, held in sorted(studies.cells.items(), key=lambda at: at[0])
        for status, part in sorted(held.statuses, key=lambda part: part[0])
        for study, reports in sorted(part.items())
        for f in (reports if len(reports) == 1 else sorted(reports, key=lambda f: f.id))
    ]


def designs_by_row(studies: Studies, codebook: Codebook) -> dict[str, gap_rules.RowEvidence]:
    """What kinds of evidence each row has, from cells whose columns are study designs."""
    kinds = {v.id: v.evidence or "none" for v in codebook.dimension(DESIGN).values}
    found: dict[str, gap_rules.RowEvidence] = defaultdict(gap_rules.RowEvidence)
    for (row, design), held in studies.cells.items():
        for status, part in held.statuses:
            if part:
                found[row].add(status, kinds.get(design, "none"), part, held.years[status])
    return found


def _without_design(by_row: dict[str, gap_rules.RowEvidence], studies: Studies) -> None:
    """Add the studies that stand in a row of the map, while no design of theirs goes with it.

    So a row is never called empty where the map shows a study.
    """
    known = {row: found.all for row, found in by_row.items()}
    for (row, _column), held in studies.cells.items():
        for status, part in held.statuses:
            new = part.keys() - known.get(row, set())
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
    held = studies.cells.get(key) or CellStudies()
    confirmed, suggested = len(held.confirmed), len(held.suggested)
    gap: Gap | None
    if applicable := possible or bool(confirmed or suggested):
        gap, rule = gap_rules.cell_gap(confirmed + suggested, len(held.retracted), looked)
    else:
        gap, rule = None, gap_rules.NOT_APPLICABLE
    return Cell(
        row=key[0],
        column=key[1],
        confirmed=confirmed,
        suggested=suggested,
        confirmed_reports=held.ids("confirmed"),
        suggested_reports=held.ids("suggested"),
        retracted_reports=held.ids("retracted"),
        gap=gap,
        rule=rule,
        outside_reports=held.ids("outside"),
        applicable=applicable,
    )
