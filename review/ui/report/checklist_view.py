"""Checklists on the page Report: what the log knows of each item, and a place for own words."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from review.reporting.texts import service as texts
from review.reporting.texts.checklists import Answer, State
from review.reporting.texts.files import PRISMA_S, TEXTS
from review.ui import drafts, navigation, session
from review.ui.cache import remembered
from review.ui.elements import plain
from review.ui.errors import careful, tell
from review.ui.report import texts_view
from review.workspace import Workspace

LISTS = {
    name.removeprefix("checklist-"): words.removeprefix("Checklist ")
    for name, words in TEXTS.items()
    if name.startswith("checklist-")
}
"""Id -> name of a checklist."""

OPENED = "report_items_open"
"""Session key of the items that are open."""


def draw(ws: Workspace) -> None:
    """Choose a checklist, see what is answered, write what is not."""
    st.caption(
        "The log fills what it knows and says where it comes from; the rest is for people. What is "
        "written is kept in the log, and goes into the files."
    )
    ids = sorted(LISTS, key=lambda one: one != "prisma2020")
    id_ = str(
        st.selectbox(
            "Checklist",
            ids,
            format_func=lambda one: LISTS[one],
            key="report-checklist",
            bind="query-params",
            width=320,
        )  # fmt: skip
    )
    found: tuple[Answer, ...] = remembered(ws, texts.answers, id_)
    done = sum(1 for one in found if not one.waits)
    waiting = [one.item.number for one in found if one.waits]
    said = f"**{done} of {len(found)} items are answered.**"
    st.markdown(f"{said} Open: {', '.join(waiting)}." if waiting else said)
    texts_view.offer(ws, f"checklist-{id_}")
    if id_ == PRISMA_S:
        navigation.link("Its items are stated on the page Search", "search", {"view": "log"})
    for section, items in groupby(found, key=lambda one: one.item.section):
        st.header(plain(section), anchor=False)
        with st.container(gap="xsmall"):
            for one in items:
                _item(ws, id_, one)


def _item(ws: Workspace, id_: str, one: Answer) -> None:
    opened: set[str] = st.session_state.setdefault(OPENED, set())
    name = f"{id_}-{one.item.number}"
    state = plain(str(one.state))
    words = f":gray[{state}]" if not one.waits else f"**{state}**"
    # A line whose words change is a new one to the browser: it must be told to be open still.
    fold = st.expander(
        f"{plain(one.item.number)} · {plain(one.item.topic)} · {words}",
        expanded=name in opened,
        key=f"check-{name}",
        on_change="rerun",
    )
    (opened.add if fold.open else opened.discard)(name)
    if not fold.open:
        return
    with fold:
        st.caption(plain(one.item.asks))
        for fact in one.facts:
            st.markdown(plain(fact.text))
            st.caption(f"From: {plain(fact.place)}")
        if one.written is not None:
            none = "Nothing to report. " if one.written.none else ""
            st.markdown(f"**Written:** {none}{plain(one.written.text)}")
            st.caption(f"{plain(one.written.by)} · {one.written.at[:10]}")
        if id_ != PRISMA_S:
            _form(ws, id_, one)


def _form(ws: Workspace, id_: str, one: Answer) -> None:
    reviewer = session.reviewer()
    # A new field after each text, so that it begins with what is written now.
    key = f"{id_}-{one.item.number}-{one.written.event if one.written else 'new'}"
    st.text_area(
        "In your own words" if one.state is not State.PARTLY else "What the log cannot know of it",
        key=drafts.field(f"item-{key}", first=one.written.text if one.written else ""),
        height=100,
        max_chars=texts.LONGEST,
        on_change="ignore",
        persist_state="session",
    )
    with st.container(horizontal=True):
        for label, kind in (("Keep", "text"), ("Nothing to report", "none")):
            st.button(
                label, key=f"keep-{kind}-{key}", on_click=_keep, disabled=not reviewer,
                args=(ws, id_, one.item.number, key, reviewer, kind == "none"),
            )  # fmt: skip
        if one.written is not None:
            st.button(
                "Take back", key=f"back-{key}", type="tertiary", on_click=_take_back,
                args=(ws, id_, one.item.number, reviewer), disabled=not reviewer,
            )  # fmt: skip


@careful
def _keep(ws: Workspace, id_: str, number: str, key: str, reviewer: str, none: bool) -> None:
    said = str(st.session_state.get(f"item-{key}") or "")
    texts.write_item(ws, id_, number, reviewer, said, none=none)
    drafts.used(f"item-{key}")
    tell(f"Item {number} is written.")


@careful
def _take_back(ws: Workspace, id_: str, number: str, reviewer: str) -> None:
    texts.take_back(ws, id_, number, reviewer)
    tell("Taken back.")
