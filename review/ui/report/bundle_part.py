"""The whole review in one file: made behind the page, with progress and cancel, then offered."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import streamlit as st

from review.reporting.bundle import service
from review.ui import jobs, session
from review.ui.elements import count_of, local_time, plain
from review.ui.errors import careful
from review.workspace import Workspace

JOB = "bundle"
FILE = "review-bundle.zip"


@careful
def _start(ws: Workspace, who: str, full_texts: bool) -> None:
    """Write the bundle behind the page; that it was asked for is in the log under this name."""
    _forget()
    folder = Path(tempfile.mkdtemp(prefix="review-bundle-"))

    def work(job: jobs.Job) -> service.Written:
        try:
            return service.write_for(ws, folder / FILE, who, job.watch, full_texts=full_texts)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    jobs.registry().start(JOB, "Writing the bundle", work, own=True, by=who)


def _forget() -> None:
    """Remove the file of the bundle before, which is offered no more."""
    job = jobs.registry().get(JOB, own=True)
    if job is not None and not job.running:
        if isinstance(job.result, service.Written):
            shutil.rmtree(job.result.path.parent, ignore_errors=True)
        jobs.registry().forget(JOB, own=True)


def draw(ws: Workspace) -> None:
    """The bundle, or why whoever asks gets none."""
    st.caption(
        "The whole review in one file of plain formats: log, records, protocol versions, codebook, "
        "full texts, figures and tables with their checksums. "
        "`python -m review restore FILE.zip FOLDER` makes a review of it, on either database."
    )
    job = jobs.panel(JOB, own=True)
    if job is not None and job.running:
        return
    if hidden := service.why_not(ws):
        st.info(plain(hidden))
        return
    who = session.reviewer()
    with st.container(horizontal=True, vertical_alignment="center"):
        full_texts = st.checkbox(
            "With the PDFs", value=True, key="bundle-full-texts",
            help="Few may be handed on. Without them each is still named with its checksum.",
        )  # fmt: skip
        st.button(
            "Write a bundle",
            key="report-bundle",
            on_click=_start,
            args=(ws, who, full_texts),
            disabled=not who,
            help=None if who else "Enter your name first: the log says who took it along.",
        )
        if job is not None and job.state is jobs.JobState.DONE:
            made: service.Written = job.result
            if made.path.exists():
                with made.path.open("rb") as file:
                    st.download_button(
                        f"Download the bundle ({made.size / 1e6:,.1f} MB)",
                        file,
                        file_name=FILE,
                        mime="application/zip",
                        key="download-bundle",
                        on_click="ignore",
                    )
    if job is not None and job.state is jobs.JobState.DONE:
        events = count_of(job.result.events, "event")
        st.caption(f"Written {local_time(job.started)}: {events}. It holds the votes of everybody.")
    elif job is not None and job.state is jobs.JobState.CANCELLED:
        st.info("The bundle was stopped; there is no file.")
    elif job is not None and job.state is jobs.JobState.FAILED:
        st.error(plain(job.error))
