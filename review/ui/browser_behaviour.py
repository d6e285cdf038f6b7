"""Two manners of the browser that Streamlit lacks.

Letters typed while a field has the focus belong to the field, so keys for decisions are dead until
it is left; here Escape leaves any field, and Enter leaves a one-line field. And the name a reviewer
works under is remembered in a cookie, since the session ends with the tab.
"""

from __future__ import annotations

from urllib.parse import unquote

import streamlit as st

COOKIE = "review_reviewer"

_MANNERS = st.components.v2.component(
    "review_manners",
    js="""
    export default function ({ data }) {
      if (data.name) {
        const year = 60 * 60 * 24 * 365
        document.cookie =
          `${data.cookie}=${encodeURIComponent(data.name)};path=/;max-age=${year};SameSite=Strict`
      }
      const leave = (event) => {
        const field = document.activeElement
        if (!field) return
        const line = field.tagName === "INPUT" && field.getAttribute("role") !== "combobox"
        if (event.key === "Escape") field.blur()
        else if (event.key === "Enter" && line) setTimeout(() => field.blur(), 0)
      }
      document.addEventListener("keydown", leave, true)
      return () => document.removeEventListener("keydown", leave, true)
    }
    """,
)


def manners(name: str) -> None:
    """Teach the browser both; draw it once a page, anywhere.

    Args:
        name: the reviewer to remember; empty for none.
    """
    _MANNERS(key="review_manners", data={"name": name, "cookie": COOKIE}, height=0)


def last_name() -> str:
    """The name this browser worked under last, or ``""``."""
    return unquote(said(st.context.cookies.get(COOKIE))).strip()


def said(value: object) -> str:
    """What the browser told, as text; ``""`` when it told nothing, or there is none (in tests)."""
    return value if isinstance(value, str) else ""
