"""What a step on the page will do is laid out first; one press then does it.

One plan is laid out at a time. It goes when another is, when the stage changes, or once it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from review.ui import drafts

PLAN = "team-plan"
"""Session: which step is laid out, and its plan."""


def lay_out(step: str, plan: Any) -> None:
    """Remember what is laid out."""
    st.session_state[PLAN] = (step, plan)


def at(step: str) -> Any:
    """What is laid out of a step; None where nothing is."""
    found = st.session_state.get(PLAN)
    return found[1] if found and found[0] == step else None


def drop() -> None:
    """Lay nothing out."""
    st.session_state.pop(PLAN, None)


def done(*fields: str) -> None:
    """Lay nothing out, and empty the fields whose text was stored."""
    drop()
    drafts.used(*fields)


def text(label: str, key: str) -> str:
    """A line of text that is kept until it is used."""
    return st.text_input(label, key=drafts.field(key), persist_state="session") or ""


def draw(
    step: str,
    head: str,
    lines: Sequence[str],
    label: str,
    on_click: Callable[..., None],
    args: tuple[Any, ...],
    *,
    possible: bool = True,
    standing: bool = False,
) -> None:
    """Draw what a step will do, as Markdown, with the press that does it.

    Args:
        possible: whether there is anything to do.
        standing: it is always offered, so there is nothing to cancel.
    """
    with st.container(border=True, key=f"rt-plan-{step}"):
        st.markdown(f"{head}. This will mean:\n" + "\n".join(f"- {line}" for line in lines))
        with st.container(horizontal=True):
            if possible:
                st.button(
                    label, type="primary", key=f"team-do-{step}", on_click=on_click, args=args
                )
            if not standing:
                st.button("Cancel", key=f"team-cancel-{step}", on_click=drop)
