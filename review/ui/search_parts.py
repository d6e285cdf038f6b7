"""Pieces of the Search page: what a run brought, recall, citations, a query of one's own."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from review.model import Outcome, SearchRun
from review.protocol.query import check
from review.protocol.strings import terms
from review.search import chasing
from review.search import service as searching
from review.ui import jobs, nav, paper, parts, search_jobs
from review.ui.search_jobs import dollars
from review.workspace import Workspace

SHOWN = 200
"""Changes shown one by one."""


def outcome_words(found: SearchRun, *, why: bool = True) -> str:
    """How a run ended, in a sentence or two, and why."""
    received = f"{found.received:,}"
    if found.promised is not None and found.promised != found.received:
        received += f" of {found.promised:,}"
    cost = f" Charged: {dollars(found.cost_usd)}." if found.cost_usd else ""
    words = f"{found.outcome.capitalize()}: {received} received, {found.added:,} new."
    return f"{words}{cost} {found.why if why else ''}".strip()


def ended(ws: Workspace, job: jobs.Job | None) -> None:
    """What the runs of the last job came to."""
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
        return
    runs: list[SearchRun] = job.result or []
    for found in runs:
        line = f"**{parts.plain(search_jobs.label_of(ws, found.search))}.** "
        line += parts.plain(outcome_words(found))
        (st.success if found.outcome is Outcome.COMPLETE else st.warning)(line)
        differences(ws, found)
    if any(found.added for found in runs):
        st.caption("New records may be duplicates of known ones: find duplicates before screening.")


def differences(ws: Workspace, run: SearchRun) -> None:
    """What a run brought that its search had not brought before; nothing for a first run."""
    found = searching.differences(ws, run.id)
    if not found.earlier:
        return
    changed = sorted({a.record for a in found.changed})
    lists = (
        ("new", found.new),
        ("changed", changed),
        ("under another id", [new for _old, new in found.renamed]),
        ("vanished", found.vanished),
        ("newly retracted", found.retracted),
    )
    figures = [
        parts.Figure(len(ids), words, "records" if ids else "", parts.ids_param(ids) if ids else {})
        for words, ids in lists
    ]
    st.caption(f"Since the last complete run of this search ({found.earlier}):")
    parts.figures(figures, key=f"differences-{run.id}")
    if found.changed:
        with st.expander(f"What changed in {parts.count_of(len(changed), 'record')}"):
            st.dataframe(
                pd.DataFrame(
                    [
                        {"Record": a.record, "Field": a.field.replace("_", " "),
                         "Was": _short(a.old), "Is": _short(a.new)}
                        for a in found.changed[:SHOWN]
                    ]
                ),
                hide_index=True,
            )  # fmt: skip
            st.caption("The records stay as they came; no decision was reopened.")


def _short(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 200 else text[:197] + "..."


def retracted(ws: Workspace) -> None:
    """The flag for included reports that were retracted."""
    found = searching.retracted(ws)
    if not found:
        return
    one = parts.count_of(len(found), "included report")
    st.error(f"{one} {'was' if len(found) == 1 else 'were'} retracted. Decide on each again.")
    nav.link("Show retracted reports", "records", parts.ids_param([p.id for p in found]))


def recall(ws: Workspace) -> list[searching.Recall]:
    """Known-item recall, with reasons once they were asked for."""
    job = jobs.registry().get(search_jobs.RECALL)
    if job is not None and job.state is jobs.JobState.DONE:
        found: list[searching.Recall] = job.result
        return found
    return searching.recall(ws, ask=False)


def recall_line(found: list[searching.Recall], search: str) -> str:
    """``Finds 18 of 20 known papers``; nothing for a search that has not run."""
    one = next((r for r in found if r.search == search and r.ran), None)
    return "" if one is None else f"Finds {len(one.found)} of {one.total} known papers."


def recall_card(found: list[searching.Recall]) -> None:
    """Recall of all searches together, with the papers missed and why."""
    together = found[0]
    if not together.ran:
        return
    with st.container(border=True):
        st.markdown(
            f"**Known papers.** All searches together find {len(together.found)} of the "
            f"{together.total} papers that a good search must find."
        )
        if not together.missed:
            return
        with st.expander(f"{parts.count_of(len(together.missed), 'paper')} missed"):
            for missed in together.missed:
                why = f": {parts.plain(missed.why)}" if missed.why else ""
                st.markdown(f"- {missed.item} {parts.plain(missed.title)}{why}")
        job = jobs.panel(search_jobs.RECALL)
        if job is None or job.error:
            st.button("Ask OpenAlex why (free)", on_click=search_jobs.ask_recall)
        if job is not None and job.error:
            st.error(parts.plain(job.error))


def price_line(found: searching.Estimate) -> str:
    """Count, requests, price and what is left of the budget."""
    left = "" if found.remaining_usd is None else f" · {dollars(found.remaining_usd)} left today"
    return (
        f"**{found.count:,}** works · at most {parts.count_of(found.pages, 'request')} · "
        f"{dollars(found.price_usd)}{left}"
    )


def citations(reviewer: str, busy: bool) -> None:
    """Following citations of included reports, price first."""
    with st.container(border=True):
        st.markdown("**Citations of included reports**")
        st.caption(
            "Works that cite included reports, and works these cite. What only this finds goes "
            "through the other methods of the flow diagram."
        )
        words = {"both": "Both ways", "citing": "Citing them", "cited": "Cited by them"}
        direction = st.segmented_control(
            "Direction", list(words), format_func=words.__getitem__, default="both",
            key="citations_direction", label_visibility="collapsed",
        ) or "both"  # fmt: skip
        job = jobs.panel(search_jobs.CITATIONS)
        if job is not None and job.running:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = job.result if job is not None and job.state is jobs.JobState.DONE else []
            wanted = set(chasing.NAMES.values()) if direction == "both" else {
                chasing.NAMES[direction]
            }  # fmt: skip
            if {e.search.split(", part")[0] for e in asked} == wanted:
                count = sum(e.estimate.count for e in asked)
                price = sum(e.estimate.price_usd for e in asked)
                st.markdown(f"**{count:,}** works · {dollars(price)}", width="content")
                st.button(
                    "Follow them", on_click=search_jobs.chase, args=(direction, reviewer),
                    disabled=busy,
                )  # fmt: skip
            else:
                st.button(
                    "Ask count and price", key="ask-citations",
                    on_click=search_jobs.ask_citations, args=(direction,),
                )  # fmt: skip
        if job is not None and job.error:
            st.info(parts.plain(job.error))


def own_query(reviewer: str, busy: bool) -> None:
    """A search of one's own: checks while typing, a preview, then the run."""
    with st.container(border=True):
        st.markdown("**A search of your own**")
        query = st.text_area(
            "Words that must stand in title or abstract", key="own_query", height=90,
            placeholder='(kratom OR mitragynine) AND (pain OR "restless legs")',
        ).strip()  # fmt: skip
        remarks = check(query)
        for one in remarks:
            (st.warning if one.wrong else st.caption)(parts.plain(one.message))
        wrong = any(one.wrong for one in remarks)
        number = len(terms(query))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Preview", on_click=search_jobs.preview, args=(query,), disabled=wrong or not query
            )
            st.button(
                f"Count each term ({dollars(0.001 * number)})" if number else "Count each term",
                on_click=search_jobs.count_terms, args=(query,), disabled=wrong or not query,
                help="One request a term: a term without any work may be misspelt.",
            )  # fmt: skip
        _previewed(query, reviewer, busy)
        _counted(query)


