"""What pages, commands and exports ask of the gap map and the claims.

Each answer is computed from one bulk read of the review.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from review.appraisal import reading as appraisal
from review.appraisal import results
from review.errors import DecisionError
from review.gaps import matrix as matrices
from review.gaps import narrowing, years
from review.gaps.cell_details import Details, details, members
from review.gaps.claim_comparison import Compared, compared
from review.gaps.claims import ClaimState
from review.gaps.facts import Conclusions, memory_of
from review.gaps.filters import Filters, expand
from review.gaps.finer_values import does_not_apply
from review.gaps.gap_list import COLUMNS, gap_list
from review.gaps.json_values import claims_json, to_json
from review.gaps.model import (
    DESIGN,
    FINDING_DIMENSIONS,
    Cell,
    Matrix,
    ReportEvidence,
    TableRow,
)
from review.model import Finding, RunStatus, SearchRun, Tag
from review.protocol.codebook import Codebook
from review.protocol.model import Search
from review.protocol.value_types import EVERYTHING
from review.spreadsheet import write_csv
from review.store import Connection, active_decisions, evidence, withdrawals
from review.workspace import Workspace

CLAIM_DIMENSIONS = (
    "exposure", "population", "outcome", "safety", "comparator", "timing", "duration",
    "study_design",
)  # fmt: skip

AXES = ("outcome", "study_design")
"""Rows and columns of the map when nobody chose others."""

MOST_READ = 20
"""Reports of a cell whose tags are read when it is opened."""

LIBRARY_SOURCE = "library"
"""How the names of the sources of shipped records begin."""


def gap_map(
    ws: Workspace,
    rows: str = AXES[0],
    columns: str = AXES[1],
    filters: Filters | None = None,
) -> tuple[Matrix, list[TableRow]]:
    """The gap map of two codebook dimensions, and every report's place in every cell of it.

    The totals of the map can be worked out from the places.

    Raises:
        DecisionError: no such dimension, or the same one twice.
    """
    return matrices.build_with_table(**map_parts(ws, rows, columns, filters or Filters()))


def matrix(
    ws: Workspace,
    rows: str = AXES[0],
    columns: str = AXES[1],
    filters: Filters | None = None,
) -> Matrix:
    """The map of `gap_map` without the places; arguments and errors are the same."""
    return matrices.build(**map_parts(ws, rows, columns, filters or Filters()))


def reports_of_row(
    ws: Workspace, rows: str, columns: str, filters: Filters, row: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reports of the studies that the gap of a whole row rests on (`Matrix.row_studies`):
    those of its cells, and of the row by study design, publication forms among them.

    Returns:
        Those with a confirmed place, and the others.
    """
    maps = [matrix(ws, rows, columns, filters)]
    if rows != DESIGN:
        maps.append(matrix(ws, rows, DESIGN, replace(filters, forms=True)))
    cells = [cell for found in maps for cell in found.cells if cell.row == row]
    sure = {one for cell in cells for one in cell.confirmed_reports}
    open_ = {one for cell in cells for one in cell.suggested_reports} - sure
    return tuple(sorted(sure)), tuple(sorted(open_))


def map_parts(ws: Workspace, rows: str, columns: str, filters: Filters) -> dict[str, Any]:
    """What a map is built from: the arguments of `matrix.build_with_table`."""
    rows, columns = _dimensions(ws.protocol.codebook, rows, columns)
    with ws.store.read() as conn:
        facts = _looked_at(ws, conn, filters, (rows, columns, DESIGN))
        runs = withdrawals.runs_in_force(conn)
    complete = [s for s in ws.protocol.searches if newest_complete(s, runs) is not None]
    return {
        "facts": facts,
        "codebook": ws.protocol.codebook,
        "rows": rows,
        "columns": columns,
        "filters": filters,
        "searched": _Covering(ws.protocol.codebook, complete, rows, columns, filters).covers,
        "last_search": _last_search(ws.protocol.searches, runs),
        "frame": ws.protocol.frame.exposure,
        "before": conclusions_of(ws).placements,
    }


def covering(
    ws: Workspace, place: Mapping[str, frozenset[str]]
) -> list[tuple[Search, SearchRun | None]]:
    """The protocol's searches that were meant to find something of a place, with the run of each.

    Args:
        place: name of a dimension -> values of which a search is to cover one.
    """
    with ws.store.read() as conn:
        runs = withdrawals.runs_in_force(conn)
    found: list[tuple[Search, SearchRun | None]] = []
    for search in ws.protocol.searches:
        area = area_of(ws.protocol.codebook, search)
        if all(name not in area or area[name] & values for name, values in place.items()):
            found.append((search, newest_complete(search, runs)))
    return found


