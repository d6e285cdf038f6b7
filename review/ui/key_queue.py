"""Keys pressed in a row all count, in their order, for what was on the screen.

Streamlit looks for the button of a key at the moment of the press. While a page is drawn anew, the
button is not there yet, or still that of the item before: a digit right after `E` finds no reason.
So the browser holds the keys back while an answer is under way, and presses each once the page
stands still and shows what it was pressed on. A key held down counts as one press, and so does a
double click.

A key may be left over for an item that an earlier key has decided. The page then hears of it: it
brings the item back, so that the key corrects the decision, or says that the key was not counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection

import streamlit as st

from review.ui.errors import tell
from review.ui.keys import LETTER_JS

CARDS = {"screen": ".rt-id"}
"""Page -> the marker of its card, where each such element has the queue beside it."""

_KEY = "review_key_queue"
_DRAWINGS = itertools.count(1)

_QUEUE = st.components.v2.component(
    "review_key_queue",
    js=LETTER_JS
    + """
    const QUIET = 2000  // ms without a run after which a press is taken for one without effect
    const OPENS = 500  // ms within which a key of the browser's own has opened its field
    const queue = window.reviewKeys ??= { held: [], brought: new Set() }
    const isField = (element) => !!element && !!element.matches &&
      element.matches("textarea, select, [contenteditable=true], " +
        "input:not([type=checkbox]):not([type=radio]):not([type=range])")
    // With Shift a digit is another sign on every keyboard, and without it on a French one.
    const digit = ({ key, code, shiftKey }) =>
      (shiftKey || !/^[a-z0-9]$/i.test(key)) && /^Digit[0-9]$/.exec(code ?? "") && code[5]
    const known = (press) => queue.data.keys.includes(
      (press.shiftKey ? "Shift+" : "") + (digit(press) || letterOf(press)).toUpperCase())
    const shown = () => document.querySelector(queue.data.marker)?.textContent ?? ""
    // Streamlit writes down there whether it runs the page.
    const running = () => !document.querySelector("[data-test-script-state=notRunning]")

    const busy = () => {
      const now = performance.now()
      if (running()) {
        queue.awake = now
        return true
      }
      if (now < (queue.opening ?? 0) && !isField(document.activeElement)) return true
      const sent = queue.sent
      return !!sent && sent.drawing === queue.data.drawing &&
        now - Math.max(sent.at, queue.awake ?? 0) < QUIET
    }
    const send = (item, key) => {
      queue.sent = { at: performance.now(), drawing: queue.data.drawing }
      queue.last = { item, key }
    }
    const dispatch = ({ key, code, shiftKey }, target) => {
      for (const kind of ["keydown", "keyup"]) {
        const event = new KeyboardEvent(kind, { key, code, shiftKey, bubbles: true })
        event.fromQueue = true
        target.dispatchEvent(event)
      }
    }
    const replay = (press) => {
      const target = isField(document.activeElement) ? document.activeElement : document.body
      if (target !== document.body) {  // a note was opened by a key before: this is its text
        document.execCommand("insertText", false, press.key)
        return
      }
      if (known(press)) send(press.item, press.key)
      else if (queue.data.local.includes(letterOf(press).toUpperCase())) {
        queue.opening = performance.now() + OPENS
      }
      dispatch({ ...press, key: digit(press) || press.key }, target)
    }
    const drain = () => {
      queue.timer = undefined
      while (queue.held.length) {
        if (busy()) {
          queue.timer = setTimeout(drain, 15)
          return
        }
        const press = queue.held[0]
        const letter = letterOf(press).toUpperCase()
        if (press.scope !== queue.data.scope) {
          queue.held.shift()
        } else if (press.item === shown() || queue.data.anywhere.includes(letter)) {
          queue.held.shift()
          queue.brought.delete(press.item)
          replay(press)
        } else if (queue.last && queue.last.item === press.item && queue.last.key === press.key) {
          queue.held.shift()  // the same key once more
        } else if (!queue.brought.has(press.item) && queue.data.keys.length) {
          queue.brought.add(press.item)
          send(press.item, "")
          queue.late({ item: press.item, key: letter })
        } else {
          queue.held.shift()
        }
      }
      queue.brought.clear()
    }
    const pressed = (event) => {
      if (event.fromQueue || event.ctrlKey || event.metaKey || event.altKey) return
      if (isField(event.target) || event.isComposing) return
      if (event.key.length !== 1 && event.key !== "Escape") return
      if (event.repeat) {
        if (known(event)) event.stopImmediatePropagation()
        return
      }
      if (queue.held.length || busy()) {
        event.stopImmediatePropagation()
        event.preventDefault()
        const { key, code, shiftKey } = event
        queue.held.push({ key, code, shiftKey, item: shown(), scope: queue.data.scope })
        queue.timer ??= setTimeout(drain, 15)
      } else if (known(event)) {
        send(shown(), event.key)
      }
    }
    const clicked = (event) => {
      const button = event.target.closest?.("button")
      if (!button || !event.isTrusted || button.ariaHasPopup) return
      const ours = button.closest("[data-testid=stMain], [data-testid=stBottom]")
      if (!ours) return
      if (event.detail > 1 && busy()) event.stopImmediatePropagation()
      else send(shown(), "")
    }
    // Pressed before the queue was there (`review.ui.browser_behaviour`).
    const takeEarly = () => {
      const here = shown()
      queue.held = queue.held.filter(press => press.scope !== undefined || press.item === here)
      for (const press of queue.held) press.scope ??= queue.data.scope
      if (queue.held.length) queue.timer ??= setTimeout(drain, 15)
    }
    export default function ({ data, setTriggerValue }) {
      queue.leave?.()
      queue.data = data
      queue.there = true
      queue.late = (press) => setTriggerValue("late", press)
      takeEarly()
      window.addEventListener("keydown", pressed, true)
      window.addEventListener("click", clicked, true)
      const leave = () => {
        queue.there = false
        window.removeEventListener("keydown", pressed, true)
        window.removeEventListener("click", clicked, true)
      }
      queue.leave = leave
      return leave
    }
    """,
)


def draw(
    keys: Collection[str],
    marker: str,
    on_late: Callable[[str, str], None] | None = None,
    scope: str = "",
    anywhere: Collection[str] = (),
    local: Collection[str] = (),
) -> None:
    """Hold keys back while the page is drawn; call it last, once a page.

    Args:
        keys: the keys that have a button on the page now, as `review.ui.keys` names them.
        marker: CSS selector of the element whose text names the item on the screen.
        on_late: hears of the item and the first key that was left over for it, before the page is
            drawn. If the item is then shown, the keys left over are pressed on it; else they are
            dropped. Without it, the reader is told that the key was not counted.
        scope: what else a press belongs to; keys of another scope are dropped.
        anywhere: keys that mean the same whatever is shown, such as undo.
        local: keys that open a field without a run of the page; what follows them is text.
    """

    def hear() -> None:
        late = st.session_state[_KEY].get("late") or {}
        (on_late or _not_counted)(str(late.get("item", "")), str(late.get("key", "")))

    data = {
        "keys": sorted(set(keys) - set(local)),
        "local": sorted(local),
        "anywhere": sorted(anywhere),
        "marker": marker,
        "scope": scope,
        "drawing": next(_DRAWINGS),
    }
    _QUEUE(key=_KEY, data=data, height=0, on_late_change=hear)


def _not_counted(_item: str, key: str) -> None:
    """Say that a key came after the one that decided its item."""
    if key:
        tell(f"{key} was pressed together with the key before it and was not counted.")
