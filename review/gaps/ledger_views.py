"""One look at the evidence: what it says of rows and cells of a map, and of claims. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from review.gaps import gap_rules
from review.gaps.cell_details import members
from review.gaps.claims import ClaimState
from review.gaps.ledger import Place, Verdict
from review.gaps.model import DESIGN, Cell, EvidenceStatus, Gap, Matrix, ReportEvidence, TableRow
from review.protocol.codebook import KINDS, Codebook


def of_rows(found: Matrix, designs: Iterable[TableRow], book: Codebook) -> dict[Place, Verdict]:
    """What the map says of its whole rows.

    Args:
        designs: every report's place on the map of the same rows by study design.
    """
    evidence = _by_kind(designs, book)
    placed: dict[str, tuple[set[str], set[str]]] = {}
    for cell in found.cells:
        sure, open_ = placed.setdefault(cell.row, (set(), set()))
        sure.update(cell.confirmed_reports)
        open_.update(cell.suggested_reports)
    views: dict[Place, Verdict] = {}
    possible = {cell.row for cell in found.cells if cell.applicable}
    for row in found.rows:
        if row not in possible and row not in found.row_gaps:
            continue
        gap, rule = found.row_gaps.get(row, (None, ""))
        total = found.row_totals[row]
        kinds = evidence.get(row, {})
        sure, open_ = placed.get(row, (set(), set()))
        # A study that is confirmed in one cell of the row is not counted as suggested in another.
        studies = max(found.row_studies.get(row, 0), total.confirmed)
        only = studies - total.confirmed if gap else total.suggested
        views[Place(((found.row_dimension, row),))] = Verdict(
            gap, rule, total.confirmed, only, kinds,
            tuple(sorted(sure)), tuple(sorted(open_ - sure)),
        )  # fmt: skip
    return views


def of_cells(
    shown: Matrix,
    facts: Mapping[str, ReportEvidence],
    designs: Iterable[TableRow],
    book: Codebook,
) -> dict[Place, Verdict]:
    """What the map says of its cells: empty by its own rule, thin by that of rows.

    Args:
        shown: the map as it is drawn, with columns taken together by group.
        facts: report -> its evidence.
        designs: every report's place on the map of the same rows by study design.
    """
    by_report: dict[tuple[str, str], set[str]] = {}
    for one in designs:
        by_report.setdefault((one.row, one.report), set()).add(one.column)
    views: dict[Place, Verdict] = {}
    for cell in shown.cells:
        if not cell.applicable:
            continue
        verdict = cell_verdict(shown, cell, facts, by_report, book)
        place = Place(((shown.row_dimension, cell.row), (shown.column_dimension, cell.column)))
        views[place] = verdict
    return views


def cell_verdict(
    shown: Matrix,
    cell: Cell,
    facts: Mapping[str, ReportEvidence],
    designs: Mapping[tuple[str, str], Collection[str]],
    book: Codebook,
) -> Verdict:
    """What one cell is: filled, empty, or thin; and the counts behind that.

    Args:
        facts: report -> its evidence, of those in the cell at least.
        designs: row and report -> study designs that go with both.
    """
    evidence = gap_rules.RowEvidence()
    counts: dict[str, tuple[set[str], set[str]]] = {}
    if not (cell.confirmed or cell.suggested):
        return Verdict(cell.gap, cell.rule)
    kinds = kinds_of_reports(shown, cell, facts, designs, book)
    for status, reports in (
        (EvidenceStatus.CONFIRMED, cell.confirmed_reports),
        (EvidenceStatus.SUGGESTED, cell.suggested_reports),
    ):
        for report in reports:
            for kind in kinds.get(report, ()):
                one = facts[report]
                evidence.add(status, kind, [one.study], [one.year] if one.year else [])
                sure, open_ = counts.setdefault(kind, (set(), set()))
                (sure if status is EvidenceStatus.CONFIRMED else open_).add(one.study)
    thin = gap_rules.row_gap(evidence, gap_rules.Looked(True), kinds_of(shown, cell, book))
    gap, rule = thin if thin is not None else (None, "")
    return Verdict(
        gap, rule, cell.confirmed, cell.suggested,
        {kind: (len(sure), len(open_ - sure)) for kind, (sure, open_) in counts.items()},
        cell.confirmed_reports, cell.suggested_reports,
    )  # fmt: skip


def kinds_of_reports(
    shown: Matrix,
    cell: Cell,
    facts: Mapping[str, ReportEvidence],
    designs: Mapping[tuple[str, str], Collection[str]],
    book: Codebook,
) -> dict[str, set[str]]:
    """The kinds of evidence of each report in a cell; arguments as for `cell_verdict`.

    A report of which there is no evidence any more, as it was excluded since the map was drawn, is
    left out.
    """
    of_design = {v.id: v.evidence or "none" for v in book.dimension(DESIGN).values}
    inside = tuple(
        members(book, name, id_)
        for name, id_ in ((shown.row_dimension, cell.row), (shown.column_dimension, cell.column))
    )
    return {
        report: {
            of_design.get(design, "none")
            for design in _designs_in(facts[report], shown, cell, designs, inside)
        }
        or {gap_rules.UNKNOWN}
        for report in (*cell.confirmed_reports, *cell.suggested_reports)
        if report in facts
    }


def kinds_of(shown: Matrix, cell: Cell, book: Codebook) -> frozenset[str]:
    """The kinds of evidence that there can be in a cell."""
    one, other = (
        frozenset[str]().union(*(book.dimension(name).kinds(v) for v in members(book, name, id_)))
        for name, id_ in ((shown.row_dimension, cell.row), (shown.column_dimension, cell.column))
    )
    return one & other


def _designs_in(
    one: ReportEvidence,
    shown: Matrix,
    cell: Cell,
    designs: Mapping[tuple[str, str], Collection[str]],
    inside: tuple[frozenset[str], ...],
) -> Collection[str]:
    """The study designs by which a report stands in a cell: those of its findings, or tags.

    Args:
        inside: the values that the row and the column stand for.
    """
    rows, columns = inside
    if shown.row_dimension == DESIGN:
        return [design for design in one.likely(DESIGN) if design in rows]
    held = designs.get((cell.row, one.id), ())
    if shown.column_dimension == DESIGN:
        return [design for design in held if design in columns] or list(held)
    stated = {
        f.study_design
        for f in one.findings
        if getattr(f, shown.row_dimension, "") in rows
        and getattr(f, shown.column_dimension, "") in columns
    }
    return stated or held


def _by_kind(designs: Iterable[TableRow], book: Codebook) -> dict[str, dict[str, tuple[int, int]]]:
    """Row -> kind of evidence -> studies confirmed, and studies only suggested."""
    kinds = {v.id: v.evidence or "none" for v in book.dimension(DESIGN).values}
    held: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
    for one in designs:
        if one.status is EvidenceStatus.RETRACTED:
            continue
        of_row = held.setdefault(one.row, {})
        sure, open_ = of_row.setdefault(kinds.get(one.column, "none"), (set(), set()))
        (sure if one.status is EvidenceStatus.CONFIRMED else open_).add(one.study)
    order = {kind: place for place, kind in enumerate((*KINDS, "none"))}
    return {
        row: {
            kind: (len(sure), len(open_ - sure))
            for kind, (sure, open_) in sorted(of_row.items(), key=lambda item: order[item[0]])
        }
        for row, of_row in held.items()
    }


def of_claims(
    states: Iterable[ClaimState], looked: Mapping[str, gap_rules.Looked]
) -> dict[Place, Verdict]:
    """What the levels of the claims say; those that no study can settle are no gaps.

    Args:
        looked: claim -> what was looked at for it.
    """
    views: dict[Place, Verdict] = {}
    for state in states:
        if state.level is None:
            continue
        gap, rule = claim_gap(state, looked[state.claim.id])
        views[Place(claim=state.claim.id)] = Verdict(
            gap, rule, len(state.reports), len(state.suggested_reports),
            reports=state.reports, suggested_reports=state.suggested_reports,
        )  # fmt: skip
    return views


def claim_gap(state: ClaimState, looked: gap_rules.Looked) -> tuple[Gap | None, str]:
    """Why a claim is a gap, by the level that all evidence on it would give.

    Suggested studies count as well, as on the map, and the sentence says how many they are.
    """
    level = max(state.level or 0, state.suggested_level or 0)
    studies = len(state.reports) + len(state.suggested_reports)
    counted = _reports_words(studies, len(state.suggested_reports))
    if level and level >= state.top:
        return None, ""
    if level >= 4:
        return None, ""
    if level == 3:
        return Gap.ONE_CONTROLLED, f"Only one study set the exposure against a control ({counted})."
    if level == 2:
        return Gap.UNCONTROLLED_ONLY, f"There is no controlled study in people ({counted})."
    if level == 1:
        return (
            Gap.MECHANISM_ONLY,
            f"Only animals, tissue, cells, models or products were studied ({counted}).",
        )
    reviews = len(state.reviews) + len(state.suggested_reviews)
    if reviews:
        counted = _reports_words(reviews, len(state.suggested_reviews))
        return Gap.REVIEWS_ONLY, f"There are reviews but no primary study ({counted})."
    return gap_rules.empty("claim", 0, looked)


def _reports_words(number: int, suggested: int) -> str:
    said = "1 report" if number == 1 else f"{number:,} reports"
    if not suggested:
        return said
    return f"{said}, {'all' if suggested == number else f'{suggested:,}'} only suggested"
