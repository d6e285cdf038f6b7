"""The coding sheet of one report: suggestions, codebook values by key, what is coded.

A dimension is open at a time, and one group of its values. Values are chosen by their letters,
groups by the left and right arrows, dimensions by the same with shift, and what one does with a
suggestion by shift and a letter: so no letter of the codebook ever means two things.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

import streamlit as st

from review.coding import service as coding
from review.coding.service import CodingSheet
from review.coding.suggestion_order import with_words
from review.model import Record, Suggestion, Tag
from review.outdated import Shown, shown
from review.people import same_person
from review.protocol.codebook import Codebook, Dimension, Value
from review.records.event_sentences import event_words
from review.ui import paper_card, paper_lists, session, stale_press
from review.ui.coding import suggestion_list
from review.ui.elements import local_time, plain
from review.ui.errors import careful, tell
from review.ui.finding_words import quoted
from review.ui.gap_map import map_sentences
from review.ui.keys import Shortcuts

DIMENSION = "code-dimension"
GROUP = "code-group"
CHANGING = suggestion_list.CHANGING


def words_for(found: CodingSheet) -> paper_card.Words:
    """What to mark on the card: the words behind the suggestions of the open dimension."""
    book = session.workspace().protocol.codebook
    open_ = st.session_state.get(DIMENSION, book.dimensions[0].id)
    dimension = next((d for d in book.dimensions if d.id == open_), book.dimensions[0])
    offered = {s.value for s in found.open_suggestions.get(dimension.id, ())}
    offered |= {t.value for t in found.tags if t.dimension == dimension.id}
    return suggestion_list.fired(dimension, offered)


def marks(found: CodingSheet, dimension: Dimension) -> str:
    """How much of a dimension is coded: ``●2 ○3``."""
    tagged = len({t.value for t in found.tags if t.dimension == dimension.id})
    offered = len({s.value for s in found.open_suggestions.get(dimension.id, ())})
    parts = [
        f"{paper_lists.CONFIRMED}{tagged}" if tagged else "",
        f"{paper_lists.SUGGESTED}{offered}",
    ]
    return " ".join(p for p in parts if p and p != f"{paper_lists.SUGGESTED}0")


@careful
@stale_press.while_shown
def give(seen: Shown, report: str, dimension: str, value: str, quote: str, suggestion: str) -> None:
    """Tag the report that was on the screen when the button was drawn."""
    st.session_state.pop(CHANGING, None)
    coding.tag(
        session.workspace(), report, dimension, value, session.reviewer(), quote, suggestion,
        shown=seen,
    )  # fmt: skip


@careful
@stale_press.while_shown
def take(seen: Shown, report: str, dimension: str, value: str) -> None:
    """Take one's own value off the report."""
    coding.untag(session.workspace(), report, dimension, value, session.reviewer(), shown=seen)


@careful
@stale_press.while_shown
def refuse(seen: Shown, suggestion: str, report: str) -> None:
    """Say no to a suggestion."""
    st.session_state.pop(CHANGING, None)
    coding.reject(session.workspace(), suggestion, report, session.reviewer(), shown=seen)


@careful
@stale_press.once
def undo() -> None:
    """Take back one's newest step of coding."""
    done = coding.undo_last(session.workspace(), session.reviewer())
    st.session_state.pop(CHANGING, None)
    if done is None:
        tell("There is no coding step of yours to take back.")
        return
    ws = session.workspace()
    tell(f"Taken back: {event_words(done, ws.protocol, with_remark=False)}")


@stale_press.while_shown
def change(suggestion: str) -> None:
    """Let the next value that is chosen answer this suggestion."""
    st.session_state[CHANGING] = suggestion


def open_dimension(dimension: str) -> None:
    """Open a dimension, also one that is shown on demand only."""
    book = session.workspace().protocol.codebook
    st.session_state[MORE] = bool(
        st.session_state.get(MORE) or dimension not in {book.dimension(name).id for name in FIRST}
    )
    st.session_state[DIMENSION] = dimension


def step(name: str, options: Sequence[str], by: int) -> None:
    """Move a choice along its options, round the end."""
    now = st.session_state.get(name)
    at = options.index(now) if now in options else 0
    st.session_state[name] = options[(at + by) % len(options)]


def draw(keys: Shortcuts, found: CodingSheet, reviewer: str) -> str:
    """The sheet of one report.

    Returns:
        The group of values it shows: a key means one thing in each.
    """
    dimension = _dimension(found)
    offered = found.open_suggestions.get(dimension.id, ())
    asked = ". Required." if dimension.required else ""
    st.caption(plain(f"{dimension.definition.rstrip('.')}{asked or '.'} {_kind(dimension)}"))
    _outlived(found, dimension)
    _tagged(found, dimension)
    suggestion_list.draw(
        keys, found, dimension, suggestion_list.Presses(give, change, refuse, open_dimension)
    )
    return _values(found, dimension, offered, reviewer, keys)


