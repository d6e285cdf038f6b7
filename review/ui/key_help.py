"""Keys on every page: ``?`` lists them, and a switch that was just set does not swallow them.

The list is read from the page as it is drawn: every button that has a key bears it. So it cannot
differ from what the keys do. While it is open, keys belong to it, and Escape closes it.

A key that is part of composing a letter (an input method, a dead key, AltGr) is no key of the page,
though Streamlit would take it for the letter at its place on the keyboard.

A switch or a choice that has the focus takes letters for itself and does nothing with them; here a
letter leaves it and goes to the page. Notices get the name that screen readers ask for.
"""

from __future__ import annotations

import streamlit as st

_KEYS = st.components.v2.component(
    "review_keys",
    js="""
    const isField = (element) => !!element && !!element.matches &&
      element.matches("input, textarea, select, [contenteditable=true]")
    const isSwitch = (element) => !!element && !!element.matches &&
      element.matches("input[type=checkbox], input[type=radio], input[type=range]")
    const MORE = [["?", "List of the keys"], ["Esc", "Leave a field, or close what is open"]]

    const shown = (element) => element.getClientRects().length > 0
    const keysOfPage = (own) => {
      const found = []
      for (const hint of document.querySelectorAll("button kbd")) {
        const button = hint.closest("button")
        if (!shown(button) || button.disabled) continue
        const copy = button.cloneNode(true)
        copy.querySelectorAll("kbd, [aria-hidden=true], [role=img]").forEach((n) => n.remove())
        const words = copy.textContent.trim() || button.ariaLabel || ""
        const line = button.closest("[class*=st-key-rt-arrows-]")?.querySelector("p")
        found.push([hint.textContent.trim(), line ? `${line.textContent}: ${words}` : words])
      }
      for (const [selector, key, words] of own)
        if ([...document.querySelectorAll(selector)].some(shown)) found.push([key, words])
      return [...found, ...MORE]
    }
    const draw = (own) => {
      const dialog = document.createElement("dialog")
      dialog.className = "rt-keys"
      dialog.setAttribute("aria-label", "Keys of this page")
      const head = document.createElement("h2")
      head.textContent = "Keys of this page"
      const list = document.createElement("dl")
      for (const [key, words] of keysOfPage(own)) {
        const name = list.appendChild(document.createElement("dt"))
        name.appendChild(document.createElement("kbd")).textContent = key
        list.appendChild(document.createElement("dd")).textContent = words
      }
      const close = document.createElement("button")
      close.textContent = "Close"
      close.onclick = () => dialog.close()
      dialog.append(head, list, close)
      dialog.onclose = () => dialog.remove()
      document.querySelector("[data-testid=stApp]").appendChild(dialog)
      dialog.showModal()
    }
    const nameNotices = () => {
      for (const one of document.querySelectorAll(".stToast:not([aria-label])"))
        one.setAttribute("aria-label", "Notice")
    }
    export default function ({ data }) {
      const typed = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !event.isTrusted) return
        const composes = event.isComposing || event.getModifierState("AltGraph") ||
          ["Process", "Dead", "Unidentified"].includes(event.key)
        // What is in a shadow root is named after its host where Streamlit looks.
        const inside = event.composedPath()[0]
        if (inside !== event.target ? isField(inside) : composes && !isField(event.target)) {
          event.stopPropagation()
          return
        }
        if (document.querySelector("dialog.rt-keys[open]")) {
          if (event.key.length === 1 && event.key !== " ") event.preventDefault()
          event.stopImmediatePropagation()
          return
        }
        const on = document.activeElement
        const arrow = event.key.startsWith("Arrow") && on?.type === "checkbox"
        if ((event.key.length !== 1 || event.key === " ") && !arrow) return
        if (isField(on) && !isSwitch(on)) return
        if (event.key === "?") {
          if (document.querySelector("[role=dialog]:not(.stToast)")) return
          event.stopImmediatePropagation()
          event.preventDefault()
          draw(data.own)
        } else if (isSwitch(on)) {
          event.stopImmediatePropagation()
          event.preventDefault()
          on.blur()
          const { key, code, shiftKey } = event
          const again = { key, code, shiftKey, bubbles: true, cancelable: true, composed: true }
          document.body.dispatchEvent(new KeyboardEvent("keydown", again))
        }
      }
      nameNotices()
      const watch = new MutationObserver(nameNotices)
      watch.observe(document.body, { childList: true, subtree: true })
      window.addEventListener("keydown", typed, true)
      return () => {
        watch.disconnect()
        window.removeEventListener("keydown", typed, true)
        document.querySelector("dialog.rt-keys")?.remove()
      }
    }
    """,
)

OWN = (
    (".st-key-rt-note button", "N", "Write a note"),
    (".stVegaLiteChart path[tabindex]", "Arrows, Enter", "Move between cells of the map, open one"),
)
"""Keys that no button bears: what must be on the page for them, the key, what it does."""


def draw() -> None:
    """Have the keys; draw it once a page, anywhere."""
    _KEYS(key="review_keys", data={"own": [list(one) for one in OWN]}, height=0)
