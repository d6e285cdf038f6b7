"""Manners of the browser that Streamlit lacks.

Letters typed while a field has the focus belong to the field, so keys for decisions are dead until
it is left; here Escape leaves any field, and Enter leaves a one-line field.

And a tab keeps the name it works under, since a session ends with every reload and with a restart
of the server: in its sessionStorage, which no other tab sees. A cookie keeps the name that was
given last, for tabs that have none yet. Each browser goes by a random id, so that it can be told
when several are at work.

It keeps what was typed and not used yet as well, letter by letter (`review.ui.drafts`), and a key
pressed on a card whose buttons are not there yet (`review.ui.key_queue`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import unquote

import streamlit as st

from review.ui import drafts, key_queue, typing_guard

COOKIE = "review_reviewer"
_QUESTION = "_tab_question"
_ANSWER = "_tab_answer"
_SESSION = "_tab_session"
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

    // Drafts: what stands in fields, by key. Letters come from the page as they are typed, choices
    // and what was emptied or used from the server.
    const DRAFTS = "review_drafts"
    const drafts = () => {
      try { return JSON.parse(kept(tab, DRAFTS) || "{}") } catch { return {} }
    }
    const put = (change) => {
      const now = drafts()
      change(now)
      keep(tab, DRAFTS, JSON.stringify(now))
    }
    const keyOf = (field) => {
      const box = field.closest("[class*='st-key-']")
      const name = box && Array.from(box.classList).find(c => c.startsWith("st-key-"))
      return name ? name.slice("st-key-".length) : ""
    }
    const PLAIN = "textarea, input[type=text], input:not([type])"
    const typed = (event) => {
      const field = event.target
      if (!field.matches || !field.matches(PLAIN)) return
      if (field.getAttribute("role") === "combobox") return
      if (field.autocomplete === "new-password") return  // a secret, also while it is laid open
      const key = keyOf(field)
      if (!key) return
      unsent.add(key)
      put(now => { if (field.value) now[key] = field.value; else delete now[key] })
    }
    // Streamlit sends no field of a page that is left, so what was typed last goes this way.
    const unsent = new Set()
    // It goes once the other page is there: a run in between would undo the way to it.
    const sendUnsent = (setStateValue) => {
      const now = drafts()
      const fields = Object.fromEntries(Array.from(unsent, key => [key, now[key] || ""]))
      unsent.clear()
      if (Object.keys(fields).length) setStateValue("unsent", { n: Date.now(), fields })
    }
    const hear = ({ session, page, held, used }, setStateValue) => {
      if (!session) return
      if (window.reviewDrafts?.session !== session) {
        window.reviewDrafts = { session, page, held: {}, used: 0 }
      }
      const last = window.reviewDrafts
      const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)
      put(now => {
        for (const [n, key] of used) {
          if (n > last.used) { delete now[key]; unsent.delete(key); last.used = n }
        }
        for (const key of Object.keys(last.held)) {
          if (!(key in held) && !unsent.has(key)) delete now[key]
        }
        for (const [key, value] of Object.entries(held)) {
          if (same(value, now[key])) unsent.delete(key)
          else if (!same(value, last.held[key]) && !unsent.has(key)) now[key] = value
        }
      })
      last.held = held
      if (last.page !== page) sendUnsent(setStateValue)
      last.page = page
    }

    // A press on a link also leaves the field that was typed in. Streamlit sends the field by a
    // timer, which a busy browser runs after the press: that run of the old page would undo the way
    // to the new one. So the press waits for the timers before it.
    const LINKS = "[data-testid=stSidebarNavLink], [data-testid=stPageLink-NavLink]"
    let late = null
    const ROUNDS = 3  // the field draws itself anew between being left and setting its timer
    const afterTimers = (then, rounds = ROUNDS) => {
      if (!rounds) return then()
      requestAnimationFrame(() => setTimeout(() => afterTimers(then, rounds - 1), 0))
    }
    const follow = (event) => {
      const link = event.target.closest && event.target.closest(LINKS)
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
      if (!link || elsewhere || link === late) return
      event.preventDefault()
      event.stopPropagation()
      afterTimers(() => {
        late = link
        link.click()
        late = null
      })
    }

    // When a page is loaded, the words of a card are there before its buttons, and before what
    // holds keys back (`review.ui.key_queue`). A key pressed meanwhile is kept for that.
    const FIELD = "input, textarea, select, [contenteditable=true]"
    const keepForQueue = (event, card) => {
      const queue = window.reviewKeys ??= { held: [], brought: new Set() }
      const item = card && !queue.there && document.querySelector(card)?.textContent
      if (!item || event.key.length !== 1 || event.repeat || event.isComposing) return
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(FIELD)) return
      event.stopImmediatePropagation()
      event.preventDefault()
      const { key, code, shiftKey } = event
      queue.held.push({ key, code, shiftKey, item })
    }

    export default function ({ data, setStateValue }) {
      hear(data.drafts, setStateValue)
      if (data.question) {
        if (window.reviewAnswered !== data.question) {
          const again = Boolean(window.reviewAnswered)  // asked before, so by another session
          window.reviewAnswered = data.question
          const name = kept(tab, KEY)
          const typed = drafts()
          const who = { name, browser: browser() }
          setStateValue("answer", { question: data.question, ...who, again, typed })
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
        if (event.key === "Escape") {
          // The first leaves the field, the next puts the form away.
          if (field.matches("textarea, input") && field.closest(`[class*='st-key-${data.form}']`))
            event.stopPropagation()
          field.blur()
        }
        else if (event.key === "Enter" && line) setTimeout(() => field.blur(), 0)
      }
      const early = (event) => keepForQueue(event, data.card)
      window.addEventListener("keydown", early, true)
      document.addEventListener("keydown", leave, true)
      document.addEventListener("input", typed, true)
      document.addEventListener("click", follow, true)
      return () => {
        document.removeEventListener("click", follow, true)
        document.removeEventListener("keydown", leave, true)
        window.removeEventListener("keydown", early, true)
        document.removeEventListener("input", typed, true)
      }
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
    state.setdefault(_SESSION, secrets.token_hex(8))
    if _ANSWER not in state and not said(st.context.url):
        state[_ANSWER] = Tab("", "")
    # Asked anew by every session: what a tab answered an earlier one may be out of date.
    question = "" if _ANSWER in state else state.setdefault(_QUESTION, secrets.token_hex(8))
    told = {
        "session": state[_SESSION],
        "page": state.get(drafts.PAGE, ""),
        "held": drafts.held(),
        "used": drafts.told_used(),
    }
    card = key_queue.CARDS.get(str(state.get(drafts.PAGE, "")), "")
    data = {"name": name, "cookie": COOKIE, "question": question, "drafts": told, "card": card,
            "form": typing_guard.FORM}  # fmt: skip
    result = _MANNERS(
        key="review_manners",
        data=data,
        height=0,
        on_answer_change=_heard,
        on_unsent_change=_heard,
    )
    drafts.take_unsent(result.get("unsent"))
    answer = result.get("answer")
    if question and isinstance(answer, dict) and answer.get("question") == question:
        state[_ANSWER] = Tab(said(answer.get("name")).strip(), said(answer.get("browser")))
        if answer.get("again") is True:
            state[_AGAIN] = True
        drafts.bring_back(answer.get("typed"))
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
