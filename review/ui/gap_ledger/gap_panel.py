"""One gap, opened: its rule and counts, who looked, what the team says, and its papers."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from review.gaps import cell_opening, ledger_state
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.gaps.implications import needed, robustness
from review.gaps.ledger import GapRow, GapStatus, PlaceKind, Priority, Word
from review.gaps.model import Gap
from review.ui import drafts, evidence_links, navigation, paper_lists, session
from review.ui.cache import remembered
from review.ui.elements import count_of, local_time, plain
from review.ui.errors import careful, tell
from review.ui.gap_map import look_again
from review.workspace import Workspace

NO_PRIORITY = "none"
PRIORITIES = [*(str(one) for one in Priority if one), NO_PRIORITY]


def stays_words(row: GapRow) -> str:
    """Whether the gap stays under every bar, in a few words."""
    if row.gap is None or not row.evidence.studies:
        return ""
    lost = [str(bar) for bar, gap in row.bars.items() if gap is None]
    if lost:
        return f"not {', '.join(lost)}"
    other = sum(gap is not row.gap for gap in row.bars.values())
    return "as it is" if not other else f"weaker under {count_of(other, 'bar')}"


def panel(
    ws: Workspace, row: GapRow, close: Callable[[], None], columns: str, filters: Filters
) -> None:
    """Draw one gap.

    Args:
        columns: those of the map whose gaps are listed.
        filters: those that the ledger is under.
    """
    with st.container(key="rt-gap", gap="small", border=True):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.subheader(plain(row.label), anchor=False)
            st.button("Close", shortcut="Esc", key="gap-close", type="tertiary", on_click=close)
        st.markdown(_facts(row))
        if row.gap is Gap.SEARCHED_NONE and not row.place.claim:
            evidence_links.not_coded(remembered(ws, gaps.matrix, "outcome", columns, filters))
        if row.evidence.kinds:
            reports = remembered(ws, cell_opening.by_kind, row.place, filters)
            evidence_links.kinds(row.evidence.kinds, reports, "gap")
        _links(ws, row)
        _say(row)
        closed = f"Closed by: {count_of(len(row.closed_by), 'report')}"
        paper_lists.papers(ws, row.closed_by, paper_lists.CONFIRMED, closed, "gap-closed", shown=6)
        paper_lists.papers(
            ws, row.evidence.reports, paper_lists.CONFIRMED,
            f"Confirmed: {count_of(len(row.evidence.reports), 'report')}", "gap-confirmed", shown=6,
        )  # fmt: skip
        open_ = row.evidence.suggested_reports
        paper_lists.papers(
            ws, open_, paper_lists.SUGGESTED,
            f"Only suggested, to confirm or reject: {count_of(len(open_), 'report')}",
            "gap-suggested", shown=6,
        )  # fmt: skip
        if row.status is GapStatus.OPEN:
            look_again.panel(ws, cell_opening.look_again(ws, row.place))


def _facts(row: GapRow) -> str:
    searches = [
        f"{one.label}: {local_time(one.when, day_only=True)}, {one.who}"
        if one.when
        else f"{one.label}: never run to its end"
        for one in row.looked
    ]
    coders = [f"{who}, {local_time(at, day_only=True)}" for who, at in row.coders.items()]
    closed = f"Closed by {', '.join(row.closed_by)}." if row.closed_by else ""
    lines = [
        ("Gap", f"{row.gap or 'none any more'}, {row.status}"),
        ("Rule", f"{row.rule} {closed}".strip()),
        ("Does it stay", robustness(row)),
        ("Would close it", needed(row)),
        ("Searches that cover it", "; ".join(searches) or "none of the protocol"),
        ("Coded by", "; ".join(coders) or "nobody yet"),
        ("Id", row.id),
    ]
    return "\n".join(f"- **{name}:** {plain(text)}" for name, text in lines if text)


def _links(ws: Workspace, row: GapRow) -> None:
    with st.container(horizontal=True):
        if row.place.claim:
            navigation.link("Open the claim", "claims", {"claim": row.place.claim})
        else:
            at = dict(row.place.at)
            names = list(at)
            params = {"rows": names[0], "row": at[names[0]]}
            if row.place.kind is PlaceKind.CELL:
                params |= {"columns": names[1], "column": at[names[1]]}
            navigation.link("Open on the map", "gap-map", params)
        for claim in row.claims:
            text = ws.protocol.claim(claim).text
            navigation.link(f"Claim {plain(claim)}", "claims", {"claim": claim}, help=text)


def _say(row: GapRow) -> None:
    """What the team says: priority, note, set aside; each kept at once, and taken back."""
    reviewer = session.reviewer()
    if not reviewer:
        st.caption("Write your name under “Working as” to say how urgent it is.")
        return
    note = row.words.get("note")
    key = f"gap-note-{row.id}-{note.event if note else 'new'}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = f"gap-priority-{row.id}-{_event(row, 'priority')}"
        st.session_state.setdefault(chosen, str(row.priority) or NO_PRIORITY)
        st.segmented_control(
            "Priority", PRIORITIES, key=chosen, required=True, format_func=str.capitalize,
            on_change=_prioritise, args=(row.id, chosen, _event(row, "priority"), reviewer),
        )  # fmt: skip
        if row.status is GapStatus.OPEN or row.status is GapStatus.SET_ASIDE:
            _status(row, reviewer)
    st.text_area(
        "Note", key=drafts.field(key, first=note.text if note else ""), height=80,
        on_change="ignore", persist_state="session",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Keep the note", key=f"keep-{key}", on_click=_note,
            args=(row.id, key, _event(row, "note"), reviewer),
        )  # fmt: skip
        for word in row.words.values():
            st.button(
                f"Take back the {word.aspect}", key=f"gap-back-{word.event}", type="tertiary",
                on_click=_take_back, args=(word.event, reviewer),
            )  # fmt: skip
    _history(row)


def _status(row: GapRow, reviewer: str) -> None:
    if row.status is GapStatus.SET_ASIDE:
        st.button(
            "Open it again", key=f"gap-open-{row.id}", on_click=_reopen,
            args=(row.id, _event(row, "status"), reviewer),
        )  # fmt: skip
        return
    key = f"gap-why-{row.id}-{_event(row, 'status') or 'new'}"
    with st.popover("Set aside"):
        st.text_input(
            "Why", key=drafts.field(key), on_change="ignore", persist_state="session"
        )  # fmt: skip
        st.button(
            "Set it aside", key=f"gap-aside-{row.id}", on_click=_set_aside,
            args=(row.id, key, _event(row, "status"), reviewer),
        )  # fmt: skip


def _event(row: GapRow, aspect: str) -> str:
    """The statement that stands, as the presses on it carry it."""
    word = row.words.get(aspect)
    return word.event if word else ""


@careful
def _prioritise(gap: str, key: str, shown: str, reviewer: str) -> None:
    value = str(st.session_state[key])
    ledger_state.prioritise(session.workspace(), gap, value, reviewer, shown=shown)


@careful
def _note(gap: str, key: str, shown: str, reviewer: str) -> None:
    text = str(st.session_state.get(key) or "")
    ledger_state.note(session.workspace(), gap, text, reviewer, shown=shown)
    drafts.used(key)
    tell("The note is kept.")


@careful
def _set_aside(gap: str, key: str, shown: str, reviewer: str) -> None:
    why = str(st.session_state.get(key) or "")
    ledger_state.set_aside(session.workspace(), gap, why, reviewer, shown=shown)
    drafts.used(key)
    tell("Set aside. Evidence closes it all the same.")


@careful
def _reopen(gap: str, shown: str, reviewer: str) -> None:
    ledger_state.reopen(session.workspace(), gap, reviewer, shown=shown)
    tell("Open again.")


@careful
def _take_back(event: str, reviewer: str) -> None:
    ledger_state.take_back(session.workspace(), event, reviewer)
    tell("Taken back.")


def _history(row: GapRow) -> None:
    told = ledger_state.history(session.workspace(), row.id)
    if not told:
        return
    lines = "".join(_line(word) for word in reversed(told))
    st.html(
        f'<div class="rt-search"><details><summary>{count_of(len(told), "word")} on it so far'
        f"</summary>{lines}</details></div>"
    )


def _line(word: Word) -> str:
    said = escape(" ".join(part for part in (word.aspect, word.value, word.text) if part))
    who = f"{escape(word.who)} · {escape(local_time(word.when))}"
    text = said if word.active else f"<s>{said}</s>"
    return (
        f'<div class="rt-step"><span>{text}</span>'
        f'<span class="rt-muted">{who}{"" if word.active else " · replaced or taken back"}</span>'
        "</div>"
    )
