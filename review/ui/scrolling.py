"""Bringing a part of a page into view once, where an address names it."""

from __future__ import annotations

import streamlit as st

_SCROLL = st.components.v2.component(
    "review_scroll",
    js="""
    export default function ({ data }) {
      const wanted = `${data.to} ${data.time}`
      if (!data.to || window.reviewScrolled === wanted) return
      const end = performance.now() + 4000
      let stop = false
      const look = () => {
        const part = document.querySelector(`.st-key-${CSS.escape(data.to)}`)
        if (part) {
          part.scrollIntoView({ block: "start" })
          window.reviewScrolled = wanted
        }
        // What is drawn above it later pushes it down: it is held until the page is at rest.
        const running = !document.querySelector("[data-test-script-state='notRunning']")
        if (!stop && performance.now() < end && (!part || running)) requestAnimationFrame(look)
      }
      look()
      const left = () => { stop = true }
      for (const kind of ["wheel", "keydown", "pointerdown"])
        window.addEventListener(kind, left, { once: true, capture: true })
      return left
    }
    """,
)


def to(key: str, time: int) -> None:
    """Scroll to a container, once for each ``time``; draw it below the container.

    Args:
        key: of the container; ``""`` for none.
        time: the how-manyth arrival in this session it is.
    """
    _SCROLL(key="review_scroll", data={"to": key, "time": time}, height=0)
