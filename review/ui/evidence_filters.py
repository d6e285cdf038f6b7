"""The choosers of filters, the same on every page that counts evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from review.gaps.filters import (
    FIRST_YEAR,
    LAST_YEAR,
    RISKS,
    Filters,
    choices,
    direction_words,
    from_address,
    places_label,
    places_of,
    to_address,
)
from review.model import Direction
from review.protocol.codebook import Codebook, Dimension
from review.ui.elements import plain

MANY = ("population", "exposure", "country", "risk_of_bias", "direction")
"""Fields of `Filters` that hold several values, each a field of the page."""

YES = ("confirmed_only", "included_only", "without_retracted", "beyond_frame", "forms")
"""Fields that are on or off."""


def arrive(page: str, said: Mapping[str, str], codebook: Codebook) -> None:
    """Set the choosers of a page to what its address says."""
    put(page, from_address(said, codebook))


def put(page: str, filters: Filters) -> None:
    """Set the choosers of a page; before they are drawn."""
    for name in MANY:
        st.session_state[key(page, name)] = list(getattr(filters, name))
    for name in YES:
        st.session_state[key(page, name)] = getattr(filters, name)
    for name, year in zip(("from", "to"), filters.years, strict=True):
        st.session_state[key(page, name)] = year


def key(page: str, name: str) -> str:
    """Where the session keeps a filter of a page."""
    return f"{page}-{name}"


def chosen(page: str) -> Filters:
    """The filters of a page as they are chosen now."""
    kept = st.session_state
    low, high = (kept.get(key(page, name)) for name in ("from", "to"))
    said: dict[str, Any] = {name: tuple(kept.get(key(page, name)) or ()) for name in MANY}
    said |= {name: bool(kept.get(key(page, name))) for name in YES}
    return Filters(years=(low, high), **said)


def draw(page: str, codebook: Codebook, *, appraised: bool = False) -> Filters:
    """Draw the choosers within a popover, and return what is chosen.

    Args:
        appraised: whether somebody judged the risk of bias of a report; if not, there is nothing
            to choose by.
    """
    number = chosen(page).number
    with st.popover(f"Filters ({number} on)" if number else "Filters"):
        for name in ("population", "exposure"):
            _of_dimension(page, name, codebook.dimension(name))
        with st.container(horizontal=True):
            for name, words in (("from", "Published from"), ("to", "until")):
                st.number_input(
                    words, FIRST_YEAR, LAST_YEAR, None, 1, key=key(page, name),
                    placeholder="Any", width=150,
                )  # fmt: skip
        places = places_of(codebook)
        if places:
            _several(page, "country", places_label(places), choices(places))
        if appraised or st.session_state.get(key(page, "risk_of_bias")):
            _several(page, "risk_of_bias", "Risk of bias", {risk: risk for risk in RISKS})
        directions = {str(d): direction_words(str(d)) for d in Direction}
        _several(page, "direction", "Direction of the findings", directions)
        exposure = bool(st.session_state.get(key(page, "exposure")))
        for name, words in (
            ("confirmed_only", "Only what is confirmed"),
            ("included_only", "Only reports included at full text"),
            ("without_retracted", "Without retracted reports"),
            ("beyond_frame", "Also reports without the exposure of the question"),
            ("forms", "Also news, abstracts and theses, which are no study designs"),
        ):
            off = name == "beyond_frame" and exposure
            st.toggle(words, key=key(page, name), disabled=off)
        if number:
            st.button(
                "No filters", key=key(page, "no-filters"), type="tertiary", on_click=put,
                args=(page, Filters()),
            )  # fmt: skip
    return chosen(page)


def _of_dimension(page: str, name: str, dimension: Dimension) -> None:
    _several(page, name, dimension.label, choices(dimension))


def _several(page: str, name: str, label: str, options: Mapping[str, str]) -> None:
    known: Collection[str] = options
    kept = [one for one in st.session_state.get(key(page, name)) or () if one in known]
    st.session_state[key(page, name)] = kept
    st.multiselect(
        plain(label),
        list(options),
        key=key(page, name),
        format_func=options.__getitem__,
        placeholder="All",
    )


def address(filters: Filters) -> dict[str, str]:
    """The query parameters of filters that are on: the way to another page and back with them."""
    return {name: value for name, value in to_address(filters).items() if value}
