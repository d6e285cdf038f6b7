"""An opened cell of the gap map: why it is empty or thin, who looked, and what is nearly there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.gaps import gap_rules, service
from review.gaps.cell_details import members
from review.gaps.column_groups import CLASS, by_class, groups_of
from review.gaps.filters import Filters
from review.gaps.ledger import Place, Verdict
from review.gaps.ledger_state import claim_lists, words_of
from review.gaps.ledger_views import cell_verdict, kinds_of_reports
from review.gaps.look_again import like_words, query_for
from review.gaps.matrix import table
from review.gaps.model import DESIGN, Cell, Matrix, ReportEvidence
from review.gaps.narrowing import apply, wanted
from review.model import Finding, Report, SearchRun, Tag
from review.protocol.model import Search
from review.records.event_sentences import status_words
from review.store import near_misses, reports
from review.workspace import Workspace

NEIGHBOURS = 4
"""Filled cells named on each side."""

NEAR = 8
"""Near misses told one by one."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An excluded report that holds what the cell asks for, and why it was excluded."""

    report: Report
    why: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """How to look again for what a place lacks.

    Attributes:
        gap: id of the place in the ledger of gaps.
        what: the place in words.
        query: a search string; ``like`` says the same in plain words.
        covers: what such a search is meant to find: dimension -> values or groups.
    """

    gap: str
    what: str
    query: str
    like: str
    covers: Mapping[str, tuple[str, ...]]


def look_again(ws: Workspace, place: Place) -> LookAgain:
    """A ready query for a row, a cell or a claim."""
    book = ws.protocol.codebook
    what = words_of(ws.protocol, place)
    if place.claim:
        values = claim_lists(ws.protocol.claim(place.claim))
        covers = {name: tuple(sorted(some)) for name, some in values.items()}
        like = f"{what.rstrip('.')}. {ws.protocol.question.exposure}"
    else:
        values = {name: members(book, name, id_) for name, id_ in place.at}
        covers = {name: (id_.removeprefix(CLASS),) for name, id_ in place.at}
        like = like_words(ws.protocol, place.at)
    return LookAgain(place.id, what, query_for(ws.protocol, values), like, covers)


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """All that is to be said of one cell.

    Attributes:
        gap: id of the cell in the ledger of gaps.
        verdict: why it is a gap, and the counts behind that.
        by_kind: kind of evidence -> the reports that the verdict counts as such.
        findings: what people wrote down that stands in it.
        tags: those with words behind them that put reports without such a finding there.
        searches: those of the protocol that cover it, each with its newest complete run.
        near_misses: of an empty or thin cell, the first excluded reports that hold both values, by
            whatever tag or suggestion; ``near_reports`` are all of them.
        in_row, in_column: the nearest filled cells beside it and above or below.
        again: how to look again for what it lacks.
    """

    gap: str
    verdict: Verdict
    by_kind: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]
    tags: tuple[Tag, ...]
    searches: tuple[tuple[Search, SearchRun | None], ...]
    near_misses: tuple[NearMiss, ...]
    near_reports: tuple[str, ...]
    in_row: tuple[Cell, ...]
    in_column: tuple[Cell, ...]
    again: LookAgain

    @property
    def wanting(self) -> bool:
        """Whether it is empty or thin."""
        return self.verdict.gap is not None


def open_cell(ws: Workspace, shown: Matrix, cell: Cell) -> OpenedCell:
    """Everything behind a cell of the map as it is drawn."""
    book = ws.protocol.codebook
    values = {
        name: members(book, name, id_)
        for name, id_ in ((shown.row_dimension, cell.row), (shown.column_dimension, cell.column))
    }
    around, left = _evidence(ws, shown, cell)
    findings = service.findings_in(ws, shown, cell, left)
    verdict, by_kind = _verdict(ws, shown, cell, around, left)
    near = () if verdict.gap is None else _near_misses(ws, values)
    place = Place(((shown.row_dimension, cell.row), (shown.column_dimension, cell.column)))
    return OpenedCell(
        gap=place.id,
        verdict=verdict,
        by_kind=by_kind,
        findings=findings,
        tags=service.tags_in(ws, shown, cell, {one.report for one in findings}),
        searches=tuple(service.covering(ws, values)),
        near_misses=_named(ws, near[:NEAR]),
        near_reports=near,
        in_row=neighbours(shown, cell, along=True),
        in_column=neighbours(shown, cell, along=False),
        again=look_again(ws, place),
    )


