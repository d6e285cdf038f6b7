"""Keeping a page's state in its address, so that a link opens the page in the same state.

Widgets hold the state while the page is open; the address is read when it comes from elsewhere
(a link, a bookmark, the back button) and written after every change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st


def arrived(page: str, names: Sequence[str], widget: str) -> dict[str, str] | None:
    """What the address says, when it is not what this page wrote last; else None.

    Args:
        page: name of the page, to tell pages apart.
        names: the query parameters that are the page's.
        widget: key of a widget of the page. Streamlit drops it when the page is left, so that a
            page come back to is told from one that is drawn again.
    """
    said = {name: st.query_params[name] for name in names if name in st.query_params}
    if said == st.session_state.get(_key(page)) and widget in st.session_state:
        return None
    st.session_state[_key(page)] = said
    return said


def keep(page: str, values: Mapping[str, str]) -> None:
    """Write the state into the address; empty values leave it."""
    said = {name: value for name, value in values.items() if value}
    if said != st.session_state.get(_key(page)):
        st.session_state[_key(page)] = said
        st.query_params.from_dict(said)


def _key(page: str) -> str:
    return f"_address_{page}"