FIRST = ("study_design", "outcome", "exposure", "population")
"""Roles of the dimensions that are always shown: those of the gap map and of findings."""

MORE = "code-more"


def _arrows(label: str, name: str, options: Sequence[str], shift: str, report: str) -> None:
    """A line over a choice: its name, and keys that move it."""
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        gap="small",
        width="content",
        key=f"rt-arrows-{name}",
    ):
        st.markdown(f":small[{label}]", width="content")
        for words, key, by in (("Previous", "Left", -1), ("Next", "Right", 1)):
            st.button(
                words,
                key=f"{name}-{key}-{report}",
                type="tertiary",
                shortcut=f"{shift}{key}",
                on_click=step,
                args=(name, list(options), by),
                disabled=len(options) < 2,
            )


def _dimension(found: CodingSheet) -> Dimension:
    """Choose the dimension; the less common ones on demand."""
    book = session.workspace().protocol.codebook
    by_id = {d.id: d for d in book.dimensions}
    codes = _codes(found)
    asked = {d.id for d in book.dimensions if book.applies(d, codes) or codes.get(d.id)}
    always = [*(book.dimension(name).id for name in FIRST), *(d.id for d in book.required)]
    first = [name for name in dict.fromkeys(always) if name in asked]
    first += [d.id for d in book.dimensions if d.shown_if and d.id in asked and d.id not in first]
    by_id = {name: d for name, d in by_id.items() if name in asked}
    more = bool(st.session_state.get(MORE)) and len(first) < len(by_id)
    offered = [*first, *(name for name in by_id if more and name not in first)]
    if st.session_state.get(DIMENSION) not in offered:
        st.session_state[DIMENSION] = offered[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        _arrows("Dimension", DIMENSION, offered, "Shift+", found.report.id)
        if len(first) < len(by_id):
            st.button(
                "Fewer dimensions" if more else f"{len(by_id) - len(first)} more",
                key="code-more-dimensions",
                type="tertiary",
                on_click=st.session_state.__setitem__,
                args=(MORE, not more),
            )
    chosen = st.pills(
        "Dimension",
        offered,
        key=DIMENSION,
        persist_state="session",
        required=True,
        format_func=lambda id_: f"{plain(by_id[id_].label)} {marks(found, by_id[id_])}".strip(),
        label_visibility="collapsed",
    )
    left = [d for d in book.dimensions if d.id not in asked]
    if left:
        st.caption(plain("; ".join(not_asked(book, d, codes) for d in left)))
    return by_id[str(chosen)]


def _outlived(found: CodingSheet, dimension: Dimension) -> None:
    """Say that a dimension has values though it does not apply any more."""
    book, codes = session.workspace().protocol.codebook, _codes(found)
    if codes.get(dimension.id) and book.rules_out(dimension, codes):
        st.caption(plain(f"{not_asked(book, dimension, codes)}. Its values stay until taken away."))


def _codes(found: CodingSheet) -> dict[str, set[str]]:
    """Dimension -> values given, by tags and consensus."""
    codes: dict[str, set[str]] = {}
    for tag in (*found.tags, *found.settled):
        codes.setdefault(tag.dimension, set()).add(tag.value)
    return codes


def not_asked(book: Codebook, dimension: Dimension, codes: Mapping[str, Collection[str]]) -> str:
    """Why a dimension does not apply: ``Dose does not apply: asked where Study design is RCT``."""
    where = " and ".join(
        f"{other.label} is {' or '.join(map_sentences.label(other, v) for v in values)}"
        for name, values in dimension.shown_if.items()
        if (other := book.find(name)) is not None
    )
    known = "does not apply" if book.rules_out(dimension, codes) else "is not asked yet"
    return f"{dimension.label} {known}: asked where {where}"


def _kind(dimension: Dimension) -> str:
    return "Several values may be given." if dimension.many else "One value."


def _tagged(found: CodingSheet, dimension: Dimension) -> None:
    """What people have confirmed."""
    tags = [t for t in found.tags if t.dimension == dimension.id]
    if tags:
        items = "".join(f"<li>{_tag(dimension, t, found.report.lead)}</li>" for t in tags)
        st.html(f'<ul class="rt-codes">{items}</ul>')


def _tag(dimension: Dimension, tag: Tag, lead: Record) -> str:
    quote = f" {escape(words)}" if (words := quoted(tag, lead)) else ""
    who = f"{escape(tag.reviewer)}, {local_time(tag.time)}"
    name = escape(map_sentences.label(dimension, tag.value))
    return f'<b>{paper_lists.CONFIRMED} {name}</b> <span class="rt-muted">{who}{quote}</span>'


def _values(
    found: CodingSheet,
    dimension: Dimension,
    offered: Sequence[Suggestion],
    reviewer: str,
    keys: Shortcuts,
) -> str:
    """One group of values, each a button with its letter; returns its name."""
    groups = list(dimension.groups)
    values = dict.fromkeys(s.value for s in offered)
    proposed = {v: one for v in values if (one := with_words(offered, v))}
    tagged = {t.value for t in found.tags if t.dimension == dimension.id}
    own = [t for t in found.tags if same_person(t.reviewer, reviewer)]
    mine = {t.value for t in own if t.dimension == dimension.id}
    name = f"{GROUP}-{dimension.id}"
    if st.session_state.get(name) not in groups:
        st.session_state[name] = _first_group(dimension, [*tagged, *proposed])
    if len(groups) > 1:
        _arrows("Group of values", name, groups, "", found.report.id)
        st.pills(
            "Group",
            groups,
            key=name,
            persist_state="session",
            required=True,
            format_func=lambda g: _group(dimension, g, tagged, set(proposed)),
            label_visibility="collapsed",
        )
    seen = shown(session.workspace(), found.report)
    with st.container(gap="xsmall", key="rt-values"):
        told = _definitions(found.report.id, keys)
        for value in dimension.groups[str(st.session_state[name])]:
            if value.retired and value.id not in tagged:
                continue
            if told:
                _define(value)
            _value(found.report.id, seen, dimension, value, proposed, tagged, mine, keys)
    return f"{dimension.id} {st.session_state[name]}"


DEFINITIONS = "code-definitions"


def _definitions(report: str, keys: Shortcuts) -> bool:
    """Whether every value is shown with its definition and example; one key switches it."""
    told = bool(st.session_state.get(DEFINITIONS))
    st.button(
        "Hide definitions" if told else "Definitions and examples",
        key=f"definitions-{report}",
        type="tertiary",
        shortcut=keys.take("Shift+L", "definitions"),
        on_click=st.session_state.__setitem__,
        args=(DEFINITIONS, not told),
    )
    return told


def _define(value: Value) -> None:
    """What a value means, and words it was given to."""
    lines = [f"**{plain(value.label)}**: {plain(value.definition)}"]
    if value.example:
        lines.append(f"Example: “{plain(value.example)}”")
    st.caption("  \n".join(lines))


def value_name(dimension: Dimension, value: Value) -> str:
    """A value as its button says it: finer ones name their broader one, retired ones say so."""
    above = next((v.label for v in dimension.values if v.id == value.parent), "")
    parts = [f"a kind of {above}" if above else "", "retired" if value.retired else ""]
    more = ", ".join(part for part in parts if part)
    return f"{value.label} ({more})" if more else value.label


def _value(
    report: str,
    seen: Shown,
    dimension: Dimension,
    value: Value,
    proposed: dict[str, Suggestion],
    tagged: set[str],
    mine: set[str],
    keys: Shortcuts,
) -> None:
    mark = (
        paper_lists.CONFIRMED
        if value.id in tagged
        else paper_lists.SUGGESTED
        if value.id in proposed
        else ""
    )
    answered = proposed.get(value.id)
    suggestion = str(st.session_state.get(CHANGING) or (answered.id if answered else ""))
    if not suggestion and not dimension.many and proposed:
        # Another value than the machine's in a dimension with one answer: that corrects it.
        suggestion = next(iter(proposed.values())).id
    quote = answered.words if answered else ""
    given = (report, seen, report, dimension.id, value.id)
    st.button(
        f"{mark} {plain(value_name(dimension, value))}".strip(),
        key=f"value-{report}-{dimension.id}-{value.id}",
        width="stretch",
        type="primary" if value.id in tagged else "secondary",
        help=plain(value.definition),
        disabled=value.retired and value.id not in mine,
        shortcut=keys.take(value.key, value.label) if value.key and keys.free(value.key) else None,
        on_click=take if value.id in mine else give,
        args=given if value.id in mine else (*given, quote, suggestion),
    )


def _first_group(dimension: Dimension, values: Sequence[str]) -> str:
    """The group of the first value coded or proposed."""
    home = {v.id: v.group for v in dimension.values}
    return next((home[v] for v in values if v in home), next(iter(dimension.groups)))


def _group(dimension: Dimension, group: str, tagged: set[str], proposed: set[str]) -> str:
    ids = {v.id for v in dimension.groups[group]}
    counts = [
        f"{mark}{len(ids & known)}"
        for mark, known in ((paper_lists.CONFIRMED, tagged), (paper_lists.SUGGESTED, proposed))
        if ids & known
    ]
    return " ".join([plain(map_sentences.group_name(group)), *counts])
