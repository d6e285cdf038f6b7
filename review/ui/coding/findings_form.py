"""Findings of one report: what was paired with what, and in which direction it went."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.coding import service as coding
from review.coding.service import CodingSheet
from review.model import Direction, Finding
from review.protocol.codebook import Codebook
from review.ui import paper_lists, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.gap_map import map_sentences

PAIRED = ("exposure", "population", "outcome", "study_design")

DIRECTIONS = {
    Direction.BETTER: "Better",
    Direction.WORSE: "Worse",
    Direction.NO_DIFFERENCE: "No difference",
    Direction.MIXED: "Mixed",
    Direction.NOT_STATED: "Not stated",
}


@careful
def confirm(found: Sequence[Finding], reviewer: str) -> None:
    """Store proposed findings."""
    for one in found:
        coding.add_finding(
            session.workspace(), one.report, exposure=one.exposure, population=one.population,
            outcome=one.outcome, study_design=one.study_design, quote=one.quote, reviewer=reviewer,
        )  # fmt: skip
    tell(f"{count_of(len(found), 'finding')} added.")


@careful
def remove(event: str, reviewer: str) -> None:
    """Take a finding off its report."""
    coding.remove_finding(session.workspace(), event, reviewer)


def draw(found: CodingSheet, reviewer: str) -> None:
    """The findings of one report: coded, proposed, and a form for another."""
    book = session.workspace().protocol.codebook
    st.header("Findings", anchor=False)
    st.caption(
        "One finding for each pairing that was tested. A cell of the gap map counts findings, so "
        "a paper on one outcome in animals and another in people fills two cells."
    )
    for one in found.findings:
        _line(book, one, paper_lists.CONFIRMED, reviewer)
    _proposed(book, found, reviewer)
    _ask(book, found)
    fold = st.expander("Add a finding", key=f"finding-{found.report.id}", on_change="rerun")
    if fold.open:
        with fold:
            _form(book, found, reviewer)


def _line(book: Codebook, one: Finding, mark: str, reviewer: str) -> None:
    pairing = " × ".join(map_sentences.label(book.dimension(n), getattr(one, n)) for n in PAIRED)
    direction = DIRECTIONS[one.direction].lower()
    more = [f"direction {direction}"] if mark == paper_lists.CONFIRMED else []
    more += [text for text in (_noted(book, one), one.instrument, one.reviewer) if text]
    detail = f' <span class="rt-muted">{escape("; ".join(more))}</span>' if more else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(f'<div class="rt-offer">{mark} {escape(pairing)}{detail}</div>', width="stretch")
        if mark == paper_lists.CONFIRMED:
            st.button(
                "Remove", key=f"remove-{one.event}", type="tertiary",
                on_click=remove, args=(one.event, reviewer),
            )  # fmt: skip
        else:
            st.button(
                "Confirm", key=f"confirm-{one.report}-{one.outcome}", type="tertiary",
                on_click=confirm, args=([one], reviewer),
            )  # fmt: skip


def _noted(book: Codebook, one: Finding) -> str:
    """Comparator and duration, in the codebook's words where they are values of it."""
    said = []
    for name in ("comparator", "duration"):
        value = getattr(one, name)
        known = book.find(name)
        if value:
            said.append(map_sentences.label(known, value) if known else value)
    return ", ".join(said)


def _proposed(book: Codebook, found: CodingSheet, reviewer: str) -> None:
    """Findings that tags or suggestions already say, for one click each or all at once."""
    proposed = found.proposed_findings
    if not proposed:
        return
    st.markdown("Proposed, because only one pairing is possible:")
    for one in proposed:
        _line(book, one, paper_lists.SUGGESTED, reviewer)
    if len(proposed) > 1:
        st.button(
            f"Confirm all {len(proposed)}", key=f"confirm-all-{found.report.id}",
            on_click=confirm, args=(list(proposed), reviewer),
        )  # fmt: skip


