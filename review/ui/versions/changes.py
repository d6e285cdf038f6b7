"""What is different between two times of the review: sentences, cells, claims, papers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from review.ui import downloads, elements, navigation, paper_lists
from review.ui.elements import count_of, ids_param, plain
from review.versions import differences, service
from review.versions.differences import CellChange, CellMove, Difference
from review.workspace import Workspace

HEADS = {
    CellMove.CLOSED: "Gaps that closed: these cells were empty and hold evidence now",
    CellMove.OPENED: "Cells that became empty",
    CellMove.CHANGED: "Cells that hold other evidence",
}
ROWS = 10
"""Rows of a table that are drawn at once; the others are a scroll away."""


def draw(ws: Workspace, found: Difference) -> None:
    """The whole difference; every number opens the papers it is about."""
    for sentence in differences.sentences(found):
        st.markdown(plain(sentence))
    if found.empty:
        return
    _papers(found)
    for move in CellMove:
        _cells(ws, move, found.moved(move))
    _claims(found)
    _decisions(found)
    fold = st.expander("All of it as a table", key="versions-table", on_change="rerun")
    if fold.open:
        with fold:
            columns = {name: [row[name] for row in differences.table(found)]
                       for name in differences.COLUMNS}  # fmt: skip
            st.dataframe(elements.cells(columns), hide_index=True, height=420)
    write = partial(service.write_difference, found)
    downloads.button("The difference as a table (CSV)", "difference.csv", write)


def _cells(ws: Workspace, move: CellMove, cells: Sequence[CellChange]) -> None:
    """Cells that moved one way; a click on one lists the papers by which it did."""
    if not cells:
        return
    st.subheader(f"{HEADS[move]} ({len(cells):,})", anchor=False)
    # A selection belongs to these rows: with others, the table is another one.
    key = f"versions-cells-{move}-{hash(tuple(cells))}"
    event = st.dataframe(
        elements.cells(
            {
                "Cell": [one.words for one in cells],
                "Confirmed": [_step(one.before[0], one.after[0]) for one in cells],
                "Suggested": [_step(one.before[1], one.after[1]) for one in cells],
                "Reports": [len(one.reports) for one in cells],
            }
        ),
        column_config={
            "Cell": st.column_config.TextColumn(width=520),
            "Confirmed": st.column_config.TextColumn(width=100),
            "Suggested": st.column_config.TextColumn(width=100),
            "Reports": st.column_config.NumberColumn(
                width=80, help="That came, left, or were confirmed."
            ),
        },
        hide_index=True, height="content" if len(cells) <= ROWS else 388,
        on_select="rerun", selection_mode="single-cell", key=key,
    )  # fmt: skip
    row = elements.chosen_row(event)
    if row is not None and row < len(cells):
        _cell(ws, cells[row], key)
    elif ids := sorted({id_ for one in cells for id_ in one.reports}):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                "Counts are of studies. A click on a row lists its reports.", width="content"
            )
            navigation.link(f"Open {count_of(len(ids), 'report')}", "records", ids_param(ids))


def _step(before: int, after: int) -> str:
    """``8 → 6``; one number where it is the same."""
    return f"{before:,} → {after:,}" if before != after else f"{after:,}"


def _cell(ws: Workspace, one: CellChange, key: str) -> None:
    """The papers by which a cell is another, and the way to it on the map."""
    with st.container(border=True):
        st.markdown(
            f"**{plain(one.words)}** · from {differences.cell_words(one.before)} "
            f"to {differences.cell_words(one.after)}"
        )
        for ids, mark, words in (
            (one.added, "+", "Came into it"),
            (one.removed, "−", "Left it"),
            (one.confirmed, paper_lists.CONFIRMED, "Only suggested before, confirmed now"),
            (one.unconfirmed, paper_lists.SUGGESTED, "Confirmed before, only suggested now"),
        ):
            head = f"{words}: {count_of(len(ids), 'report')}"
            paper_lists.papers(ws, ids, mark, head, f"{key}-{words}", code=False)
        place = {"row": one.row, "column": one.column}
        navigation.link("This cell on the map, as it is now", "gap-map", place)


def _claims(found: Difference) -> None:
    if found.claims:
        st.subheader(f"Claims ({len(found.claims):,})", anchor=False)
    for one in found.claims:
        with st.container(gap=None, key=f"rt-papers-claim-{one.id}"):
            words = f"**{plain(one.id)}** {plain(differences.claim_words(one))}: {plain(one.text)}"
            navigation.link(words, "claims", {"claim": one.id})
            for ids, said in ((one.added, "confirmed on it since"), (one.removed, "no longer")):
                if ids:
                    label = f"{count_of(len(ids), 'report')} {said}"
                    navigation.link(label, "records", ids_param(ids))
    for id_ in found.claims_added:
        navigation.link(f"{plain(id_)} came with the protocol", "claims", {"claim": id_})
    if found.claims_removed:
        number = count_of(len(found.claims_removed), "claim")
        st.markdown(f"{number} left with the protocol: {plain(', '.join(found.claims_removed))}")


def _decisions(found: Difference) -> None:
    if not found.decisions:
        return
    st.subheader(f"Decisions ({len(found.decisions):,})", anchor=False)
    shown = found.decisions
    event = st.dataframe(
        elements.cells(
            {
                "Report": [one.report for one in shown],
                "Title": [one.title for one in shown],
                "Before": [one.before or "not there" for one in shown],
                "After": [one.after for one in shown],
            }
        ),
        column_config={
            "Report": st.column_config.TextColumn(width=80),
            "Title": st.column_config.TextColumn(width=420),
            "Before": st.column_config.TextColumn(width=150),
            "After": st.column_config.TextColumn(width=150),
        },
        hide_index=True, height="content" if len(shown) <= ROWS else 388,
        on_select="rerun", selection_mode="single-cell", key=f"versions-decisions-{hash(shown)}",
    )  # fmt: skip
    row = elements.chosen_row(event)
    with st.container(horizontal=True):
        if row is not None and row < len(shown):
            words = f"Open {shown[row].report}: {shown[row].title}"
            navigation.link(plain(words), "records", {"report": shown[row].report})
        ids = [one.report for one in shown]
        navigation.link(f"Open {count_of(len(ids), 'report')}", "records", ids_param(ids))


def _papers(found: Difference) -> None:
    """Records and reports that came, were joined or parted, or left."""
    merged = tuple(dict.fromkeys(found.reports_merged.values()))
    with st.container(horizontal=True, gap="small"):
        for ids, one, many in (
            (found.records_added, "record came in", "records came in"),
            (found.reports_added, "new report", "new reports"),
            (merged, "report others were merged into", "reports others were merged into"),
            (tuple(found.reports_split), "report split from another",
             "reports split from others"),
        ):  # fmt: skip
            if ids:
                navigation.link(count_of(len(ids), one, many), "records", ids_param(ids))
    gone = [(id_, found.titles.get(id_, "")) for id_ in found.reports_removed]
    if found.records_removed or gone:
        # They are in no list of the review as it is, so they stand here.
        number = count_of(len(found.records_removed), "record")
        with st.expander(f"{number} withdrawn, and {count_of(len(gone), 'report')} with them"):
            st.markdown(plain(", ".join(found.records_removed)))
            if gone:
                rows = {"Report": [id_ for id_, _ in gone], "Title": [words for _, words in gone]}
                st.dataframe(elements.cells(rows), hide_index=True)
