"""Merges and links that were made: who, when and why; choosing one shows it and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st

from review.dedupe import decision_list, manual_decisions
from review.dedupe.decision_list import Decided
from review.dedupe.pair_words import in_one_line
from review.outdated import Shown
from review.records import service as records
from review.ui import elements, session
from review.ui.duplicates import text_differences
from review.ui.duplicates.reasons import reason_lines
from review.ui.errors import careful, tell
from review.workspace import Workspace

PER_PAGE = 50
WIDTHS = {"Reports": 90, "Title": 240, "Why": 245, "By": 105, "When": 107, "Status": 90}
WHY_LETTERS = 34  # on a line of its column
LINE, MOST_LINES = 21, 5  # pixels of one line of a row; a longer reason stands whole below
ROWS = 36 * 9  # pixels: so that what is chosen can be seen below
WORDS = {"merge": "merge", "link": "link", "unlinked": "answer"}
STANDS = {"merge": "merged", "link": "one study", "unlinked": "two studies"}


@careful
def take_back(seen: manual_decisions.ShownSides, one: Decided, reviewer: str) -> None:
    """Take back what was chosen in the list."""
    manual_decisions.undo(session.workspace(), one.event, reviewer, shown=seen)
    what = "Its records are reports of their own again." if one.kind == "merge" else ""
    tell(f"The {WORDS[one.kind]} is taken back. {what}".strip())


@careful
def bring_back(seen: manual_decisions.ShownSides, one: Decided, reviewer: str) -> None:
    """Make a merge or link again that was taken back."""
    again = {
        "merge": manual_decisions.merge,
        "link": manual_decisions.link,
        "unlinked": manual_decisions.not_linked,
    }
    again[one.kind](session.workspace(), *one.records, reviewer, shown=seen)
    tell(f"The {WORDS[one.kind]} counts again.")


def draw(ws: Workspace, kinds: Sequence[str], nothing: Callable[[], None], reviewer: str) -> None:
    """The list, newest first, and what was chosen in it.

    Args:
        kinds: `decided.MERGES` or `decided.LINKS`.
        nothing: draws what to do when it is empty.
    """
    total = decision_list.count(ws, kinds)
    if not total:
        nothing()
        return
    key = f"decided_{kinds[0]}"
    page = 1
    if total > PER_PAGE:
        page = st.pagination(-(-total // PER_PAGE), key=f"{key}_page")
    found = decision_list.decided(ws, kinds, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    row = elements.chosen_row(_table(ws, found, f"{key}_{page}"))
    if row is None or row >= len(found):
        st.caption("Choose a row to see both records, and to take it back.")
    else:
        _chosen(ws, found[row], reviewer)


def _table(ws: Workspace, found: Sequence[Decided], key: str) -> object:
    reasons = [in_one_line(one.why) for one in found]
    lines = max(-(-len(why) // WHY_LETTERS) for why in reasons)
    height = 15 + LINE * max(2, min(lines, MOST_LINES))  # two ids stand below each other
    named = records.ReportFilter(ids=tuple({id_ for one in found for id_ in one.reports[:1]}))
    titles = {r.id: r.lead.title for r in records.find(ws, named)[0]} if named.ids else {}
    return st.dataframe(
        elements.cells(
            {
                "Reports": [", ".join(one.reports) for one in found],
                "Title": [titles.get("".join(one.reports[:1]), "") for one in found],
                "Why": reasons,
                "By": [one.actor for one in found],
                "When": [_day(one) for one in found],
                "Status": [STANDS[one.kind] if one.active else "taken back" for one in found],
            }
        ),
        column_config={
            name: st.column_config.TextColumn(width=width) for name, width in WIDTHS.items()
        },
        hide_index=True,
        height=ROWS if len(found) * height > ROWS else "content",
        row_height=height,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=key,
    )


def _day(one: Decided) -> str:
    return elements.local_time(datetime.fromisoformat(one.time), day_only=True)


def _chosen(ws: Workspace, one: Decided, reviewer: str) -> None:
    version = ws.protocol.version
    left, right = (Shown(ids, version) if ids else None for ids in one.beside)
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.active:
            st.button(
                f"Take this {WORDS[one.kind]} back",
                key=f"take-back-{one.event}",
                on_click=take_back,
                args=((left, right), one, reviewer),
            )
        elif len(one.reports) == 2:
            st.button(
                "Let it count again",
                key=f"again-{one.event}",
                on_click=bring_back,
                args=((left, right), one, reviewer),
            )
        when = elements.local_time(datetime.fromisoformat(one.time))
        st.caption(f"{elements.plain(one.actor)}, {when} · {one.event}", width="content")
    first, second = (records.record(ws, r) for r in one.records)
    if one.why != decision_list.BY_PERSON:
        st.html(reason_lines(one.why, (first, second), one.records, texts=one.kind == "merge"))
    st.html(text_differences.side_by_side(first, second, one.records))