def _ask(book: Codebook, found: CodingSheet) -> None:
    """Ask which values belong together, where only a person can say."""
    several = []
    for name in PAIRED:
        values = {t.value for t in found.tags if t.dimension == book.id_of(name)}
        if len(values) > 1 and name != "outcome":
            several.append(f"{len(values)} values of {book.dimension(name).label.lower()}")
    outcomes = {t.value for t in found.tags if t.dimension == book.id_of("outcome")}
    left = outcomes - {f.outcome for f in found.findings}
    if several and left:
        names = ", ".join(map_sentences.label(book.dimension("outcome"), o) for o in sorted(left))
        st.info(
            f"This report has {plain(' and '.join(several))}. Which belong to {plain(names)}? "
            "Add a finding for each pairing below."
        )


def _form(book: Codebook, found: CodingSheet, reviewer: str) -> None:
    """One finding, its pairing filled in from what is confirmed."""
    report = found.report.id
    with st.container(key=f"finding-form-{report}"):
        chosen: dict[str, str | None] = {}
        for place, name in enumerate(PAIRED):
            if place % 2 == 0:
                columns = st.columns(2)
            options = _options(book, found, name)
            tagged = {t.value for t in found.tags if t.dimension == book.id_of(name)}
            chosen[name] = columns[place % 2].selectbox(
                plain(book.dimension(name).label), list(options),
                index=0 if len(tagged) == 1 else None, format_func=options.__getitem__,
                key=f"finding-{name}-{report}", placeholder="Choose",
                on_change="ignore", persist_state="session",
            )  # fmt: skip
        direction = st.segmented_control(
            "Under the exposure, the outcome was", list(DIRECTIONS), required=True,
            default=Direction.NOT_STATED, format_func=DIRECTIONS.__getitem__,
            key=f"finding-direction-{report}", on_change="ignore", persist_state="session",
        )  # fmt: skip
        left, right = st.columns(2)
        comparators, durations = (
            {v.id: v.label for v in (known.values if known else ())}
            for known in (book.find("comparator"), book.find("duration"))
        )
        comparator = left.selectbox(
            "Compared with", list(comparators), index=None, key=f"finding-comparator-{report}",
            format_func=lambda v: comparators.get(v, v), accept_new_options=True,
            on_change="ignore", persist_state="session",
            placeholder="Choose, or write it",
        )  # fmt: skip
        duration = right.selectbox(
            "Duration of exposure", list(durations), index=None, key=f"finding-duration-{report}",
            format_func=lambda v: durations.get(v, v), accept_new_options=True,
            on_change="ignore", persist_state="session",
            placeholder="Choose, or write it",
        )  # fmt: skip
        instrument = st.text_input(
            "Measured by", key=f"finding-instrument-{report}", on_change="ignore",
            persist_state="session",
        )  # fmt: skip
        quote = st.text_area(
            "Quote", key=f"finding-quote-{report}", height=80, on_change="ignore",
            persist_state="session",
        )  # fmt: skip
        if not st.button("Add finding", type="primary", key=f"finding-add-{report}"):
            return
    missing = [book.dimension(n).label.lower() for n, value in chosen.items() if not value]
    if missing:
        st.error(f"A finding needs all four of its parts. Missing: {', '.join(missing)}.")
        return
    coding.add_finding(
        session.workspace(), report, reviewer=reviewer,
        exposure=str(chosen["exposure"]), population=str(chosen["population"]),
        outcome=str(chosen["outcome"]), study_design=str(chosen["study_design"]),
        direction=direction or Direction.NOT_STATED, comparator=comparator or "",
        duration=duration or "", instrument=instrument, quote=quote,
    )  # fmt: skip
    st.rerun()


def _options(book: Codebook, found: CodingSheet, name: str) -> dict[str, str]:
    """Values to choose from: confirmed ones first, then suggested ones, then all others."""
    tagged = [t.value for t in found.tags if t.dimension == book.id_of(name)]
    offered = [s.value for s in found.open_suggestions.get(book.id_of(name), ())]
    everything = [v.id for v in book.dimension(name).values]
    marks = dict.fromkeys(offered, paper_lists.SUGGESTED) | dict.fromkeys(
        tagged, paper_lists.CONFIRMED
    )
    return {
        v: f"{marks.get(v, '')} {map_sentences.label(book.dimension(name), v)}".strip()
        for v in dict.fromkeys([*tagged, *offered, *everything])
    }
