"""The review as it was at an earlier time: its numbers, and every export as of then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from review.gaps import service as gaps
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS
from review.reporting.offline.service import MAP_EXPORTS
from review.ui import downloads, elements, navigation, session
from review.ui.elements import Figure, count_of, local_time, plain
from review.versions import service as versions
from review.versions.service import Moment
from review.workspace import Workspace

_SEEN = "versions-seen"


@dataclass(frozen=True, slots=True)
class Look:
    """What is told of an earlier state.

    Attributes:
        levels: level -> claims at it; None for those that cannot be tested.
    """

    boxes: dict[str, int]
    looked: str
    studies: tuple[int, int]
    gaps: int
    levels: dict[int | None, int]
    protocol: str


def draw(ws: Workspace, when: Moment) -> None:
    """Draw it; the numbers are worked out once a session."""
    found = _look(ws, when)
    st.header(f"The review as of {plain(when.name)}", anchor=False)
    st.markdown(
        f"It holds all up to {local_time(when.place.at)} (event {when.place.event}), under "
        f"protocol {plain(found.protocol)}. {plain(found.looked)}."
    )
    boxes = found.boxes
    elements.figures(
        [
            Figure(boxes["database_results"], "records from databases"),
            Figure(boxes["records_screened"], "reports to screen"),
            Figure(boxes["records_excluded"], "excluded on title and abstract"),
            Figure(boxes["dbr_excluded"], "excluded on full text"),
            Figure(boxes["new_studies"], "studies included"),
            Figure(found.studies[0], "studies confirmed on the map"),
            Figure(found.studies[1], "only suggested"),
            Figure(found.gaps, "gaps"),
        ],
        key="earlier",
    )
    levels = [
        f"{count_of(n, 'claim')} {'not tested' if level is None else f'at G{level}'}"
        for level, n in sorted(found.levels.items(), key=lambda one: (one[0] is None, one[0]))
    ]
    if levels:
        st.markdown("; ".join(levels) + ".")
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
        matrix = gaps.matrix(then)
        found = Look(
            boxes=dict(reporting.flow(then).boxes),
            looked=coverage(then).words,
            studies=(matrix.confirmed_total, matrix.suggested_total),
            gaps=len(matrix.row_gaps),
            levels=dict(Counter(state.level for state in gaps.claims(then))),
            protocol=then.protocol.version,
        )
    st.session_state[_SEEN] = (when.place, found)
    return found


def _exports(ws: Workspace, when: Moment) -> None:
    viewer = session.reviewer()
    st.subheader("Everything as it was", anchor=False)
    with st.container(horizontal=True):
        for export in EXPORTS.values():

            def write(path: Path, name: str = export.name) -> None:
                with versions.as_it_was(ws, when) as then:
                    reporting.export(then, name, path, viewer=viewer)

            downloads.button(export.label, export.file, write)
        for chosen in MAP_EXPORTS.values():

            def write_map(path: Path, name: str = chosen.name) -> None:
                with versions.as_it_was(ws, when) as then:
                    MAP_EXPORTS[name].write(then, path)

            downloads.button(plain(chosen.label), chosen.file, write_map)
