"""One report: its fields, what was taken, and the words behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import streamlit as st

from review.coding import quotes
from review.events.extraction import Extractable, ValueExtracted
from review.extraction import service as extraction
from review.extraction.service import ExtractionSheet
from review.extraction.values import STATES, Extracted, FieldState
from review.extraction.values import shown as value_words
from review.outdated import Shown, shown
from review.protocol.extraction import ExtractionField
from review.records.event_sentences import event_words
from review.ui import (
    drafts,
    full_text_words,
    key_queue,
    navigation,
    page_address,
    paper_card,
    paper_lists,
    selected_words,
    session,
    stale_press,
    typing_guard,
)
from review.ui.elements import plain
from review.ui.errors import careful, tell
from review.ui.finding_words import short
from review.ui.keys import Shortcuts
from review.workspace import Workspace

FIELD, ARM = "extraction-field", "extraction-arm"
"""The open field and arm, in the session."""

KEEP = "Ctrl+Enter"
"""Key that stores a field, while its text is typed too."""

NEW_ARM = "extraction-new-arm"

PARTS = ("value", "unit", "state", "quote", "place", "note")
"""What a field is filled in with."""


def draw(ws: Workspace, name: str, reviewer: str) -> None:
    """Draw the form of one report."""
    found = extraction.sheet(ws, name, reviewer)
    report = found.report
    if page_address.get("report") != report.id:
        page_address.put("report", report.id)
    stale_press.at(report.id)
    seen = shown(ws, report)
    left, right = st.columns([1, 1.08], gap="large")
    with left, st.container(key="rt-code-card"):
        st.html(f'<span class="rt-id">{report.id}</span>' + paper_card.card(report.lead))
        with st.container(horizontal=True):
            st.caption(f"Select words, {selected_words.KEY} quotes them.")
            navigation.link("Whole history", "records", {"report": report.id})
        page = full_text_words.draw(ws, report.id)
    with right, st.container(key="rt-sheet"):
        field = _field(ws, found)
        arm = _arm(found) if field.per == "arm" else ""
        _taken(field, found, arm)
        if field.per == "study" or arm:
            _fill_in(ws, found, field, arm, seen)
        keys = Shortcuts()
        _steps(keys, report.id, reviewer)
    selected_words.draw(report.id, report.lead, partial(attach, report.id, field.id, arm), page)
    key_queue.draw(keys.taken, ".rt-id", scope=field.id)


# ---- presses -----------------------------------------------------------------------------------


@careful
@stale_press.while_shown
def keep(seen: Shown, report: str, field: str, arm: str, options: Sequence[str], had: bool) -> None:
    """Store what stands in the fields, and open the next field.

    Args:
        had: something was stored before; an empty value takes it away.
    """
    keys = _keys(report, field, arm)
    said = {name: str(st.session_state.get(key) or "") for name, key in keys.items()}
    empty = said["state"] == Extractable.REPORTED and not said["value"].strip()
    if empty and not had:
        tell("There is no value yet: write one, or say that it is not reported.", "error")
        return
    extraction.extract(
        session.workspace(), report, field, session.reviewer(), said["value"], arm=arm,
        unit=said["unit"], state=said["state"], quote=said["quote"], quote_place=said["place"],
        note=said["note"], shown=seen,
    )  # fmt: skip
    _forget(keys)
    st.session_state[FIELD] = options[(options.index(field) + 1) % len(options)]


@careful
@stale_press.while_shown
def agree(seen: Shown, report: str, said: Extracted) -> None:
    """Keep what one of them took as what all agree on."""
    key = f"extraction-why-{report}-{said.field}-{said.arm}"
    extraction.extract(
        session.workspace(), report, said.field, session.reviewer(), said.value, arm=said.arm,
        unit=said.unit, state=said.state, quote=said.quote, quote_place=said.quote_place,
        note=str(st.session_state.get(key) or ""), consensus=True, shown=seen,
    )  # fmt: skip
    drafts.used(key)


@careful
@stale_press.once
def undo() -> None:
    """Take back one's newest value."""
    ws = session.workspace()
    done = extraction.undo_last(ws, session.reviewer())
    if done is None:
        tell("There is no extracted value of yours to take back.")
        return
    if isinstance(said := done.data, ValueExtracted):
        st.session_state[FIELD], st.session_state[ARM] = said.field, said.arm
        _forget(_keys(said.report, said.field, said.arm))
    tell(f"Taken back: {event_words(done, ws.protocol, with_remark=False)}")


