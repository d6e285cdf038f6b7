"""What machines propose for a report: one list, the best of each dimension on top.

Each entry says who proposes it, how strongly, by which sentence, and where that stands.  A source
that has a code and no words says so.  Rivals of the best are folded under it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from review.coding.service import CodingSheet
from review.coding.suggestion_order import with_words
from review.coding.suggestion_rules import source_label
from review.model import Suggestion
from review.outdated import shown
from review.protocol.codebook import Dimension
from review.ui import paper_card, paper_lists, session
from review.ui.elements import count_of, plain
from review.ui.finding_words import short
from review.ui.gap_map import map_sentences
from review.ui.keys import Shortcuts

CHANGING = "code-changing"
UNFOLDED = "code-unfolded"

STRONG = 0.6
"""Confidence from which a suggestion is called strong; an order of trust, not a probability."""

SHOWN = 5
"""Values shown at once of a dimension with many answers, where they are no rivals."""


AT_ONCE = frozenset({"study_design", "outcome", "exposure", "population"})
"""Roles of the dimensions whose best is in sight while they are folded."""


@dataclass(frozen=True, slots=True)
class Presses:
    """What the buttons of the list do; each first takes the report that was shown."""

    give: Callable[..., None]
    change: Callable[..., None]
    refuse: Callable[..., None]
    open: Callable[[str], None]


def confidence(value: float) -> str:
    """``strong 0.86`` or ``weak 0.45``."""
    return f"{'strong' if value >= STRONG else 'weak'} {value:.2f}"


def fired(dimension: Dimension, values: Collection[str]) -> paper_card.Words:
    """The phrases that make a machine propose these values, to be marked in a text."""
    look = {"study_design": "design", "exposure": "exposure"}.get(dimension.name, "outcome")
    phrases = tuple(t for v in dimension.values if v.id in values for t in v.triggers)
    return ((look, phrases),) if phrases else ()


def draw(keys: Shortcuts, found: CodingSheet, open_: Dimension, presses: Presses) -> None:
    """Draw the list: the open dimension first and with keys, then the best of each other one."""
    _hidden(found, open_)
    if found.open_suggestions.get(open_.id):
        _dimension(keys, found, open_, presses, is_open=True)
    book = session.workspace().protocol.codebook
    others = [d for d in book.dimensions if d.id != open_.id and found.open_suggestions.get(d.id)]
    if not others:
        return
    name = _fold_key(found, "others")
    unfolded = bool(st.session_state.get(name))
    if unfolded:
        for dimension in others:
            _dimension(keys, found, dimension, presses, is_open=False)
    else:
        lines = "".join(_line(found, d) for d in others if d.role in AT_ONCE)
        st.html(f'<div class="rt-offer rt-offers">{lines}</div>')
    n = count_of(len(others), "other dimension")
    _toggle(name, f"Open the best of {n}", f"Fold {n}", unfolded=unfolded)


def _line(found: CodingSheet, dimension: Dimension) -> str:
    """The best of a dimension that is folded, in a line."""
    best, *rest = distinct(found.open_suggestions[dimension.id])
    more = f", {len(rest)} more" if rest else ""
    name = escape(map_sentences.label(dimension, best.value))
    return (
        f"<div>{paper_lists.SUGGESTED} {escape(plain(dimension.label))}: {name} "
        f'<span class="rt-muted">{escape(source_label(best.source))}, '
        f"{confidence(best.confidence)}{more}</span></div>"
    )


def _hidden(found: CodingSheet, dimension: Dimension) -> None:
    """Say that suggestions are out of sight for a time, where they are."""
    if not session.workspace().protocol.machine_help:
        return
    if found.in_sight is not None and dimension.id not in found.in_sight:
        st.caption(
            "Coding is blind to suggestions here: those for this dimension come into sight once "
            "you have given a value of your own."
        )


def _dimension(
    keys: Shortcuts, found: CodingSheet, dimension: Dimension, presses: Presses, *, is_open: bool
) -> None:
    """The suggestions of one dimension: the best, and what is folded under it."""
    offered = found.open_suggestions[dimension.id]
    best = distinct(offered)
    at_once = SHOWN if dimension.many and is_open else 1
    name = _fold_key(found, dimension.id)
    unfolded = bool(st.session_state.get(name))
    for place, one in enumerate(best if unfolded else best[:at_once]):
        keyed = keys if is_open and place == 0 else None
        _entry(keyed, found, dimension, one, offered, presses, place=place, is_open=is_open)
    if len(best) > at_once:
        noun = "other value" if dimension.many else "rival"
        rest = count_of(len(best) - at_once, noun)
        _toggle(name, f"Show {rest}", f"Fold {rest}", unfolded=unfolded)


def _entry(
    keys: Shortcuts | None,
    found: CodingSheet,
    dimension: Dimension,
    one: Suggestion,
    offered: Sequence[Suggestion],
    presses: Presses,
    *,
    place: int,
    is_open: bool,
) -> None:
    """One proposed value with its buttons."""
    seen = shown(session.workspace(), found.report)
    others = [s for s in offered if s.value == one.value and s.id != one.id]
    report = found.report.id
    with st.container(horizontal=True, gap="small", key=_entry_key(dimension, place, is_open)):
        st.html(_words(found, dimension, one, others, named=not is_open))
        quoting = with_words(offered, one.value) or one
        given = (seen, report, dimension.id, one.value, quoting.words, quoting.id)
        change = presses.change if is_open else _opening(presses, dimension)
        for words, key, on_click, args in (
            ("Accept", "Shift+A", presses.give, given),
            ("Change", "Shift+E", change, (one.id,)),
            ("Reject", "Shift+X", presses.refuse, (seen, one.id, report)),
        ):
            st.button(
                words,
                key=f"{words}-{one.id}-{report}",
                type="tertiary",
                shortcut=keys.take(key, words) if keys else None,
                on_click=on_click,
                args=(report, *args),
            )
    if is_open and st.session_state.get(CHANGING) == one.id:
        st.info("Choose the value that is right instead, by its key or a click.")


def _opening(presses: Presses, dimension: Dimension) -> Callable[..., None]:
    """What Change does in a dimension that is not open: it opens it as well."""

    def press(report: str, suggestion: str) -> None:
        presses.open(dimension.id)
        presses.change(report, suggestion)

    return press


def _entry_key(dimension: Dimension, place: int, is_open: bool) -> str:
    return f"rt-offer-{place}" if is_open else f"rt-offer-{dimension.id}-{place}"


def _fold_key(found: CodingSheet, what: str) -> str:
    return f"{UNFOLDED}-{found.report.id}-{what}"


def _toggle(name: str, show: str, fold: str, *, unfolded: bool) -> None:
    st.button(
        fold if unfolded else show,
        key=f"toggle-{name}",
        type="tertiary",
        icon=":material/expand_less:" if unfolded else ":material/expand_more:",
        on_click=st.session_state.__setitem__,
        args=(name, not unfolded),
    )


def distinct(offered: Sequence[Suggestion]) -> list[Suggestion]:
    """The best suggestion of each value."""
    best: dict[str, Suggestion] = {}
    for one in offered:
        best.setdefault(one.value, one)
    return list(best.values())


def _words(
    found: CodingSheet,
    dimension: Dimension,
    one: Suggestion,
    others: Sequence[Suggestion],
    *,
    named: bool,
) -> str:
    """A value, and each source that proposes it."""
    sources = "".join(
        f'<div class="rt-muted">{escape(source_label(s.source))}, {confidence(s.confidence)}'
        f"{_because(found, dimension, s)}</div>"
        for s in (one, *others)
    )
    label = f"{escape(plain(dimension.label))}: " if named else ""
    name = escape(map_sentences.label(dimension, one.value))
    return f'<div class="rt-offer">{paper_lists.SUGGESTED} {label}{name}{sources}</div>'


def _because(found: CodingSheet, dimension: Dimension, one: Suggestion) -> str:
    """The words behind a suggestion and their place; a source that has none says so."""
    if one.words:
        quoted = paper_card.marked(short(one.words), fired(dimension, [one.value]))
        place = found.places.get(one.id, "")
        where = f" ({escape(place)})" if place else " (not in the text any more)"
        return f": “{quoted}”{where}"
    if one.code:
        return f" (its code {escape(short(one.code))}, no words of the paper)"
    return " (no words of the paper)"
