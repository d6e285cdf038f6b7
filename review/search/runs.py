"""The runs of a review: how each came to its end, and taking one back whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from review.errors import DecisionError
from review.events import Event, RunWithdrawn
from review.model import RunStatus, SearchRun, citations_of, look_ups_of, similarity_of
from review.search import run_lock
from review.search.run_writer import kept_words, locks
from review.sources import registry
from review.store import Connection, log, records, run_checkpoints, withdrawals
from review.store.withdrawals import Leaving, Withdrawal
from review.workspace import Workspace

QUIET_MINUTES = 15
"""A run on a shared server that stored nothing for so long is taken to have ended."""


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run with what PRISMA-S asks of it, as far as it is known.

    Attributes:
        platform: the database and the way it was reached (item 1).
        label: the search in words, "" when the protocol does not hold it (any more).
        limits: limits and why (item 9), "" when nobody said anything.
        withdrawal: who withdrew the run, when and why; None while it counts.
    """

    run: SearchRun
    platform: str
    label: str
    limits: str
    withdrawal: Withdrawal | None

    @property
    def withdrawn(self) -> bool:
        """Whether the run counts no longer."""
        return self.withdrawal is not None


def logged(ws: Workspace) -> list[LoggedRun]:
    """All runs, newest first, withdrawn ones too, with what PRISMA-S asks of them."""
    planned = {search.name: search for search in ws.protocol.searches}
    with ws.store.read() as conn:
        runs = records.runs(conn)
        withdrawn = withdrawals.withdrawn_runs(conn)
    found = []
    for run in runs:
        search = planned.get(run.search)
        found.append(
            LoggedRun(
                run=run,
                platform=platform_of(run),
                label=search.label if search else "",
                limits=search.limits if search else "",
                withdrawal=withdrawn.get(run.id),
            )
        )
    return found


def platform_of(run: SearchRun) -> str:
    """The database and the way it was reached (PRISMA-S item 1)."""
    if not run.online:
        return f"{run.source}, from a file"
    known = registry.all_sources()
    ways = (str, citations_of, look_ups_of, similarity_of)
    names = {way(n): s for n, s in known.items() for way in ways}
    asked = names.get(run.source)
    return asked.platform(run.request) if asked else f"{run.source}, {run.request}"


def leaving(ws: Workspace, run: str) -> Leaving:
    """What withdrawing a run would do; nothing is changed.

    Raises:
        NotFoundError: no such run.
    """
    with ws.store.read() as conn:
        return withdrawals.leaving_with(conn, records.get_run(conn, run).id)


def leaving_words(found: Leaving) -> str:
    """What withdrawing a run would do, in one to three sentences."""
    said = [f"{_records(found.leaving, 'leaves', 'leave')} the review."]
    if found.staying:
        said.append(f"{_records(found.staying, 'stays', 'stay')}: other runs found them as well.")
    judged = " and ".join(
        f"{n:,} {'has' if n == 1 else 'have'} {what}"
        for n, what in ((found.voted, "votes"), (found.coded, "tags or findings"))
        if n
    )
    if judged:
        said.append(
            f"Of those that leave, {judged}; these stay in the log and count again when the run "
            "is restored."
        )
    return " ".join(said)


def withdraw(ws: Workspace, run: str, actor: str, why: str = "") -> Event:
    """Take a whole run back: records that no other run found leave the review.

    Their votes, tags and merges wait for them, should the run be brought back.

    Raises:
        NotFoundError: no such run.
        DecisionError: the run goes on, or is withdrawn already.
    """
    with ws.store.write() as conn:
        if records.get_run(conn, run).status is RunStatus.RUNNING:
            raise DecisionError(f"{run} goes on. Cancel it first, then withdraw it.")
        if run in withdrawals.withdrawn_runs(conn):
            raise DecisionError(f"{run} is withdrawn already.")
        (done,) = log.append(conn, actor, [RunWithdrawn(run=run, why=why)])
    return done


def bring_back(ws: Workspace, run: str, actor: str) -> Event:
    """Have a withdrawn run again, with all that was decided on its records.

    Raises:
        NotFoundError: no such run.
        DecisionError: the run is not withdrawn.
    """
    with ws.store.write() as conn:
        done = withdrawals.withdrawn_runs(conn).get(records.get_run(conn, run).id)
        if done is None:
            raise DecisionError(f"{run} is not withdrawn.")
        return log.undo(conn, actor, done.event)


def close_interrupted(ws: Workspace) -> list[str]:
    """Close the runs that a crash left open, as failed; returns their ids."""
    closed: list[str] = []
    with ws.store.read() as conn:
        left = [run for run in records.runs(conn) if run.status is RunStatus.RUNNING]
        dead = [
            run.id
            for run in left
            if run_lock.left_here(locks(ws), run.id)
            or not run_lock.is_held(locks(ws), run.id)
            and (ws.store.is_sqlite or _quiet(conn, run))
        ]
    if not dead:
        return []
    with ws.store.write() as conn:
        for id_ in dead:
            run = records.get_run(conn, id_)
            if run.status is RunStatus.RUNNING:
                records.finish_run(conn, run.actor, id_, RunStatus.FAILED, _interrupted(run))
                closed.append(id_)
    return closed


def interrupted_words(ws: Workspace, run: str) -> str:
    """What became of a run that `close_interrupted` closed, in a sentence or two."""
    with ws.store.read() as conn:
        found = records.get_run(conn, run)
    return f"“{found.search}” did not end. {found.why}"


def _interrupted(run: SearchRun) -> str:
    after = kept_words(run.received) if run.online else "Import the file again."
    return f"The program was interrupted. {after}"


def _records(n: int, one: str, many: str) -> str:
    return f"1 record {one}" if n == 1 else f"{n:,} records {many}"


def _quiet(conn: Connection, run: SearchRun) -> bool:
    """Whether a run, perhaps of another machine, has stored nothing for a long time."""
    last = run_checkpoints.last_stored(conn, run.id) or run.started
    return datetime.now(UTC) - last > timedelta(minutes=QUIET_MINUTES)
