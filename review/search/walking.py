"""One search run from its first page to its end.

A run walks its search in one piece, or in slices by date of publication when there are many works.
A page is stored whole or not at all; those that came together are stored together. What is missing
at the end is fetched by a second walk in other pieces; what is still missing then is said. A run
that stopped is taken up from its last pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from review.errors import (
    BudgetError,
    Cancelled,
    KeyNeededError,
    Mistake,
    NetworkError,
    QueryRefused,
    SourceError,
)
from review.model import Outcome, SearchRun
from review.search import running
from review.search.progress import Progress
from review.sources import parallel, slices
from review.sources.openalex import MOST_SLICES, SLICED_FROM, OpenAlex, Page, Query, Shortfall
from review.sources.paging import FIRST, PER_PAGE
from review.sources.parallel import Part
from review.store import Connection, amendments, records, trails, withdrawals
from review.store.records import Arrival
from review.store.trails import Stretch
from review.workspace import Workspace

logger = logging.getLogger(__name__)

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
        stopped = run.outcome in (Outcome.FAILED, Outcome.CANCELLED) and run.received > 0
        recent = datetime.now(UTC) - (run.finished or run.started) < RESUMED_WITHIN
        return run if stopped and recent else None
    return None


def locks(ws: Workspace) -> Path:
    """Folder of the files that tell which runs go on."""
    return ws.config.local / "running"


class Walk:
    """One run of one search while it goes on.

    Args:
        source: what stands in the log for where the records come from.
        request: the first request as it is sent; it holds no key.
        fresh: begin anew even where a run could be taken up.
    """

    def __init__(
        self,
        ws: Workspace,
        actor: str,
        search: str,
        source: str,
        request: str,
        progress: Callable[[Progress], None],
        *,
        fresh: bool = False,
    ) -> None:
        self.new: list[str] = []
        self._ws, self._actor, self._report = ws, actor, progress
        self._held = ExitStack()
        with ws.store.write() as conn:
            stopped = None if fresh else stopped_run(conn, search, source, request)
            if stopped is not None and running.is_held(locks(ws), stopped.id):
                stopped = None
            id_ = stopped.id if stopped else records.start_run(conn, actor, search, source, request)
            # Held before others can see the run, or they might close it as interrupted.
            self._held.enter_context(running.held(locks(ws), id_))
            if stopped is not None:
                trails.resume(conn, actor, id_, stopped.why)
            trail = trails.trail(conn, id_)
        self.id = id_
        self._stretches = list(trail.stretches)
        self._cursors = dict(trail.cursors)
        self._keys = {part: set(keys) for part, keys in trail.keys.items()}
        self._seen = {key for keys in trail.keys.values() for key in keys}
        self._promised = trail.promised
        self._after = stopped.why if stopped else ""
        self._bad: list[Mistake] = []
        self._owed = 0.0
        self._stepped = False
        self._cuttable = True
        self._short: dict[str, Shortfall] = {}
        self._progress = Progress(
            run=id_,
            search=search,
            received=len(self._seen),
            promised=trail.promised,
            added=stopped.added if stopped else 0,
            cost_usd=stopped.cost_usd if stopped else 0.0,
            resumed=stopped is not None,
        )

    def go(self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]) -> bool:
        """Store page after page and close the run; tells whether to go on with other searches."""
        with self._held:
            client.tell_waits(self._wait)
            try:
                self._report(self._progress)
                self._walk(client, query, cancelled)
                said = self._fill(client, query, cancelled)
                self._finish(*self._ending(said))
            except Cancelled as stopped:
                self._finish(Outcome.CANCELLED, self._stop_words(str(stopped)))
                return False
            except SourceError as error:
                self._finish(Outcome.FAILED, self._stop_words(str(error)))
                return isinstance(error, QueryRefused)
            except KeyboardInterrupt:
                self._finish(Outcome.CANCELLED, self._stop_words("Stopped from the keyboard."))
                raise
            except BaseException:
                logger.exception("search run %s", self.id)
                self._finish(Outcome.FAILED, "Stopped by a fault of the program; see the log file.")
                raise
        return True

    def _wait(self, words: str) -> None:
        """Report a wait; parts that are walked at once do so from their threads."""
        self._report(replace(self._progress, waiting=words))

    # --- walking -----------------------------------------------------------------------------

    def _walk(self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]) -> None:
        """All pages that are still to come, in one walk or in slices."""
        try:
            self._walk_on(client, query, cancelled)
        except QueryRefused:
            # A cursor of an earlier day, or slices that the source does not take: begin anew.
            if self._stepped or not (self._cursors or self._stretches):
                raise
            logger.info("run %s: the source refuses to go on; begun anew", self.id)
            self._cursors.clear()
            self._stretches.clear()
            self._cuttable = False
            self._walk_on(client, query, cancelled)

    def _walk_on(self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]) -> None:
        at = self._cursors.get("", FIRST)
        while at and not self._stretches:
            if self._large(query) and self._cut(client, query, cancelled):
                break
            for page in client.pages(query, at, cancelled, self._keys.get("", set())):
                self._store([("", page)])
                at = page.next_cursor or ""
                if self._large(query):
                    break
        self._take(client, query, self._open_parts(query), cancelled)

    def _take(
        self,
        client: OpenAlex,
        query: Query,
        parts: list[Part],
        cancelled: Callable[[], bool],
    ) -> None:
        """Walk parts, several at once."""
        if not parts:
            return
        self._stepped = False
        self._progress = replace(self._progress, parts=min(len(parts), MOST_SLICES))
        with client.sibling(client.pace(query)) as paced:
            for came in parallel.walk(paced, parts, MOST_SLICES, cancelled):
                self._store([(part.name, page) for part, page in came])

    def _large(self, query: Query) -> bool:
        """Whether the search is worth cutting, and not yet cut."""
        many = (self._promised or 0) >= SLICED_FROM
        return many and self._cuttable and not self._stretches and slices.can_slice(query)

    def _cut(self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]) -> bool:
        """Cut the search into slices and log them; tells whether that could be done."""
        self._cuttable = False
        found = self._sliced(client, query, MOST_SLICES, cancelled)
        if len(found) < 2:
            return False
        self._stretches = found
        with self._ws.store.write() as conn:
            trails.plan(conn, self._actor, self.id, found)
        return True

    def _sliced(
        self, client: OpenAlex, query: Query, parts: int, cancelled: Callable[[], bool]
    ) -> list[Stretch]:
        """Slices of the search by its counts of each year; none when those are not to be had."""
        try:
            years, cost = client.years(query, cancelled)
        except (BudgetError, KeyNeededError):
            raise
        except (QueryRefused, NetworkError) as error:
            logger.info("run %s: not cut into slices: %s", self.id, error)
            return []
        self._owed += cost
        if sum(years.values()) < 0.99 * (self._promised or 0):
            return []  # many works without a year: no slice would hold them
        return [_stretch(one) for one in slices.cut(years, parts)]

    def _open_parts(self, query: Query) -> list[Part]:
        """The slices that are not through yet, each from where it stopped."""
        return [
            Part(
                s.name,
                slices.dated(query, s.first, s.last),
                self._cursors.get(s.name, FIRST),
                frozenset(self._keys.get(s.name, ())),
            )
            for s in self._stretches
            if self._cursors.get(s.name, FIRST)
        ]

    # --- what is missing ---------------------------------------------------------------------

    @property
    def _missing(self) -> int:
        """Works promised and not received, those aside that came and could not be read."""
        return (self._promised or 0) - len(self._seen) - len(self._bad)

    def _fill(self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]) -> str:
        """Walk again, in other pieces, for what is missing; tells in words what came of it."""
        # What slices fell short of counts too: works that came up since the first page are in it.
        short = sum((s.promised or s.received) - s.received for s in self._short.values())
        if short:
            self._promised = max(self._promised or 0, len(self._seen) + short)
        if self._missing <= 0:
            return ""
        before, bad = len(self._seen), self._bad
        self._bad = []
        said = ""
        try:
            self._take(client, query, self._other_parts(client, query, cancelled), cancelled)
        except SourceError as error:
            said = f"Reading the list again for what was missing was stopped: {error}"
        self._bad = max(bad, self._bad, key=len)
        came = len(self._seen) - before
        if came and not said:
            works = "1 work" if came == 1 else f"{came} works"
            said = f"The list was read again for what was missing, which brought {works} more."
        return said

    def _other_parts(
        self, client: OpenAlex, query: Query, cancelled: Callable[[], bool]
    ) -> list[Part]:
        """Pieces with other bounds: slices for one walk, halves of slices that fell short."""
        cut: list[Stretch] = []
        if self._stretches:
            short = [s for s in self._stretches if s.name in self._short] or self._stretches
            cut = [half for s in short for half in _halves(s)]
        elif slices.can_slice(query):
            pieces = max(2, min(MOST_SLICES, (self._promised or 0) // PER_PAGE))
            cut = self._sliced(client, query, pieces, cancelled)
        if not cut:
            return [Part(SECOND, query)]
        return [Part(SECOND + s.name, slices.dated(query, s.first, s.last)) for s in cut]

    # --- storing -----------------------------------------------------------------------------

    def _store(self, came: Sequence[tuple[str, Page]]) -> None:
        """Store pages, each with the name of the part it is of, in one transaction."""
        pages = [self._arrived(part, page) for part, page in came]
        with self._ws.store.write() as conn:
            added = records.add_pages(conn, self._actor, self.id, pages)
            amendments.note_changes(conn, self._actor, self.id, added.again)
        self._stepped = True
        self.new += added.new
        self._progress = replace(
            self._progress,
            received=len(self._seen),
            promised=self._promised,
            added=self._progress.added + len(added.new),
            cost_usd=self._progress.cost_usd + sum(page.cost_usd for page in pages),
            remaining_usd=came[-1][1].remaining_usd,
        )
        self._report(self._progress)

    def _arrived(self, part: str, page: Page) -> Arrival:
        """Take note of a page, and make it ready to be stored."""
        fresh = set(page.ids) - self._seen
        if page.promised is not None:
            # A slice promises its own works only; the whole is known from the first page.
            whole_promise = page.promised if part in ("", SECOND) else 0
            self._promised = max(self._promised or 0, whole_promise)
        self._seen |= fresh
        self._keys.setdefault(part, set()).update(page.ids)
        self._bad += page.bad
        if page.shortfall is not None:
            self._short[part] = page.shortfall
        cost, self._owed = page.cost_usd + self._owed, 0.0
        return Arrival(page.records, len(fresh), self._promised, page.next_cursor or "", cost, part)

    def _ending(self, said: str) -> tuple[Outcome, str]:
        """How a run that came to its end ended, and why."""
        words = [_unread(self._bad), said, self._resumed_words()]
        received = len(self._seen)
        if self._promised is None or received >= self._promised:
            return Outcome.COMPLETE, _line(words)
        why = next((s.why for s in reversed(self._short.values())), "")
        rest = Shortfall(self._promised, received, why or "the list changed while it was read.")
        return Outcome.PARTIAL, _line([str(rest), *words])

    def _stop_words(self, why: str) -> str:
        return _line([why, kept_words(len(self._seen))])

    def _resumed_words(self) -> str:
        if not self._progress.resumed:
            return ""
        before, _, _ = self._after.partition(". ")  # what to do about it no longer matters
        return f"Taken up again where it had stopped: {before.rstrip('.') or 'nobody knows why'}."

    def _finish(self, outcome: Outcome, why: str) -> None:
        with self._ws.store.write() as conn:
            records.finish_run(conn, self._actor, self.id, outcome, why)


def _stretch(one: slices.Slice) -> Stretch:
    return Stretch(one.name, one.first.isoformat(), one.last.isoformat())


def _halves(s: Stretch) -> list[Stretch]:
    whole_slice = slices.Slice(date.fromisoformat(s.first), date.fromisoformat(s.last), 0)
    return [_stretch(half) for half in slices.split(whole_slice, 2)]


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
