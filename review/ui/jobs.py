"""Work that goes on behind a page: it survives leaving the page and closing the tab.

A job is a thread of the server. It knows nothing of Streamlit; pages look at it and draw.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import streamlit as st

from review.errors import Cancelled, ReviewError
from review.ui.parts import plain, time_left

log = logging.getLogger("review.jobs")

POLL_SECONDS = 0.5


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """One piece of work. Written by its thread, read by pages.

    Attributes:
        title: what it does, in a few words.
        done, total: how far it is, in whatever it counts; total is None while unknown.
        words: what it is doing now.
        result: what the work returned, once it is done.
        error: why it failed, as a sentence.
    """

    name: str
    title: str
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    done: int = 0
    total: int | None = None
    words: str = ""
    state: JobState = JobState.RUNNING
    result: Any = None
    error: str = ""
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _paced: datetime = field(default_factory=lambda: datetime.now(UTC), repr=False)

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self.state is JobState.RUNNING

    @property
    def share(self) -> float:
        """How much is done, 0 to 1; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def left(self) -> timedelta | None:
        """Time to go at the pace so far; None while that cannot be told."""
        if not self.total or not self.done:
            return None
        spent = datetime.now(UTC) - self._paced
        return spent * (max(self.total - self.done, 0) / self.done)

    def begin(self, words: str = "") -> None:
        """Called by the work: another step begins, with a count and a pace of its own."""
        self.done, self.total, self._paced = 0, None, datetime.now(UTC)
        self.words = words

    def progress(self, done: int, total: int | None = None, words: str = "") -> None:
        """Called by the work: how far it is."""
        self.done, self.total = done, total
        if words:
            self.words = words

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next step."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Called by the work: whether it should stop."""
        return self._stop.is_set()


class Jobs:
    """The jobs of one server, by name; one of a name runs at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, name: str, title: str, work: Callable[[Job], Any]) -> Job:
        """Start work in a thread, or return the job of this name that is running already.

        Args:
            work: takes the job, to report progress to and to ask whether to stop.
        """
        with self._lock:
            running = self._jobs.get(name)
            if running is not None and running.running:
                return running
            job = Job(name, title)
            self._jobs[name] = job
        # A daemon: closing the server must not wait for a long search, which resumes anyway.
        threading.Thread(target=_run, args=(job, work), name=f"job-{name}", daemon=True).start()
        return job

    def get(self, name: str) -> Job | None:
        """The newest job of this name."""
        return self._jobs.get(name)

    def running(self, prefix: str = "") -> list[Job]:
        """Jobs that go on, those whose name begins so."""
        return [j for j in list(self._jobs.values()) if j.running and j.name.startswith(prefix)]

    def forget(self, name: str) -> None:
        """Drop a job that has ended."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and not job.running:
                del self._jobs[name]


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        job.result = work(job)
    except Cancelled:
        job.state = JobState.CANCELLED
    except ReviewError as error:
        job.error = str(error)
        job.state = JobState.FAILED
    except Exception:
        log.exception("job %s failed", job.name)
        job.error = "It stopped unexpectedly; the details are in data/local/review.log."
        job.state = JobState.FAILED
    else:
        job.state = JobState.CANCELLED if job.cancelled() else JobState.DONE


@st.cache_resource(show_spinner=False)
def registry() -> Jobs:
    """The jobs of this server, shared by all its pages and reviewers."""
    return Jobs()


def panel(name: str) -> Job | None:
    """Draw the job of this name while it runs: count, share, time left and cancel.

    Returns:
        The job, running or ended; None when there is none.
    """
    job = registry().get(name)
    if job is not None and job.running:
        _moving(name)
    return job


@st.fragment(run_every=POLL_SECONDS)
def _moving(name: str) -> None:
    job = registry().get(name)
    if job is None or not job.running:
        st.rerun()  # the whole page: this ends the polling and shows what came of it
    parts = [f"**{plain(job.title)}**"]
    if job.total:
        parts.append(f"{job.done:,} of {job.total:,} ({job.share:.0%})")
    elif job.done:
        parts.append(f"{job.done:,}")
    if job.words:
        parts.append(plain(job.words))
    if job.left is not None:
        parts.append(time_left(job.left))
    with st.container(border=True):
        st.progress(job.share, text=" · ".join(parts))
        stopping = job.cancelled()
        st.button(
            "Stopping" if stopping else "Cancel",
            key=f"cancel-{name}",
            on_click=job.cancel,
            disabled=stopping,
        )
