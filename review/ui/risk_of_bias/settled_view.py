"""What is settled of risk of bias: the traffic-light and the summary, with their downloads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from review.appraisal import files, pictures, results
from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL, Form
from review.appraisal.judging import Settled
from review.appraisal.service import AppraisalTask
from review.ui import downloads, elements, page_address
from review.ui.elements import count_of, plain
from review.ui.risk_of_bias.presses import of_task
from review.workspace import Workspace

FORM = "rob-summary-form"
SHOWN = 60
"""Reports of a table that are drawn."""


def draw(ws: Workspace, reviewer: str) -> None:
    """The summary of one form, and what waits."""
    tasks = appraisal.tasks(ws, reviewer)
    used = list(dict.fromkeys(task.form.id for task in tasks))
    if not used:
        elements.nothing_here(
            "No report has a confirmed study design that one of the forms is for. Confirm study "
            "designs first.",
            "Go to coding",
            "code",
        )
        return
    known = appraisal.forms(ws)
    order = [id_ for id_ in known if id_ in used]
    if st.session_state.get(FORM) not in order:
        st.session_state[FORM] = order[0]
    chosen = st.pills(
        "Form", order, key=FORM, required=True, persist_state="session",
        format_func=lambda id_: f"{plain(known[id_].label)} · "
        f"{len({task.report for task in tasks if task.form.id == id_})}",
    )  # fmt: skip
    form = known[str(chosen)]
    found: Sequence[Settled] = appraisal.settled(ws, form.id)
    of_form = [task for task in tasks if task.form.id == form.id]
    found = _of_result(ws, form, found)
    st.header(plain(headline(form, found, len({t.report for t in of_form}))), anchor=False)
    if found:
        _summary(form, found)
        _traffic_light(form, found)
        signs = " · ".join(f"{sign} {words}" for sign, words in pictures.legend(form))
        st.caption(plain(f"{signs} · “·” not settled"))
    with st.container(horizontal=True):
        for kind, label in (("traffic-light", "Traffic light (SVG)"), ("summary", "Summary (SVG)")):
            write = partial(files.write_picture, ws, form.id, kind)
            downloads.button(label, f"{form.id}-{kind}.svg", write)
        downloads.button(
            "For robvis (CSV)", f"robvis-{form.id}.csv", partial(files.write_robvis, ws, form.id)
        )
        downloads.button(
            "All judgements (CSV)", "judgements.csv",
            partial(files.export_judgements, ws, viewer=reviewer),
        )  # fmt: skip
    _waiting(ws, of_form)


def _of_result(ws: Workspace, form: Form, found: Sequence[Settled]) -> Sequence[Settled]:
    """Those of one result, where several were judged and one is chosen."""
    known = sorted({one.result for one in found})
    if len(known) < 2:
        return found
    chosen = st.selectbox(
        "Result", ["all", *known], key=f"rob-summary-result-{form.id}", persist_state="session",
        format_func=lambda one: "All results" if one == "all"
        else results.label(ws.protocol.codebook, one),
    )  # fmt: skip
    return found if chosen == "all" else [one for one in found if one.result == chosen]


def headline(form: Form, found: Sequence[Settled], reports: int) -> str:
    """How far it is and what it says: ``RoB 2: 3 of 12 reports judged; 1 High, 2 Low``."""
    counts = Counter(one.judgements.get(OVERALL, "") for one in found)
    said = [
        f"{counts[j.id]} {j.label.lower()}" for j in form.choices(OVERALL)[::-1] if counts[j.id]
    ]
    judged = [one for one in found if one.judgements.get(OVERALL)]
    of = len({one.report for one in judged})
    words = f"{form.label}: {of} of {count_of(reports, 'report')} judged"
    if len(judged) > of:
        words += f" in {count_of(len(judged), 'result')}"
    return f"{words}; {', '.join(said)}" if said else words


def _summary(form: Form, found: Sequence[Settled]) -> None:
    """One bar a domain; each part with its sign and number."""
    rows = []
    for domain in (*(d.id for d in form.domains), OVERALL):
        name = form.overall.label if domain == OVERALL else form.domain(domain).label
        counts = Counter(one.judgements.get(domain, "") for one in found)
        parts = []
        for said in (*form.choices(domain), None):
            n = counts[said.id if said else ""]
            if n:
                words = said.label if said else "not settled"
                sign = said.symbol if said else "·"
                look = f"width:{100 * n / len(found):.2f}%;background:{pictures.colour(said)}"
                parts.append(
                    f'<span title="{escape(words)}: {n}" style="{look};color:{pictures.INK}">'
                    f"{escape(sign)} {n}</span>"
                )
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th><td><div class="rt-share">{"".join(parts)}'
            "</div></td></tr>"
        )
    st.html(f'<table class="rt-table rt-shares"><tbody>{"".join(rows)}</tbody></table>')


def _traffic_light(form: Form, found: Sequence[Settled]) -> None:
    """One row a report, one column a domain."""
    domains = [*(d.id for d in form.domains), OVERALL]
    labels = {d.id: d.label for d in form.domains} | {OVERALL: form.overall.label}
    heads = "".join(
        f'<th title="{escape(labels[d])}">{"Overall" if d == OVERALL else escape(d)}</th>'
        for d in domains
    )
    rows = []
    for one in found[:SHOWN]:
        said = ((labels[d], form.judgement(d, one.judgements.get(d, ""))) for d in domains)
        cells = "".join(f"<td>{pictures.sign_html(j, of)}</td>" for of, j in said)
        rows.append(f'<tr><th scope="row">{escape(one.study)}</th>{cells}</tr>')
    st.html(
        '<div class="rt-signs" tabindex="0"><table class="rt-table"><thead><tr>'
        f"<th>Report</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
    if len(found) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(found):,}; the pictures and files hold all.")


def _waiting(ws: Workspace, tasks: Sequence[AppraisalTask]) -> None:
    """What is not settled yet, each with its link."""
    left = [task for task in tasks if OVERALL not in task.state.settled]
    if not left:
        return
    st.header(f"Not settled · {len(left)}", anchor=False)
    for place, task in enumerate(left[:SHOWN]):
        title = task.title if len(task.title) < 80 else task.title[:79] + "…"
        of = task.state.result and results.label(ws.protocol.codebook, task.state.result)
        words = (title or task.report, of, task.state.words)
        st.button(
            plain(" · ".join(filter(None, words))),
            key=f"rob-open-{task.report}-{place}",
            type="tertiary",
            on_click=page_address.become,
            args=(of_task(task).address,),
        )
    if len(left) > SHOWN:
        st.caption(f"The first {SHOWN}.")
