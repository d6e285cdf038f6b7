"""The searches of the protocol: as they are sent, what they would bring and cost, running them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

import streamlit as st

from review.model import RunStatus, SearchRun
from review.protocol.model import Search
from review.search import service as searching
from review.sources.source import Estimate
from review.ui import elements, jobs, page_address, paper_card
from review.ui.search import ended_runs, recall_panel, search_jobs
from review.ui.search.search_jobs import dollars
from review.workspace import Workspace

ASKED = "search"
"""Query parameter that names searches, as the gap map does: they come first."""

OLD = timedelta(minutes=30)
"""A count asked for longer ago says when that was."""

SHOWN_UNKNOWN = 5


def searches(ws: Workspace, runs: Sequence[SearchRun], reviewer: str) -> None:
    """All searches of the protocol; those that the address names come first.

    Args:
        runs: those in force, newest first.
    """
    last: dict[str, SearchRun] = {}
    for found in runs:
        last.setdefault(found.search, found)
    busy = bool(jobs.registry().running(search_jobs.RUN))
    stopped = {} if busy else searching.resumable(ws)
    recalled = recall_panel.recall(ws)
    shown = ended_runs.shown_runs()

    def card(search: Search) -> None:
        told = recall_panel.recall_line(recalled, search.name)
        ran = last.get(search.name)
        ended = ran is not None and ran.id not in shown
        with st.container(border=True):
            st.html(strategy(search, ran, told, ended=ended))
            ended_runs.panel(ws, search_jobs.running(search.name), named=False)
            if not search_jobs.runs_now(search.name):
                _ask_or_run(search, stopped.get(search.name), reviewer, busy)

    first, others = _in_order(ws)
    _all_at_once(first, reviewer, busy, alike=not others)
    ended_runs.panel(ws, search_jobs.RUN_SEVERAL)
    for search in first:
        card(search)
    if others:
        st.header("Other searches of the protocol", anchor=False)
    for search in others:
        card(search)
    recall_panel.recall_card(ws, recalled)


def _in_order(ws: Workspace) -> tuple[list[Search], list[Search]]:
    """The searches that the address names, and the others; all when it names none."""
    planned = {search.name: search for search in ws.protocol.searches}
    names = [n.strip() for n in page_address.get(ASKED).split(",") if n.strip()]
    named = [planned[name] for name in dict.fromkeys(names) if name in planned]
    unknown = [name for name in dict.fromkeys(names) if name not in planned]
    if unknown:
        told = ", ".join(unknown[:SHOWN_UNKNOWN]) + (", …" if len(unknown) > SHOWN_UNKNOWN else "")
        st.info(f"The protocol has no search named {elements.plain(told)}; it is left out here.")
    others = [s for s in planned.values() if s not in named]
    if not named or not others:
        return list(planned.values()), []
    with st.container(horizontal=True, vertical_alignment="center"):
        many = elements.count_of(len(named), "search was", "searches were")
        st.markdown(f"**{many} asked for**, of {len(planned)} in the protocol.", width="content")
        st.button("Show all alike", type="tertiary", on_click=_forget_names)
    return named, others


def _forget_names() -> None:
    page_address.put(ASKED)


def _all_at_once(found: Sequence[Search], reviewer: str, busy: bool, *, alike: bool) -> None:
    """Ask and run several searches with one press."""
    names = [search.name for search in found]
    if len(names) < 2:
        return
    asked = [jobs.registry().get(search_jobs.asking(name), own=True) for name in names]
    prices = [j.result.estimate.price_usd for j in asked if j and j.state is jobs.JobState.DONE]
    which = f"all {len(names)}" if alike else f"these {len(names)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Ask counts and prices of {which}",
            on_click=search_jobs.ask,
            args=(names,),
            disabled=busy,
        )
        if len(prices) == len(names):
            st.button(
                f"Run {which} for {dollars(sum(prices))}",
                type="primary",
                on_click=search_jobs.run,
                args=(names, reviewer),
                disabled=busy,
            )


def _ask_or_run(search: Search, stopped: SearchRun | None, reviewer: str, busy: bool) -> None:
    """Count and price of one search, and the button that runs it."""
    job = jobs.panel(search_jobs.asking(search.name), own=True)
    if job is not None and job.running:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if stopped is not None:
            st.button(
                _resume_words(stopped),
                key=f"resume-{search.name}",
                type="primary",
                on_click=search_jobs.run,
                args=([search.name], reviewer),
                disabled=busy,
            )
        if job is not None and job.state is jobs.JobState.DONE:
            st.markdown(price_line(job.result.estimate, job.moved), width="content")
            if stopped is None:
                st.button(
                    "Run this search",
                    key=f"run-{search.name}",
                    on_click=search_jobs.run,
                    args=([search.name], reviewer),
                    disabled=busy,
                )
        else:
            st.button(
                "Ask count and price",
                key=f"ask-{search.name}",
                on_click=search_jobs.ask,
                args=([search.name],),
                disabled=busy,
            )
    if job is not None and job.state is jobs.JobState.DONE:
        too_dear(job.result.estimate)
    if job is not None and job.error:
        st.error(elements.plain(job.error))


def _resume_words(stopped: SearchRun) -> str:
    """``Go on where it stopped: 444 works left, about 0.005 USD``."""
    left = max((stopped.promised or 0) - stopped.received, 0)
    words = f"Go on where it stopped: {elements.count_of(left, 'work')} left"
    if stopped.cost_usd and stopped.received:
        words += f", about {dollars(stopped.cost_usd * left / stopped.received)}"
    return words


def price_line(found: Estimate, asked: datetime) -> str:
    """Count, pages, price, and what is left of the budget of the day."""
    now = datetime.now(UTC)
    line = (
        f"**{elements.count_of(found.count, 'work')}** · {elements.count_of(found.pages, 'page')} "
        f"· about {dollars(found.price_usd)}"
    )
    if found.remaining_usd is not None and asked.date() == now.date():
        line += f" · {dollars(found.remaining_usd)} left today"
    if now - asked > OLD:
        line += f" · asked {elements.local_time(asked)}"
    return line


def too_dear(found: Estimate) -> None:
    """Say so where a search costs more than is left today."""
    if found.remaining_usd is not None and found.price_usd > found.remaining_usd:
        st.warning(
            "This costs more than is left today. The search would stop on the way, keep what came, "
            "and can be taken up where it stopped after midnight UTC."
        )


def strategy(search: Search, last: SearchRun | None, recalled: str, *, ended: bool) -> str:
    """A search as it is sent, and how it ended last.

    Args:
        ended: whether to say how its last run ended; otherwise it stands beside this already.
    """
    ran = "Not run yet."
    if search_jobs.runs_now(search.name) or (last and last.status is RunStatus.RUNNING):
        ran = "Running now."
    elif last is not None:
        ran = f"Last run {elements.local_time(last.started)}."
        if ended:
            why = last.status is not RunStatus.COMPLETE
            ran += f" {ended_runs.outcome_words(last, why=why)}"
    told = f'<div class="rt-muted">{escape(recalled)}</div>' if last and recalled else ""
    filters = "; ".join(f"{k}: {v}" for k, v in search.filters.items())
    rows = [
        ("Query", f'<pre class="rt-query">{escape(search.query)}</pre>'),
        ("Searched in", escape(search.scope.replace("_", " "))),
        ("Filters", escape(filters)),
        ("Limits", escape(search.limits)),
    ]
    return (
        f'<div class="rt-search"><b>{escape(search.label)}</b>'
        f'<div class="rt-muted">{escape(ran)}</div>{told}'
        f"<details><summary>The search exactly as it is sent</summary>{paper_card.facts(rows)}"
        "</details></div>"
    )
