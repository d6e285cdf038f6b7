"""One report with everything the review knows of it: words, decisions, codes, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from review.coding.suggestion_rules import source_label
from review.dedupe import manual_decisions
from review.events.screening import STAGES
from review.fulltext import service as full_texts
from review.model import Record, Standing, Suggestion, Vote
from review.outdated import Shown, shown
from review.records import service as records
from review.records.event_sentences import (
    event_words,
    field_words,
    finding_words,
    reason_label,
    standing_words,
    status_words,
    value_words,
)
from review.records.service import Dossier, HistoryEntry
from review.ui import (
    drafts,
    elements,
    navigation,
    own_marks,
    page_address,
    paper_card,
    session,
    typing_guard,
)
from review.ui.errors import careful, tell
from review.ui.finding_words import quoted
from review.ui.records import merged_fields
from review.workspace import Workspace

SHOWN_STEPS = 30


def draw(ws: Workspace, name: str, reviewer: str) -> None:
    """Draw the page of one report.

    Args:
        name: id of the report, of one it has absorbed, or of a record.

    Raises:
        NotFoundError: nothing has that id.
    """
    found = records.dossier(ws, name, reviewer)
    for key in (_note_key, _other_key):  # the report may have been merged since it was opened
        drafts.follow(key(name), key(found.report.id))
    words = own_marks.words(ws, reviewer)
    reading, beside = st.columns([2, 1], gap="medium")
    reading.html(
        f'<span class="rt-id">{found.report.id}</span>' + paper_card.card(found.report.lead, words)
    )
    with beside:
        _details(ws, found)
    sections: tuple[tuple[str, int, Callable[[Workspace, Dossier, str], None]], ...] = (
        ("Votes", len(found.votes), _votes),
        ("Tags", len(found.tags), _tags),
        ("Findings", len(found.findings), _findings),
        ("Suggestions", len(_distinct(found)), _suggestions),
        ("Records merged in it", len(found.records), _records),
        ("Other reports of the study", len(found.siblings), _study),
        ("History", len(found.steps), _history),
    )
    for title, count, section in sections:
        if count or section in (_study, _history):
            if section is not _suggestions:  # its expander says the same
                st.header(f"{title} · {count}" if count else title, anchor=False)
            section(ws, found, reviewer)


def _details(ws: Workspace, found: Dossier) -> None:
    report = found.report
    (text,) = full_texts.standings(ws, report.id)
    files = ", ".join(one.name for one in full_texts.attachments(ws, report.id))
    st.html(
        paper_card.facts(
            [
                ("Status", escape(status_words(report, ws.protocol))),
                ("Full text", escape(text.state + (f" ({text.why})" if text.why else ""))),
                ("Files", escape(files)),
                ("Study", escape(report.study)),
                ("Sources", escape(", ".join(sorted({r.source for _, r in found.records})))),
                ("Type", escape(report.lead.type)),
                ("Language", escape(report.lead.language)),
                ("Keywords", escape(", ".join(report.lead.keywords))),
            ]
        )
    )
    params = {"report": report.id}
    arrow = ":material/arrow_forward:"
    if address := full_texts.open_address(ws, report.id):
        st.link_button("Open copy", address, type="tertiary", icon=":material/open_in_new:")
    for stage, words in STAGES.items():
        navigation.link(f"Vote on {words}", "screen", {**params, "stage": str(stage)}, icon=arrow)
    if navigation.exists("code"):
        navigation.link("Code what it found", "code", params, icon=arrow)
    if ws.protocol.extraction:
        navigation.link("Extract data", "extraction", params, icon=arrow)
    navigation.link("Judge risk of bias", "risk-of-bias", params, icon=arrow)


def _votes(ws: Workspace, found: Dossier, _reviewer: str) -> None:
    heads = ("Stage", "Vote", "Reason", "Note", "By", "When", "Standing")
    on = ("On",) if len(found.records) > 1 else ()
    rows = [_vote_row(ws, v, with_record=bool(on)) for v in found.votes]
    st.html(_table((*heads, *on), rows))


def _vote_row(ws: Workspace, vote: Vote, *, with_record: bool) -> tuple[str, ...]:
    return (
        STAGES[vote.stage].capitalize(),
        vote.vote.capitalize(),
        "; ".join(reason_label(one, ws.protocol) for one in vote.reasons),
        vote.note,
        vote.reviewer,
        elements.local_time(vote.time),
        standing_words(vote).capitalize(),
        *((vote.record,) if with_record else ()),
    )


def _tags(ws: Workspace, found: Dossier, _reviewer: str) -> None:
    rows = [
        (
            value_words(t.dimension, t.value, ws.protocol),
            quoted(t, found.report.lead, whole=True),
            t.reviewer,
            elements.local_time(t.time),
        )
        for t in found.tags
    ]
    st.html(_table(("Tag", "Words", "By", "When"), rows))


def _findings(ws: Workspace, found: Dossier, _reviewer: str) -> None:
    rows = [
        (
            finding_words(f, ws.protocol),
            quoted(f, found.report.lead, whole=True),
            f.reviewer,
            elements.local_time(f.time),
        )
        for f in found.findings
    ]
    st.html(_table(("Finding", "Words", "By", "When"), rows))


def _suggestions(ws: Workspace, found: Dossier, _reviewer: str) -> None:
    rows = [
        (
            value_words(s.dimension, s.value, ws.protocol),
            s.words or (f"none; its code is {s.code}" if s.code else "none"),
            f"{s.confidence:.0%}",
            source_label(s.source),
            said or "not answered",
        )
        for s, said in _distinct(found)
    ]
    with st.expander(f"Suggestions · {len(rows)}, with the words behind them"):
        st.html(_table(("Proposed", "Words behind it", "Confidence", "By", "Answer"), rows))


def _distinct(found: Dossier) -> list[tuple[Suggestion, str]]:
    """Suggestions without those that two joined records share."""
    by_words = {
        (s.dimension, s.value, s.source, s.quote): (s, said)
        for s, said in sorted(found.suggestions, key=lambda pair: bool(pair[1]))
    }  # answered ones win
    return sorted(by_words.values(), key=lambda pair: (pair[0].dimension, -pair[0].confidence))


def _records(_ws: Workspace, found: Dossier, reviewer: str) -> None:
    if len(found.records) > 1:
        merged_fields.table(found, reviewer)
    for record_id, record in found.records:
        runs = ", ".join(dict.fromkeys(run.search for run in found.runs.get(record_id, ())))
        shown = found.report.lead
        leads = (record.source, record.key) == (shown.source, shown.key)
        lead = " · leads the report" if leads and len(found.records) > 1 else ""
        with st.expander(f"{record_id} · {elements.plain(record.source)}{lead}"):
            st.html(_record(record, runs))


def _record(record: Record, runs: str) -> str:
    pairs = [
        ("Title", record.title),
        (field_words("authors", record.type), "; ".join(record.authors)),
        ("Year", "" if record.year is None else str(record.year)),
        (field_words("journal", record.type), record.journal),
        ("Volume, issue", ", ".join(p for p in (record.volume, record.issue) if p)),
        (field_words("pages", record.type), record.pages),
        ("DOI", record.doi),
        ("PMID", record.pmid),
        ("PMCID", record.pmcid),
        ("OpenAlex", record.openalex_id),
        ("Type", record.type),
        ("Language", record.language),
        ("Keywords", ", ".join(record.keywords)),
        ("MeSH", ", ".join(record.mesh)),
        ("Labels", "; ".join(record.labels)),
        ("Key at its source", record.key),
        ("Found by", runs),
        ("Abstract", record.abstract),
    ]
    return paper_card.facts([(name, escape(value)) for name, value in pairs])


def _study(ws: Workspace, found: Dossier, reviewer: str) -> None:
    for other in found.siblings:
        st.button(
            elements.plain(f"{other.id} · {other.lead.title}"),
            key=f"sibling-{other.id}",
            type="tertiary",
            on_click=page_address.become,
            args=({"report": other.id},),
        )
    if not found.siblings:
        st.caption(
            "A preprint and its article, or two articles of one trial, are reports of one study. "
            "Linked, they count once in the gap map; both stay reports of their own."
        )
    if not reviewer:
        return
    report = found.report.id
    said = (shown(ws, found.report), report, reviewer)
    # Not a form, in which Enter would press the first button: typing never decides.
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Another report of this study, or of this very text",
            key=drafts.field(_other_key(report)),
            placeholder="Its id, such as P000012",
            width=360,
            on_change="ignore",
            persist_state="session",
        )
        st.button("Link as one study", key=f"link-{report}", on_click=_link, args=said)
        st.button("Merge as the same text", key=f"merge-{report}", on_click=_merge, args=said)


@careful
def _link(seen: Shown, report: str, reviewer: str) -> None:
    if other := _other(report):
        manual_decisions.link(session.workspace(), report, other, reviewer, shown=(seen, None))
        _done(report, f"{report} and {other} are linked as one study.")


@careful
def _merge(seen: Shown, report: str, reviewer: str) -> None:
    if other := _other(report):
        manual_decisions.merge(session.workspace(), report, other, reviewer, shown=(seen, None))
        _done(
            report, f"{report} and {other} are one report now. Duplicates can take the merge back."
        )


def _other_key(report: str) -> str:
    return f"link-other-{report}"


def _other(report: str) -> str:
    """The id that was written; "" when there is none, which is said."""
    other = str(st.session_state.get(_other_key(report), "")).strip()
    if not other:
        tell("Write the id of the other report first.")
    return other


def _done(report: str, words: str) -> None:
    drafts.used(_other_key(report))
    tell(words)


def _history(ws: Workspace, found: Dossier, reviewer: str) -> None:
    if reviewer:
        _note_field(shown(ws, found.report), found.report.id, reviewer)
    newest = found.steps[::-1]
    key = "history-all"
    seen = shown(ws, found.report)
    listed = newest if st.session_state.get(key) else newest[:SHOWN_STEPS]
    for step in listed:
        _step(ws, step, found.report.id, seen, reviewer)
    if len(newest) > len(listed):
        st.button(f"Show all {len(newest):,} steps", key=key)


def _step(ws: Workspace, step: HistoryEntry, report: str, seen: Shown, reviewer: str) -> None:
    event = step.event
    words = escape(event_words(event, ws.protocol, step.undone, step.search))
    line = words if step.counts else f"<s>{words}</s> (taken back)"
    if step.counts and step.standing is not Standing.COUNTS:
        line += f" ({escape(step.standing)})"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<div class="rt-step"><span>{line}</span><span class="rt-muted">'
            f"{escape(event.actor)} · {elements.local_time(event.at)} · "
            f"protocol {escape(event.protocol)}</span></div>",
        )
        if step.counts and reviewer and records.may_take_back(event, reviewer):
            st.button(
                "Take back",
                key=f"back-{event.id}",
                type="tertiary",
                on_click=_take_back,
                args=(seen, report, event.id, reviewer),
            )


@careful
def _take_back(seen: Shown, report: str, event: str, reviewer: str) -> None:
    records.take_back(session.workspace(), event, reviewer, name=report, shown=seen)
    tell("Taken back.")


def _note_key(report: str) -> str:
    return f"report-note-{report}"


def _note_field(seen: Shown, report: str, reviewer: str) -> None:
    key = _note_key(report)
    with (
        st.container(key=typing_guard.NOTE, width="content"),
        st.popover("Write a note :gray-badge[N]"),
    ):
        st.text_area(
            "Write a note",
            key=drafts.field(key),
            height=80,
            on_change="ignore",
            persist_state="session",
        )
        st.button(
            "Keep the note", key=f"keep-{key}", on_click=_keep_note, args=(seen, report, reviewer)
        )


@careful
def _keep_note(seen: Shown, report: str, reviewer: str) -> None:
    key = _note_key(report)
    text = str(st.session_state.get(key, ""))
    records.add_note(session.workspace(), report, reviewer, text, shown=seen)
    drafts.used(key)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A plain table as HTML; every cell is escaped."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return (
        '<table class="rt-table rt-wrapped"><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
