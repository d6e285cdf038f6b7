"""One report, or one result of it, and one form: questions, judgements, words, and the consensus.

A domain is open at a time, and in it the keys belong to the first question without an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from review.appraisal import pictures, results
from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL, SignallingQuestion
from review.appraisal.judging import Judged, asked
from review.appraisal.service import AppraisalSheet, AppraisalTask
from review.coding import quotes
from review.outdated import Shown, shown
from review.ui import (
    drafts,
    elements,
    full_text_words,
    key_queue,
    navigation,
    page_address,
    paper_card,
    selected_words,
    stale_press,
    typing_guard,
)
from review.ui.elements import plain
from review.ui.finding_words import short
from review.ui.keys import Shortcuts
from review.ui.risk_of_bias.presses import (
    DOMAIN,
    FIELDS,
    FORM,
    agree,
    answer,
    attach,
    explain,
    go_on,
    item_of,
    judge,
    key,
    next_domain,
    of_sheet,
    of_task,
    other_form,
    other_result,
    said_of,
    step,
    undo,
)
from review.workspace import Workspace


def draw(
    ws: Workspace,
    name: str,
    form_id: str,
    result: str,
    tasks: Sequence[AppraisalTask],
    reviewer: str,
) -> None:
    """Draw the sheet of one report.

    Args:
        result: what of it is judged, where the form asks for one result; else left aside.
    """
    found = appraisal.sheet(ws, name, form_id, reviewer)
    if result and found.form.per_result and len(result) <= results.LONGEST:
        found = appraisal.sheet(ws, name, found.form.id, reviewer, result=result)
    report, form = found.report, found.form
    if page_address.get("report") != report.id:
        page_address.put("report", report.id)
    if page_address.get("form") != form.id:
        page_address.put("form", form.id)
    item = item_of(found)
    stale_press.at(item)
    left, right = st.columns([1, 1.08], gap="large")
    with left, st.container(key="rt-code-card"):
        st.html(f'<span class="rt-id">{escape(item)}</span>' + paper_card.card(report.lead))
        with st.container(horizontal=True):
            st.caption(f"Select words, {selected_words.KEY} quotes them.")
            navigation.link("Whole history", "records", {"report": report.id})
            navigation.link("Code", "code", {"report": report.id})
        page = full_text_words.draw(ws, report.id)
    with right, st.container(key="rt-sheet"):
        keys = Shortcuts()
        _head(ws, found)
        domain = _domains(found)
        _domain(keys, ws, found, domain, item)
        _steps(keys, found, tasks, item)
        _words(ws, found, domain)
        _compared(ws, found, domain, item)
    seen = shown(ws, report)
    selected_words.draw(item, report.lead, partial(attach, found, seen, domain), page)
    key_queue.draw(keys.taken, ".rt-id", scope=f"{form.id} {domain} {found.result}")


# ---- parts of the sheet ------------------------------------------------------------------------


def _head(ws: Workspace, found: AppraisalSheet) -> None:
    """Which form it is, and why."""
    known = appraisal.forms(ws)
    st.session_state[FORM] = found.form.id
    labels = {id_: f"{form.label}: {form.name}" for id_, form in known.items()}
    st.selectbox(
        "Form", list(known), key=FORM, on_change=other_form, args=(found.report.id,),
        format_func=labels.__getitem__,
    )  # fmt: skip
    if found.form.id not in found.fitting:
        names = ", ".join(known[id_].label for id_ in found.fitting)
        st.caption(
            f"The confirmed study design asks for {plain(names)}."
            if names
            else "No confirmed study design of this report asks for a form."
        )
    if found.form.per_result:
        _results(ws, found)
    source = plain(found.form.source)
    link = f" [{plain(found.form.url)}]({found.form.url})" if found.form.url else ""
    st.caption(f"{source}{link}")


def _results(ws: Workspace, found: AppraisalSheet) -> None:
    """What of the report is judged; another result is typed."""
    of, book = of_sheet(found), ws.protocol.codebook
    field = key(of, "", "result")
    st.session_state[field] = found.result
    st.selectbox(
        "Result", found.results, key=field, on_change=other_result, args=(of,),
        format_func=lambda result: results.label(book, result), accept_new_options=True,
        help=f"The form is for {plain(found.form.about)}. On the map each outcome counts by its "
        "own judgement; outcomes without one by that of the whole report.",
    )  # fmt: skip


def _domains(found: AppraisalSheet) -> str:
    """Choose the domain; each shows its judgement."""
    form = found.form
    options = [*(domain.id for domain in form.domains), OVERALL]
    if st.session_state.get(DOMAIN) not in options:
        st.session_state[DOMAIN] = next_domain(found, options[-1])
    item = item_of(found)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", width="content",
        key="rt-arrows-rob-domain",
    ):  # fmt: skip
        st.markdown(":small[Domain]", width="content")
        for words, arrow, by in (("Previous", "Left", -1), ("Next", "Right", 1)):
            st.button(
                words, key=f"rob-{arrow}-{found.report.id}", type="tertiary", shortcut=arrow,
                on_click=step, args=(item, options, by),
            )  # fmt: skip
    chosen = st.pills(
        "Domain", options, key=DOMAIN, required=True, persist_state="session",
        format_func=lambda id_: _pill(found, id_), label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen)


def _pill(found: AppraisalSheet, domain: str) -> str:
    said = found.form.judgement(domain, said_of(found, domain).judgement)
    name = "Overall" if domain == OVERALL else domain
    return plain(f"{name} {said.symbol}" if said else name)


def _domain(keys: Shortcuts, ws: Workspace, found: AppraisalSheet, domain: str, item: str) -> None:
    """The open domain: its questions, what the rules suggest, and the judgements."""
    form, own = found.form, said_of(found, domain)
    seen = shown(ws, found.report)
    if domain == OVERALL:
        st.subheader(plain(form.overall.label), anchor=False)
        if form.overall.note:
            st.caption(plain(form.overall.note))
        said = {d: one.judgement for d, one in found.own.items()}
        proposed = appraisal.suggested_overall(form, said)
    else:
        about = form.domain(domain)
        mark = " (critical)" if about.critical else ""
        st.subheader(plain(f"{about.label}{mark}"), anchor=False)
        if about.help:
            st.markdown(plain(about.help))
        questions = asked(about, own.answers)
        open_ = next((q.id for q in questions if not own.answers.get(q.id)), "")
        for question in questions:
            _question(keys if question.id == open_ else None, found, domain, question, seen, item)
        proposed = appraisal.suggested(about, own.answers)
    suggestion = form.judgement(domain, proposed)
    st.markdown(
        f"**Judgement** :small[the rules of the form suggest: {plain(suggestion.label)}]"
        if suggestion
        else "**Judgement**"
    )
    with st.container(horizontal=True, gap="small", key="rt-judgements"):
        for one in form.choices(domain):
            taken = one.key and keys.free(one.key)
            st.button(
                plain(f"{one.symbol} {one.label}"),
                key=f"judge-{found.report.id}-{form.id}-{domain}-{one.id}",
                type="primary" if own.judgement == one.id else "secondary",
                shortcut=keys.take(str(one.key), one.label) if taken else None,
                on_click=judge,
                args=(item, seen, of_sheet(found), domain, one.id),
            )
        if suggestion and own.judgement != suggestion.id:
            st.button(
                "Accept the suggestion",
                key=f"judge-{found.report.id}-{form.id}-{domain}-accept",
                type="tertiary",
                shortcut=keys.take("Shift+A", "accept the suggestion"),
                on_click=judge,
                args=(item, seen, of_sheet(found), domain, suggestion.id),
            )


def _question(
    keys: Shortcuts | None,
    found: AppraisalSheet,
    domain: str,
    question: SignallingQuestion,
    seen: Shown,
    item: str,
) -> None:
    """One signalling question; the first open one has keys."""
    form = found.form
    own = said_of(found, domain).answers.get(question.id, "")
    allowed = question.answers or tuple(one.id for one in form.answers)
    st.markdown(f"{plain(question.id)}\u2002{plain(question.text)}")
    with st.container(horizontal=True, gap="small", key=f"rt-rob-{domain}-{question.id}"):
        for one in form.answers:
            if one.id not in allowed:
                continue
            taken = keys is not None and one.key and keys.free(one.key)
            st.button(
                plain(one.label),
                key=f"answer-{found.report.id}-{form.id}-{question.id}-{one.id}",
                type="primary" if own == one.id else "tertiary",
                shortcut=keys.take(str(one.key), one.label) if keys and taken else None,
                on_click=answer,
                args=(item, seen, of_sheet(found), domain, question.id, one.id),
            )


def _steps(
    keys: Shortcuts,
    found: AppraisalSheet,
    tasks: Sequence[AppraisalTask],
    item: str,
) -> None:
    waiting = [of_task(task) for task in tasks if not task.done]
    here = of_sheet(found)
    with st.container(horizontal=True, key="rt-rob-steps"):
        st.button(
            "Next report",
            key=f"rob-next-{found.report.id}",
            type="primary",
            shortcut=keys.take("Shift+N", "next report"),
            on_click=go_on,
            args=(item, waiting, here),
        )
        st.button(
            "Undo", key=f"rob-undo-{found.report.id}", type="tertiary",
            shortcut=keys.take("Shift+U", "undo"), on_click=undo, args=(item,),
        )  # fmt: skip
    st.caption(
        f"{elements.count_of(len({of.report for of in waiting}), 'report')} without your overall "
        f"judgement · "
        f"this one: {plain(found.state.words)}"
    )


def _words(ws: Workspace, found: AppraisalSheet, domain: str) -> None:
    """The words behind a judgement, and a field for them."""
    of, own = of_sheet(found), said_of(found, domain)
    if own.quote or own.note:
        st.html(f'<p class="rt-offer">{_because(own)}</p>')
    fields = {name: key(of, domain, name) for name in FIELDS}
    first = {"quote": own.quote, "place": "" if quotes.read(own.quote_place) else own.quote_place,
             "note": own.note}  # fmt: skip
    fold = st.expander(
        "Words behind this judgement",
        key=key(of, domain, "words"),
        on_change="rerun",
        expanded=drafts.waiting(*fields.values()),
    )
    if not fold.open:
        return
    with fold, st.container(key=f"{typing_guard.FORM}-{key(of, domain, 'fields')}"):
        for name, label in FIELDS.items():
            draw_field = st.text_input if name == "place" else st.text_area
            draw_field(
                label, key=drafts.field(fields[name], first=first[name]), on_change="ignore",
                persist_state="session",
            )  # fmt: skip
        st.button(
            "Keep", key=key(of, domain, "keep"), on_click=explain,
            args=(shown(ws, found.report), of, domain),
        )  # fmt: skip
        st.caption("While this is open, letters answer nothing.")


def _because(one: Judged) -> str:
    place = f" ({escape(quotes.words(one.quote_place))})" if one.quote_place else ""
    quote = f"“{escape(short(one.quote))}”{place} " if one.quote else ""
    return f'{quote}<span class="rt-muted">{escape(one.note)}</span>'


def _compared(ws: Workspace, found: AppraisalSheet, domain: str, item: str) -> None:
    """What each assessor said, field by field, and what they agree on."""
    state, form = found.state, found.form
    if len(state.by) < 2 and not state.consensus:
        return
    st.header("Assessors compared", anchor=False)
    people = list(state.by)
    heads = "".join(f"<th>{escape(who)}</th>" for who in [*people, "Holds"])
    rows = []
    for id_ in (*(d.id for d in form.domains), OVERALL):
        name = form.overall.label if id_ == OVERALL else f"{id_} {form.domain(id_).label}"
        cells = [
            pictures.sign_html(form.judgement(id_, _judgement(state.by[who].get(id_))), name)
            for who in people
        ]
        agreed = form.judgement(id_, state.settled.get(id_, ""))
        cells.append(pictures.sign_html(agreed, name) if agreed else "")
        differs = ' <span class="rt-muted">differ</span>' if id_ in state.differing else ""
        body = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f"<tr><td>{escape(name)}{differs}</td>{body}</tr>")
    st.html(
        '<div class="rt-signs" tabindex="0"><table class="rt-table"><thead>'
        f"<tr><th>Domain</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
    for who in people:
        if (one := state.by[who].get(domain)) and (one.quote or one.note):
            st.html(f'<p class="rt-offer">{escape(who)}: {_because(one)}</p>')
    if not found.comparing:
        return
    label = form.overall.label if domain == OVERALL else form.domain(domain).label
    st.markdown(f"**Agree on {plain(label)}**")
    report, of = found.report.id, of_sheet(found)
    with st.container(key=f"{typing_guard.WRITE}-rob", width="stretch"):
        st.text_input(
            "Why", key=drafts.field(key(of, domain, "why")), on_change="ignore",
            persist_state="session",
        )  # fmt: skip
    seen = shown(ws, found.report)
    with st.container(horizontal=True, gap="small"):
        for choice in form.choices(domain):
            held = state.consensus.get(domain)
            st.button(
                plain(f"{choice.symbol} {choice.label}"),
                key=f"agree-{report}-{form.id}-{domain}-{choice.id}",
                type="primary" if held and held.judgement == choice.id else "secondary",
                on_click=agree,
                args=(item, seen, of, domain, choice.id),
            )
    if (held := state.consensus.get(domain)) and held.note:
        st.caption(plain(f"Agreed by {held.reviewer}: {held.note}"))


def _judgement(one: Judged | None) -> str:
    return one.judgement if one else ""
