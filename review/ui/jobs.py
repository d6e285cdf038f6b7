"""Work that goes on behind a page: it survives leaving the page and closing the tab.

A job is a thread of the server. It knows nothing of Streamlit; pages look at it and draw.

Work that changes the review goes on once at a time, for all (`Jobs.start_alone`). A look-up that
changes nothing belongs to the session that asked (``own``): what another one asks meanwhile is
another job.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from review.errors import Cancelled, ReviewError
from review.progress import Progress, Watch
from review.ui.elements import local_time, plain, time_left

log = logging.getLogger("review.jobs")

POLL_SECONDS = 1.0

SILENT_SECONDS = 10
"""After so long without a word from the work, a person is told how long it has been."""


OWN_KEPT = 300
"""Ended look-ups of single sessions that are kept; nobody forgets those of a tab that is closed."""

_SESSION = "_jobs_session"


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
        unit: what it counts, such as ``works``.
        done, total: how far it is; total is None while unknown.
        first, since: where the pace is counted from, and when that was.
        words: what it is doing now.
        waiting: what it waits for, longer than it should take.
        moved: when it was heard of last.
        result: what the work returned, once it is done.
        error: why it failed, as a sentence.
        session: the session that began it; ``""`` outside of one.
        by: the person who began it, where that is known.
    """

    name: str
    title: str
    unit: str = ""
    session: str = ""
    by: str = ""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    done: int = 0
    total: int | None = None
    first: int = 0
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    words: str = ""
    waiting: str = ""
    state: JobState = JobState.RUNNING
    result: Any = None
    error: str = ""
    moved: datetime = field(default_factory=lambda: datetime.now(UTC))
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)

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
        own = self.done - self.first
        if not self.total or own <= 0:
            return None
        return (datetime.now(UTC) - self.since) * (max(self.total - self.done, 0) / own)

    @property
    def silent(self) -> timedelta:
        """How long nothing was heard of it."""
        return datetime.now(UTC) - self.moved

    def begin(self, words: str = "", done: int = 0) -> None:
        """Called by the work: another step begins, with a count and a pace of its own.

        Args:
            done: what came before, where the step goes on with something.
        """
        self.done = self.first = done
        self.total, self.since, self.moved = None, datetime.now(UTC), datetime.now(UTC)
        self.words, self.waiting = words, ""

    @property
    def watch(self) -> Watch:
        """What the work tells how far it is, and asks whether to stop."""
        return Watch(self.tell, self.cancelled)

    def tell(self, now: Progress) -> None:
        """Called by the work: how far it is; a step of another name counts anew."""
        if now.step and now.step != self.unit:
            self.begin(self.words)
            self.unit = now.step
        self.done, self.total, self.waiting = now.done, now.total, now.waiting
        self.moved = datetime.now(UTC)

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next step."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Called by the work: whether it should stop."""
        return self._stop.is_set()


