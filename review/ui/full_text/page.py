"""Full texts: PDFs attached many at once, and where the text of each sought report is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from review.fulltext import service as full_texts
from review.fulltext.limits import limits
from review.fulltext.service import Placed, Standing
from review.fulltext.states import FullTextState
from review.records import service as records
from review.ui import drafts, elements, jobs, navigation, session
from review.ui.errors import careful, tell
from review.ui.overview import completion

ws = session.workspace()
JOB = "full-texts"
TURN = "full-texts-turn"
SHOWN = 50
ORDER = list(FullTextState)[1:]


@careful
def take(key: str, reviewer: str) -> None:
    """Attach the files that were chosen, behind the page: each is read by another process."""
    chosen = st.session_state.get(key) or []
    if not chosen:
        return
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    given = [(one.name, one.getvalue()) for one in chosen]

    def work(job: jobs.Job) -> list[Placed]:
        return full_texts.attach_many(ws, given, reviewer, job.watch)

    title = f"Attaching {elements.count_of(len(given), 'file')}"
    jobs.registry().start(JOB, title, work, "files", own=True, by=reviewer)


def taken(job: jobs.Job) -> None:
    """Say what became of the files, once."""
    placed: list[Placed] = job.result or []
    problems = [one.problem for one in placed if one.problem]
    for problem in [*problems[:SHOWN], job.error]:
        if problem:
            tell(problem, "error")
    done = sum(one.done is not None for one in placed)
    stopped = "; stopped before the others" if job.state is jobs.JobState.CANCELLED else ""
    tell(f"{elements.count_of(done, 'file')} of {len(placed):,} attached{stopped}.")
    jobs.registry().forget(JOB, own=True)
    st.rerun()


@careful
def answer(sha256: str, name: str, reviewer: str) -> None:
    """Attach a file to the report that a person named."""
    report = str(
        st.session_state.get(f"full-texts-id-{sha256}")
        or st.session_state.get(f"full-texts-of-{sha256}")
        or ""
    )
    if not report.strip():
        tell("Choose a report, or write its id.", "error")
        return
    done = full_texts.attach_kept(ws, report.strip(), name, sha256, reviewer)
    drafts.used(f"full-texts-id-{sha256}")
    tell(f"Attached to {done.data.report}: {name}.")


@careful
def leave(sha256: str) -> None:
    """Ask no more about a file; it is kept until a purge."""
    full_texts.ask_no_more(ws, sha256)


def attach_part(reviewer: str) -> None:
    """Fields that take files, or a folder; how far it is while some are attached."""
    job = jobs.panel(JOB, own=True)
    if job is not None and job.running:
        return
    if job is not None:
        taken(job)
    most = max(1, limits().mb)
    tabs = st.columns(2, gap="medium")
    kinds: tuple[tuple[DeltaGenerator, str, bool | Literal["directory"]], ...] = (
        (tabs[0], "PDFs", True),
        (tabs[1], "A folder of PDFs", "directory"),
    )
    for place, label, many in kinds:
        key = f"full-texts-{many}-{st.session_state.get(TURN, 0)}"
        place.file_uploader(
            f"{label}, {most:,} MB a file at most",
            type="pdf",
            accept_multiple_files=many,
            key=key,
            max_upload_size=most,
            on_change=take,
            args=(key, reviewer),
        )
    st.caption(
        "A file goes to the report that its name (id, DOI, PMID, or author, year and title) or its "
        "first pages (title with DOI, PMID, or author and year) plainly name. Any other is asked "
        "about below."
    )


def asked_part(reviewer: str) -> None:
    """The files whose report a person is to say."""
    asked = full_texts.asked(ws)
    if not asked:
        return
    st.header(f"Which report is it? · {len(asked):,}", anchor=False)
    for one in asked[:SHOWN]:
        sha256 = one.sha256
        with st.container(border=True):
            st.markdown(f"**{elements.plain(one.name)}**")
            if one.match.candidates:
                labels = {id_: _label(id_) for id_ in one.match.candidates}
                st.selectbox(
                    "It may be",
                    list(labels),
                    index=None,
                    format_func=labels.__getitem__,
                    key=f"full-texts-of-{sha256}",
                )
            st.text_input(
                "Id of the report", key=drafts.field(f"full-texts-id-{sha256}"),
                persist_state="session", max_chars=20,
            )  # fmt: skip
            with st.container(horizontal=True):
                st.button(
                    "Attach", key=f"full-texts-attach-{sha256}", type="primary",
                    on_click=answer, args=(sha256, one.name, reviewer),
                )  # fmt: skip
                st.button(
                    "Leave it", key=f"full-texts-leave-{sha256}", type="tertiary",
                    on_click=leave, args=(sha256,),
                )  # fmt: skip


def _label(report: str) -> str:
    lead = records.get(ws, report).lead
    return f"{report} · {'; '.join(lead.authors[:1])} {lead.year or ''} · {lead.title}"[:160]


def states_part(reviewer: str) -> None:
    """Every report whose full text is sought, by its one state."""
    found = full_texts.standings(ws)
    if not found:
        elements.nothing_here(
            "No full text is sought yet: no report has passed title and abstract.",
            "Screen",
            "screen",
        )
        return
    come_late(found)
    counts = Counter(one.state for one in found)
    st.header(f"Reports sought for retrieval · {len(found):,}", anchor=False)
    chosen = st.pills(
        "State",
        [state for state in ORDER if counts[state]],
        format_func=lambda state: f"{state} · {counts[FullTextState(state)]:,}",
        key="full-texts-state",
    )
    sought = frozenset(one.report for one in found if one.state is FullTextState.SOUGHT)
    completion.open_copies(ws, reviewer, sought)
    listed = [one for one in found if chosen is None or one.state == chosen]
    links_to(listed)


def come_late(found: Sequence[Standing]) -> None:
    """The reports that people said cannot be had, and that have a file all the same.

    A vote counts until its reviewer changes it, so the file alone moves nothing.
    """
    late = [one for one in found if one.state is FullTextState.NOT_RETRIEVED and one.has_file]
    if late:
        st.header(f"Not retrieved by the votes, but a file is here · {len(late):,}", anchor=False)
        st.caption("Open each and change your vote, or it stays out of the review.")
        links_to(late)


def links_to(listed: Sequence[Standing]) -> None:
    """Open each on its card."""
    for one in listed[:SHOWN]:
        why = f" ({elements.plain(one.why)})" if one.why else ""
        navigation.link(
            f"{one.report} · {one.state}{why} · "
            f"{elements.plain(records.get(ws, one.report).lead.title)}",
            "screen",
            {"stage": "full_text", "report": one.report},
        )
    if len(listed) > SHOWN:
        all_ids = elements.ids_param([one.report for one in listed])
        navigation.link(f"All {len(listed):,} reports", "records", all_ids)


def draw() -> None:
    """The page."""
    reviewer = session.require_reviewer()
    with elements.page("Full text", "Attach PDFs, and see which full texts are missing."):
        attach_part(reviewer)
        asked_part(reviewer)
        states_part(reviewer)
        st.caption(elements.plain(full_texts.where_kept(ws)))


draw()
