"""The state of a page in its address: a link, a reload and the back button find it there.

The one way to it. A field whose value is the state by itself is bound to the address by the widget
(``bind="query-params"``). Everything else goes through here: what a press opens or closes (`get`,
`put`, `become`), a choice that also buttons set (`follow`), and the state of a page that several
widgets make up together (`arrived`, `keep`).

What an address says may have been written by anybody, or for an earlier version: a value that the
page does not know is taken as absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st


def get(name: str) -> str:
    """The value of one parameter; ``""`` when the address has none."""
    return st.query_params.get(name, "")


def every() -> dict[str, str]:
    """All parameters."""
    return st.query_params.to_dict()


def put(name: str, value: str = "") -> None:
    """Set one parameter and leave the others; an empty value takes it out."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def become(values: Mapping[str, str]) -> None:
    """Have these parameters and no others."""
    st.query_params.from_dict(dict(values))


def follow(name: str, key: str, choices: Collection[str]) -> None:
    """Set a choice from the address, on arrival and whenever the address says another one.

    Call it before the widget that holds the choice is drawn.

    Args:
        name: query parameter.
        key: session key of the widget.
        choices: what may be chosen; the first is taken when the address names none of them.
    """
    said = get(name)
    heard = f"_{key}_heard"
    if key not in st.session_state or said != st.session_state.get(heard, said):
        st.session_state[key] = said if said in choices else next(iter(choices))
    elif st.session_state[key] in choices:
        # Said again in each run: where a run follows at once, as on arrival from another page, the
        # browser knows of the widget by the later one only, would show none chosen, and say so.
        st.session_state[key] = st.session_state[key]
    st.session_state[heard] = said


def arrived(page: str, names: Sequence[str], widget: str) -> dict[str, str] | None:
    """What the address says, when it is not what this page wrote last; else None.

    A page come back to without a word in the address is as it was left.

    Args:
        page: name of the page, to tell pages apart.
        names: the query parameters that are the page's.
        widget: key of a widget of the page. Streamlit drops it when the page is left, so that a
            page come back to is told from one that is drawn again.
    """
    said = {name: st.query_params[name] for name in names if name in st.query_params}
    before: dict[str, str] | None = st.session_state.get(_key(page))
    if widget in st.session_state and said == before:
        return None
    if widget not in st.session_state and not said and before:
        return before
    st.session_state[_key(page)] = said
    return said


def keep(page: str, values: Mapping[str, str]) -> None:
    """Write the state into the address; empty values leave it."""
    said = {name: value for name, value in values.items() if value}
    if said != st.session_state.get(_key(page)):
        st.session_state[_key(page)] = said
        become(said)


def _key(page: str) -> str:
    return f"_address_{page}"
