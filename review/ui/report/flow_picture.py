"""The flow diagram on the page: part of it, so that its colours go with light and dark."""

from __future__ import annotations

import streamlit as st

_PICTURE = st.components.v2.component(
    "review_flow",
    js="""
    export default function ({ data, parentElement }) {
      const picture = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement
      picture.setAttribute("width", "100%")
      picture.removeAttribute("height")
      const place = parentElement.querySelector(".rt-flow")
      if (place) place.replaceChildren(document.importNode(picture, true))
    }
    """,
    html='<div class="rt-flow"></div>',
)


def draw(svg: str) -> None:
    """Draw the picture as wide as its column.

    Args:
        svg: as `review.reporting.flow_diagram.svg` makes it, with all text escaped.
    """
    _PICTURE(key="review_flow", data={"svg": svg})