def findings_in(
    ws: Workspace, found: Matrix, cell: Cell, facts: Iterable[ReportEvidence]
) -> tuple[Finding, ...]:
    """The findings that put confirmed reports into a cell, in the order of the reports.

    Reports that only tags put there have none; dimensions that findings do not pair narrow nothing.

    Args:
        facts: the evidence of these reports, as it passes the filters of the map.
    """
    book = ws.protocol.codebook
    places = ((found.row_dimension, cell.row), (found.column_dimension, cell.column))
    asked = [(name, members(book, name, id_)) for name, id_ in places if name in FINDING_DIMENSIONS]
    own = frozenset(cell.confirmed_reports)
    want = narrowing.wanted(found.filters, book, ws.protocol.frame.exposure)
    return tuple(
        f
        for one in facts
        if one.id in own
        for f in one.findings
        if want.in_frame(f) and all(getattr(f, name) in values for name, values in asked)
    )


def tags_in(
    ws: Workspace, found: Matrix, cell: Cell, without: Collection[str] = ()
) -> tuple[Tag, ...]:
    """The tags with words behind them that put confirmed reports into a cell, by report.

    Args:
        without: reports of which findings say more.
    """
    book = ws.protocol.codebook
    places = ((found.row_dimension, cell.row), (found.column_dimension, cell.column))
    asked = {
        book.id_of(name): book.dimension(name).with_finer(members(book, name, id_))
        for name, id_ in places
    }
    left = [id_ for id_ in cell.confirmed_reports if id_ not in without][:MOST_READ]
    with ws.store.read() as conn:
        return tuple(
            tag
            for id_ in left
            for tag in active_decisions.tags(conn, id_)
            if tag.quote and tag.value in asked.get(tag.dimension, ())
        )


def look_into(ws: Workspace, shown: Matrix) -> dict[tuple[str, str], Details]:
    """What stands in the cells of a map beyond how much; see `cell_details.details`."""
    want, left = _passing(ws, shown.filters, (shown.row_dimension, shown.column_dimension))
    return details(shown, left, ws.protocol.codebook, want)


def claims(ws: Workspace, filters: Filters | None = None) -> tuple[ClaimState, ...]:
    """Where every claim of the protocol stands, in its order, by what passes the filters."""
    filters = filters or Filters()
    named = {paper for claim in ws.protocol.claims for paper in claim.papers}
    with ws.store.read() as conn:
        facts = _looked_at(ws, conn, filters)
        homes = evidence.reports_of_keys(conn, named, LIBRARY_SOURCE)
    known = {one.id for one in facts}
    found = tuple(
        replace(
            state, excluded_reports=tuple(r for r in state.named_reports if r not in known)
        )
        for state in _judged(ws, facts, filters, homes)
    )  # fmt: skip
    if not filters.hiding:
        return found
    return tuple(
        replace(state, hidden_reports=tuple(sorted(before.bearing - state.bearing)))
        for state, before in zip(found, _judged(ws, facts, filters.whole, homes), strict=True)
    )


def tested(
    ws: Workspace, state: ClaimState, filters: Filters | None = None
) -> tuple[Compared, ...]:
    """What the studies of a claim tested, beside what it says; under the filters of its state."""
    return compared(state, _passing(ws, filters or Filters())[1], ws.protocol.codebook)


def levels(
    ws: Workspace, facts: Sequence[ReportEvidence], filters: Filters, part: str = ""
) -> tuple[ClaimState, ...]:
    """The claims by given evidence, without what is known of named papers and hidden reports.

    Args:
        part: what part of all evidence this is, in a word; "" for all.
    """
    return _judged(ws, facts, filters, {}, part)


def _judged(
    ws: Workspace,
    facts: Sequence[ReportEvidence],
    filters: Filters,
    homes: Mapping[str, str],
    part: str = "",
) -> tuple[ClaimState, ...]:
    """The claims under these filters."""
    book, frame = ws.protocol.codebook, ws.protocol.frame.exposure
    want = narrowing.wanted(filters, book, frame)
    kept = conclusions_of(ws).claims.of(filters, part)
    return kept.judge(facts, want, book, ws.protocol.claims, homes, frame)


