"""Coding forms that disagree, side by side, and the consensus that settles each dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import streamlit as st

from review.coding import coding_agreement, forms
from review.coding.forms import Compared, Comparison
from review.coding.service import undo_last
from review.coding_rule import finding_said
from review.model import Finding, Record, Report, Tag
from review.outdated import Shown, shown
from review.protocol.codebook import Codebook
from review.records import service as records
from review.records.event_sentences import event_words, value_label
from review.screening.reviewer_agreement import pair_words
from review.store.coding_queue import Settled
from review.ui import (
    elements,
    finding_words,
    key_queue,
    navigation,
    page_address,
    paper_card,
    session,
    stale_press,
)
from review.ui.cache import remembered
from review.ui.errors import careful, tell
from review.ui.gap_map import map_sentences
from review.ui.keys import Shortcuts
from review.ui.paper_lists import CONFIRMED

WHY = "comparison-why"
REASONS = ("Discussed", "Overlooked by one coder", "Checked in the full text")
"""Reasons that are offered; any other can be typed."""

NONE = "no value"
NOT_ASKED = "does not apply, by the other values of this form"


@careful
@stale_press.once
def settle(seen: Shown, report: str, dimension: str, values: Sequence[str], reviewer: str) -> None:
    """Write down what counts of one dimension."""
    forms.settle(
        session.workspace(), report, dimension, values, reviewer, _why(), shown=seen
    )  # fmt: skip
    tell(f"Settled: {report}.")


@careful
@stale_press.once
def settle_findings(seen: Shown, report: str, kept: Sequence[str], reviewer: str) -> None:
    """Write down which findings count."""
    forms.settle_findings(session.workspace(), report, kept, reviewer, _why(), shown=seen)
    tell(f"Settled: findings of {report}.")


@careful
@stale_press.once
def settle_otherwise(seen: Shown, report: str, dimension: str, reviewer: str) -> None:
    """Write down what was chosen among all values of the codebook."""
    chosen = st.session_state.get(_other(report, dimension)) or []
    values = chosen if isinstance(chosen, list) else [chosen]
    forms.settle(
        session.workspace(), report, dimension, values, reviewer, _why(), shown=seen
    )  # fmt: skip
    tell(f"Settled: {report}.")


@careful
@stale_press.once
def undo(reviewer: str) -> None:
    """Take back one's newest step of coding, such as a consensus."""
    ws = session.workspace()
    done = undo_last(ws, reviewer)
    tell(f"Taken back: {event_words(done, ws.protocol)}" if done else "Nothing to take back.")


def _why() -> str:
    return str(st.session_state.get(WHY) or "")


def _other(report: str, dimension: str) -> str:
    return f"comparison-other-{report}-{dimension}"


def draw(reviewer: str) -> None:
    """The forms of one report, those dimensions that differ first; then agreement."""
    ws = session.workspace()
    waiting = [id_ for id_, _ in forms.to_compare(ws)]
    asked = page_address.get("report")
    report_id = asked if asked in waiting else next(iter(waiting), "")
    if not report_id:
        elements.nothing_here(
            "No coding forms disagree. A report comes here once all its coders have finished "
            "their forms and something in them differs.", "Code", "code",
        )  # fmt: skip
        stale_press.at("none")
        keys = Shortcuts()
        st.button("Undo", key="compare-undo", type="tertiary", shortcut=keys.take("U", "undo"),
                  on_click=undo, args=("none", reviewer))  # fmt: skip
        key_queue.draw(keys.taken, ".rt-id", scope="none", anywhere="U")
    else:
        _report(report_id, reviewer, len(waiting))
    _agreement()


def _report(report_id: str, reviewer: str, waiting: int) -> None:
    ws = session.workspace()
    found = forms.comparison(ws, report_id)
    report = records.get(ws, report_id)
    open_ = [row for row in found.dimensions if row.disputed]
    item = f"{report_id} {' '.join(row.dimension.id for row in open_)} {found.findings_disputed}"
    stale_press.at(item)
    keys = Shortcuts()
    card, side = st.columns([1, 1.1], gap="large")
    words = paper_card.words_of(ws.protocol.highlights)
    card.html(f'<span class="rt-id">{report_id}</span>' + paper_card.card(report.lead, words))
    with side:
        st.caption(f"{elements.count_of(waiting, 'report')} to compare")
        st.selectbox(
            "Why the consensus is what it is", REASONS, key=WHY, accept_new_options=True,
            persist_state="session",
        )  # fmt: skip
        for place, row in enumerate(open_):
            _disputed(item, report, row, reviewer, keys if not place else None)
        if found.findings_disputed:
            _findings(item, report, found, reviewer, keys if not open_ else None)
        st.button(
            "Undo", key=f"compare-undo-{report_id}", type="tertiary",
            shortcut=keys.take("U", "undo"), on_click=undo, args=(item, reviewer),
        )  # fmt: skip
        _agreed(found)
    key_queue.draw(keys.taken, ".rt-id", scope=item, anywhere="U")


