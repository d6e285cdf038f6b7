"""Two records side by side, and the keys that say what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from review.dedupe import manual_decisions
from review.events import (
    Event,
    PairRuled,
    RecordsKeptApart,
    RecordsMerged,
    ReportsLinked,
    ReportsNotLinked,
)
from review.outdated import Shown
from review.records.event_sentences import event_words
from review.store.pairs import Pair
from review.ui import elements, key_queue, session, stale_press
from review.ui.duplicates import text_differences
from review.ui.duplicates.reasons import reason_lines
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts
from review.workspace import Workspace

LATER = "duplicates_later"  # session: pairs put off
LAST = "duplicates_last"  # session: what was done last, in words
NOTHING = "no pair"  # what undo stands beside when no pair is left

Ruling = tuple[str, str, type[PairRuled]]
OF_TEXTS: tuple[Ruling, ...] = (
    ("Same text", "S", RecordsMerged),
    ("Different", "D", RecordsKeptApart),
    ("Two reports, one study", "T", ReportsLinked),
)
OF_STUDIES: tuple[Ruling, ...] = (
    ("One study", "T", ReportsLinked),
    ("Different studies", "D", ReportsNotLinked),
    ("Same text", "S", RecordsMerged),
)
"""What can be said of two records: words on the button, its key, what is stored."""

MEANING = {
    RecordsMerged: "They become one report, with the votes and codes of both.",
    RecordsKeptApart: "They stay apart; no later run merges them or asks again.",
    ReportsLinked: "Both stay reports of their own; they count as one study.",
    ReportsNotLinked: "They count as two studies; the link is not proposed again.",
}


@careful
@stale_press.once
def answer(seen: tuple[Shown, Shown], pair: str, kind: type[PairRuled], reviewer: str) -> None:
    """Store what the reviewer said of the pair that was on the screen."""
    ws = session.workspace()
    done = manual_decisions.answer(ws, pair, kind, reviewer, shown=seen)
    st.session_state[LAST] = _words(ws, done)


@careful
@stale_press.once
def undo(last: tuple[str, manual_decisions.ShownSides] | None, reviewer: str) -> None:
    """Take back what was the newest answer when the button was drawn."""
    ws = session.workspace()
    if last is None:
        tell("There is no decision of yours on duplicates to take back.")
        return
    event, seen = last
    undone = manual_decisions.undo(ws, event, reviewer, shown=seen)
    said = _words(ws, manual_decisions.taken_back(ws, undone))
    st.session_state[LAST] = f"Taken back: {said}"


def _words(ws: Workspace, event: Event) -> str:
    """What was done, in one line: without why."""
    return event_words(event, ws.protocol, with_remark=False)


@stale_press.once
def put_off(pair: str) -> None:
    """Show another pair first."""
    st.session_state.setdefault(LATER, []).append(pair)


def draw(
    ws: Workspace, waiting: Sequence[Pair], question: str, answers: Sequence[Ruling], reviewer: str
) -> None:
    """One pair, and what it is: the first that the reviewer has not put off.

    Args:
        waiting: one pair at least, in the order in which they are judged.
        answers: `OF_TEXTS` or `OF_STUDIES`.
    """
    later: list[str] = st.session_state.get(LATER, [])
    shown = next((p for p in waiting if p.id not in later), waiting[0])
    stale_press.at(shown.id)
    (pair,) = manual_decisions.pair_views(ws, [shown])
    st.html(
        f'<p class="rt-question">{question}'
        f'<span class="rt-id rt-pair-id" hidden>{pair.id}</span></p>'
        + reason_lines(
            pair.why,
            (pair.left.record, pair.right.record),
            (pair.left.report, pair.right.report),
            texts=answers is OF_TEXTS,
            asked=True,
        )
    )
    heads = (f"{pair.left.report} · {pair.left.record.source}",
             f"{pair.right.report} · {pair.right.record.source}")  # fmt: skip
    st.html(text_differences.side_by_side(pair.left.record, pair.right.record, heads))
    keys = Shortcuts()
    version = ws.protocol.version
    seen = (Shown(pair.left.records, version), Shown(pair.right.records, version))
    with _bar(keys):
        for label, key, kind in answers:
            st.button(
                label,
                shortcut=keys.take(key, label),
                key=f"{kind}-{pair.id}",
                help=elements.plain(MEANING[kind]),
                on_click=answer,
                args=(pair.id, seen, pair.id, kind, reviewer),
            )
        st.button(
            "Later",
            shortcut=keys.take("L", "later"),
            key=f"later-{pair.id}",
            type="tertiary",
            on_click=put_off,
            args=(pair.id, pair.id),
        )
        _undo_button(keys, pair.id, reviewer)


def only_undo(reviewer: str) -> None:
    """The row of answers when no pair is left: the last one can be taken back still."""
    stale_press.at(NOTHING)
    keys = Shortcuts()
    with _bar(keys):
        _undo_button(keys, NOTHING, reviewer)


@contextmanager
def _bar(keys: Shortcuts) -> Iterator[None]:
    """The row of answers, always in one place, and under it what was done last."""
    with st.bottom, st.container(width=elements.PAGE_WIDTH, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            yield
        st.caption(elements.plain(st.session_state.get(LAST, "")) or "&nbsp;")
    key_queue.draw(keys.taken, ".rt-pair-id", anywhere="U")


def _undo_button(keys: Shortcuts, shown: str, reviewer: str) -> None:
    """Undo, bound to what is on the screen."""
    st.button(
        "Undo",
        shortcut=keys.take("U", "undo"),
        key=f"undo-duplicates-{shown}",
        type="tertiary",
        on_click=undo,
        args=(shown, manual_decisions.newest(session.workspace(), reviewer), reviewer),
    )
