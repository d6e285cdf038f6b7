"""The review as it was at an earlier time: its numbers, what each counts, and every export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from review.gaps import service as gaps
from review.gaps.gap_list import gap_list
from review.gaps.model import Matrix
from review.records import service as records
from review.records.event_sentences import status_words
from review.reporting import service as reporting
from review.reporting.coverage import coded_reports
from review.reporting.exports import EXPORTS, Export
from review.reporting.offline.service import MAP_EXPORTS, MapExport
from review.ui import (
    downloads,
    elements,
    evidence_levels,
    map_downloads,
    navigation,
    page_address,
    session,
)
from review.ui.elements import Figure, count_of, local_time, plain
from review.versions import service as versions
from review.versions.service import Moment
from review.workspace import Workspace

_SEEN = "versions-seen"
LISTED = 500
"""Reports of a list that are shown; the table of reports, as it was, has all."""

BOXES = {
    "database_results": "records from databases",
    "register_results": "records from registers",
    "records_screened": "reports to screen",
    "records_excluded": "excluded on title and abstract",
    "dbr_excluded": "excluded on full text",
    "new_reports": "reports included",
}
SCREENED, ASSESSED, CODED = "screened", "assessed", "coded"
STUDIES, CONFIRMED, SUGGESTED, GAPS = "new_studies", "confirmed", "suggested", "gaps"


@dataclass(frozen=True, slots=True)
class Shown:
    """One number of an earlier state.

    Attributes:
        reports: behind it, or the records; empty where ``rows`` says it.
        rows: a table of what it counts, where that is no reports: column -> texts.
    """

    n: int
    unit: str
    reports: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What is told of an earlier state.

    Attributes:
        numbers: name in the address -> number.
    """

    protocol: str
    numbers: Mapping[str, Shown]


def draw(ws: Workspace, when: Moment) -> None:
    """Draw it; the numbers are worked out once a session."""
    found = _look(ws, when)
    st.header(f"The review as of {plain(when.name)}", anchor=False)
    st.markdown(
        f"It holds all up to {local_time(when.place.at)} (event {when.place.event}), under "
        f"protocol {plain(found.protocol)}."
    )
    at = page_address.get("at")
    elements.figures(
        [
            Figure(one.n, one.unit, "versions" if one.n else "", {"at": at, "list": name})
            for name, one in found.numbers.items()
            if one.n or name != "register_results"
        ],
        key="earlier",
    )
    name = page_address.get("list")
    if name in found.numbers:
        _listed(ws, when, found.numbers[name])
    navigation.link("What changed since", "versions", {"old": _name(when), "new": "now"})
    _exports(ws, when)
    st.caption(
        "Decisions, codes and papers are those of then. Suggestions are no decisions and are not "
        "kept over time: those shown are today's, of the papers that were there."
    )


def _name(when: Moment) -> str:
    """The time as an address names it."""
    return when.name.removeprefix("version ").replace("run ", "run:")


def _look(ws: Workspace, when: Moment) -> Look:
    kept = st.session_state.get(_SEEN)
    if kept is not None and kept[0] == when.place:
        found: Look = kept[1]
        return found
    with versions.as_it_was(ws, when) as then:
        found = Look(then.protocol.version, _numbers(then))
    st.session_state[_SEEN] = (when.place, found)
    return found


