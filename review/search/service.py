"""Running searches and importing files, each as one run of the search log."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review.coding.proposals import refresh_suggestions
from review.errors import (
    Cancelled,
    DecisionError,
    Mistake,
    NotFoundError,
    QueryRefused,
    SourceError,
)
from review.model import Event, EventKind, Outcome, SearchRun
from review.search import running
from review.sources.files import FileContent, read_bytes, read_file
from review.sources.openalex import (
    Estimate,
    OpenAlex,
    OpenAlexSettings,
    Page,
    Query,
    request_url,
)
from review.sources.openalex_works import SOURCE as OPENALEX
from review.store import Connection, Entry, log, records, whole
from review.workspace import Workspace

logger = logging.getLogger(__name__)

AD_HOC = "ad hoc"
"""Name of a search that the protocol does not hold."""

QUIET_MINUTES = 15
"""A run on a shared server that stored nothing for so long is taken to have ended."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search run is.

    Attributes:
        received: distinct works received.
        promised: works the source says there are; None before the first answer.
        added: records that were new to the review.
        cost_usd: price so far.
        remaining_usd: budget left today, None when the source does not say.
    """

    run: str
    search: str
    received: int = 0
    promised: int | None = None
    added: int = 0
    cost_usd: float = 0.0
    remaining_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Estimated:
    """What one search would bring and cost."""

    search: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: new and known records, and the entries that could not be read."""

    run: SearchRun
    new: int
    known: int
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run with what PRISMA-S asks of it, as far as it is known.

    Attributes:
        platform: the database and the way it was reached (item 1).
        label: the search in words, "" when the protocol does not hold it (any more).
        limits: limits and why (item 9), "" when nobody said anything.
        withdrawn: the event that withdrew the run, "" while it counts.
    """

    run: SearchRun
    platform: str
    label: str
    limits: str
    withdrawn: str


def _ignore(progress: Progress) -> None:
    pass


def _never() -> bool:
    return False


def estimate(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    client: OpenAlex | None = None,
) -> list[Estimated]:
    """Ask what searches would bring and cost; nothing is stored. Arguments as for `pull`.

    Raises:
        NotFoundError: the protocol has no search of that name.
        SourceError: the source cannot be asked, or refuses.
    """
    asked = _queries(ws, names, query, filters)
    with _client(ws, client) as source:
        return [Estimated(name, source.estimate(q)) for name, q in asked]


def pull(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    actor: str,
    progress: Callable[[Progress], None] = _ignore,
    cancelled: Callable[[], bool] = _never,
    client: OpenAlex | None = None,
) -> list[SearchRun]:
    """Run searches, each as one run of the log.

    Every page is stored whole, in one transaction, so nothing is lost when a later one fails. A
    run ends complete, partial (fewer works than promised), cancelled or failed, and says why. When
    the source cannot be reached, or wants a key or money, the searches after it are not begun.

    Args:
        names: searches of the protocol; all of them when neither names nor a query are given.
        query: an ad-hoc search in titles and abstracts instead.
        filters: the source's own filters for the ad-hoc search.
        progress: called after every page.
        cancelled: asked between pages and during waits.
        client: replaces the ordinary one.

    Returns:
        The runs as they ended, in the order asked.

    Raises:
        NotFoundError: the protocol has no search of that name.
        QueryRefused: the ad-hoc query cannot be sent at all.
    """
    close_interrupted(ws)
    asked = _queries(ws, names, query, filters)
    requests = [request_url(q, ws.config.openalex_url, cursor="*") for _name, q in asked]
    ended: list[SearchRun] = []
    with _client(ws, client) as source:
        for (name, q), request in zip(asked, requests, strict=True):
            run = _Run(ws, actor, name, request, progress)
            go_on = run.walk(source.pages(q, cancelled=cancelled))
            with ws.store.read() as conn:
                ended.append(records.get_run(conn, run.id))
            if run.new:
                refresh_suggestions(ws, run.new)
            if not go_on:
                break
    return ended


class _Run:
    """One search while it runs."""

    def __init__(
        self,
        ws: Workspace,
        actor: str,
        search: str,
        request: str,
        progress: Callable[[Progress], None],
    ) -> None:
        self.new: list[str] = []
        self._ws, self._actor, self._report = ws, actor, progress
        self._seen: set[str] = set()
        self._bad = 0
        self._held = ExitStack()
        with ws.store.write() as conn:
            self.id = records.start_run(conn, actor, search, OPENALEX, request)
            # Held before others can see the run, or they might close it as interrupted.
            self._held.enter_context(running.held(_locks(ws), self.id))
        self._progress = Progress(self.id, search)

    def walk(self, pages: Iterable[Page]) -> bool:
        """Store page after page and close the run; tells whether to go on with other searches."""
        with self._held:
            try:
                self._report(self._progress)
                for page in pages:
                    self._store(page)
            except Cancelled as stopped:
                self._finish(Outcome.CANCELLED, str(stopped))
                return False
            except SourceError as error:
                stored = f" {len(self._seen)} works were stored before." if self._seen else ""
                self._finish(Outcome.FAILED, f"{error}{stored}")
                return isinstance(error, QueryRefused)
            except KeyboardInterrupt:
                self._finish(Outcome.CANCELLED, "Stopped from the keyboard.")
                raise
            except BaseException:
                logger.exception("search run %s", self.id)
                self._finish(Outcome.FAILED, "Stopped by a fault of the program; see the log file.")
                raise
        return True

    def _store(self, page: Page) -> None:
        fresh = set(page.ids) - self._seen
        with self._ws.store.write() as conn:
            added = records.add_records(
                conn, self._actor, self.id, page.records,
                received=len(fresh), promised=page.promised,
                cursor=page.next_cursor or "", cost_usd=page.cost_usd,
            )  # fmt: skip
            bad = self._bad + len(page.bad)
            if page.next_cursor is None:
                # The last page and the end of its run are stored together.
                outcome, why = _ending(page, bad)
                records.finish_run(conn, self._actor, self.id, outcome, why)
        self._seen |= fresh
        self._bad = bad
        self.new += added.new
        self._progress = Progress(
            run=self.id,
            search=self._progress.search,
            received=len(self._seen),
            promised=page.promised,
            added=len(self.new),
            cost_usd=self._progress.cost_usd + page.cost_usd,
            remaining_usd=page.remaining_usd,
        )
        self._report(self._progress)

    def _finish(self, outcome: Outcome, why: str) -> None:
        with self._ws.store.write() as conn:
            records.finish_run(conn, self._actor, self.id, outcome, why)


def _ending(page: Page, bad: int) -> tuple[Outcome, str]:
    """How a run that came to its last page ended, and why."""
    works = "1 work" if bad == 1 else f"{bad} works"
    unread = f"{works} could not be read." if bad else ""
    if page.shortfall is None:
        return Outcome.COMPLETE, unread
    return Outcome.PARTIAL, f"{page.shortfall} {unread}".strip()


def import_file(
    ws: Workspace,
    path: Path,
    format: str | None = None,
    source: str | None = None,
    *,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Import a file of references, all in one transaction; suggestions are worked out afterwards.

    Args:
        format: as `review.sources.files.READERS`; told from the file when None.
        source: name of the source the records come from; made from the file's name when None.
        progress: called with new records that have their suggestions, and all new records.

    Raises:
        FileError: the file cannot be read at all.
    """
    found = read_file(path, format, source)
    return _import(ws, found, path.name, path.read_bytes(), actor, progress)