@careful
@stale_press.once
def go_on(report: str, reviewer: str) -> None:
    """Open the next report with fields to fill in."""
    found = extraction.next_report(session.workspace(), reviewer, after=report)
    if found is None or found == report:
        tell("No other included report waits for extraction.")
        return
    st.session_state.pop(FIELD, None)
    page_address.put("report", found)


def attach(report: str, field: str, arm: str, words: str, place: str) -> None:
    """Put selected words into the quote of the open field; they are stored with its value.

    Args:
        place: where they stand in a full text; "" for title and abstract.
    """
    keys = _keys(report, field, arm)
    st.session_state[keys["quote"]] = words
    st.session_state[keys["place"]] = place


@stale_press.while_shown
def step(options: Sequence[str], by: int) -> None:
    """Open the field before or after the open one."""
    now = st.session_state.get(FIELD)
    at = options.index(now) if now in options else 0
    st.session_state[FIELD] = options[(at + by) % len(options)]


def add_arm() -> None:
    """Open an arm under a new name; it is kept with its first value."""
    if name := " ".join(str(st.session_state.get(NEW_ARM) or "").split()):
        st.session_state[ARM] = name
        drafts.used(NEW_ARM)


# ---- parts of the form -------------------------------------------------------------------------


def _field(ws: Workspace, found: ExtractionSheet) -> ExtractionField:
    """Choose the field; each shows whether one has filled it in."""
    fields = {field.id: field for field in ws.protocol.extraction}
    options = list(fields)
    done = {field for field, _ in found.own}
    if st.session_state.get(FIELD) not in fields:
        st.session_state[FIELD] = next((id_ for id_ in options if id_ not in done), options[0])
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", width="content",
        key="rt-arrows-extraction-field",
    ):  # fmt: skip
        st.markdown(f":small[Field, {len(done)} of {len(options)} filled in]", width="content")
        for words, key, by in (("Previous", "Left", -1), ("Next", "Right", 1)):
            st.button(
                words, key=f"extraction-{key}-{found.report.id}", type="tertiary", shortcut=key,
                on_click=step, args=(found.report.id, options, by), disabled=len(options) < 2,
            )  # fmt: skip
    chosen = st.pills(
        "Field", options, key=FIELD, required=True, persist_state="session",
        format_func=lambda id_: plain(
            f"{paper_lists.CONFIRMED + ' ' if id_ in done else ''}{fields[id_].label}"
        ),
        label_visibility="collapsed",
    )  # fmt: skip
    field = fields[str(chosen)]
    st.subheader(plain(field.label), anchor=False)
    if field.help:
        st.markdown(plain(field.help))
    return field


def _arm(found: ExtractionSheet) -> str:
    """Choose the arm, or name another one."""
    now = str(st.session_state.get(ARM) or "")
    arms = list(found.arms)
    if now and now.casefold() not in {arm.casefold() for arm in arms}:
        arms.append(now)
    if arms:
        if now not in arms:
            st.session_state[ARM] = arms[0]
        st.pills("Arm", arms, key=ARM, required=True, persist_state="session", format_func=plain)
    with st.container(
        horizontal=True, vertical_alignment="bottom", key=f"{typing_guard.FIELDS}-extraction-arm"
    ):
        st.text_input(
            "Another arm", key=drafts.field(NEW_ARM), on_change="ignore", persist_state="session",
            placeholder="Its name in the report", width=260,
        )  # fmt: skip
        st.button("Name the arm", key="extraction-add-arm", on_click=add_arm)
    return str(st.session_state.get(ARM) or "") if arms else ""


def _taken(field: ExtractionField, found: ExtractionSheet, arm: str) -> None:
    """What people took, and what holds."""
    state = found.fields.get((field.id, arm.casefold()))
    if state is None:
        return
    lines = [_line(field, who, one) for who, one in state.by.items()]
    if state.consensus:
        lines.append(_line(field, f"Agreed, {state.consensus.reviewer}", state.consensus))
    elif state.differ:
        lines.append('<li class="rt-muted">They differ.</li>')
    st.html(f'<ul class="rt-codes">{"".join(lines)}</ul>')
    if (field.id, arm.casefold()) in found.comparing and len(state.by) > 1:
        _agreement(field, found, state)


def _line(field: ExtractionField, who: str, one: Extracted) -> str:
    place = f" ({escape(quotes.words(one.quote_place))})" if one.quote_place else ""
    quote = f" “{escape(short(one.quote))}”{place}" if one.quote else ""
    note = f" {escape(one.note)}" if one.note else ""
    value = escape(value_words(field, one))
    return f'<li><b>{value}</b> <span class="rt-muted">{escape(who)}{quote}{note}</span></li>'


