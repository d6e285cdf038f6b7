"""A press counts for what was on the screen.

A page is drawn anew after every answer. While that is under way the browser may hold the buttons
of two items, so that one key presses both, or still those of the old one, so that a second press
repeats the first. Every button carries what was shown when it was drawn; a press for anything else
is ignored, and nothing is stored.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")
T = TypeVar("T")
_SHOWN = "_shown"


def at(item: str) -> None:
    """Say what the page shows now; call it before the item's words go out."""
    st.session_state[_SHOWN] = item


def while_shown(function: Callable[P, T]) -> Callable[Concatenate[str, P], T | None]:
    """Wrap a callback: it takes first the item on the screen when its button was drawn.

    Any number of presses count as long as that item is shown.
    """

    @functools.wraps(function)
    def wrapped(item: str, /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        return function(*args, **kwargs) if st.session_state.get(_SHOWN) == item else None

    return wrapped


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let no other request of the window end what a press does before it is done.

    Streamlit looks for one whenever the session's state is asked for, also in a callback; a second
    press on the same button would end the first, and count no more itself.
    """
    context = get_script_run_ctx()
    state = getattr(context, "session_state", None)
    looks = getattr(state, "_yield_callback", None)
    if looks is None:
        yield
        return
    object.__setattr__(state, "_yield_callback", lambda: None)
    try:
        yield
    finally:
        object.__setattr__(state, "_yield_callback", looks)


def once(function: Callable[P, T]) -> Callable[Concatenate[str, P], T | None]:
    """Wrap a callback as `while_shown` does; after one press that counts no other does.

    They count again when the page has been drawn anew.
    """

    def first(*args: P.args, **kwargs: P.kwargs) -> T:
        with _uninterrupted():
            del st.session_state[_SHOWN]
            return function(*args, **kwargs)

    return while_shown(functools.wraps(function)(first))
