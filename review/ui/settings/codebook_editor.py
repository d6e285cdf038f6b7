"""Changing the codebook: values added, renamed, retired, split and merged."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from review.coding import codebook_edits as edits
from review.coding import recoding
from review.coding.codebook_edits import NewValue
from review.protocol.codebook import Dimension
from review.ui import drafts, elements, navigation, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.gap_map import map_sentences
from review.workspace import Workspace

ACTIONS = {
    "add": "Add a value",
    "rename": "Rename",
    "retire": "Retire",
    "split": "Split",
    "merge": "Merge into another",
}
LABEL, DEFINITION = "codebook-label", "codebook-definition"
DIMENSION, VALUE, ACTION = "codebook-dimension", "codebook-value", "codebook-action"
TARGET = "codebook-target"


@careful
def carry_out(reviewer: str) -> None:
    """Do what the form says."""
    ws, state = session.workspace(), st.session_state
    action, dimension, value = state[ACTION], state[DIMENSION], state.get(VALUE) or ""
    label, definition = str(state.get(LABEL) or ""), str(state.get(DEFINITION) or "")
    done: dict[str, Callable[[], Workspace]] = {
        "add": lambda: edits.add(
            ws, dimension, NewValue(label, definition), reviewer, beside=value
        ),
        "rename": lambda: edits.rename(ws, dimension, value, label, reviewer),
        "retire": lambda: edits.retire(ws, dimension, value, reviewer),
        "split": lambda: edits.split(
            ws, dimension, value,
            [NewValue(line.strip()) for line in label.splitlines() if line.strip()], reviewer,
        ),
        "merge": lambda: edits.merge(ws, dimension, [value], state.get(TARGET) or "", reviewer),
    }  # fmt: skip
    new = done[action]()
    drafts.used(LABEL, DEFINITION)
    left = len(recoding.queue(new, reviewer))
    tell(f"The codebook is changed. {count_of(left, 'value')} to recode.")


@careful
def undo(reviewer: str) -> None:
    """Take the newest edit back."""
    edits.undo_edit(session.workspace(), reviewer)
    tell("The codebook and the codes are as they were before the newest edit.")


def draw(reviewer: str) -> None:
    """The form, the edits so far, and what is to be recoded."""
    ws = session.workspace()
    book = ws.protocol.codebook
    st.header("Codebook", anchor=False)
    st.caption(
        "A change is written into codebook.yaml, comments stay, and the log keeps the text before. "
        "Reports with a retired, split or merged value wait to be recoded; nothing is lost."
    )
    by_id = {d.id: d for d in book.dimensions}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        action = st.selectbox("Change", list(ACTIONS), key=ACTION, format_func=ACTIONS.__getitem__,
                              persist_state="session", width=220)  # fmt: skip
        dimension = st.selectbox("Dimension", list(by_id), key=DIMENSION, persist_state="session",
                                 width=220,
                                 format_func=lambda id_: plain(by_id[id_].label))  # fmt: skip
        _value(by_id[dimension], "Beside" if action == "add" else "Value", VALUE)
        if action == "merge":
            _value(by_id[dimension], "Into", TARGET)
    if action in ("add", "rename"):
        st.text_input("Name", key=drafts.field(LABEL), persist_state="session", width=460)
    if action == "split":
        st.text_area("New values, one a line", key=drafts.field(LABEL), persist_state="session",
                     width=460)  # fmt: skip
    if action == "add":
        st.text_input("Definition", key=drafts.field(DEFINITION), persist_state="session",
                      width=460)  # fmt: skip
    st.button("Change the codebook", key="codebook-do", on_click=carry_out, args=(reviewer,))
    left = len(recoding.queue(ws, reviewer))
    if left:
        navigation.link(f"{count_of(left, 'value')} to recode", "code", {"view": "recode"})
    _so_far(reviewer)


def _value(dimension: Dimension, label: str, key: str) -> None:
    ids = [v.id for v in dimension.offered]
    if st.session_state.get(key) not in ids:
        st.session_state.pop(key, None)
    st.selectbox(label, ids, key=key, persist_state="session", width=260,
                 format_func=lambda id_: map_sentences.label(dimension, id_))  # fmt: skip


def _so_far(reviewer: str) -> None:
    done = edits.edits(session.workspace())
    if not done:
        return
    lines = [
        f"- {plain(f'{e.data.action}: {e.data.dimension}: {e.data.value}')}"
        f"{plain(', into ' + ', '.join(e.data.into)) if e.data.into else ''} · "
        f"{plain(e.by)}, {elements.local_time(e.at)}"
        for e in done
    ]
    with st.expander(f"Changes so far ({len(done)})"):
        st.markdown("\n".join(lines))
        st.button("Take the newest back", key="codebook-undo", on_click=undo, args=(reviewer,))
