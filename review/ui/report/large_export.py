"""Exports of a large review: made behind the page, with progress and cancel, then offered.

A small file is made on the click that downloads it. One of many reports takes seconds to half a
minute, in which a page that says nothing looks broken.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from review.reporting import service
from review.reporting.exports import Export
from review.ui import jobs
from review.ui.elements import count_of, local_time, plain
from review.ui.errors import careful
from review.workspace import Workspace

JOB = "export"
LARGE = 10_000
"""Reports from which on an export is made behind the page."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that waits to be taken along."""

    path: Path
    label: str
    reports: int


@careful
def _start(ws: Workspace, export: Export, viewer: str) -> None:
    _forget()
    folder = Path(tempfile.mkdtemp(prefix="review-export-"))

    def work(job: jobs.Job) -> Made:
        try:
            path = folder / export.file
            number = service.export(ws, export.name, path, viewer=viewer, watch=job.watch)
            return Made(path, export.label, number)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    jobs.registry().start(JOB, f"Writing: {export.label}", work, "reports", own=True, by=viewer)


def _forget() -> None:
    """Remove the file made before, which is offered no more."""
    job = jobs.registry().get(JOB, own=True)
    if job is not None and not job.running:
        if isinstance(job.result, Made):
            shutil.rmtree(job.result.path.parent, ignore_errors=True)
        jobs.registry().forget(JOB, own=True)


def button(ws: Workspace, export: Export, viewer: str) -> None:
    """A button that begins an export."""
    running = jobs.registry().get(JOB, own=True)
    st.button(
        plain(export.label),
        key=f"export-{export.name}",
        on_click=_start,
        args=(ws, export, viewer),
        disabled=running is not None and running.running,
    )


def panel() -> None:
    """How far the export is, or the file that came of it."""
    job = jobs.panel(JOB, own=True)
    if job is None or job.running:
        return
    if job.state is jobs.JobState.CANCELLED:
        st.info("The export was stopped; there is no file.")
    elif job.state is jobs.JobState.FAILED:
        st.error(plain(job.error))
    elif isinstance(job.result, Made) and job.result.path.exists():
        made = job.result
        size = made.path.stat().st_size / 1e6
        with made.path.open("rb") as file:
            st.download_button(
                plain(f"Download {made.path.name} ({size:,.1f} MB)"),
                file,
                file_name=made.path.name,
                key="download-export",
                on_click="ignore",
                type="primary",
            )
        reports = count_of(made.reports, "report")
        st.caption(plain(f"{made.label}, written {local_time(job.started)}: {reports}."))
