"""Words that are selected on the reading card become a quote: by `KEY`, or by a button beside them.

Selecting alone sends nothing. The words are looked for in the title and the abstract, or in the
page of the full text beside them, and kept as they stand there, with their place
(`review.coding.quotes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from review.coding import quotes
from review.model import Record
from review.ui.errors import tell

KEY = "Shift+Q"

FULL_TEXT = "rt-fulltext"
"""Class of the element that shows a page of a full text."""

LONGEST = 4_000
"""Letters of a quote."""

_NAME = "review_selection"

_SELECTION = st.components.v2.component(
    "review_selection",
    html="""
    <button type="button" class="quote" hidden>Quote these words <kbd>Shift + Q</kbd></button>
    """,
    css="""
    .quote { position: fixed; z-index: 20; padding: .3rem .7rem; border-radius: 4px;
      cursor: pointer; font: inherit; font-size: .9rem; color: light-dark(#1b2329, #e6ebee);
      background: light-dark(#ffffff, #14191c); border: 1px solid light-dark(#17607a, #5fb0cb); }
    .quote kbd { font: inherit; opacity: .75; }
    """,
    js="""
    const isIn = (node, card) => {
      const element = node && (node.nodeType === 1 ? node : node.parentElement)
      return !!element && !!element.closest(card)
    }
    export default function ({ parentElement, setTriggerValue, data: given }) {
      const button = parentElement.querySelector(".quote")
      // What is listened to from an earlier drawing must know what is shown now.
      button.shown = given
      const selected = () => {
        const data = button.shown
        const found = window.getSelection()
        if (!found || found.isCollapsed || !found.rangeCount) return null
        if (!isIn(found.anchorNode, data.card) || !isIn(found.focusNode, data.card)) return null
        return found.toString().trim() ? found : null
      }
      const hide = () => { button.hidden = true }
      const show = () => {
        const found = selected()
        if (!found) return hide()
        const box = found.getRangeAt(0).getBoundingClientRect()
        const last = Math.max(0, window.innerHeight - 40)
        button.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - 220))}px`
        button.style.top = `${Math.max(8, Math.min(box.bottom + 6, last))}px`
        button.hidden = false
      }
      const quote = () => {
        const found = selected()
        if (!found) return
        const data = button.shown
        const text = `.${data.full}`
        const full = isIn(found.anchorNode, text) && isIn(found.focusNode, text)
        setTriggerValue("words", { item: data.item, text: found.toString(), full })
        found.removeAllRanges()
        hide()
      }
      // On the way up: on the way down an open form keeps letters from everything.
      const pressed = (event) => {
        const field = event.target.matches && event.target.matches("input, textarea, select")
        if (!field && event.shiftKey && event.key.toUpperCase() === "Q") quote()
      }
      const press = (event) => { event.preventDefault(); quote() }  // the selection stays
      const moved = () => { if (!button.hidden) show() }
      button.addEventListener("mousedown", press)
      document.addEventListener("selectionchange", show)
      document.addEventListener("keyup", pressed)
      window.addEventListener("scroll", moved, true)
      show()  // words may have been selected before the page was drawn again
      return () => {
        button.removeEventListener("mousedown", press)
        document.removeEventListener("selectionchange", show)
        document.removeEventListener("keyup", pressed)
        window.removeEventListener("scroll", moved, true)
      }
    }
    """,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a full text that stands beside the card, in an element of the class `FULL_TEXT`."""

    number: int
    words: str

    @property
    def place(self) -> str:
        """Where its words stand, as it is kept with a quote."""
        return f"page {self.number}"


def draw(
    item: str, lead: Record, on_quote: Callable[[str, str], None], page: Page | None = None
) -> None:
    """Let words of a card, and of the page of a full text, be quoted; draw it once a page.

    Args:
        item: what the page shows now; words that were selected on another card are left out.
        lead: the record whose title and abstract the card shows.
        on_quote: hears of the words, as they stand in the title, abstract or page, and of their
            place: ``page 4``; ``""`` for title and abstract, where they are looked for.
    """

    def stands(selected: str, in_full_text: bool) -> tuple[str, str]:
        if in_full_text and page is not None:
            found = quotes.find(selected, "", page.words)
            return quotes.at(str(found), "", page.words) if found else "", page.place
        return as_they_stand(selected, lead), ""

    _draw(
        f".rt-paper, .{FULL_TEXT}",
        f"{item} {page.number}" if page else item,
        stands,
        on_quote,
        "These words are not in the title, abstract or page, or too many."
        if page
        else "These words are not in the title or abstract, or too many.",
    )


def draw_on(
    card: str,
    item: str,
    stands: Callable[[str], str],
    on_quote: Callable[[str], None],
    missing: str,
) -> None:
    """The same on any text of a page.

    Args:
        card: selector of the element whose words may be quoted.
        stands: makes the selected words those that stand there; ``""`` where they do not.
        missing: is said then.
    """
    _draw(card, item, lambda said, _: (stands(said), ""), lambda said, _: on_quote(said), missing)


def _draw(
    card: str,
    item: str,
    stands: Callable[[str, bool], tuple[str, str]],
    on_quote: Callable[[str, str], None],
    missing: str,
) -> None:
    def hear() -> None:
        told = st.session_state[_NAME].get("words") or {}
        if told.get("item") == item:
            selected = str(told.get("text", ""))
            fits = 0 < len(selected) <= LONGEST
            words, place = stands(selected, bool(told.get("full"))) if fits else ("", "")
            if words:
                on_quote(words, place)
            else:
                tell(missing, "error")

    data = {"item": item, "card": card, "full": FULL_TEXT}
    _SELECTION(key=_NAME, data=data, height=0, on_words_change=hear)


def as_they_stand(selected: str, lead: Record) -> str:
    """Selected words as the title or abstract has them; "" where neither does."""
    if not selected.strip() or len(selected) > LONGEST:
        return ""
    place = quotes.find(selected, lead.title, lead.abstract)
    return quotes.at(str(place), lead.title, lead.abstract) if place else ""
