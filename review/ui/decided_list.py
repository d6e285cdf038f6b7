"""Merges and links that were made: who, when and why; choosing one shows it and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from review.dedupe import decided, judging
from review.dedupe.decided import Decided
from review.records import service as records
from review.ui import differences, parts, session
from review.ui.trouble import careful, tell
from review.workspace import Workspace

PER_PAGE = 50
WIDTHS = {"Reports": 85, "Title": 275, "Why": 205, "By": 105, "When": 135, "Counts": 90}
WORDS = {"merge": "merge", "link": "link", "unlinked": "word on this link"}


@careful
def take_back(one: Decided, reviewer: str) -> None:
    """Take back what was chosen in the list."""
    judging.undo(session.workspace(), one.event, reviewer)
    what = "Its records are reports of their own again." if one.kind == "merge" else ""
    tell(f"The {WORDS[one.kind]} is taken back. {what}".strip())


@careful
def bring_back(one: Decided, reviewer: str) -> None:
    """Make a merge or link again that was taken back."""
    again = {"merge": judging.merge, "link": judging.link, "unlinked": judging.not_linked}
    again[one.kind](session.workspace(), *one.records, reviewer)
    tell(f"The {WORDS[one.kind]} counts again.")


def draw(ws: Workspace, kinds: Sequence[str], nothing: str, reviewer: str) -> None:
    """The list, newest first, and what was chosen in it.

    Args:
        kinds: `decided.MERGES` or `decided.LINKS`.
        nothing: what to say when it is empty.
    """
    total = decided.count(ws, kinds)
    if not total:
        parts.nothing_here(nothing)
        return
    key = f"decided_{kinds[0]}"
    page = 1
    if total > PER_PAGE:
        page = st.pagination(-(-total // PER_PAGE), key=f"{key}_page")
    found = decided.decided(ws, kinds, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    row = parts.chosen_row(_table(ws, found, f"{key}_{page}"))
    if row is None or row >= len(found):
        st.caption("Choose a row to see both records, and to take it back.")
    else:
        _chosen(ws, found[row], reviewer)


def _table(ws: Workspace, found: Sequence[Decided], key: str) -> object:
    named = records.Search(ids=tuple({id_ for one in found for id_ in one.reports[:1]}))
    titles = {r.id: r.lead.title for r in records.find(ws, named)[0]} if named.ids else {}
    return st.dataframe(
        {
            "Reports": [", ".join(one.reports) for one in found],
            "Title": [titles.get("".join(one.reports[:1]), "") for one in found],
            "Why": [one.why for one in found],
            "By": [one.actor for one in found],
            "When": [parts.local_time(datetime.fromisoformat(one.time)) for one in found],
            "Counts": [_counts(one) for one in found],
        },
        column_config={
            name: st.column_config.TextColumn(width=width) for name, width in WIDTHS.items()
        },
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=key,
    )


def _counts(one: Decided) -> str:
    if not one.active:
        return "taken back"
    return "different studies" if one.kind == "unlinked" else "yes"


def _chosen(ws: Workspace, one: Decided, reviewer: str) -> None:
    first, second = (records.record(ws, r) for r in one.records)
    st.html(differences.side_by_side(first, second, one.records))
    if one.active:
        st.button(
            f"Take this {WORDS[one.kind]} back",
            key=f"take-back-{one.event}",
            on_click=take_back,
            args=(one, reviewer),
        )
    elif len(one.reports) == 2:
        st.button(
            "Let it count again",
            key=f"again-{one.event}",
            on_click=bring_back,
            args=(one, reviewer),
        )