class Jobs:
    """The jobs of one server, by name; one of a name runs at a time.

    Of a name that is asked with ``own``, one for each session.
    """

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], Job] = {}
        self._lock = threading.Lock()

    def start(
        self,
        name: str,
        title: str,
        work: Callable[[Job], Any],
        unit: str = "",
        *,
        own: bool = False,
        by: str = "",
    ) -> Job:
        """Start work in a thread, or return the job of this name that is running already.

        Args:
            work: takes the job, to report progress to and to ask whether to stop.
            unit: what it counts, in the plural.
            own: it belongs to the session that asks; other sessions have jobs of this name too.
            by: the person who begins it.
        """
        session = here()
        key = (name, session if own else "")
        with self._lock:
            running = self._jobs.get(key)
            if running is not None and running.running:
                return running
            job = self._begin(key, Job(name, title, unit, session, by))
        return _in_thread(job, work)

    def start_alone(
        self,
        name: str,
        title: str,
        work: Callable[[Job], Any],
        unit: str = "",
        *,
        among: str = "",
        own: bool = False,
        by: str = "",
    ) -> Job | None:
        """Start work unless such work goes on already, whoever began it.

        Args:
            among: how the names of such work begin; ``name`` when empty.
            own: what came of it is kept for the session that began it.

        Returns:
            The job in its way; None when it was begun.
        """
        session = here()
        with self._lock:
            other = next(iter(self.running(among or name)), None)
            if other is not None:
                return other
            key = (name, session if own else "")
            job = self._begin(key, Job(name, title, unit, session, by))
        _in_thread(job, work)
        return None

    def _begin(self, key: tuple[str, str], job: Job) -> Job:
        self._jobs.pop(key, None)  # the newest stands last
        self._jobs[key] = job
        ended = [k for k, j in self._jobs.items() if k[1] and not j.running]
        for old in ended[:-OWN_KEPT]:
            del self._jobs[old]
        return job

    def get(self, name: str, *, own: bool = False) -> Job | None:
        """The newest job of this name.

        Args:
            own: of this session.
        """
        return self._jobs.get((name, here() if own else ""))

    def running(self, prefix: str = "") -> list[Job]:
        """Jobs that go on, those whose name begins so."""
        return [j for j in list(self._jobs.values()) if j.running and j.name.startswith(prefix)]

    def ended(self, prefix: str = "") -> list[Job]:
        """Jobs that have ended and are not forgotten, those whose name begins so."""
        return [j for j in list(self._jobs.values()) if not j.running and j.name.startswith(prefix)]

    def forget(self, name: str, *, own: bool = False) -> None:
        """Drop what has ended of this name: of this session alone, or of all."""
        wanted = (name, here())
        with self._lock:
            for key, job in list(self._jobs.items()):
                if (key == wanted if own else key[0] == name) and not job.running:
                    del self._jobs[key]


def here() -> str:
    """The session that the page is drawn for, as one tab has it; ``""`` outside of one."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    return str(st.session_state.setdefault(_SESSION, secrets.token_hex(8)))


def in_the_way(job: Job) -> str:
    """Why work of the same kind cannot begin now, and who is at it."""
    who = "You" if job.session == here() else job.by or "Another tab"
    began = local_time(job.started)
    return f"{job.title}: {who} began this on {began}. Wait until it has ended, or cancel it."


def _in_thread(job: Job, work: Callable[[Job], Any]) -> Job:
    # A daemon: closing the server must not wait for a long search, which resumes anyway.
    threading.Thread(target=_run, args=(job, work), name=f"job-{job.name}", daemon=True).start()
    return job


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


def panel(name: str, *, can_cancel: bool = True, own: bool = False) -> Job | None:
    """Draw the job of this name while it runs: count, share, time left and cancel.

    Args:
        can_cancel: whether a person may stop it.
        own: the one of this session.

    Returns:
        The job, running or ended; None when there is none.
    """
    job = registry().get(name, own=own)
    if job is not None and job.running:
        progress(job, can_cancel=can_cancel)
        if not job.running:
            st.rerun()  # it ended meanwhile: no page shows it going on and what came of it at once
    return job


@st.fragment(run_every=POLL_SECONDS)
def progress(job: Job, *, can_cancel: bool = True) -> None:
    """Draw one job as long as it runs; then the whole page is drawn anew."""
    if not job.running:
        st.rerun()  # the whole page: this ends the polling and shows what came of it
    parts = [f"**{plain(job.title)}**"]
    unit = f" {plain(job.unit)}" if job.unit else ""
    if job.total:
        parts.append(f"{job.done:,} of {job.total:,}{unit} ({job.share:.0%})")
    elif job.done:
        parts.append(f"{job.done:,}{unit}")
    stopping = job.cancelled()
    if job.silent.total_seconds() > SILENT_SECONDS:
        parts.append(f"nothing new for {job.silent.total_seconds():.0f} s")
    elif job.left is not None and not job.waiting:
        parts.append(time_left(job.left))
    if job.by and job.session != here():
        parts.insert(1, f"begun by {plain(job.by)}")
    with st.container(border=True, gap="small"):
        st.progress(job.share, text=" · ".join(parts))
        if said := "\n".join(filter(None, (job.words, job.waiting))):
            st.caption(plain(said))
        if can_cancel:
            st.button(
                "Stopping" if stopping else "Cancel",
                key=f"cancel-{job.name}",
                on_click=job.cancel,
                disabled=stopping,
            )
