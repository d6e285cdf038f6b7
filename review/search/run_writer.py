"""A search run in the log while it goes on: begun or taken up, kept page by page, ended in words.

A page is stored whole or not at all; those that came together are stored together. A run that
stopped is taken up from its last pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review.errors import Mistake
from review.model import RunStatus, SearchRun
from review.search import run_lock
from review.search.run_progress import RunProgress
from review.sources.source import Page, Shortfall
from review.store import Connection, record_changes, records, run_checkpoints, withdrawals
from review.store.records import Arrival
from review.store.run_checkpoints import Stretch
from review.workspace import Workspace

RESUMED_WITHIN = timedelta(days=7)
"""An older stop is not taken up: the list will have changed too much under its cursor."""

SECOND = "again "
"""How the parts of a second walk are named in the log."""

_NAMED = 3
"""Works that could not be read, named in the words of a run at most."""


def kept_words(works: int) -> str:
    """What a run that stopped has kept, and how it goes on."""
    if not works:
        return "Nothing was stored."
    kept = "1 work is kept." if works == 1 else f"{works:,} works are kept."
    return f"{kept} Run the search again to go on from there."


def stopped_run(conn: Connection, search: str, source: str, request: str) -> SearchRun | None:
    """The newest run of a search, if it stopped on its way and can be taken up again."""
    for run in withdrawals.runs_in_force(conn):  # newest first
        if (run.search, run.source, run.request) != (search, source, request):
            continue
        stopped = run.status in (RunStatus.FAILED, RunStatus.CANCELLED) and run.received > 0
        recent = datetime.now(UTC) - (run.finished or run.started) < RESUMED_WITHIN
        return run if stopped and recent else None
    return None


def locks(ws: Workspace) -> Path:
    """Folder of the files that tell which runs go on."""
    return ws.config.local / "running"


class OngoingRun:
    """A run from its first page to its end; held until `held` is closed.

    Args:
        source: what stands in the log for where the records come from.
        request: the first request as it is sent; it holds no key.
        report: told after every page how far the run is.
        fresh: begin anew even where a run could be taken up.
        left_out: as for `review.store.records.start_run`.

    Attributes:
        held: keeps others from taking the run for one that a crash left behind.
        new: ids of the records that are new to the review.
        stretches: the slices the search is cut into; empty for one walk.
        cursors: part -> where it was to go on when the run was taken up.
        keys: part -> ids of the works that came with it.
        seen: ids of all works that came.
        promised: works there are, None before the first page.
        bad: works that came and could not be read.
        short: part -> what its walk fell short of.
    """

    def __init__(
        self,
        ws: Workspace,
        actor: str,
        search: str,
        source: str,
        request: str,
        report: Callable[[RunProgress], None],
        *,
        fresh: bool = False,
        left_out: Sequence[str] = (),
    ) -> None:
        self._ws, self._actor, self._report = ws, actor, report
        self.held = ExitStack()
        with ws.store.write() as conn:
            stopped = None if fresh else stopped_run(conn, search, source, request)
            if stopped is not None and run_lock.is_held(locks(ws), stopped.id):
                stopped = None
            id_ = stopped.id if stopped else records.start_run(
                conn, actor, search, source, request, left_out=left_out
            )  # fmt: skip
            # Held before others can see the run, or they might close it as interrupted.
            self.held.enter_context(run_lock.held(locks(ws), id_))
            if stopped is not None:
                run_checkpoints.resume(conn, actor, id_, stopped.why)
            trail = run_checkpoints.trail(conn, id_)
        self.id = id_
        self.new: list[str] = []
        self.stretches = list(trail.stretches)
        self.cursors = dict(trail.cursors)
        self.keys = {part: set(keys) for part, keys in trail.keys.items()}
        self.seen = {key for keys in trail.keys.values() for key in keys}
        self.promised = trail.promised
        self._understood = ""
        self.bad: list[Mistake] = []
        self.short: dict[str, Shortfall] = {}
        self._after = stopped.why if stopped else ""
        self._owed = 0.0
        self._progress = RunProgress(
            len(self.seen),
            trail.promised,
            run=id_,
            search=search,
            added=stopped.added if stopped else 0,
            cost_usd=stopped.cost_usd if stopped else 0.0,
            resumed=stopped is not None,
        )

    @property
    def missing(self) -> int:
        """Works promised and not received, those aside that came and could not be read."""
        return (self.promised or 0) - len(self.seen) - len(self.bad)

    def tell(self, waiting: str = "") -> None:
        """Report how far the run is, and why the next page is waited for; from any thread."""
        self._report(replace(self._progress, waiting=waiting))

    def walked_at_once(self, parts: int) -> None:
        """Take note of how many parts are walked at once from now on."""
        self._progress = replace(self._progress, parts=parts)

    def owe(self, cost_usd: float) -> None:
        """Charge the run with what was asked besides its pages; logged with the next page."""
        self._owed += cost_usd

    def cut(self, stretches: list[Stretch]) -> None:
        """Log into which slices the search is cut."""
        self.stretches = stretches
        with self._ws.store.write() as conn:
            run_checkpoints.plan(conn, self._actor, self.id, stretches)

    def begin_anew(self) -> None:
        """Forget where the walk was to go on; the works that came stay."""
        self.cursors.clear()
        self.stretches.clear()

    def store(self, came: Sequence[tuple[str, Page]]) -> None:
        """Store pages, each with the name of the part it is of, in one transaction."""
        pages = [self._arrived(part, page) for part, page in came]
        with self._ws.store.write() as conn:
            added = records.add_pages(conn, self._actor, self.id, pages)
            record_changes.note_changes(conn, self._actor, self.id, added.again)
        self.new += added.new
        self._progress = replace(
            self._progress,
            done=len(self.seen),
            total=self.promised,
            added=self._progress.added + len(added.new),
            cost_usd=self._progress.cost_usd + sum(page.cost_usd for page in pages),
            remaining_usd=came[-1][1].remaining_usd,
        )
        self.tell()

    def _arrived(self, part: str, page: Page) -> Arrival:
        """Take note of a page, and make it ready to be stored."""
        fresh = set(page.ids) - self.seen
        if page.promised is not None:
            # A slice promises its own works only; the whole is known from the first page.
            whole_promise = page.promised if part in ("", SECOND) else 0
            self.promised = max(self.promised or 0, whole_promise)
        if part in ("", SECOND):  # a slice is another search, with dates of its own
            self._understood = self._understood or page.understood
        self.seen |= fresh
        self.keys.setdefault(part, set()).update(page.ids)
        self.bad += page.bad
        if page.shortfall is not None:
            self.short[part] = page.shortfall
        cost, self._owed = page.cost_usd + self._owed, 0.0
        return Arrival(page.records, len(fresh), self.promised, page.next_cursor or "", cost, part)

    def end(self, said: str = "") -> None:
        """Close a run that came to its end: complete, or partial and why.

        Args:
            said: what came of looking for what was missing, in words.
        """
        words = [_unread(self.bad), said, self._resumed_words()]
        received = len(self.seen)
        if self.promised is None or received >= self.promised:
            self.finish(RunStatus.COMPLETE, _line(words))
            return
        why = next((s.why for s in reversed(self.short.values())), "")
        rest = Shortfall(self.promised, received, why or "the list changed while it was read.")
        self.finish(RunStatus.PARTIAL, _line([str(rest), *words]))

    def stop(self, status: RunStatus, why: str) -> None:
        """Close a run that stopped on its way, and say what it has kept."""
        self.finish(status, _line([why, kept_words(len(self.seen))]))

    def finish(self, status: RunStatus, why: str) -> None:
        """Close the run in these words."""
        with self._ws.store.write() as conn:
            records.finish_run(conn, self._actor, self.id, status, why, self._understood)

    def _resumed_words(self) -> str:
        if not self._progress.resumed:
            return ""
        before, _, _ = self._after.partition(". ")  # what to do about it no longer matters
        return f"Taken up again where it had stopped: {before.rstrip('.') or 'nobody knows why'}."


def _unread(bad: Sequence[Mistake]) -> str:
    """The works that could not be read, the first of them by name."""
    if not bad:
        return ""
    named = "; ".join(str(one) for one in bad[:_NAMED])
    more = f"; and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
    works = "1 work" if len(bad) == 1 else f"{len(bad)} works"
    return f"{works} could not be read: {named}{more}."


def _line(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
