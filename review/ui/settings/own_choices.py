"""What the person at work chooses for themselves: words to mark, and keys of decisions."""

from __future__ import annotations

from dataclasses import asdict, replace
from zlib import crc32

import streamlit as st

from review.people import person_key
from review.screening import preferences
from review.screening.preferences import COLOURS, DecisionKeys, OwnGroup
from review.ui import drafts, own_marks, paper_card, session
from review.ui.errors import careful, tell
from review.workspace import Workspace

NAMES = {
    "include": "Include",
    "exclude": "Exclude",
    "maybe": "Maybe",
    "undo": "Undo",
    "postpone": "Postpone",
    "earlier": "Earlier decision",
    "marks": "Marks on or off",
}
"""What a key is for, in the words of the buttons."""


def draw(ws: Workspace, reviewer: str) -> None:
    """The choices of this person."""
    st.header("Your own choices", anchor=False)
    _words(ws, reviewer)
    _keys(ws, reviewer)


def _field(name: str, reviewer: str) -> str:
    """The key of a field; who takes over the window finds their own choices in it."""
    return f"own-{name}-{crc32(person_key(reviewer).encode()):08x}"


def _words(ws: Workspace, reviewer: str) -> None:
    mine = preferences.marked_words(ws, reviewer)
    label = f"Words you have marked ({len(mine.own)} of {len(COLOURS)} groups)"
    with st.expander(label, key="own-words"):
        st.markdown(
            "They are marked on your card beside the words of the protocol; nobody else sees them. "
            "Each look has a colour and a line of its own. `*` stands for any letters of a word, "
            "as in `analges*`; a line that begins with `re:` is a regular expression."
        )
        if legend := paper_card.legend(own_marks.words(ws, reviewer)):
            st.html(legend)
        st.toggle("Mark words on the card", value=mine.shown, key="own-shown",
                  on_change=_switch, args=(reviewer,))  # fmt: skip
        for colour in COLOURS:
            group = next((g for g in mine.own if g.colour == colour), None)
            name, phrases = st.columns([1, 3])
            with name:
                st.text_input(
                    f"Name, {colour}",
                    key=drafts.field(
                        _field(f"name-{colour}", reviewer), first=group.name if group else ""
                    ),
                    persist_state="session",
                )
            with phrases:
                st.text_area(
                    f"Words, {colour}: one a line or parted by commas",
                    key=drafts.field(
                        _field(f"words-{colour}", reviewer),
                        first="\n".join(group.phrases) if group else "",
                    ),
                    height=80,
                    persist_state="session",
                )
        st.multiselect(
            "Groups of the protocol that are marked",
            list(paper_card.GROUPS),
            format_func=lambda g: paper_card.GROUPS[g],
            key=drafts.field(
                _field("protocol-groups", reviewer),
                first=[g for g in paper_card.GROUPS if g not in mine.hidden],
            ),
            persist_state="session",
        )
        st.button("Keep these words", key="own-words-keep", on_click=_keep_words, args=(reviewer,))


@careful
def _keep_words(reviewer: str) -> None:
    ws, state = session.workspace(), st.session_state
    own = [
        OwnGroup(" ".join(name.split()), colour, preferences.phrases_of(words))
        for colour in COLOURS
        for name in [str(state.get(_field(f"name-{colour}", reviewer)) or "")]
        for words in [str(state.get(_field(f"words-{colour}", reviewer)) or "")]
        if name.strip() or words.strip()
    ]
    shown = state.get(_field("protocol-groups", reviewer), list(paper_card.GROUPS))
    hidden = tuple(g for g in paper_card.GROUPS if g not in shown)
    mine = replace(preferences.marked_words(ws, reviewer), own=tuple(own), hidden=hidden)
    preferences.mark_words(ws, reviewer, mine)
    tell("Your words are kept.")


@careful
def _switch(reviewer: str) -> None:
    """Marks on or off, as the key on the card does it."""
    ws = session.workspace()
    mine = preferences.marked_words(ws, reviewer)
    preferences.mark_words(ws, reviewer, replace(mine, shown=bool(st.session_state["own-shown"])))


def _keys(ws: Workspace, reviewer: str) -> None:
    now = asdict(preferences.decision_keys(ws, reviewer))
    with st.expander("Keys of your decisions", key="own-keys"):
        st.markdown(
            "One letter of A to Z or a digit each. Keys of reasons and N for the note stay; `?` on "
            "the page lists what is in force."
        )
        columns = st.columns(len(NAMES))
        for column, (name, label) in zip(columns, NAMES.items(), strict=True):
            with column:
                st.text_input(
                    label,
                    key=drafts.field(_field(f"key-{name}", reviewer), first=now[name]),
                    max_chars=1,
                    persist_state="session",
                )
        with st.container(horizontal=True):
            st.button("Keep these keys", key="own-keys-keep", on_click=_keep_keys, args=(reviewer,))
            st.button("The usual keys", key="own-keys-usual", on_click=_usual, args=(reviewer,))


@careful
def _keep_keys(reviewer: str) -> None:
    state = st.session_state
    typed = {n: str(state.get(_field(f"key-{n}", reviewer)) or "").strip().upper() for n in NAMES}
    preferences.choose_keys(session.workspace(), reviewer, DecisionKeys(**typed))
    tell("Your keys are kept.")


@careful
def _usual(reviewer: str) -> None:
    preferences.choose_keys(session.workspace(), reviewer, DecisionKeys())
    usual = asdict(DecisionKeys())
    keys = [_field(f"key-{n}", reviewer) for n in NAMES]
    drafts.used(*keys, values=[usual[n] for n in NAMES])
