"""Manners of the browser that Streamlit lacks.

Letters typed while a field has the focus belong to the field, so keys for decisions are dead until
it is left; here Escape leaves any field, and Enter leaves a one-line field.

And a tab keeps the name it works under, since a session ends with every reload and with a restart
of the server: in its sessionStorage, which no other tab sees. A cookie keeps the name that was
given last, for tabs that have none yet. Each browser goes by a random id, so that it can be told
when several are at work.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import unquote

import streamlit as st

COOKIE = "review_reviewer"
_QUESTION = "_tab_question"
_ANSWER = "_tab_answer"
_AGAIN = "_tab_again"

_MANNERS = st.components.v2.component(
    "review_manners",
    js="""
    const KEY = "review_reviewer"
    const kept = (store, name) => { try { return store().getItem(name) || "" } catch { return "" } }
    const keep = (store, name, value) => { try { store().setItem(name, value) } catch { } }
    const tab = () => window.sessionStorage
    const all = () => window.localStorage

    const browser = () => {
      let id = kept(all, "review_browser")
      if (!id) {
        id = Array.from(crypto.getRandomValues(new Uint32Array(3)), n => n.toString(36)).join("")
        keep(all, "review_browser", id)
      }
      return id
    }

    export default function ({ data, setStateValue }) {
      if (data.question) {
        if (window.reviewAnswered !== data.question) {
          const again = Boolean(window.reviewAnswered)  // asked before, so by another session
          window.reviewAnswered = data.question
          const name = kept(tab, KEY)
          setStateValue("answer", { question: data.question, name, browser: browser(), again })
        }
      } else if (data.name) {
        keep(tab, KEY, data.name)
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


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab of a browser says of itself.

    Attributes:
        name: the one it works under, ``""`` for a new tab.
        browser: the same in all tabs of a browser; ``""`` when there is none (in tests).
    """

    name: str
    browser: str


def manners(name: str) -> Tab | None:
    """Teach the browser its manners; draw it once a page, anywhere.

    Args:
        name: the reviewer that the tab is to remember; empty for none.

    Returns:
        What the tab says of itself; None as long as it has not answered. Until then nobody knows
        whose tab it is.
    """
    state = st.session_state
    if _ANSWER not in state and not said(st.context.url):
        state[_ANSWER] = Tab("", "")
    # Asked anew by every session: what a tab answered an earlier one may be out of date.
    question = "" if _ANSWER in state else state.setdefault(_QUESTION, secrets.token_hex(8))
    data = {"name": name, "cookie": COOKIE, "question": question}
    result = _MANNERS(key="review_manners", data=data, height=0, on_answer_change=_heard)
    answer = result.get("answer")
    if question and isinstance(answer, dict) and answer.get("question") == question:
        state[_ANSWER] = Tab(said(answer.get("name")).strip(), said(answer.get("browser")))
        if answer.get("again") is True:
            state[_AGAIN] = True
    found: Tab | None = state.get(_ANSWER)
    return found


def came_back() -> bool:
    """Whether the page was open in an earlier session already; told once.

    So it is after the server was started anew: what an earlier session knew is gone, while the
    page in the browser looks as before.
    """
    return bool(st.session_state.pop(_AGAIN, False))


def _heard() -> None:
    """Streamlit hands on an answer only where there is somebody to hear it."""


def last_name() -> str:
    """The name that was given last in this browser, or ``""``."""
    return unquote(said(st.context.cookies.get(COOKIE))).strip()


def said(value: object) -> str:
    """What the browser told, as text; ``""`` when it told nothing, or there is none (in tests)."""
    return value if isinstance(value, str) else ""