def _disputed(
    item: str, report: Report, row: Compared, reviewer: str, keys: Shortcuts | None
) -> None:
    """One dimension on which the forms differ, with what could count of it."""
    ws = session.workspace()
    name = row.dimension.id
    st.markdown(f"**{elements.plain(row.dimension.label)}**")
    lead = report.lead
    given = {n: [_tag(row, t, lead) for t in tags] for n, tags in row.given.items()}
    st.html(_table(given | {n: [NOT_ASKED] for n in row.not_asked}))
    seen = shown(ws, report)
    choices = [(f"As {n}", [t.value for t in tags]) for n, tags in row.given.items()]
    if row.dimension.many and len(row.any_given) > max(len(v) for _, v in choices):
        choices.append(("All of these", list(row.any_given)))
    with st.container(horizontal=True, gap="small", key=f"rt-compare-{name}"):
        for n, (words, values) in enumerate(choices, 1):
            st.button(
                elements.plain(words), key=f"compare-{report.id}-{name}-{n}",
                shortcut=keys.take(str(n), words) if keys and n < 10 else None,
                on_click=settle, args=(item, seen, report.id, name, values, reviewer),
            )  # fmt: skip
        with st.popover("Other", type="tertiary"):
            ids = [v.id for v in row.dimension.offered]
            label = partial(map_sentences.label, row.dimension)
            if row.dimension.many:
                st.multiselect(
                    "Values that count", ids, default=[v for v in row.agreed if v in ids],
                    key=_other(report.id, name), format_func=label,
                )  # fmt: skip
            else:
                st.selectbox(
                    "Value that counts", ids, index=None, placeholder=NONE,
                    key=_other(report.id, name), format_func=label,
                )  # fmt: skip
            st.button(
                "Settle", key=f"compare-settle-{report.id}-{name}", on_click=settle_otherwise,
                args=(item, seen, report.id, name, reviewer),
            )  # fmt: skip


def _findings(
    item: str, report: Report, found: Comparison, reviewer: str, keys: Shortcuts | None
) -> None:
    """The findings of each form, and whose count."""
    st.markdown("**Findings**")
    book = session.workspace().protocol.codebook
    forms_ = [{_said(f) for f in those} for those in found.findings.values()]
    alike = set.intersection(*forms_)
    st.html(
        _table(
            {n: [_finding(book, f, report.lead, alike) for f in those]
             for n, those in found.findings.items()}
        )
    )  # fmt: skip
    seen = shown(session.workspace(), report)
    choices = [(f"As {n}", [f.event for f in those]) for n, those in found.findings.items()]
    choices.append(("All of these", _distinct(found.findings)))
    with st.container(horizontal=True, gap="small", key="rt-compare-findings"):
        for n, (words, kept) in enumerate(choices, 1):
            st.button(
                elements.plain(words), key=f"compare-{report.id}-findings-{n}",
                shortcut=keys.take(str(n), words) if keys and n < 10 else None,
                on_click=settle_findings, args=(item, seen, report.id, kept, reviewer),
            )  # fmt: skip


def _distinct(findings: Mapping[str, Sequence[Finding]]) -> list[str]:
    """Events of all findings, of those that several wrote alike the first."""
    first: dict[tuple[str, ...], str] = {}
    for those in findings.values():
        for f in those:
            first.setdefault(_said(f), f.event)
    return list(first.values())


def _said(one: Finding) -> tuple[str, ...]:
    return finding_said(partial(getattr, one))


def _finding(book: Codebook, one: Finding, lead: Record, alike: set[tuple[str, ...]]) -> str:
    """A finding, and whether all forms have it so."""
    line = finding_words.line(book, one, CONFIRMED, lead=lead)
    same = _said(one) in alike
    return line if same else f"{line}<b>differs</b>"


def _table(columns: Mapping[str, Sequence[str]]) -> str:
    """Coder and what they gave, as safe HTML."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{'<br>'.join(said) or NONE}</td></tr>"
        for name, said in columns.items()
    )
    return f'<table class="rt-grouped rt-votes"><tbody>{rows}</tbody></table>'


def _tag(row: Compared, tag: Tag, lead: Record) -> str:
    mark = "" if tag.value in row.agreed else " <b>differs</b>"
    quote = f' <span class="rt-muted">{escape(finding_words.quoted(tag, lead))}</span>'
    name = escape(map_sentences.label(row.dimension, tag.value))
    return f"{name}{mark}{quote if tag.quote else ''}"


def _agreed(found: Comparison) -> None:
    """What needs no consensus, and what has one already."""
    lines = []
    for row in found.dimensions:
        if row.disputed:
            continue
        words = ", ".join(map_sentences.label(row.dimension, v) for v in row.agreed) or NONE
        if row.settled:
            words = _settled_words(row.dimension.id, row.settled)
        lines.append(f"- {elements.plain(f'{row.dimension.label}: {words}')}")
    if lines:
        with st.expander(f"Agreed or settled ({len(lines)})"):
            st.markdown("\n".join(lines))


def _settled_words(dimension: str, settled: Settled) -> str:
    protocol = session.workspace().protocol
    values = ", ".join(value_label(dimension, v, protocol) for v in settled.kept) or NONE
    when = elements.local_time(settled.time)
    return f"{values}. Consensus by {settled.reviewer}, {when}: {settled.why}"


def _agreement() -> None:
    """How far coders agree on each dimension; each number of reports opens them."""
    found = [one for one in remembered(session.workspace(), coding_agreement.agreement)
             if one.reports]  # fmt: skip
    if not found:
        return
    st.header("Agreement", anchor=False)
    st.caption(
        "By what each gave before seeing the other's form. Kappa where a dimension has one value; "
        "Krippendorff's alpha with the distance MASI of sets where it has many."
    )
    for one in found:
        st.markdown(elements.plain(coding_agreement.headline(one)))
        navigation.link("Open these reports", "records", elements.ids_param(one.reports))
        if one.pairs:
            st.markdown("\n".join(f"- {elements.plain(pair_words(p))}" for p in one.pairs))
