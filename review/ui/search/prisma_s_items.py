"""The items of PRISMA-S: what the tool recorded, what a person stated, and a place to state it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from html import escape

import streamlit as st

from review.search import service as searching
from review.search.prisma_s import PEER_REVIEW, PeerReview, peer_review
from review.search.service import ItemLog
from review.ui import drafts, elements, session
from review.ui.cache import remembered
from review.ui.errors import careful, tell
from review.workspace import Workspace

SHOWN_LINES = 8
"""Recorded lines of an item shown on the page; the file has all."""

OPENED = "search_items_open"
"""Session key of the numbers of the items that are open."""

DONE, NONE = "This was done", "None was done"


def summary(ws: Workspace) -> None:
    """How many items are answered, which are open, and the log as a file."""
    items = remembered(ws, searching.search_items)
    waiting = [f"{i.item.number} {i.item.name.lower()}" for i in items if not i.answered]
    answered = len(items) - len(waiting)
    said = f"**{answered} of {len(items)} items of PRISMA-S are answered.**"
    st.markdown(f"{said} Open: {', '.join(waiting)}." if waiting else said)
    lines = [line for item in items for line in item.lines]
    with st.container(horizontal=True):
        st.download_button(
            "Search log, CSV",
            searching.to_csv(lines),
            "search-log.csv",
            "text/csv",
            icon=":material/download:",
        )
        st.download_button(
            "Search log, JSON",
            json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1),
            "search-log.json",
            "application/json",
            icon=":material/download:",
        )


def draw(ws: Workspace, reviewer: str) -> None:
    """Every item as a line that opens."""
    st.header("Items of PRISMA-S", anchor=False)
    st.caption(
        "What a search must report. The tool records what it does; the rest is for a person to "
        "state, and “none” is shown only where someone stated it."
    )
    # A line whose words change is a new one to the browser: it must be told to be open still.
    opened: set[int] = st.session_state.setdefault(OPENED, set())
    with st.container(gap="xsmall"):
        for item in remembered(ws, searching.search_items):
            number = item.item.number
            where = elements.plain(status(item))
            fold = st.expander(
                f"{number} · {item.item.name} · "
                + (f":gray[{where}]" if item.answered else f"**{where}**"),
                expanded=number in opened,
                key=f"item-{number}",
                on_change="rerun",
            )
            (opened.add if fold.open else opened.discard)(number)
            if fold.open:
                with fold:
                    _item(item, reviewer)


def status(item: ItemLog) -> str:
    """Whether an item is answered, and by whom, in a few words."""
    if item.contradicted:
        return "open: the log contradicts “none”"
    if item.stated is None:
        if item.answered:
            return "recorded"
        return "open for imported files" if item.recorded else "open"
    said = "none" if item.stated.none else "stated"
    return f"{'recorded, ' if item.recorded else ''}{said} by {item.stated.reviewer}"


def _item(item: ItemLog, reviewer: str) -> None:
    st.caption(item.item.asks)
    _recorded(item)
    said = item.stated
    if item.contradicted:
        st.warning(
            "Someone stated that none was done, but the log has the entries above. State it again."
        )
    if said is not None:
        st.markdown(f"**Stated:** {elements.plain(words(said.text, said.none))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{elements.plain(said.reviewer)} · {elements.local_time(said.at)} · "
                f"protocol {elements.plain(said.protocol)}",
                width="content",
            )
            st.button(
                "Take back", key=f"unstate-{said.event}", type="tertiary",
                on_click=_take_back, args=(said.event, reviewer),
            )  # fmt: skip
    (_review_form if item.item.number == PEER_REVIEW else _form)(item, reviewer)
    _history(item)


def words(text: str, none: bool) -> str:
    """A statement as it is shown: ``None was done. The field has no registries.``"""
    return " ".join(filter(None, (f"{NONE}." if none else "", text)))


def _recorded(item: ItemLog) -> None:
    if not item.recorded:
        return
    rows = "".join(
        f"<tr><td>{escape(line.about)}</td><td>{escape(line.value or line.known)}</td></tr>"
        for line in item.recorded[:SHOWN_LINES]
    )
    st.html(
        '<table class="rt-table"><thead><tr><th>Of</th><th>Recorded by the tool or the protocol'
        f"</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    if more := len(item.recorded) - SHOWN_LINES:
        if more > 0:
            st.caption(f"{elements.count_of(more, 'more line')} in the file.")


def _form(item: ItemLog, reviewer: str) -> None:
    number, key = item.item.number, _key(item)
    said = item.stated
    with st.container(key=f"form-{key}"):
        _choice(item)
        st.text_area(
            _asked(item),
            key=drafts.field(f"text-{key}", first=said.text if said else ""),
            height=100,
            on_change="ignore",
            persist_state="session",
        )
        st.button("Keep", key=f"keep-{key}", on_click=_keep, args=(number, key, reviewer))


def _asked(item: ItemLog) -> str:
    if not item.may_be_none:
        return "What the tool cannot know of it"
    return "What was done, or why none was"


def _review_form(item: ItemLog, reviewer: str) -> None:
    key = _key(item)
    before = peer_review(item.stated.details) if item.stated else PeerReview("")
    with st.container(key=f"form-{key}"):
        _choice(item)
        with st.container(horizontal=True):
            st.text_input(
                "Who reviewed the strategy", key=drafts.field(f"by-{key}", first=before.by),
                width=400, on_change="ignore", persist_state="session",
            )  # fmt: skip
            st.date_input(
                "When", value=None, width=160, max_value="today",
                key=drafts.field(f"on-{key}", date.fromisoformat, before.on),
                format="YYYY-MM-DD", on_change="ignore", persist_state="session",
            )  # fmt: skip
        st.text_area(
            "What was changed for it, or why none was done",
            key=drafts.field(f"text-{key}", first=before.changed),
            height=100,
            on_change="ignore",
            persist_state="session",
        )
        st.button("Keep", key=f"keep-{key}", on_click=_keep_review, args=(key, reviewer))


def _choice(item: ItemLog) -> None:
    if not item.may_be_none:
        return
    said = item.stated
    st.radio(
        item.item.name,
        [DONE, NONE],
        index=None,
        key=drafts.field(
            f"none-{_key(item)}", first=None if said is None else (NONE if said.none else DONE)
        ),
        horizontal=True,
        on_change="ignore",
        persist_state="session",
        label_visibility="collapsed",
    )


def _key(item: ItemLog) -> str:
    """A new one after each statement, so that fields begin with what is stated now."""
    return f"{item.item.number}-{item.stated.event if item.stated else 'new'}"


def _said(name: str) -> str:
    return str(st.session_state.get(name) or "").strip()


@careful
def _keep(number: int, key: str, reviewer: str) -> None:
    none = _said(f"none-{key}") == NONE
    searching.state(session.workspace(), number, reviewer, _said(f"text-{key}"), none=none)
    _used(key)
    tell(f"Item {number} is stated.")


@careful
def _keep_review(key: str, reviewer: str) -> None:
    none = _said(f"none-{key}") == NONE
    on = st.session_state.get(f"on-{key}")
    review = PeerReview(
        _said(f"by-{key}"), on if isinstance(on, date) else None, _said(f"text-{key}")
    )
    searching.state(
        session.workspace(), PEER_REVIEW, reviewer, review.changed, none=none, review=review
    )
    _used(key)
    tell(f"Item {PEER_REVIEW} is stated.")


def _used(key: str) -> None:
    fields = ("none", "on", "by", "text")
    drafts.used(*(f"{name}-{key}" for name in fields), values=[None, None, "", ""])


@careful
def _take_back(event: str, reviewer: str) -> None:
    searching.take_back(session.workspace(), event, reviewer)
    tell("Taken back.")


def _history(item: ItemLog) -> None:
    older = [s for s in item.history if item.stated is None or s.event != item.stated.event]
    if not older:
        return
    lines = "".join(
        f'<div class="rt-step"><span><s>{escape(words(s.text, s.none))}</s></span>'
        f'<span class="rt-muted">{escape(s.reviewer)} · {escape(elements.local_time(s.at))} · '
        f"protocol {escape(s.protocol)}</span></div>"
        for s in older
    )
    one = elements.count_of(len(older), "earlier statement")
    st.html(
        f'<div class="rt-search"><details><summary>{one}, taken back or replaced</summary>'
        f"{lines}</details></div>"
    )