def _agreement(field: ExtractionField, found: ExtractionSheet, state: FieldState) -> None:
    """Agree on what one of them took."""
    report = found.report.id
    said = next(iter(state.by.values()))
    st.text_input(
        "Why", key=drafts.field(f"extraction-why-{report}-{said.field}-{said.arm}"),
        on_change="ignore", persist_state="session",
    )  # fmt: skip
    seen = shown(session.workspace(), found.report)
    with st.container(horizontal=True, gap="small"):
        for who, one in state.by.items():
            st.button(
                plain(f"Agree on {value_words(field, one)} ({who})"),
                key=f"extraction-agree-{report}-{one.event}",
                on_click=agree,
                args=(report, seen, report, one),
            )


def _fill_in(
    ws: Workspace, found: ExtractionSheet, field: ExtractionField, arm: str, seen: Shown
) -> None:
    """The fields of one value, as they were stored or left."""
    report = found.report.id
    keys = _keys(report, field.id, arm)
    own = found.own.get((field.id, arm.casefold()))
    first = _first(field, own)
    with st.container(key=f"{typing_guard.FIELDS}-extraction-{report}"):
        st.segmented_control(
            "The report says", list(STATES), required=True, format_func=STATES.__getitem__,
            key=drafts.field(keys["state"], Extractable, Extractable(first["state"])),
            persist_state="session",
        )  # fmt: skip
        if st.session_state[keys["state"]] == Extractable.REPORTED:
            _value(field, keys, first)
        for name, label in (("quote", "Quote"), ("place", "Its place, if not in the abstract"),
                            ("note", "Note")):  # fmt: skip
            draw_field = st.text_area if name == "quote" else st.text_input
            draw_field(
                label, key=drafts.field(keys[name], first=first[name]), on_change="ignore",
                persist_state="session",
            )  # fmt: skip
        options = [one.id for one in ws.protocol.extraction]
        st.button(
            "Keep", key=f"extraction-keep-{report}", type="primary", shortcut=KEEP, on_click=keep,
            args=(report, seen, report, field.id, arm, options, own is not None),
        )  # fmt: skip


def _value(field: ExtractionField, keys: Mapping[str, str], first: Mapping[str, str]) -> None:
    if field.kind == "choice":
        labels = {choice.id: choice.label for choice in field.choices}
        st.selectbox(
            "Value", list(labels), index=None, format_func=labels.__getitem__,
            persist_state="session",
            key=drafts.field(keys["value"], first=first["value"] or None), placeholder="Choose",
        )  # fmt: skip
        return
    columns = st.columns([2, 1]) if field.kind == "number" else [st.container()]
    columns[0].text_input(
        "Value", key=drafts.field(keys["value"], first=first["value"]), on_change="ignore",
        persist_state="session",
        placeholder={"number": "12.5", "date": "2026-01-31", "text": ""}[field.kind] or None,
    )  # fmt: skip
    if field.kind == "number":
        columns[1].text_input(
            "Unit", key=drafts.field(keys["unit"], first=first["unit"]), on_change="ignore",
            persist_state="session",
        )  # fmt: skip


def _first(field: ExtractionField, own: Extracted | None) -> dict[str, str]:
    """What the fields begin with: what one has stored, else nothing."""
    if own is None:
        return dict.fromkeys(PARTS, "") | {"unit": field.unit, "state": Extractable.REPORTED}
    place = "" if quotes.read(own.quote_place) else own.quote_place
    return {
        "value": own.value, "unit": own.unit or field.unit, "state": own.state,
        "quote": own.quote, "place": place, "note": own.note,
    }  # fmt: skip


def _steps(keys: Shortcuts, report: str, reviewer: str) -> None:
    with st.container(horizontal=True, key="rt-extraction-steps"):
        st.button(
            "Next report", key=f"extraction-next-{report}", on_click=go_on,
            args=(report, report, reviewer), shortcut=keys.take("Shift+N", "next report"),
        )  # fmt: skip
        st.button(
            "Undo", key=f"extraction-undo-{report}", type="tertiary", on_click=undo,
            args=(report,), shortcut=keys.take("Shift+U", "undo"),
        )  # fmt: skip


def _keys(report: str, field: str, arm: str) -> dict[str, str]:
    return {name: f"extraction-{name}-{report}-{field}-{arm.casefold()}" for name in PARTS}


def _forget(keys: Mapping[str, str]) -> None:
    """Let fields begin again with what is stored."""
    drafts.used(*keys.values())
    for key in keys.values():
        st.session_state.pop(key, None)
