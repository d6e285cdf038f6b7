"""Findings as lines: what was paired with what, which way it went, and the words behind it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.coding import quotes
from review.events.coding import result_words
from review.model import Direction, Finding, Record, Tag
from review.protocol.codebook import Codebook
from review.ui import navigation
from review.ui.elements import count_of, ids_param
from review.ui.gap_map import map_sentences
from review.ui.paper_lists import CONFIRMED

PAIRED = ("exposure", "population", "outcome", "study_design")

DIRECTIONS = {
    Direction.BETTER: "Better",
    Direction.WORSE: "Worse",
    Direction.NO_DIFFERENCE: "No difference",
    Direction.MIXED: "Mixed",
    Direction.NOT_STATED: "Not stated",
}

SHOWN = 20
"""Findings of a list that are drawn."""

_QUOTED = 170
"""Letters of a quote that are shown."""


def quoted(said: Finding | Tag, lead: Record | None = None, *, whole: bool = False) -> str:
    """The words behind a code and their place: ``“48 adults” (abstract, sentence 2)``.

    Args:
        lead: the record the report is shown by, where it is at hand; it tells the sentence.
        whole: also of a long quote all words.
    """
    if not said.quote:
        return ""
    place = (
        quotes.where(said.quote, said.quote_place, lead.title, lead.abstract)
        if lead
        else quotes.words(said.quote_place)
    )
    return f"“{said.quote if whole else short(said.quote)}”{f' ({place})' if place else ''}"


def line(
    book: Codebook, one: Finding, mark: str, report: str = "", lead: Record | None = None
) -> str:
    """One finding as safe HTML.

    Args:
        lead: as of `quoted`.
        mark: whether people wrote it or it is proposed, as before papers.
        report: id of the report, where it is not plain which one is meant.
    """
    pairing = " × ".join(map_sentences.label(book.dimension(n), getattr(one, n)) for n in PAIRED)
    confirmed = mark == CONFIRMED
    more = [f"direction {DIRECTIONS[one.direction].lower()}"] if confirmed else []
    more += [text for text in (_noted(book, one), one.instrument) if text]
    more += [*result_words(one), *filter(None, [one.reviewer])]
    more += filter(None, [quoted(one, lead)])
    detail = f' <span class="rt-muted">{escape("; ".join(more))}</span>' if more else ""
    where = f"{escape(report)}: " if report else ""
    return f'<div class="rt-offer">{mark} {where}{escape(pairing)}{detail}</div>'


def listed(book: Codebook, found: Sequence[Finding], head: str) -> None:
    """Draw what people wrote down under a heading; nothing where there is nothing."""
    if not found:
        return
    st.markdown(f"**{head}: {len(found):,}**")
    st.html("".join(line(book, one, CONFIRMED, one.report) for one in found[:SHOWN]))
    if len(found) > SHOWN:
        reports = list(dict.fromkeys(one.report for one in found))
        st.caption(f"The first {SHOWN}; the page of each report has its own.")
        navigation.link(
            f"{count_of(len(reports), 'report')} with {len(found):,} findings",
            "records", ids_param(reports),
        )  # fmt: skip


def tags_listed(book: Codebook, found: Sequence[Tag], head: str) -> None:
    """Draw the words behind tags under a heading; nothing where there are none."""
    if not found:
        return
    st.markdown(f"**{head}: {len(found):,}**")
    lines = (
        f'<div class="rt-offer">{CONFIRMED} {escape(one.report)}: '
        f"{escape(map_sentences.label(book.dimension(one.dimension), one.value))} "
        f'<span class="rt-muted">{escape(quoted(one))}; {escape(one.reviewer)}</span></div>'
        for one in found[:SHOWN]
    )
    st.html("".join(lines))
    if len(found) > SHOWN:
        st.caption(f"The first {SHOWN}; `tags export` writes all of them.")


def _noted(book: Codebook, one: Finding) -> str:
    """Comparator, dose, timing, duration, in the codebook's words where they are values of it."""
    said = []
    for name in ("comparator", "dose", "timing", "duration"):
        value = getattr(one, name)
        known = book.find(name)
        if value:
            said.append(map_sentences.label(known, value) if known else value)
    return ", ".join(said)


def short(text: str, letters: int = _QUOTED) -> str:
    """A quote cut to a line or two."""
    return text if len(text) <= letters else text[: letters - 1].rsplit(" ", 1)[0] + " …"
