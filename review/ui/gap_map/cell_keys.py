"""The cells of the map by keys: Tab reaches the map, arrows move, Enter opens a cell.

The chart draws a cell as a shape with a name that screen readers say, but no key reaches it. Here
one cell of the map can be reached by Tab, the arrows move on from it by place, and Home and End go
to the ends of a row. The head of a group is on the way up and down; Enter folds or unfolds it. What
is drawn anew after a press keeps its place.
"""

from __future__ import annotations

import streamlit as st

_KEYS = st.components.v2.component(
    "review_map_cells",
    js="""
    const HEADS = ".stVegaLiteChart path[aria-label^='Group ']:not([aria-label*=' × '])"
    const CELLS = ".stVegaLiteChart path[aria-label*=' × '], " + HEADS
    const nameOf = (cell) => {
      const words = cell.getAttribute("aria-label")
      return words.slice(0, words.indexOf(": ", Math.max(0, words.indexOf(" × "))))
    }
    // Up and down, the head of a group stands in every column: keys go on where they came from.
    const place = (cell, along) => {
      const box = cell.getBoundingClientRect()
      const every = !along && cell.matches(HEADS) ? window.reviewMapX : undefined
      return { x: every ?? box.x + box.width / 2, y: box.y + box.height / 2 }
    }
    const next = (cells, from, key) => {
      const along = key === "ArrowLeft" || key === "ArrowRight" || key === "Home" || key === "End"
      const at = place(from, along)
      const sign = key === "ArrowRight" || key === "ArrowDown" || key === "End" ? 1 : -1
      const far = key === "Home" || key === "End"
      let best = null, least = Infinity
      for (const cell of cells) {
        const to = place(cell, along)
        const ahead = sign * (along ? to.x - at.x : to.y - at.y)
        const aside = Math.abs(along ? to.y - at.y : to.x - at.x)
        if (ahead < 2 || aside > 2) continue
        const way = far ? -ahead : ahead
        if (way < least) [best, least] = [cell, way]
      }
      return best
    }
    const dark = window.matchMedia("(prefers-color-scheme: dark)")
    export default function ({ setStateValue }) {
      // A little later: what the page asks for then, it is drawn in.
      const changed = () => setTimeout(() => setStateValue("dark", dark.matches), 200)
      const cells = () => [...document.querySelectorAll(CELLS)]
      const settle = () => {
        const all = cells()
        if (!all.length || all.some((cell) => cell.getAttribute("tabindex") === "0")) return
        for (const cell of all) {
          cell.setAttribute("tabindex", "-1")
          cell.setAttribute("role", "button")
        }
        const last = all.find((cell) => nameOf(cell) === window.reviewMapCell) || all[0]
        last.setAttribute("tabindex", "0")
        const lost = document.activeElement === document.body
        if (window.reviewMapHeld && lost) last.focus({ preventScroll: true })
      }
      const focused = (event) => {
        const cell = event.target.closest?.(CELLS)
        window.reviewMapHeld = !!cell
        if (!cell) return
        for (const one of cells()) one.setAttribute("tabindex", one === cell ? "0" : "-1")
        window.reviewMapCell = nameOf(cell)
        if (!cell.matches(HEADS)) window.reviewMapX = place(cell, true).x
      }
      const pressed = () => { window.reviewMapHeld = false }
      const typed = (event) => {
        const cell = event.target.closest?.(CELLS)
        if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
        if (event.key === "Enter" || event.key === " ") {
          const { x, y } = place(cell, true)
          for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
            const Kind = kind.startsWith("pointer") ? PointerEvent : MouseEvent
            cell.dispatchEvent(new Kind(kind, { bubbles: true, clientX: x, clientY: y }))
          }
          window.reviewMapHeld = true
        } else if (/^(Arrow|Home$|End$)/.test(event.key)) {
          next(cells(), cell, event.key)?.focus()
        } else return
        event.preventDefault()
        event.stopImmediatePropagation()
      }
      settle()
      dark.addEventListener("change", changed)
      const watch = new MutationObserver(settle)
      watch.observe(document.body, { childList: true, subtree: true })
      document.addEventListener("focusin", focused)
      document.addEventListener("pointerdown", pressed, true)
      window.addEventListener("keydown", typed, true)
      return () => {
        watch.disconnect()
        dark.removeEventListener("change", changed)
        document.removeEventListener("focusin", focused)
        document.removeEventListener("pointerdown", pressed, true)
        window.removeEventListener("keydown", typed, true)
      }
    }
    """,
)


def draw() -> None:
    """Let keys reach the cells of the map; draw it on the page that has the map.

    The page is drawn anew when the system turns dark or light, since the chart's colours are its
    own.
    """
    _KEYS(key="review_map_cells", height=0, on_dark_change=_turned)


def _turned() -> None:
    """Streamlit hands on a change only where there is somebody to hear it."""