def import_bytes(
    ws: Workspace,
    data: bytes,
    name: str,
    format: str | None = None,
    source: str | None = None,
    *,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Import the content of a file, for instance an upload; as `import_file`."""
    return _import(ws, read_bytes(data, name, format, source), name, data, actor, progress)


def _import(
    ws: Workspace,
    found: FileContent,
    name: str,
    data: bytes,
    actor: str,
    progress: Callable[[int, int], None] | None,
) -> ImportResult:
    bad = len(found.mistakes)
    lost = bad and not found.records
    outcome = Outcome.FAILED if lost else Outcome.PARTIAL if bad else Outcome.COMPLETE
    why = f"{bad} places of the file could not be read." if bad else ""
    request = f"{name} ({found.format}, SHA-256 {hashlib.sha256(data).hexdigest()[:16]})"
    with ws.store.write() as conn:
        run = records.start_run(conn, actor, f"import of {name}"[:200], found.source, request)
        added = records.add_records(conn, actor, run, found.records)
        records.finish_run(conn, actor, run, outcome, why)
        ended = records.get_run(conn, run)
    if added.new:
        refresh_suggestions(ws, added.new, progress)
    return ImportResult(ended, len(added.new), len(added.known), found.mistakes)


def close_interrupted(ws: Workspace) -> list[str]:
    """Close the runs that a crash left open, as failed; returns their ids."""
    closed: list[str] = []
    with ws.store.read() as conn:
        left = [run for run in records.runs(conn) if run.outcome is Outcome.RUNNING]
        dead = [
            run.id
            for run in left
            if not running.is_held(_locks(ws), run.id) and (ws.store.is_sqlite or _quiet(conn, run))
        ]
    if not dead:
        return []
    with ws.store.write() as conn:
        for id_ in dead:
            run = records.get_run(conn, id_)
            if run.outcome is Outcome.RUNNING:
                why = f"interrupted: the program stopped after {run.received} records."
                records.finish_run(conn, run.actor, id_, Outcome.FAILED, why)
                closed.append(id_)
    return closed


def searches(ws: Workspace) -> list[LoggedRun]:
    """All runs, newest first, with what PRISMA-S asks of them as far as it is known."""
    planned = {search.name: search for search in ws.protocol.searches}
    with ws.store.read() as conn:
        runs = records.runs(conn)
        withdrawn = whole.withdrawn_runs(conn)
    found = []
    for run in runs:
        search = planned.get(run.search)
        online = run.source == OPENALEX and run.request.startswith("http")
        found.append(
            LoggedRun(
                run=run,
                platform=f"OpenAlex, {ws.config.openalex_url}" if online else f"file, {run.source}",
                label=search.label if search else "",
                limits=search.limits if search else "",
                withdrawn=withdrawn.get(run.id, ""),
            )
        )
    return found


def withdraw(ws: Workspace, run: str, actor: str, why: str = "") -> Event:
    """Take a whole run back: records that no other run found leave the review.

    Their votes, tags and merges wait for them, should the run be brought back.

    Raises:
        NotFoundError: no such run.
        DecisionError: the run goes on, or is withdrawn already.
    """
    with ws.store.write() as conn:
        if records.get_run(conn, run).outcome is Outcome.RUNNING:
            raise DecisionError(f"{run} goes on. Cancel it first, then withdraw it.")
        if run in whole.withdrawn_runs(conn):
            raise DecisionError(f"{run} is withdrawn already.")
        entry = Entry(EventKind.RUN_WITHDRAWN, {"run": run, "why": why})
        (done,) = log.append(conn, actor, [entry])
    return done


def bring_back(ws: Workspace, run: str, actor: str) -> Event:
    """Have a withdrawn run again, with all that was decided on its records.

    Raises:
        DecisionError: the run is not withdrawn.
    """
    with ws.store.write() as conn:
        event = whole.withdrawn_runs(conn).get(run)
        if event is None:
            raise DecisionError(f"{run} is not withdrawn.")
        return log.undo(conn, actor, event)


def _quiet(conn: Connection, run: SearchRun) -> bool:
    """Whether a run, perhaps of another machine, has stored nothing for a long time."""
    added = log.events(conn, [EventKind.RECORDS_ADDED])
    last = max((e.at for e in added if e.payload.get("run") == run.id), default=run.started)
    return datetime.now(UTC) - last > timedelta(minutes=QUIET_MINUTES)


def _queries(
    ws: Workspace,
    names: Sequence[str],
    query: str | None,
    filters: Mapping[str, str] | None,
) -> list[tuple[str, Query]]:
    """The searches asked for, each with its name."""
    if query is not None or filters:
        if names:
            raise QueryRefused("Name searches of the protocol or give a query, not both.")
        return [(AD_HOC, Query(query or "", filters=dict(filters or {})))]
    planned = {search.name: search for search in ws.protocol.searches}
    unknown = [name for name in names if name not in planned]
    if unknown:
        raise NotFoundError(
            f"The protocol has no search '{unknown[0]}'. It has: {', '.join(planned)}."
        )
    return [
        (name, Query(planned[name].query, planned[name].scope, planned[name].filters))
        for name in dict.fromkeys(names or planned)
    ]


def _client(ws: Workspace, given: OpenAlex | None) -> OpenAlex:
    return given or OpenAlex(OpenAlexSettings(ws.config.openalex_url, ws.config.openalex_key))


def _locks(ws: Workspace) -> Path:
    return ws.config.local / "running"
