"""The search log: every run, what was sent and how it ended, and taking a run back whole."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.model import RunStatus
from review.search import service as searching
from review.search.service import LoggedRun
from review.ui import drafts, elements, page_address, paper_card, session
from review.ui.errors import careful, tell
from review.ui.search import ended_runs, prisma_s_items, search_jobs
from review.workspace import Workspace

RUN = "run"
"""Query parameter of the run that is open."""

WITHDRAWING = "search_withdrawing"
"""Session key of the run whose withdrawal is to be confirmed."""

TABLE = "search_log"


def draw(ws: Workspace, found: Sequence[LoggedRun], reviewer: str) -> None:
    """Draw the runs, the one that is open, and the items of PRISMA-S."""
    prisma_s_items.summary(ws)
    st.header("Runs", anchor=False)
    if found:
        _table(ws, found)
    else:
        st.caption("Nothing has run yet. Run a search, or import a file.")
    prisma_s_items.draw(ws, reviewer)


def _table(ws: Workspace, found: Sequence[LoggedRun]) -> None:
    shown = [one.run.id for one in found]

    def choose() -> None:
        row = elements.chosen_row(st.session_state.get(TABLE))
        if row is not None and row < len(shown):
            page_address.put(RUN, shown[row])

    st.dataframe(
        elements.cells(
            {
                "When": [elements.local_time(r.run.started) for r in found],
                "Search": [search_jobs.label_of(ws, r.run.search) for r in found],
                "Received": [r.run.received for r in found],
                "New records": [r.run.added for r in found],
                "Charged, USD": [r.run.charged_usd for r in found],
                "Ended": [ended_words(r) for r in found],
            }
        ),
        hide_index=True,
        on_select=choose,
        selection_mode="single-cell",
        key=TABLE,
        placeholder="–",
        column_config={"Charged, USD": st.column_config.NumberColumn(format="%.4f")},
        alt="All search runs and imports, newest first",
    )
    chosen = next((r for r in found if r.run.id == page_address.get(RUN)), None)
    if chosen is None:
        st.caption("Click a run to see what was sent and how it ended, or to withdraw it.")
        return
    with st.container(border=True):
        _opened(ws, chosen)


def ended_words(one: LoggedRun) -> str:
    """How a run ended, or that it counts no longer, in a word."""
    return "Withdrawn" if one.withdrawn else str(one.run.status).capitalize()


def _opened(ws: Workspace, chosen: LoggedRun) -> None:
    label = elements.plain(search_jobs.label_of(ws, chosen.run.search))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{label}**", width="content")
        if chosen.withdrawn:
            st.badge("Withdrawn", icon=":material/undo:", color="gray")
        st.button("Close", shortcut="Esc", key="close-run", type="tertiary", on_click=_close)
    st.html(run_facts(chosen))
    if not chosen.withdrawn:
        ended_runs.differences(ws, chosen.run)
    _withdrawing(ws, chosen)


def run_facts(chosen: LoggedRun) -> str:
    """One run with all that is known of it."""
    r = chosen.run
    resumed = elements.count_of(r.resumed, "time") if r.resumed else ""
    return paper_card.facts(
        [
            ("Run", escape(r.id)),
            ("Where", escape(chosen.platform)),
            ("Sent" if r.online else "File",
             f'<pre class="rt-query">{escape(r.request)}</pre>' if r.request else ""),
            ("Limits", escape(chosen.limits)),
            ("Started", f"{escape(elements.local_time(r.started))} by {escape(r.actor)}"),
            ("Taken up again", escape(resumed)),
            ("Ended", escape(elements.local_time(r.finished))),
            ("Outcome", escape(ended_runs.outcome_words(r))),
        ]
    )  # fmt: skip


def _withdrawing(ws: Workspace, chosen: LoggedRun) -> None:
    """Withdraw the run after a look at what that does, or restore it."""
    run, reviewer = chosen.run, session.reviewer()
    if chosen.withdrawal is not None:
        done = chosen.withdrawal
        why = f": {elements.plain(done.why)}" if done.why else ""
        st.markdown(
            f"Withdrawn by {elements.plain(done.by)}, {elements.local_time(done.at)}{why}  \n"
            "It counts nowhere. Its records and all that was decided on them are kept."
        )
        st.button("Restore this run", key="restore-run", on_click=_restore, args=(run.id, reviewer))
        return
    if run.status is RunStatus.RUNNING:
        return
    if st.session_state.get(WITHDRAWING) != run.id:
        st.button("Withdraw this run", key="withdraw-run", on_click=_ask, args=(run.id,))
        return
    st.warning(elements.plain(searching.leaving_words(searching.leaving(ws, run.id))))
    st.text_input(
        "Why it is withdrawn (for the log)",
        key=drafts.field(_why_key(run.id)),
        width=480,
        persist_state="session",
    )
    with st.container(horizontal=True):
        st.button(
            "Withdraw it", key="withdraw-yes", type="primary", on_click=_withdraw,
            args=(run.id, reviewer),
        )  # fmt: skip
        st.button("Keep it", key="withdraw-no", on_click=_ask, args=("",))


def _close() -> None:
    page_address.put(RUN)
    st.session_state.pop(WITHDRAWING, None)


def _ask(run: str) -> None:
    st.session_state[WITHDRAWING] = run


def _why_key(run: str) -> str:
    return f"withdraw-why-{run}"


@careful
def _withdraw(run: str, reviewer: str) -> None:
    why = str(st.session_state.get(_why_key(run)) or "").strip()
    st.session_state.pop(WITHDRAWING, None)
    searching.withdraw(session.workspace(), run, reviewer, why)
    drafts.used(_why_key(run))
    tell("The run is withdrawn. Restore it here at any time.")


@careful
def _restore(run: str, reviewer: str) -> None:
    searching.bring_back(session.workspace(), run, reviewer)
    tell("The run counts again, with all that was decided on its records.")