def _previewed(query: str, reviewer: str, busy: bool) -> None:
    job = jobs.panel(search_jobs.PREVIEW)
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
        return
    asked, found = job.result
    if asked != query:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(price_line(found.estimate), width="content")
        st.button(
            "Run this query", on_click=search_jobs.run_query, args=(query, reviewer), disabled=busy
        )
    if found.titles:
        st.html("<ul>" + "".join(f"<li>{escape(t)}</li>" for t in found.titles) + "</ul>")


def _counted(query: str) -> None:
    job = jobs.panel(search_jobs.TERMS)
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
        return
    asked, counts = job.result
    if asked == query:
        st.dataframe(
            {"Term": [t for t, _ in counts], "Works": [n for _, n in counts]}, hide_index=True
        )
        if none := [t for t, n in counts if not n]:
            st.warning(f"No work has {parts.plain(', '.join(none))}. Check the spelling.")


def run_facts(chosen: searching.LoggedRun) -> str:
    """One run with all that is known of it."""
    r = chosen.run
    resumed = parts.count_of(r.resumed, "time") if r.resumed else ""
    return paper.facts(
        [
            ("Run", escape(r.id)),
            ("Search", escape(chosen.label or r.search)),
            ("Where", escape(chosen.platform)),
            ("Sent", f'<pre class="rt-query">{escape(r.request)}</pre>'),
            ("Limits", escape(chosen.limits)),
            ("Started", f"{escape(parts.local_time(r.started))} by {escape(r.actor)}"),
            ("Taken up again", escape(resumed)),
            ("Ended", escape(parts.local_time(r.finished))),
            ("Outcome", escape(outcome_words(r))),
        ]
    )
