"""Reports to look at again, as the codebook does not offer a value of theirs any more."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.coding import recoding
from review.coding.recoding import KEEP, REMOVE, ToRecode
from review.coding.service import undo_last
from review.outdated import Shown, shown
from review.records import service as records
from review.records.event_sentences import event_words
from review.ui import elements, key_queue, paper_card, session, stale_press
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.finding_words import quoted
from review.ui.gap_map import map_sentences
from review.ui.keys import Shortcuts

OFFERED = 7
"""Values offered with a key of their own; all others are under Other."""


@careful
@stale_press.once
def answer(
    seen: Shown | None, report: str, dimension: str, value: str, said: str, reviewer: str
) -> None:
    """Say what becomes of a value on one report."""
    recoding.recode(
        session.workspace(), report, dimension, value, said, reviewer, shown=seen
    )  # fmt: skip


@careful
@stale_press.once
def answer_all(these: Sequence[ToRecode], said: str, reviewer: str) -> None:
    """The same of every report that waits with this value."""
    for one in these:
        recoding.recode(
            session.workspace(), one.report, one.dimension.id, one.value, said, reviewer
        )
    tell(f"{count_of(len(these), 'report')} recoded.")


@careful
@stale_press.once
def other(
    seen: Shown | None, report: str, dimension: str, value: str, key: str, reviewer: str
) -> None:
    """Put the value that was chosen among all in its place."""
    if chosen := st.session_state.get(key):
        recoding.recode(
            session.workspace(), report, dimension, value, str(chosen), reviewer, shown=seen
        )  # fmt: skip


@careful
@stale_press.once
def undo(reviewer: str) -> None:
    """Take back one's newest step of coding."""
    ws = session.workspace()
    done = undo_last(ws, reviewer)
    tell(f"Taken back: {event_words(done, ws.protocol)}" if done else "Nothing to take back.")


def draw(found: Sequence[ToRecode], reviewer: str) -> None:
    """The first of them with its paper, the older value, and the answers."""
    if not found:
        elements.nothing_here("Every value that was given is one of the codebook.", "Code", "code")
        stale_press.at("none")
        keys = Shortcuts()
        st.button("Undo", key="recode-undo", type="tertiary", shortcut=keys.take("U", "undo"),
                  on_click=undo, args=("none", reviewer))  # fmt: skip
        key_queue.draw(keys.taken, ".rt-id", scope="none", anywhere="U")
        return
    one, ws = found[0], session.workspace()
    report = records.get(ws, one.report)
    item = f"recode {one.report} {one.dimension.id} {one.value}"
    stale_press.at(item)
    keys = Shortcuts()
    card, side = st.columns([1, 1.08], gap="large")
    words = paper_card.words_of(ws.protocol.highlights)
    card.html(f'<span class="rt-id">{one.report}</span>' + paper_card.card(report.lead, words))
    with side:
        name = map_sentences.label(one.dimension, one.value)
        st.caption(f"{count_of(len(found), 'value')} to recode")
        st.markdown(f"**{plain(one.dimension.label)}: {plain(name)}** is not offered any more.")
        for tag in one.tags:
            given = f"Given by {tag.reviewer}, {elements.local_time(tag.time)}"
            st.caption(plain(": ".join(filter(None, (given, quoted(tag, report.lead))))))
        if one.findings:
            st.caption(f"{count_of(len(one.findings), 'finding')} with it: changed or removed too.")
        _answers(item, one, shown(ws, report), reviewer, keys)
        _all_alike(item, one, found, reviewer)
    key_queue.draw(keys.taken, ".rt-id", scope=item, anywhere="U")


def _answers(item: str, one: ToRecode, seen: Shown, reviewer: str, keys: Shortcuts) -> None:
    on = (one.report, one.dimension.id, one.value)
    retired = one.dimension.retired
    choices = [v for v in one.becomes if v not in retired][:OFFERED]
    said = [(v, map_sentences.label(one.dimension, v), str(n)) for n, v in enumerate(choices, 1)]
    said += [(KEEP, "Keep it", "K"), (REMOVE, "Remove it", "X")]
    with st.container(horizontal=True, gap="small", key="rt-recode"):
        for value, words, key in said:
            st.button(
                plain(words), key=f"recode-{'-'.join(on)}-{value}", shortcut=keys.take(key, words),
                on_click=answer, args=(item, seen, *on, value, reviewer),
            )  # fmt: skip
        with st.popover("Other", type="tertiary"):
            key = f"recode-other-{'-'.join(on)}"
            st.selectbox(
                "Value in its place", [v.id for v in one.dimension.offered], index=None, key=key,
                format_func=lambda id_: map_sentences.label(one.dimension, id_),
            )  # fmt: skip
            st.button("Put in its place", key=f"{key}-put", on_click=other,
                      args=(item, seen, *on, key, reviewer))  # fmt: skip
        st.button("Undo", key="recode-undo", type="tertiary", shortcut=keys.take("U", "undo"),
                  on_click=undo, args=(item, reviewer))  # fmt: skip


def _all_alike(item: str, one: ToRecode, found: Sequence[ToRecode], reviewer: str) -> None:
    """One answer for all reports with the value, where one value takes its place."""
    alike = [o for o in found if (o.dimension.id, o.value) == (one.dimension.id, one.value)]
    if len(alike) < 2 or len(one.becomes) != 1 or one.becomes[0] in one.dimension.retired:
        return
    words = map_sentences.label(one.dimension, one.becomes[0])
    st.button(
        f"{plain(words)} for all {len(alike)} reports", key="recode-all", type="tertiary",
        on_click=answer_all, args=(item, alike, one.becomes[0], reviewer),
    )  # fmt: skip
