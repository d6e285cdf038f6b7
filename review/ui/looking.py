"""A link for those who only look: pages that show, and a review that stores nothing.

``look=1`` in the address of any page makes a session one that looks, until it is left by a press.
It works under no name, so what needs a name cannot be pressed; it sees what anybody may see; and
what would be stored all the same is refused (`review.store.engine.Store.for_looking`).
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st

from review.ui import browser_behaviour, page_address
from review.workspace import Workspace

PARAM, ON = "look", "1"
PAGES = ("dashboard", "gap-map", "gaps", "claims", "records", "report", "versions")
"""The pages of such a session; the first is where it begins."""

_LOOKS = "_looks"


def settle() -> None:
    """Begin to look where the address says so; call it before anything is drawn."""
    if page_address.get(PARAM) == ON:
        st.session_state[_LOOKS] = True


def on() -> bool:
    """Whether this session only looks."""
    return bool(st.session_state.get(_LOOKS))


def shows(slug: str) -> bool:
    """Whether this session has a page."""
    return not on() or slug in PAGES


def keep() -> None:
    """Keep it in the address, which a page may have written anew: a reload still only looks."""
    if on():
        page_address.put(PARAM, ON)


def seen(ws: Workspace) -> Workspace:
    """The review as this session may use it."""
    return replace(ws, store=ws.store.for_looking()) if on() else ws


def say() -> None:
    """Say, in the sidebar, that nothing here changes the review, and how to work on it."""
    st.caption("You look at the review. Nothing you press here changes it.")
    st.button("Work on the review", key="looking-end", type="tertiary", on_click=_end)


def _end() -> None:
    st.session_state[_LOOKS] = False
    page_address.put(PARAM)


def address() -> str:
    """The link to give to those who only look; "" while the address of the app is not known."""
    url = urlsplit(browser_behaviour.said(st.context.url))
    return f"{url.scheme}://{url.netloc}/{PAGES[0]}?{PARAM}={ON}" if url.netloc else ""