def outside_frame(ws: Workspace, filters: Filters | None = None) -> tuple[str, ...]:
    """Reports without the exposure of the question, as the whole map counts them apart."""
    want, left = _passing(ws, filters or Filters())
    return tuple(sorted(one.id for one in left if want.within(one) is False))


def passing(ws: Workspace, filters: Filters) -> frozenset[str]:
    """The reports that map and claims look at under these filters, in whatever cell or in none.

    They are not excluded, pass the filters, and do not lie outside the frame of the question.
    """
    want, left = _passing(ws, filters)
    return frozenset(one.id for one in left if want.within(one) is not False)


def passing_findings(ws: Workspace, filters: Filters) -> frozenset[str]:
    """The events of the findings that count under these filters."""
    want, left = _passing(ws, filters)
    inside = (one for one in left if want.within(one) is not False)
    return frozenset(f.event for one in inside for f in one.findings if want.in_frame(f))


def _passing(
    ws: Workspace, filters: Filters, dimensions: Collection[str] = ()
) -> tuple[narrowing.Wanted, tuple[ReportEvidence, ...]]:
    """The filters, and what of the evidence passes them, within the frame or not."""
    want = narrowing.wanted(filters, ws.protocol.codebook, ws.protocol.frame.exposure)
    with ws.store.read() as conn:
        facts = _looked_at(ws, conn, filters, dimensions)
    return want, narrowing.apply(facts, want)


def risk_of_bias(ws: Workspace) -> Mapping[str, str]:
    """Report -> its overall risk of bias, one of `review.gaps.filters.RISKS`; only of appraised."""
    return {report: str(level) for report, level in appraisal.overall_judgements(ws).items()}


def risk_by_outcome(ws: Workspace) -> Mapping[str, Callable[[str], str]]:
    """Of reports whose results were judged apart: what counts of an outcome, one of
    `review.gaps.filters.RISKS` or ``""``; the rule is that of `review.appraisal.results`."""
    outcomes = ws.protocol.codebook.dimension("outcome")
    found: dict[str, Callable[[str], str]] = {}
    for report, settled in appraisal.result_judgements(ws).items():
        placed = results.by_outcome(settled, outcomes)
        if placed.keys() - {results.WHOLE}:
            risks = {outcome: str(level) for outcome, level in placed.items()}
            found[report] = partial(results.level_of, risks, outcomes=outcomes)
    return found


def facts(ws: Workspace, dimensions: Collection[str]) -> tuple[ReportEvidence, ...]:
    """What the map is worked out from: the evidence of every report that is not excluded."""
    with ws.store.read() as conn:
        return _facts(ws, conn, dimensions)


def not_asked(ws: Workspace, one: ReportEvidence, dimensions: Collection[str]) -> list[str]:
    """Those of some dimensions that do not apply to a report, by the codebook."""
    return [name for name in dimensions if does_not_apply(ws.protocol.codebook, one, name)]


def by_year(ws: Workspace, filters: Filters | None = None) -> list[years.YearCount]:
    """The studies within the question by year of publication and kind of evidence."""
    chosen = filters or Filters()
    found = facts(ws, (DESIGN, "population", "exposure"))
    return years.by_year(found, ws.protocol.codebook, chosen, ws.protocol.frame.exposure)


def searched_areas(ws: Workspace) -> list[dict[str, frozenset[str]]]:
    """What each search that has run to its end covers: dimension -> values; others not narrowed."""
    with ws.store.read() as conn:
        runs = withdrawals.runs_in_force(conn)
    complete = [s for s in ws.protocol.searches if newest_complete(s, runs) is not None]
    return [area_of(ws.protocol.codebook, search) for search in complete]


def searches_run(ws: Workspace) -> tuple[int, datetime | None]:
    """How many of the protocol's searches ran to their end, and when the newest such run ended."""
    with ws.store.read() as conn:
        runs = withdrawals.runs_in_force(conn)
    complete = sum(newest_complete(s, runs) is not None for s in ws.protocol.searches)
    return complete, _last_search(ws.protocol.searches, runs)


def change_marker(ws: Workspace) -> tuple[int, int]:
    """Something that is another whenever the map or the claims may have become others."""
    with ws.store.read() as conn:
        return evidence.change_marker(conn)


