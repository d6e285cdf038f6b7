"""What runs of searches came to: how each ended, and what it brought that was not there before."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.events.base import value_words
from review.model import RunStatus, SearchRun
from review.records.event_sentences import field_words
from review.search import library_editions as editions
from review.search import service as searching
from review.search.service import Amendment
from review.ui import elements, jobs, navigation
from review.ui.cache import remembered
from review.ui.search import search_jobs
from review.ui.search.search_jobs import dollars
from review.workspace import Workspace

SHOWN = 200
"""Changes shown one by one."""

ARROW = ":material/arrow_forward:"


def outcome_words(found: SearchRun, *, why: bool = True) -> str:
    """How a run ended, in a few short sentences: works, records, cost, and why."""
    words = [elements.count_of(found.added, "new record")]
    if not (why and found.status is RunStatus.PARTIAL):  # there the reason tells the numbers
        of = f" of {found.promised:,}" if found.promised not in (None, found.received) else ""
        unit = "work" if found.received == 1 and not of else "works"
        words.insert(0, f"{found.received:,}{of} {unit} received")
    said = [f"{found.status.capitalize()}: {', '.join(words)}."]
    if found.cost_usd:
        said.append(f"Charged {dollars(found.cost_usd)}.")
    return " ".join([*said, found.why if why else ""]).strip()


def shown_runs() -> set[str]:
    """Ids of the runs that `panel` tells of somewhere on the page."""
    found = [job.result for job in jobs.registry().ended(search_jobs.RUN)]
    return {run.id for done in found if done is not None for run in done.runs}


def shown_at(place: str) -> list[str]:
    """Ids of the runs that `panel` tells of at one place of the page."""
    job = jobs.registry().get(place)
    done: search_jobs.SearchOutcome | None = (
        job.result if job is not None and not job.running else None
    )
    return [run.id for run in done.runs] if done else []


def panel(ws: Workspace, place: str, *, named: bool = True) -> None:
    """Draw the searches begun at a place of the page: how far they are, or how they ended.

    Args:
        place: the name of their job.
        named: say which search it was; not needed beside its name.
    """
    job = jobs.panel(place)
    if job is not None and not job.running:
        _ended(ws, job, named)


def _ended(ws: Workspace, job: jobs.Job, named: bool) -> None:
    """One line where all is well, and one for each run that is not complete."""
    if job.error:
        st.error(elements.plain(job.error))
    done: search_jobs.SearchOutcome = job.result or search_jobs.SearchOutcome((), ())
    well = [run for run in done.runs if run.status is RunStatus.COMPLETE]
    if len(well) == 1:
        st.success(_ended_words(ws, well[0], named))
    elif well:
        new, cost = sum(r.added for r in well), sum(r.cost_usd for r in well)
        st.success(
            f"**{len(well)} searches are complete:** {elements.count_of(new, 'new record')}. "
            f"Charged {dollars(cost)}."
        )
    for run in done.runs:
        if run not in well:
            (st.error if run.status is RunStatus.FAILED else st.warning)(
                _ended_words(ws, run, named)
            )
    if (waiting := len(done.names) - len(done.runs)) > 0:
        st.info(f"{elements.count_of(waiting, 'search', 'searches')} after it did not begin.")
    for run in done.runs:
        differences(ws, run, named=len(done.runs) > 1)
    with st.container(horizontal=True, vertical_alignment="center"):
        if any(run.added for run in done.runs):
            st.caption("New records may repeat known ones.", width="content")
            navigation.link("Find duplicates before screening", "duplicates", icon=ARROW)
        st.button(
            "Hide",
            key=f"hide-{job.name}",
            type="tertiary",
            on_click=jobs.registry().forget,
            args=(job.name,),
        )


def _ended_words(ws: Workspace, run: SearchRun, named: bool) -> str:
    label = elements.plain(search_jobs.label_of(ws, run.search))
    return (f"**{label}.** " if named else "") + elements.plain(outcome_words(run))


def differences(ws: Workspace, run: SearchRun, *, named: bool = False) -> None:
    """What a run brought that its search had not brought before; nothing for a first run.

    Args:
        named: say which search it is.
    """
    found = remembered(ws, searching.differences, run.id)
    if not found.earlier:
        return
    of = f"{elements.plain(search_jobs.label_of(ws, run.search))}, since" if named else "Since"
    before = next(r.run for r in searching.searches(ws) if r.run.id == found.earlier)
    since = f"{of} its last complete run, {elements.local_time(before.started)}"
    if not found.any:
        st.caption(f"{since}: nothing new, changed or vanished.")
        return
    changed = sorted({a.record for a in found.changed})
    lists = (
        ("new records", found.new),
        ("changed", changed),
        ("under another id", [new for _old, new in found.renamed]),
        ("vanished", found.vanished),
        ("newly retracted", found.retracted),
    )
    figures = [
        elements.Figure(
            len(ids), words, "records" if ids else "", elements.ids_param(ids) if ids else {}
        )
        for words, ids in lists
    ]
    st.caption(f"{since}:")
    elements.figures(figures, key=f"differences-{run.id}")
    if found.changed:
        with st.expander(f"What changed in {elements.count_of(len(changed), 'record')}"):
            st.html(_changes(found.changed[:SHOWN]))
            if more := len(found.changed[SHOWN:]):
                st.caption(f"and {elements.count_of(more, 'more change')}")
            st.caption(f"{_applied(run)} No decision was reopened.")


def _applied(run: SearchRun) -> str:
    """What became of the changes."""
    if editions.is_library(run):
        return (
            "The changes are applied, but for fields that people had chosen; each is a step in the "
            "history of its report and can be taken back there."
        )
    return "The records stay as they came."


def _changes(found: Sequence[Amendment]) -> str:
    """Fields that came back otherwise, as a table."""
    heads = "".join(f"<th>{head}</th>" for head in ("Record", "Field", "Was", "Is"))
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td dir="auto">{escape(cell)}</td>'
            for cell in (a.record, field_words(a.field), _short(a.old), _short(a.new))
        )
        + "</tr>"
        for a in found
    )
    return f'<table class="rt-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _short(value: object) -> str:
    text = value_words(value)
    return text if len(text) <= 200 else text[:197] + "..."
