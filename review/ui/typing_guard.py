"""Typing never decides: while something that takes text is open, keys belong to it.

A press of a key reaches the buttons of the page unless a field has the focus. A pop-over with a
field in it opens without the focus, so that the first words of a note would press Exclude and
Maybe. Here the field gets the focus when it opens, and a letter pressed while it is open goes into
it and to no button. `N` opens the note of the page (a container with the key `NOTE`), or `W` where
`N` means something else (`WRITE`). A form that stands in the page itself (`FORM`) keeps the letters
from the buttons as well, as long as it is open. Where nothing has the focus, Tab goes to the first
field of such a form, or of fields that stand in the page (`FIELDS`).
"""

from __future__ import annotations

import streamlit as st

from review.ui.keys import LETTER_JS

NOTE = "rt-note"
"""Key of the container whose button opens the note."""

WRITE = "rt-write"
"""The same on a page where `N` is taken."""

DISCUSS = "rt-discuss"
"""The same of what is said on a conflict, which `D` opens."""

FORM = "rt-form"
"""What the key of the container of a form begins with."""

FIELDS = "rt-fields"
"""The same for fields that are always there, beside which keys go on to mean what they mean."""

_GUARD = st.components.v2.component(
    "review_typing",
    js=LETTER_JS
    + """
    const FIELDS = "textarea:not([disabled]), input:not([disabled]):not([type=checkbox])" +
      ":not([type=radio]):not([role=combobox])"
    const isField = (element) => !!element && !!element.matches &&
      element.matches("input, textarea, select, [contenteditable=true]")
    const openField = () => {
      const boxes = document.querySelectorAll("[data-testid=stPopoverBody], [role=dialog]")
      for (const box of boxes) {
        const field = box.querySelector(FIELDS)
        if (field && field.offsetParent !== null) return field
      }
      return null
    }
    const openForm = (form) => Array.from(document.querySelectorAll(`[class*='st-key-${form}']`))
      .some(box => box.querySelector(FIELDS)?.offsetParent)
    const firstField = (starts) => {
      const boxes = starts.map(start => `[class*='st-key-${start}']`).join()
      const within = boxes.split(",").map(box => `${box} :is(input, textarea)`).join()
      return Array.from(document.querySelectorAll(within))
        .find(field => field.offsetParent !== null && !field.disabled)
    }
    export default function ({ data }) {
      const typed = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return
        if (event.key === "Tab" && !event.shiftKey && document.activeElement === document.body) {
          const first = firstField([data.form, data.fields])
          if (!first) return
          event.preventDefault()
          first.focus()
        }
        if (event.key.length !== 1) return
        const field = openField()
        if (field) {
          event.stopImmediatePropagation()
          field.focus()
        } else if (openForm(data.form)) {
          // A space or Enter presses the button that has the focus; letters press none.
          if (event.key !== " ") event.stopImmediatePropagation()
        } else {
          const note = data.notes[letterOf(event).toLowerCase()]
          const button = note && document.querySelector(`.st-key-${note} button`)
          if (!button) return
          event.stopImmediatePropagation()
          event.preventDefault()
          button.click()
        }
      }
      const met = new WeakSet()
      const watch = new MutationObserver(() => {
        const field = openField()
        if (!field || met.has(field)) return
        met.add(field)
        if (!isField(document.activeElement)) field.focus()
      })
      watch.observe(document.body, { childList: true, subtree: true })
      window.addEventListener("keydown", typed, true)
      return () => {
        watch.disconnect()
        window.removeEventListener("keydown", typed, true)
      }
    }
    """,
)


def draw() -> None:
    """Guard the page; draw it once a page, anywhere."""
    data = {"notes": {"n": NOTE, "w": WRITE, "d": DISCUSS}, "form": FORM, "fields": FIELDS}
    _GUARD(key="review_typing", data=data, height=0)
