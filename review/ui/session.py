"""The review that is open, and who works on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from review import backups, garbage_collection, separate_process
from review.coding.suggestions import refresh_suggestions, waiting
from review.config import Config, from_environment
from review.errors import BusyError, DamagedReviewError, LostReviewError, StoreError
from review.initialise import begin
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.search.runs import close_interrupted, interrupted_words
from review.store import backup_folder
from review.store.database_file import mark
from review.ui import (
    browser_behaviour,
    jobs,
    looking,
    lost_review,
    ordering_job,
    sign_in,
    working_as,
)
from review.ui.elements import plain
from review.ui.errors import tell
from review.workspace import Workspace, is_outdated, keep_log, open_workspace, upgrade

ACTOR = "review tracker"
"""Whose name stands beside what opening a review does: library, protocol, first suggestions."""
SUGGESTING = "suggesting"
"""Name of the job that works out suggestions."""
COPYING = "copying"
"""Name of the job that copies the review."""
LOOK_SECONDS = 60
"""Between two looks for runs that died, and whether a copy is due."""
STARTED_ANEW = (
    "The server was started anew while this page was open. What is stored is all here. A press in "
    "between did not count, and what was only chosen or asked, such as a file or a price, has to "
    "be chosen or asked again."
)
_FILE, _SEEN = "_database_file", "_told_of_interrupted"
UPGRADING = "upgrading"
"""Name of the job that brings the review to this version's shape."""


def workspace() -> Workspace:
    """The review, opened once for all sessions and again whenever a protocol file changes.

    While a review of an earlier version is upgraded, the page shows how far that is and ends here.

    Raises:
        ProtocolError: the protocol files hold mistakes.
        StoreError: the database cannot be used.
    """
    config = from_environment(secrets=_secrets())
    _make_first(config)
    try:
        ws = _open(config, _stamp(config))
    except _Outdated:
        _upgrade(config)
        ws = _open(config, _stamp(config))
    except (LostReviewError, DamagedReviewError) as error:
        lost_review.page(config, str(error))
        st.stop()
    _tell_replaced(config)
    _look_after(ws)
    return looking.seen(ws)


def _tell_replaced(config: Config) -> None:
    """Say once in a session that the pages show another file than before."""
    found = mark(config.db)
    if st.session_state.setdefault(_FILE, found) != found:
        st.session_state[_FILE] = found
        st.warning(
            f"The database {plain(config.db.removeprefix('sqlite:///'))} was replaced since this "
            "page was drawn. This is the review that stands there now."
        )


def _look_after(ws: Workspace) -> None:
    """Now and then: close runs that died, copy the review when a day has passed, order queues."""
    shared = _shared()
    if time.monotonic() - shared.looked > LOOK_SECONDS:
        shared.looked = time.monotonic()
        try:
            closed = close_interrupted(ws)
        except BusyError:
            closed = []
        shared.told += [interrupted_words(ws, run) for run in closed]
        if backups.is_due(ws.config):
            _copy(ws, "daily")
    ordering_job.start_if_due(ws)
    seen = st.session_state.setdefault(_SEEN, 0)
    st.session_state[_SEEN] = len(shared.told)
    for sentence in shared.told[seen:]:
        st.warning(plain(sentence))


def _copy(ws: Workspace, why: str) -> None:
    """Copy the review behind the pages."""
    jobs.registry().start(
        COPYING, "Copying the review", lambda job: backups.before(ws, why, job.watch)
    )


@dataclass
class _Shared:
    """What all sessions share.

    Attributes:
        looked: when it was last looked whether anything is to be done.
        told: what each session is to be told once.
    """

    looked: float = 0.0
    told: list[str] = field(default_factory=list)


@st.cache_resource(show_spinner=False)
def _shared() -> _Shared:
    return _Shared(time.monotonic())


def _make_first(config: Config) -> None:
    """Make the file of a review that never was, as its mark tells an open review from others."""
    if not mark(config.db) and not backup_folder.was_opened(config):
        _made_first(config.db, config)


