"""What was typed or chosen and not used yet: it comes back until it is used or cleared.

Streamlit forgets a field that is not drawn, unless the field says ``persist_state="session"``, and
it forgets a whole session with every reload. So the tab keeps drafts in its sessionStorage, letter
by letter (`review.ui.browser_behaviour`), and hands them to the next session; here they are put
back into their fields. No password is ever kept so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

PAGE = "_draft_page"
"""Session key of the page that is drawn; when it is another, the tab sends what is still unsent."""

_FIELDS = "_draft_fields"
_FIRSTS = "_draft_firsts"
_USED = "_draft_used"
_BACK = "_draft_back"
_UNSENT, _NEWEST = "_draft_unsent", "_draft_newest"
_LONGEST_LIST = 50
"""Used drafts that the tab is told of; it hears of each in the next run."""

Written = str | list[str]
"""A draft as the tab keeps it."""


def field(key: str, read: Callable[[str], object] = str, first: object = None) -> str:
    """Keep what a field holds; call it right before the field is drawn, as its ``key``.

    The field needs ``persist_state="session"``.

    Args:
        first: what the field begins with, in place of its own argument for that. When it comes to
            be another, a field that nobody has changed follows it.
        read: makes the field's value of the text that the tab kept; a ValueError leaves it.

    Returns:
        The key.
    """
    state = st.session_state
    state.setdefault(_FIELDS, {})[key] = True
    back: dict[str, Written] = state.get(_BACK, {})
    unsent: dict[str, str] = state.get(_UNSENT, {})
    kept = back.pop(key, "")
    if key in unsent:
        state[key] = unsent.pop(key)
    elif kept and not state.get(key):
        try:
            state[key] = [read(one) for one in kept] if isinstance(kept, list) else read(kept)
        except ValueError:
            pass
    if first is not None:
        firsts: dict[str, object] = state.setdefault(_FIRSTS, {})
        was = firsts.get(key, first)
        if key not in state or (was != first and state[key] == was):
            state[key] = first  # only then: it would go before what the browser is sending
        if state[key] in (first, was):
            firsts[key] = first
        firsts.setdefault(key, first)
    return key


def begun(key: str) -> object:
    """What a field began with that was changed, whatever it would begin with now."""
    return st.session_state.get(_FIRSTS, {}).get(key)


def begin_again(*keys: str) -> None:
    """Take fields as changed from what they would begin with now, after the reader was told."""
    for key in keys:
        st.session_state.get(_FIRSTS, {}).pop(key, None)


def used(*keys: str, values: Sequence[object] = ()) -> None:
    """Empty fields whose drafts were stored; call it before they are drawn.

    Args:
        values: what the fields begin with again; nothing when left out.
    """
    state = st.session_state
    begin_again(*keys)
    told: list[tuple[int, str]] = state.setdefault(_USED, [])
    for place, key in enumerate(keys):
        state[key] = values[place] if values else ""
        told.append(((told[-1][0] if told else 0) + 1, key))
        for kept in (_BACK, _UNSENT):
            state.get(kept, {}).pop(key, None)
    del told[:-_LONGEST_LIST]


def follow(old: str, new: str) -> None:
    """Take a draft along to another field, such as that of the report a report was merged into."""
    state = st.session_state
    if old != new and state.get(old) and not state.get(new):
        state[new] = state[old]
        used(old)


def waiting(*keys: str) -> bool:
    """Whether one of some fields holds a draft."""
    back = st.session_state.get(_BACK, {})
    return any(bool(st.session_state.get(key) or back.get(key)) for key in keys)


def held() -> dict[str, Written]:
    """What the fields of this session hold, for the tab to keep; what they began with is none."""
    state = st.session_state
    firsts = state.get(_FIRSTS, {})
    return {
        key: written
        for key in state.get(_FIELDS, {})
        if (written := _written(state.get(key))) and written != _written(firsts.get(key))
    }


def told_used() -> list[tuple[int, str]]:
    """The newest drafts that were used, numbered, for the tab to forget."""
    return list(st.session_state.get(_USED, []))


def bring_back(kept: object) -> None:
    """Put drafts of the session before back into their fields, as these come to be drawn."""
    if isinstance(kept, dict):
        st.session_state[_BACK] = {
            str(key): value for key, value in kept.items() if isinstance(value, (str, list))
        }


def take_unsent(told: object) -> None:
    """Put what was typed last on a page that is left back into its fields, when these are drawn.

    Args:
        told: number and fields, as the browser tells them; it tells the same again in every run.
    """
    if not isinstance(told, dict) or told.get("n") == st.session_state.get(_NEWEST):
        return
    st.session_state[_NEWEST] = told.get("n")
    known = st.session_state.get(_FIELDS, {})
    fields = {k: v for k, v in told["fields"].items() if k in known and isinstance(v, str)}
    st.session_state.setdefault(_UNSENT, {}).update(fields)


def _written(value: object) -> Written:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return str(value) if isinstance(value, str) else ""