def _numbers(then: Workspace) -> dict[str, Shown]:
    """The numbers of a state, each with what it counts."""
    flow = reporting.flow(then)
    matrix = gaps.matrix(then)
    found = {box: Shown(flow.boxes[box], unit, tuple(flow.ids[box])) for box, unit in BOXES.items()}
    for name, unit, has in (
        (SCREENED, "screened on title and abstract", records.SCREENED),
        (ASSESSED, "assessed on full text", records.ASSESSED),
    ):
        ids = tuple(records.ids(then, records.ReportFilter(has=has)))
        found[name] = Shown(len(ids), unit, ids)
    coded = coded_reports(then)
    found[CODED] = Shown(len(coded), "coded", coded)
    included = tuple(flow.ids["new_reports"])
    found[STUDIES] = Shown(flow.boxes[STUDIES], "studies included", included)
    sure, open_ = _on_map(matrix)
    found[CONFIRMED] = Shown(matrix.confirmed_total, "studies confirmed on the map", sure)
    found[SUGGESTED] = Shown(matrix.suggested_total, "studies suggested on the map", open_)
    listed = gap_list(matrix, then.protocol.codebook.dimension(matrix.row_dimension))
    rows = {head: tuple(str(one[name]) for one in listed)
            for head, name in (("Row", "label"), ("Gap", "gap"), ("Rule", "rule"))}  # fmt: skip
    found[GAPS] = Shown(len(listed), "rows with a gap", rows=rows)
    states = gaps.claims(then)
    for level in (*range(5), None):
        at = [one.claim for one in states if one.level == level]
        name = evidence_levels.NOT_TESTED if level is None else f"G{level}"
        if at:
            texts = {"Claim": tuple(c.id for c in at), "Text": tuple(c.text for c in at)}
            unit = f"claims {name}" if level is None else f"claims at {name}"
            found[name] = Shown(len(at), unit, rows=texts)
    return found


def _on_map(matrix: Matrix) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reports of the studies that the totals of a map count."""
    sure = {one for cell in matrix.cells for one in cell.confirmed_reports}
    open_ = {one for cell in matrix.cells for one in cell.suggested_reports}
    return tuple(sorted(sure)), tuple(sorted(open_))


def _listed(ws: Workspace, when: Moment, one: Shown) -> None:
    """What a number counts, as it was then."""
    st.subheader(f"{one.n:,} {one.unit}", anchor=False)
    if one.rows is not None:
        st.dataframe(elements.cells(one.rows), hide_index=True, height=_height(one.n))
        return
    with versions.as_it_was(ws, when) as then:
        wanted = records.ReportFilter(ids=one.reports)
        found, total = records.find(then, wanted, limit=LISTED)
        rows = {
            "Report": [report.id for report in found],
            "Title": [report.lead.title or "Without a title" for report in found],
            "Year": [str(report.lead.year or "") for report in found],
            "Status then": [status_words(report, then.protocol) for report in found],
        }
    event = st.dataframe(
        elements.cells(rows),
        column_config={"Title": st.column_config.TextColumn(width=480)},
        hide_index=True, height=_height(len(found)), on_select="rerun",
        selection_mode="single-cell", key=f"versions-listed-{hash(one.reports)}",
    )  # fmt: skip
    row = elements.chosen_row(event)
    if row is not None and row < len(found):
        words = f"{found[row].id} as it is now: {found[row].lead.title}"
        navigation.link(plain(words), "records", {"report": found[row].id})
    shown = count_of(total, "report")
    st.caption(
        f"The first {LISTED:,} of {shown}; the table of reports below has all."
        if total > LISTED
        else f"{shown}, as they stood then. A click on a row leads to the report as it is now."
    )


def _height(rows: int) -> int | Literal["content"]:
    return "content" if rows <= 10 else 388


def _exports(ws: Workspace, when: Moment) -> None:
    """Every file of the review as it was, one of them chosen."""
    st.subheader("Take it along as it was", anchor=False)
    labels = {name: one.label for name, one in EXPORTS.items()}
    labels |= {f"map:{name}": one.label for name, one in MAP_EXPORTS.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "File", list(labels), key="versions-file", format_func=labels.__getitem__, width=340
        )
        if name.startswith("map:"):
            _map_file(ws, when, MAP_EXPORTS[name.removeprefix("map:")])
        else:
            _file(ws, when, EXPORTS[name])


def _file(ws: Workspace, when: Moment, export: Export) -> None:
    viewer = session.reviewer()

    def write(path: Path) -> None:
        with versions.as_it_was(ws, when) as then:
            reporting.export(then, export.name, path, viewer=viewer)

    downloads.button(f"Download {export.file}", export.file, write)


def _map_file(ws: Workspace, when: Moment, export: MapExport) -> None:
    team = export.names and map_downloads.with_names()

    def write(path: Path) -> None:
        with versions.as_it_was(ws, when) as then:
            export.write(then, path, team=team)

    downloads.button(f"Download {export.file}", export.file, write)
