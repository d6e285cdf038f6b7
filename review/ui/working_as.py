"""Under which name this tab works, where nobody has to sign in."""

from __future__ import annotations

import getpass
import os
from urllib.parse import urlsplit

import streamlit as st

from review.reporting import contributors
from review.ui import browser_behaviour, sign_in
from review.ui.elements import plain
from review.ui.errors import tell
from review.workspace import Workspace

REVIEWER = "reviewer"
"""The field with the name."""
_GIVEN = "_reviewer_given"
"""Whether a person gave the name, here or in this browser before; else it is a default."""
_SETTLED = "_reviewer_settled"
"""The name of which it is clear whose it is."""


def name() -> str:
    """The name that this tab works under; ``""`` while nobody has said, or it is in doubt."""
    written = _written()
    return written if written == st.session_state.get(_SETTLED) else ""


def ask() -> None:
    """Draw the field with the name. Ends the page until the tab has said what it is called."""
    state = st.session_state
    tab = browser_behaviour.manners(_written() if state.get(_GIVEN) else "")
    if tab is None:
        st.stop()
    if _GIVEN not in state:
        # Connected again after a restart, a tab sends what stood in its field, a default too.
        first = _first(tab)
        if tab.browser or REVIEWER not in state:
            state[REVIEWER] = first
    others = _others_at_work(tab.browser)
    if others and not state.get(_GIVEN):
        # A default is the same for all: two people under one name would undo double screening.
        state[REVIEWER] = ""
    # Drawn on every page by app.py, so Streamlit keeps its value from page to page.
    st.text_input(
        "Working as", key=REVIEWER, placeholder="Your name", max_chars=100, on_change=_renamed
    )
    if others and not _written():
        st.caption("Others work here as well, so what you decide needs your name.")


def settle(ws: Workspace) -> None:
    """Ask, where the name is a known one in another spelling, whether it is the same person."""
    state = st.session_state
    written = _written()
    if not written or written == state.get(_SETTLED):
        return
    known = contributors.known_as(ws, written)
    if known in ("", written):
        state[_SETTLED] = written
        return
    st.warning(
        f"“{plain(written)}” and “{plain(known)}” are one person to this review. Is this you?"
    )
    st.button(f"Yes, I am {plain(known)}", key="reviewer-yes", on_click=_take, args=(known,))
    st.button("No, I am someone else", key="reviewer-no", on_click=_refuse, args=(known,))


def _written() -> str:
    return " ".join(str(st.session_state.get(REVIEWER, "")).split())


def _renamed() -> None:
    st.session_state[_GIVEN] = True
    if _written():
        tell(f"This tab now works as {_written()}.")


def _take(known: str) -> None:
    st.session_state[REVIEWER] = st.session_state[_SETTLED] = known
    st.session_state[_GIVEN] = True
    tell(f"This tab now works as {known}.")


def _refuse(known: str) -> None:
    st.session_state[REVIEWER] = ""
    tell(
        f"Then write your name so that nobody takes it for {known}: with a second name, or "
        "where you work.",
        "error",
    )


def _first(tab: browser_behaviour.Tab) -> str:
    """The name to begin with: the tab's, the last of the browser, or a default."""
    state = st.session_state
    state[_GIVEN] = True
    if tab.name:
        return tab.name
    if last := browser_behaviour.last_name():
        tell(f"This tab works as {last}, as this browser did last.")
        return last
    state[_GIVEN] = False
    return _default()


def _default() -> str:
    """The setting's name, or on this very machine the user's; on a server that is nobody's."""
    if setting := os.environ.get("REVIEW_REVIEWER", "").strip():
        return setting
    url = browser_behaviour.said(st.context.url)
    if url and not sign_in.is_this_machine(urlsplit(url).hostname):
        return ""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


@st.cache_resource(show_spinner=False)
def _browsers() -> set[str]:
    return set()


def _others_at_work(browser: str) -> bool:
    """Whether another browser has been at work since the server began."""
    known = _browsers()
    if browser:
        known.add(browser)
    return bool(known - {browser})
