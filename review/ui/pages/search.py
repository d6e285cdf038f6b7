"""Search: what would come and cost, running it, importing files, and the log of all runs."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import PurePath

import streamlit as st

from review.errors import Mistake
from review.model import Outcome, SearchRun
from review.protocol import Search
from review.search import service as searching
from review.ui import jobs, paper, parts, session
from review.ui.trouble import careful, tell
from review.workspace import Workspace

RUN = "search"  # name of the job that runs searches; one at a time, for the source's sake
IMPORT = "import"
SHOWN_MISTAKES = 50


def asking(name: str) -> str:
    """Name of the job that asks what a search would bring."""
    return f"estimate-{name}"


@careful
def ask(names: list[str]) -> None:
    """Ask counts and prices behind the page."""
    ws = session.workspace()
    for name in names:
        jobs.registry().start(
            asking(name),
            f"Asking about {ws.protocol.search(name).label}",
            partial(_estimate, ws, name),
        )


def _estimate(ws: Workspace, name: str, _job: jobs.Job) -> searching.Estimated:
    return searching.estimate(ws, [name])[0]


@careful
def run(names: list[str], reviewer: str) -> None:
    """Run searches behind the page; the run goes on when the page is left."""
    ws = session.workspace()
    labels = {s.name: s.label for s in ws.protocol.searches}

    def work(job: jobs.Job) -> list[SearchRun]:
        def progress(now: searching.Progress) -> None:
            words = f"{labels.get(now.search, now.search)}: {now.added:,} new"
            if now.cost_usd:
                words += f", {dollars(now.cost_usd)} so far"
            job.progress(now.received, now.promised, words)

        return searching.pull(ws, names, actor=reviewer, progress=progress, cancelled=job.cancelled)

    for name in names:
        jobs.registry().forget(asking(name))
    jobs.registry().start(RUN, "Searching OpenAlex", work)


@careful
def import_upload(reviewer: str) -> None:
    """Read the uploaded files behind the page."""
    files = st.session_state.get("upload") or []
    source = str(st.session_state.get("upload_source") or "").strip() or None
    held = [(PurePath(f.name).name, f.getvalue()) for f in files]
    if not held:
        tell("Choose a file first.")
        return
    ws = session.workspace()

    def work(job: jobs.Job) -> list[searching.ImportResult]:
        done: list[searching.ImportResult] = []
        for n, (name, data) in enumerate(held):
            job.progress(n, len(held), f"reading {name}")
            done.append(searching.import_bytes(ws, data, name, None, source, actor=reviewer))
        return done

    jobs.registry().start(IMPORT, "Importing", work)


def dollars(amount: float) -> str:
    """``0.013 USD``: prices are fractions of a cent, so three digits."""
    return f"{amount:,.3f} USD"


def outcome_words(found: SearchRun) -> str:
    """How a run ended, in one sentence."""
    received = f"{found.received:,}"
    if found.promised is not None and found.promised != found.received:
        received += f" of {found.promised:,}"
    return f"{found.outcome.capitalize()}: {received} received, {found.added:,} new. {found.why}"


def ended(ws: Workspace, job: jobs.Job | None) -> None:
    """What the last run came to."""
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
        return
    labels = {s.name: s.label for s in ws.protocol.searches}
    runs: list[SearchRun] = job.result or []
    for found in runs:
        line = f"**{parts.plain(labels.get(found.search, found.search))}.** "
        line += parts.plain(outcome_words(found))
        if found.outcome is Outcome.COMPLETE:
            st.success(line)
        else:
            st.warning(line)
    if any(found.added for found in runs):
        st.caption("New records may be duplicates of known ones: find duplicates before screening.")


def planned(ws: Workspace, search: Search, last: SearchRun | None, reviewer: str) -> None:
    """One search of the protocol: its words, its last run, and what it would bring."""
    job = jobs.registry().get(asking(search.name))
    with st.container(border=True):
        st.html(strategy(search, last))
        asked = jobs.panel(asking(search.name))
        if asked is not None and asked.running:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if job is not None and job.state is jobs.JobState.DONE:
                found = job.result.estimate
                budget = (
                    "" if found.remaining_usd is None
                    else f" · {dollars(found.remaining_usd)} left today"
                )  # fmt: skip
                st.markdown(
                    f"**{found.count:,}** works · {parts.count_of(found.pages, 'request')} · "
                    f"{dollars(found.price_usd)}{budget}",
                    width="content",
                )
                st.button(
                    "Run this search",
                    key=f"run-{search.name}",
                    on_click=run,
                    args=([search.name], reviewer),
                    disabled=bool(jobs.registry().running(RUN)),
                )
            else:
                st.button(
                    "Ask count and price",
                    key=f"ask-{search.name}",
                    on_click=ask,
                    args=([search.name],),
                )
        if job is not None and job.error:
            st.error(parts.plain(job.error))


def strategy(search: Search, last: SearchRun | None) -> str:
    """A search as it is sent, and when it ran last."""
    ran = "Not run yet"
    if last is not None:
        ran = f"Last run {parts.local_time(last.started)}: {outcome_words(last)}"
    filters = "; ".join(f"{k}: {v}" for k, v in search.filters.items())
    rows = [
        ("Query", f'<pre class="rt-query">{escape(search.query)}</pre>'),
        ("Searched in", escape(search.scope.replace("_", " "))),
        ("Filters", escape(filters)),
        ("Limits", escape(search.limits)),
    ]
    return (
        f'<div class="rt-search"><b>{escape(search.label)}</b>'
        f'<div class="rt-muted">{escape(ran)}</div>'
        f"<details><summary>The search exactly as it is sent</summary>{paper.facts(rows)}"
        "</details></div>"
    )


def protocol_searches(ws: Workspace, runs: list[SearchRun], reviewer: str) -> None:
    """All searches of the protocol."""
    if not ws.config.openalex_key:
        st.caption(
            "No OpenAlex key is set. Counts can be asked without one; to run a search, get a free "
            "key at openalex.org/settings/api, set it as OPENALEX_API_KEY and start the app again."
        )
    ended(ws, jobs.panel(RUN))
    last: dict[str, SearchRun] = {}
    for found in runs:  # newest first
        last.setdefault(found.search, found)
    names = [s.name for s in ws.protocol.searches]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Ask counts and prices of all", on_click=ask, args=(names,))
        known = [jobs.registry().get(asking(name)) for name in names]
        prices = [j.result.estimate.price_usd for j in known if j and j.state is jobs.JobState.DONE]
        if len(prices) == len(names):
            st.button(
                f"Run all {len(names)} for {dollars(sum(prices))}",
                type="primary",
                on_click=run,
                args=(names, reviewer),
                disabled=bool(jobs.registry().running(RUN)),
            )
    for search in ws.protocol.searches:
        planned(ws, search, last.get(search.name), reviewer)


def file_import(reviewer: str) -> None:
    """Upload files of references."""
    st.file_uploader(
        "Files of references (RIS, CSV or TSV)",
        type=["ris", "csv", "tsv", "tab", "txt"],
        accept_multiple_files=True,
        key="upload",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Source of the records",
            key="upload_source",
            placeholder="Such as Embase; the file's name if empty",
            width=360,
        )
        st.button("Import", type="primary", on_click=import_upload, args=(reviewer,))
    job = jobs.panel(IMPORT)
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
    for found in job.result or []:
        st.success(
            f"{parts.plain(found.run.search)}: {parts.count_of(found.new, 'new record')}, "
            f"{found.known:,} known before."
        )
        mistakes(found.mistakes)


def mistakes(found: tuple[Mistake, ...]) -> None:
    """Entries that could not be read, by line."""
    if not found:
        return
    st.warning(f"{parts.count_of(len(found), 'entry', 'entries')} could not be read:")
    shown = found[:SHOWN_MISTAKES]
    st.markdown("\n".join(f"- {parts.plain(str(m))}" for m in shown))
    if len(found) > len(shown):
        st.caption(f"and {len(found) - len(shown):,} more")


def log(found: list[searching.LoggedRun]) -> None:
    """Every run there was, newest first; a click shows what was sent."""
    if not found:
        st.caption("No search has run yet.")
        return
    event = st.dataframe(
        {
            "When": [parts.local_time(r.run.started) for r in found],
            "Search": [r.label or r.run.search for r in found],
            "Received": [r.run.received for r in found],
            "New": [r.run.added for r in found],
            "Ended": [str(r.run.outcome) for r in found],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key="search_log",
    )
    row = parts.chosen_row(event)
    if row is None or row >= len(found):
        st.caption("Click a run to see exactly what was sent and how it ended.")
        return
    chosen = found[row]
    r = chosen.run
    st.html(
        paper.facts(
            [
                ("Run", escape(r.id)),
                ("Search", escape(chosen.label or r.search)),
                ("Where", escape(chosen.platform)),
                ("Sent", f'<pre class="rt-query">{escape(r.request)}</pre>'),
                ("Limits", escape(chosen.limits)),
                ("Started", f"{escape(parts.local_time(r.started))} by {escape(r.actor)}"),
                ("Ended", escape(parts.local_time(r.finished))),
                ("Outcome", escape(outcome_words(r))),
                ("Cost", dollars(r.cost_usd) if r.cost_usd else ""),
            ]
        )
    )


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with parts.page(
        "Search",
        "The searches of the protocol, exactly as they are sent; counts and prices come first.",
    ):
        found = searching.searches(ws)
        view = parts.views(
            {
                "searches": f"Searches · {len(ws.protocol.searches)}",
                "import": "Import a file",
                "log": f"Search log · {len(found)}",
            },
            "search_view",
        )
        if view == "import":
            file_import(reviewer)
        elif view == "log":
            log(found)
        else:
            protocol_searches(ws, [r.run for r in found], reviewer)


draw()