@st.cache_resource(max_entries=2, show_spinner="Opening the review")
def _made_first(db: str, _config: Config) -> None:
    keep_log(_config)
    open_workspace(_config, create=True).store.close()


class _Outdated(Exception):
    """The review must be upgraded before it can be opened."""


def _upgrade(config: Config) -> None:
    """Upgrade the review behind the page, which shows how far it is.

    A job, as a page that is loaded again would stop what is done in drawing it.
    """

    def work(job: jobs.Job) -> None:
        upgrade(config, job.watch)

    found = jobs.registry()
    job = found.get(UPGRADING)
    if job is None or job.state is jobs.JobState.DONE:
        job = found.start(UPGRADING, "Upgrading the review to this version", work, "events")
    if job.running:
        st.markdown("This review was made by an earlier version; nothing of it is lost.")
        jobs.panel(UPGRADING, can_cancel=False)
        st.stop()
    found.forget(UPGRADING)
    if job.error:
        raise StoreError(job.error)


def _secrets() -> dict[str, str]:
    """The key for OpenAlex, where the server's secrets.toml holds one."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return {name: str(st.secrets[name]) for name in ("OPENALEX_API_KEY",) if name in st.secrets}


def _stamp(config: Config) -> tuple[str, ...]:
    """What must be the same for an open review to be used again."""
    files = [config.data / name for name in (PROTOCOL_FILE, CODEBOOK_FILE)]
    written = [str(f.stat().st_mtime_ns) if f.exists() else "" for f in files]
    settings = (config.db, str(config.data), config.openalex_url, config.openalex_key)
    return (*settings, mark(config.db), *written)


def _close(ws: Workspace) -> None:
    ws.store.close()


@st.cache_resource(max_entries=2, show_spinner="Opening the review", on_release=_close)
def _open(_config: Config, stamp: tuple[str, ...]) -> Workspace:
    keep_log(_config)
    if is_outdated(_config):
        raise _Outdated
    garbage_collection.seldom()
    ws = open_workspace(_config, create=True)
    begun = begin(ws, ACTOR, later=partial(suggest, ws))
    _shared().told += begun.interrupted
    _copy(ws, "start")
    return ws


def suggest(ws: Workspace, records: Sequence[str] | None = None) -> None:
    """Work out suggestions of many records behind the pages.

    Args:
        records: those that were left over before when None.
    """

    def work(job: jobs.Job) -> int:
        wanted = waiting(ws) if records is None else records
        return separate_process.call_if(
            len(wanted) > separate_process.LARGE,
            ws, refresh_suggestions, wanted, watch=job.watch.step("records read"),
        )  # fmt: skip

    jobs.registry().start(SUGGESTING, "Working out suggestions", work)


def reviewer() -> str:
    """Who works in this session; ``""`` while nobody has said, and for those who only look."""
    return "" if looking.on() else sign_in.name() or working_as.name()


def require_reviewer() -> str:
    """Who works in this session; without a name the page ends here and asks for one."""
    name = reviewer()
    if not name:
        st.info("Say who is working first: write your name under “Working as” on the left.")
        st.stop()
    return name


def ask_reviewer() -> None:
    """Draw, in the sidebar, who is working."""
    with st.sidebar:
        if looking.on():
            looking.say()
            browser_behaviour.manners("")
            return
        if signed_in := sign_in.name():
            st.caption(f"Signed in as {plain(signed_in)}")
            st.button("Sign out", on_click=st.logout, type="tertiary")
            browser_behaviour.manners("")
        else:
            working_as.ask()
        sign_in.warn_if_open()
    if browser_behaviour.came_back():
        tell(STARTED_ANEW, "warning")


def settle_reviewer(ws: Workspace) -> None:
    """Ask, in the sidebar, whether somebody is a known person in another spelling."""
    if not (sign_in.name() or looking.on()):
        with st.sidebar:
            working_as.settle(ws)
