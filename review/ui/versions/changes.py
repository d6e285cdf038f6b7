"""What is different between two times of the review: sentences, cells, claims, papers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from review.ui import downloads, elements, navigation
from review.ui.elements import count_of, ids_param, plain
from review.versions import differences, service
from review.versions.differences import CellChange, CellMove, Difference

HEADS = {
    CellMove.CLOSED: "Gaps that closed: these cells were empty and hold evidence now",
    CellMove.OPENED: "Cells that became empty",
    CellMove.CHANGED: "Cells that hold other evidence",
}


def draw(found: Difference) -> None:
    """The whole difference; every number opens the papers it is about."""
    for sentence in differences.sentences(found):
        st.markdown(plain(sentence))
    if found.empty:
        return
    for move in CellMove:
        _cells(HEADS[move], found.moved(move))
    _claims(found)
    _decisions(found)
    _papers(found)
    fold = st.expander("All of it as a table", key="versions-table", on_change="rerun")
    if fold.open:
        with fold:
            rows = pd.DataFrame(differences.table(found), columns=list(differences.COLUMNS))
            st.dataframe(rows.map(elements.cell), hide_index=True, height=420)
    write = partial(service.write_difference, found)
    downloads.button("The difference as a table (CSV)", "difference.csv", write)


def _cells(head: str, cells: Sequence[CellChange]) -> None:
    if not cells:
        return
    st.subheader(f"{head} ({len(cells):,})", anchor=False)
    _table(
        ("Cell", "Before", "After", "Papers"),
        [
            (
                one.words, differences.cell_words(one.before), differences.cell_words(one.after),
                _moved(one.added, one.removed),
            )
            for one in cells
        ],
    )  # fmt: skip
    ids = sorted({id_ for one in cells for id_ in (*one.added, *one.removed)})
    if ids:
        navigation.link(f"Open {count_of(len(ids), 'report')}", "records", ids_param(ids))


def _claims(found: Difference) -> None:
    if found.claims:
        st.subheader(f"Claims ({len(found.claims):,})", anchor=False)
        for one in found.claims:
            label = f"{plain(one.id)} {plain(differences.claim_words(one))}: {plain(one.text)}"
            navigation.link(label, "claims", {"claim": one.id})
    for ids, words in (
        (found.claims_added, "came with the protocol"),
        (found.claims_removed, "left with the protocol"),
    ):
        if ids:
            st.markdown(f"{count_of(len(ids), 'claim')} {words}: {plain(', '.join(ids))}")


def _decisions(found: Difference) -> None:
    if not found.decisions:
        return
    st.subheader(f"Decisions ({len(found.decisions):,})", anchor=False)
    fold = st.expander("Report by report", key="versions-decisions", on_change="rerun")
    if fold.open:
        with fold:
            _table(
                ("Report", "Title", "Before", "After"),
                [(d.report, d.title, d.before or "not there", d.after) for d in found.decisions],
            )
    navigation.link(
        f"Open {count_of(len(found.decisions), 'report')}",
        "records",
        ids_param([one.report for one in found.decisions]),
    )


def _papers(found: Difference) -> None:
    groups = (
        (found.reports_added, "new report"),
        (
            tuple(dict.fromkeys(found.reports_merged.values())),
            "report that others were merged into",
        ),
        (tuple(found.reports_split), "report split from another"),
    )
    if any(ids for ids, _ in groups):
        st.subheader("Papers", anchor=False)
    for ids, words in groups:
        if ids:
            many = words.replace("report", "reports", 1)
            label = count_of(len(ids), words, many)
            navigation.link(label, "records", ids_param(ids))
    if found.reports_removed:
        gone = ", ".join(found.reports_removed[:20])
        number = count_of(len(found.reports_removed), "report")
        st.markdown(f"{number} left with a withdrawn search: {plain(gone)}")


def _moved(added: Sequence[str], removed: Sequence[str]) -> str:
    return " ".join([*(f"+{id_}" for id_ in added), *(f"−{id_}" for id_ in removed)])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of plain text."""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>" for row in rows
    )
    st.html(f'<table class="rt-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