def write_gaps_csv(found: Matrix, codebook: Codebook, path: Path) -> int:
    """Write the list of gaps as a table, in its order.

    Returns:
        How many gaps it holds.
    """
    return write_csv(path, COLUMNS, gap_list(found, codebook.dimension(found.row_dimension)))


class _Covering:
    """Which cells some searches were meant to fill."""

    def __init__(
        self,
        codebook: Codebook,
        searches: Sequence[Search],
        rows: str,
        columns: str,
        filters: Filters,
    ) -> None:
        self._rows, self._columns = rows, columns
        asked = filters.asked(codebook)
        self._areas = [
            area
            for area in (area_of(codebook, search) for search in searches)
            if all(
                name not in area or area[name] & expand(codebook, name, values)
                for name, values in asked.items()
            )
        ]

    def covers(self, row: str, column: str) -> bool:
        """Whether one of the searches was meant to find this row and column."""
        cell = ((self._rows, row), (self._columns, column))
        return any(
            all(name not in area or value in area[name] for name, value in cell)
            for area in self._areas
        )


def area_of(codebook: Codebook, search: Search) -> dict[str, frozenset[str]]:
    """Dimension -> values a search covers; a dimension it does not name is not narrowed."""
    return {
        codebook.dimension(name).name: expand(codebook, name, values)
        for name, values in search.covers.items()
        if EVERYTHING not in values
    }


def _looked_at(
    ws: Workspace, conn: Connection, filters: Filters, dimensions: Collection[str] = ()
) -> tuple[ReportEvidence, ...]:
    """Everything that bears on map and claims under these filters, before they are applied."""
    of_results = {"outcome"} if filters.risk_of_bias else set()
    asked = {*dimensions, *filters.asked(ws.protocol.codebook), *of_results}
    facts = _facts(ws, conn, asked)
    if not filters.risk_of_bias:
        return facts
    return narrowing.appraised(facts, risk_of_bias(ws), risk_by_outcome(ws))


def _facts(
    ws: Workspace, conn: Connection, dimensions: Collection[str]
) -> tuple[ReportEvidence, ...]:
    """Everything that bears on the given dimensions, or on claims, of reports not excluded.

    Where coding is blind to suggestions, or machines do not help, these are no part of it, whoever
    asks.
    """
    hidden = ws.protocol.coding.blind or not ws.protocol.machine_help
    wanted = set() if hidden else {*CLAIM_DIMENSIONS, *dimensions}
    return memory_of(ws.store).facts(conn, ws.protocol.codebook, wanted)


def conclusions_of(ws: Workspace) -> Conclusions:
    return memory_of(ws.store).conclusions(ws.protocol.version)


def _dimensions(codebook: Codebook, rows: str, columns: str) -> tuple[str, str]:
    """Names of the two dimensions, which may be given by their ids and other names.

    Raises:
        DecisionError: no such dimension, or the same one twice.
    """
    try:
        found = codebook.dimension(rows).name, codebook.dimension(columns).name
    except KeyError as error:
        known = ", ".join(d.id for d in codebook.dimensions)
        raise DecisionError(f"{str(error.args[0]).capitalize()}. It has: {known}.") from None
    if found[0] == found[1]:
        raise DecisionError("Rows and columns are the same dimension; choose two.")
    return found


def newest_complete(search: Search, runs: Sequence[SearchRun]) -> SearchRun | None:
    """The newest run of a search that came to its end; ``runs`` are newest first."""
    own = (run for run in runs if run.search == search.name and run.status is RunStatus.COMPLETE)
    return next(own, None)


def _last_search(searches: Sequence[Search], runs: Sequence[SearchRun]) -> datetime | None:
    """When a source was last searched to the end; imports of files are no searches."""
    names, sources = {s.name for s in searches}, {s.source for s in searches}
    ended = (
        run.finished
        for run in runs
        if run.status is RunStatus.COMPLETE and (run.search in names or run.source in sources)
    )
    return max((time for time in ended if time is not None), default=None)


__all__ = [
    "AXES",
    "levels",
    "area_of",
    "newest_complete",
    "map_parts",
    "ClaimState",
    "Filters",
    "Matrix",
    "gap_map",
    "claims",
    "claims_json",
    "covering",
    "findings_in",
    "look_into",
    "matrix",
    "outside_frame",
    "passing",
    "passing_findings",
    "risk_by_outcome",
    "risk_of_bias",
    "searches_run",
    "tested",
    "to_json",
    "write_gaps_csv",
]
