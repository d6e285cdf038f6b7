"""Findings of one report: what was paired with what, and in which direction it went."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import streamlit as st

from review.coding import quotes, quoting
from review.coding import service as coding
from review.coding.service import CodingSheet
from review.model import Direction, Finding
from review.outdated import Shown, shown
from review.protocol.codebook import Codebook
from review.records.event_sentences import event_words
from review.ui import drafts, finding_words, paper_lists, session, typing_guard
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.finding_words import DIRECTIONS, PAIRED
from review.ui.gap_map import map_sentences
from review.ui.keys import Shortcuts

CHOSEN = {
    "comparator": "Compared with",
    "timing": "Timing",
    "duration": "Duration",
}
"""Fields that take a value of the codebook or what is written, with their labels."""

WRITTEN = {
    "dose": "Dose",
    "instrument": "Measured by",
    "n": "n",
    "effect": "Effect",
    "effect_unit": "Unit",
    "effect_interval": "Interval",
    "quote": "Quote",
    "quote_place": "Its place, if not in the abstract",
}
"""Fields that are written, with their labels."""

EXAMPLES = {
    "dose": "10 mg/kg, twice a day",
    "n": "48",
    "effect": "-1.2",
    "effect_unit": "points of 10",
    "effect_interval": "95% CI -2.0 to -0.4",
    "quote_place": "Table 2, p. 5",
}

FIELDS = (*PAIRED, "direction", *CHOSEN, *WRITTEN)

OPEN = "finding-open"
"""Whether the form of a report was left open, in the session."""

EDITED = "finding-edited"
"""What the key of the finding that a form writes anew begins with, in the session."""

DIRECTION_KEYS = {
    Direction.BETTER: "Shift+B",
    Direction.WORSE: "Shift+W",
    Direction.NO_DIFFERENCE: "Shift+D",
    Direction.MIXED: "Shift+M",
    Direction.NOT_STATED: "Shift+F",
}
"""What confirms the first proposed finding, with what it says."""

VARY = "Shift+V"

STORE = "Ctrl+Enter"
"""Key that stores the finding of the form, while its text is typed too."""


@careful
def confirm(seen: Shown, found: Sequence[Finding], direction: Direction, reviewer: str) -> None:
    """Store proposed findings."""
    for one in found:
        coding.add_finding(
            session.workspace(), one.report, exposure=one.exposure, population=one.population,
            outcome=one.outcome, study_design=one.study_design, quote=one.quote, reviewer=reviewer,
            direction=direction, shown=seen,
        )  # fmt: skip
    tell(f"{count_of(len(found), 'finding')} added.")


@careful
def remove(seen: Shown, event: str, report: str, reviewer: str) -> None:
    """Take a finding off its report."""
    coding.remove_finding(session.workspace(), event, reviewer, report=report, shown=seen)


def write_from(one: Finding, *, anew: bool) -> None:
    """Lay a finding out in the form.

    Args:
        anew: to be written anew; else as the beginning of another one.
    """
    for name, key in _keys(one.report).items():
        value = getattr(one, name)
        if name in WRITTEN:  # the place of a quote that the abstract holds is found again
            value = "" if value is None or quotes.read(str(value)) else str(value)
        st.session_state[key] = value or ("" if name in WRITTEN else None)
    st.session_state[f"{EDITED}-{one.report}"] = one.event if anew else ""
    _open(one.report)


@careful
def attach(found: CodingSheet, seen: Shown, reviewer: str, words: str, place: str) -> None:
    """Take words of the abstract or full text as the quote: of the form where it is open, else of
    the tag or finding that one gave last; without either the form opens with them.

    Args:
        place: where they stand in a full text; "" for title and abstract.
    """
    report, ws = found.report.id, session.workspace()
    if not st.session_state.get(f"{OPEN}-{report}"):
        done = quoting.quote_newest(ws, report, reviewer, words, place, shown=seen)
        if done is not None:
            tell(f"These words are the quote of your last step: {event_words(done, ws.protocol)}")
            return
    keys = _keys(report)
    st.session_state[keys["quote"]] = words
    st.session_state[keys["quote_place"]] = place
    _open(report)


def leave(report: str, first: Mapping[str, str | None]) -> None:
    """Put away what stands in the form."""
    st.session_state.pop(f"{EDITED}-{report}", None)
    keys = _keys(report)
    drafts.used(*keys.values(), values=[first.get(name) for name in keys])


def _open(report: str) -> None:
    st.session_state[f"finding-{report}"] = True
    st.session_state[f"{OPEN}-{report}"] = True


def draw(keys: Shortcuts, found: CodingSheet, reviewer: str) -> None:
    """The findings of one report: coded, proposed, and a form for another."""
    book = session.workspace().protocol.codebook
    st.header("Findings", anchor=False)
    st.caption(
        "One finding for each pairing that was tested. A cell of the gap map counts findings, so "
        "a paper on one outcome in animals and another in people fills two cells."
    )
    seen = shown(session.workspace(), found.report)
    for one in found.findings:
        last = one is found.findings[-1]
        _coded(book, found, one, seen, reviewer, keys.take(VARY, "vary") if last else None)
    _proposed(keys, book, found, seen, reviewer)
    _ask(book, found)
    # It is as it was left when the page is come back to, and what was begun is in sight.
    left = f"{OPEN}-{found.report.id}"
    edited = _edited(found)
    fold = st.expander(
        "Write a finding anew" if edited else "Add a finding",
        key=f"finding-{found.report.id}",
        on_change="rerun",
        expanded=bool(st.session_state.get(left)) or _begun(found),
    )
    st.session_state[left] = bool(fold.open)
    if fold.open:
        with fold:
            _form(book, found, edited, seen, reviewer)


def _edited(found: CodingSheet) -> Finding | None:
    """The finding that is written anew, as long as it counts."""
    event = st.session_state.get(f"{EDITED}-{found.report.id}")
    return next((one for one in found.findings if event and one.event == event), None)


def _coded(
    book: Codebook, found: CodingSheet, one: Finding, seen: Shown, reviewer: str, vary: str | None
) -> None:
    """A finding that people have written, and what can be done with it."""
    st.html(finding_words.line(book, one, paper_lists.CONFIRMED, lead=found.report.lead))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Edit", key=f"edit-{one.event}", type="tertiary",
            on_click=partial(write_from, anew=True), args=(one,),
            help="Write it anew. The older wording stays in the history.",
        )  # fmt: skip
        st.button(
            "Vary", key=f"vary-{one.event}", type="tertiary", shortcut=vary,
            on_click=partial(write_from, anew=False), args=(one,),
            help="Begin another finding from this one.",
        )  # fmt: skip
        st.button(
            "Remove", key=f"remove-{one.event}", type="tertiary",
            on_click=remove, args=(seen, one.event, one.report, reviewer),
        )  # fmt: skip


def _proposed(
    keys: Shortcuts, book: Codebook, found: CodingSheet, seen: Shown, reviewer: str
) -> None:
    """Findings that tags or suggestions already say, for one press each or all at once.

    The press says which way it went; it confirms the tags as well.
    """
    proposed = found.proposed_findings
    if not proposed:
        return
    st.markdown("Proposed, because only one pairing is possible. Which way did it go?")
    for place, one in enumerate(proposed):
        st.html(finding_words.line(book, one, paper_lists.SUGGESTED))
        with st.container(horizontal=True, gap="small", key=f"rt-finding-{place}"):
            for direction, words in DIRECTIONS.items():
                key = DIRECTION_KEYS[direction]
                st.button(
                    words, key=f"confirm-{direction}-{one.report}-{one.outcome}", type="tertiary",
                    shortcut=None if place else keys.take(key, words),
                    on_click=confirm, args=(seen, [one], direction, reviewer),
                )  # fmt: skip
    if len(proposed) > 1:
        st.button(
            f"Confirm all {len(proposed)}, not stated", key=f"confirm-all-{found.report.id}",
            on_click=confirm, args=(seen, list(proposed), Direction.NOT_STATED, reviewer),
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


def _keys(report: str) -> dict[str, str]:
    """Field of a finding -> key of the field on the page."""
    return {name: f"finding-{name}-{report}" for name in FIELDS}


def follow(old: str, new: str) -> None:
    """Take what was begun along to the report that another was merged into."""
    before, now = _keys(old), _keys(new)
    for name in FIELDS:
        drafts.follow(before[name], now[name])


@careful
def add(
    seen: Shown, report: str, first: Mapping[str, str | None], edited: str, reviewer: str
) -> None:
    """Store the finding of the form, and begin another one.

    Args:
        first: what the fields begin with.
        edited: event of the finding that is written anew, if one is.
    """
    keys = _keys(report)
    said = {name: str(st.session_state.get(key) or "") for name, key in keys.items()}
    book = session.workspace().protocol.codebook
    missing = [book.dimension(name).label.lower() for name in PAIRED if not said[name]]
    if missing:
        tell(f"A finding needs all four of its parts. Missing: {', '.join(missing)}.", "error")
        return
    coding.add_finding(
        session.workspace(), report, reviewer=reviewer, shown=seen,
        exposure=said["exposure"], population=said["population"], outcome=said["outcome"],
        study_design=said["study_design"], direction=said["direction"],
        **{name: said[name] for name in (*CHOSEN, *WRITTEN)}, replaces=edited,
    )  # fmt: skip
    leave(report, first)
    tell("The finding is written anew." if edited else "1 finding added.")


def _begun(found: CodingSheet) -> bool:
    """Whether something was said in the form that is not there by itself."""
    keys = _keys(found.report.id)
    tagged = {t.value for t in found.tags}
    chosen = [keys[name] for name in PAIRED if st.session_state.get(keys[name]) not in tagged]
    return drafts.waiting(*chosen, *(keys[name] for name in FIELDS[len(PAIRED) + 1 :]))


def _form(
    book: Codebook, found: CodingSheet, edited: Finding | None, seen: Shown, reviewer: str
) -> None:
    """One finding, its pairing filled in from what is confirmed, or from the one edited."""
    report = found.report.id
    keys = _keys(report)
    first: dict[str, str | None] = {"direction": Direction.NOT_STATED, **dict.fromkeys(WRITTEN, "")}
    with st.container(key=f"{typing_guard.FORM}-{report}"):
        for place, name in enumerate(PAIRED):
            if place % 2 == 0:
                columns = st.columns(2)
            options = _options(book, found, name)
            tagged = {t.value for t in found.tags if t.dimension == book.id_of(name)}
            first[name] = next(iter(options)) if len(tagged) == 1 else None
            columns[place % 2].selectbox(
                plain(book.dimension(name).label), list(options),
                index=0 if len(tagged) == 1 else None, format_func=options.__getitem__,
                key=drafts.field(keys[name], one_of(options)), placeholder="Choose",
                persist_state="session",
            )  # fmt: skip
        st.segmented_control(
            "Under the exposure, the outcome was", list(DIRECTIONS), required=True,
            format_func=DIRECTIONS.__getitem__,
            key=drafts.field(keys["direction"], Direction, first["direction"]),
            persist_state="session",
        )  # fmt: skip
        for (name, label), column in zip(CHOSEN.items(), st.columns(3), strict=True):
            known = book.find(name)
            labels = {v.id: v.label for v in (known.values if known else ())}
            column.selectbox(
                label, list(labels), index=None, key=drafts.field(keys[name]),
                format_func=partial(_written, labels), accept_new_options=True,
                persist_state="session", placeholder="Choose, or write",
            )  # fmt: skip
        for row, shares in (
            (("dose", "instrument", "n"), (2, 2, 1)),
            (("effect", "effect_unit", "effect_interval"), (1, 1, 1.6)),
        ):
            for name, column in zip(row, st.columns(shares), strict=True):
                with column:
                    _text(keys, name)
        st.text_area(
            WRITTEN["quote"], key=drafts.field(keys["quote"]), height=80, on_change="ignore",
            persist_state="session",
        )  # fmt: skip
        _text(keys, "quote_place")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Save" if edited else "Add finding", type="primary", key=f"finding-add-{report}",
                shortcut=STORE, on_click=add,
                args=(seen, report, first, edited.event if edited else "", reviewer),
            )  # fmt: skip
            st.button(
                "Clear", type="tertiary", key=f"finding-clear-{report}",
                on_click=leave, args=(report, first),
            )  # fmt: skip
            st.caption("While this form is open, letters do not tag.")


def _text(keys: Mapping[str, str], name: str) -> None:
    st.text_input(
        WRITTEN[name], key=drafts.field(keys[name]), on_change="ignore", persist_state="session",
        placeholder=EXAMPLES.get(name),
    )  # fmt: skip


def _written(labels: Mapping[str, str], value: str) -> str:
    """The label of a value; what was written as it is."""
    return labels.get(value, value)


def one_of(options: Collection[str]) -> Callable[[str], str]:
    """Read a choice that was kept, as long as it can still be chosen."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return read


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