def _evidence(
    ws: Workspace, shown: Matrix, cell: Cell
) -> tuple[tuple[ReportEvidence, ...], list[ReportEvidence]]:
    """The evidence of the studies in a cell, and what of it passes the filters of the map."""
    parts = service.map_parts(ws, shown.row_dimension, shown.column_dimension, shown.filters)
    around = _around(cell, parts["facts"])
    want = wanted(shown.filters, ws.protocol.codebook, ws.protocol.frame.exposure)
    return around, list(apply(around, want))


def _around(cell: Cell, facts: Sequence[ReportEvidence]) -> tuple[ReportEvidence, ...]:
    """The evidence of the studies in a cell, with all their reports.

    All that is said of a cell follows from it, and the other hundred thousand need not be placed.
    """
    own = {*cell.confirmed_reports, *cell.suggested_reports}
    studies = {one.study for one in facts if one.id in own}
    return tuple(one for one in facts if one.study in studies)


def _verdict(
    ws: Workspace,
    shown: Matrix,
    cell: Cell,
    around: Iterable[ReportEvidence],
    left: Iterable[ReportEvidence],
) -> tuple[Verdict, dict[str, tuple[str, ...]]]:
    """The gap of a cell, as the ledger has it, and its reports by kind of evidence.

    Args:
        around: the evidence of its studies; ``left`` what of it passes the filters.
    """
    if not cell.applicable:
        return Verdict(None, gap_rules.NOT_APPLICABLE), {}
    book = ws.protocol.codebook
    designs: dict[tuple[str, str], set[str]] = {}
    rows = members(book, shown.row_dimension, cell.row)
    if shown.row_dimension != DESIGN:
        frame = ws.protocol.frame.exposure
        for one in table(around, book, shown.row_dimension, DESIGN, shown.filters, frame):
            if one.row in rows:
                designs.setdefault((cell.row, one.report), set()).add(one.column)
    facts = {one.id: one for one in left}
    verdict = cell_verdict(shown, cell, facts, designs, book)
    kinds = kinds_of_reports(shown, cell, facts, designs, book)
    return verdict, {
        kind: tuple(sorted(report for report, some in kinds.items() if kind in some))
        for kind in verdict.kinds
    }


def by_kind(ws: Workspace, place: Place, filters: Filters) -> Mapping[str, tuple[str, ...]]:
    """Kind of evidence -> the reports of a row or a cell in the ledger that count as such."""
    book = ws.protocol.codebook
    if len(place.at) > 1:
        (rows, row), (columns, column) = place.at
        found, placed = service.gap_map(ws, rows, columns, filters)
        groups = groups_of(book.dimension(found.column_dimension))
        shown = by_class(found, placed, groups)
        cell = shown.cell(row, column)
        _, kinds = _verdict(ws, shown, cell, *_evidence(ws, shown, cell))
        return kinds
    of_design = {v.id: v.evidence or "none" for v in book.dimension(DESIGN).values}
    reports: dict[str, set[str]] = {}
    for rows, row in place.at:
        for cell in service.matrix(ws, rows, DESIGN, filters).cells:
            if cell.row == row:
                kind = of_design.get(cell.column, "none")
                held = (*cell.confirmed_reports, *cell.suggested_reports)
                reports.setdefault(kind, set()).update(held)
    return {kind: tuple(sorted(ids)) for kind, ids in reports.items()}


def _near_misses(ws: Workspace, values: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    book = ws.protocol.codebook
    asked = {book.id_of(name): some for name, some in values.items()}
    roles = {book.id_of(name): name for name in values}
    with ws.store.read() as conn:
        return tuple(near_misses.excluded_with(conn, asked, roles))


def _named(ws: Workspace, ids: Collection[str]) -> tuple[NearMiss, ...]:
    with ws.store.read() as conn:
        found = reports.by_ids(conn, ids)
    return tuple(NearMiss(one, status_words(one, ws.protocol)) for one in found)


def neighbours(shown: Matrix, cell: Cell, *, along: bool) -> tuple[Cell, ...]:
    """The nearest cells with a study: along the row, or along the column; nearest first."""
    if along:
        order: Sequence[str] = shown.columns
        at = order.index(cell.column)
        line = [shown.cell(cell.row, column) for column in order]
    else:
        order = shown.rows
        at = order.index(cell.row)
        line = [shown.cell(row, cell.column) for row in order]
    filled = [(abs(n - at), n) for n, one in enumerate(line) if one.confirmed or one.suggested]
    return tuple(line[n] for away, n in sorted(filled) if away)[:NEIGHBOURS]
