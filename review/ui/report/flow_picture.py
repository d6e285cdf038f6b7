"""The flow diagram on the page: part of it, so that its colours go with light and dark."""

from __future__ import annotations

import streamlit as st

_PICTURE = st.components.v2.component(
    "review_flow",
    js="""
    export default function ({ data, parentElement, setTriggerValue }) {
      const picture = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement
      picture.setAttribute("width", "100%")
      picture.style.maxWidth = picture.getAttribute("viewBox").split(" ")[2] + "px"
      picture.removeAttribute("height")
      picture.setAttribute("role", "group")  // what is in a picture cannot be pressed
      const place = parentElement.querySelector(".rt-flow")
      if (!place) return
      place.replaceChildren(document.importNode(picture, true))
      for (const box of place.querySelectorAll("[data-box]")) {
        if (!data.opens.includes(box.dataset.box)) continue
        const open = () => setTriggerValue("box", box.dataset.box)
        box.setAttribute("role", "link")
        box.setAttribute("tabindex", "0")
        box.setAttribute("class", "rt-opens")
        box.addEventListener("click", open)
        box.addEventListener("keydown", (event) => { if (event.key === "Enter") open() })
      }
    }
    """,
    css="""
    .rt-opens { cursor: pointer }
    .rt-opens:hover text, .rt-opens:focus-visible text { text-decoration: underline }
    """,
    html='<div class="rt-flow"></div>',
)


def draw(svg: str, opens: list[str]) -> str:
    """Draw the picture as wide as its column.

    Args:
        svg: as `review.reporting.flow_diagram.svg` makes it, with all text escaped.
        opens: lines of it that can be pressed (`flow_boxes.Line.key`).

    Returns:
        The line that was pressed; ``""`` for none.
    """
    drawn = _PICTURE(
        key="review_flow", data={"svg": svg, "opens": opens}, on_box_change=_pressed
    )  # fmt: skip
    return str(drawn.box or "")


def _pressed() -> None:
    """Streamlit hands on a press only where there is somebody to hear it."""
