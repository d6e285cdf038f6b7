"""Walking a search: in one piece, or in slices by date of publication when there are many works.

What is missing at the end is fetched by a second walk in other pieces; what is still missing then
is said. Pages go into an `OngoingRun`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from review.errors import (
    BudgetError,
    Cancelled,
    KeyNeededError,
    NetworkError,
    QueryRefused,
    SourceError,
)
from review.model import RunStatus
from review.progress import not_cancelled
from review.search.run_writer import SECOND, OngoingRun
from review.sources import date_slices, parallel_fetch
from review.sources.parallel_fetch import Came, Part
from review.sources.source import FIRST, DateSlices, Page, Query, Source
from review.store.run_checkpoints import Stretch

logger = logging.getLogger(__name__)


def walk(
    run: OngoingRun, source: Source, query: Query, cancelled: Callable[[], bool] = not_cancelled
) -> bool:
    """Store page after page and close the run; tells whether to go on with other searches."""
    with run.held:
        source.tell_waits(run.tell)
        try:
            run.tell()
            way = _Walk(run, source, query, cancelled)
            way.go()
            run.end(way.fill())
        except Cancelled as stopped:
            run.stop(RunStatus.CANCELLED, str(stopped))
            return False
        except SourceError as error:
            run.stop(RunStatus.FAILED, str(error))
            return isinstance(error, QueryRefused)
        except KeyboardInterrupt:
            run.stop(RunStatus.CANCELLED, "Stopped from the keyboard.")
            raise
        except BaseException:
            logger.exception("search run %s", run.id)
            run.finish(RunStatus.FAILED, "Stopped by a fault of the program; see the log file.")
            raise
    return True


class _Walk:
    """One search on its way through the pages of the source."""

    def __init__(
        self, run: OngoingRun, source: Source, query: Query, cancelled: Callable[[], bool]
    ) -> None:
        self._run, self._source, self._query, self._cancelled = run, source, query, cancelled
        self._slicing = (
            source if isinstance(source, DateSlices) and source.can_slice(query) else None
        )
        self._stepped = False
        self._cuttable = True

    def go(self) -> None:
        """Fetch all pages that are still to come, in one walk or in slices."""
        try:
            self._go_on()
        except QueryRefused:
            # A cursor of an earlier day, or slices that the source does not take: begin anew.
            if self._stepped or not (self._run.cursors or self._run.stretches):
                raise
            logger.info("run %s: the source refuses to go on; begun anew", self._run.id)
            self._run.begin_anew()
            self._cuttable = False
            self._go_on()

    def _go_on(self) -> None:
        run = self._run
        at = run.cursors.get("", FIRST)
        while at and not run.stretches:
            if self._large and self._cut():
                break
            for page in self._pages(Part("", self._query, at, frozenset(run.keys.get("", ())))):
                self._store([("", page)])
                at = page.next_cursor or ""
                if self._large:
                    break
        self._take(self._open_parts())

    def _take(self, parts: list[Part]) -> None:
        """Walk parts, several at once."""
        if not parts:
            return
        self._stepped = False
        for came in self._fetched(parts):
            self._store([(part.name, page) for part, page in came])

    def _fetched(self, parts: list[Part]) -> Iterator[list[Came]]:
        slicing = self._slicing
        if slicing is None:
            for part in parts:
                for page in self._pages(part):
                    yield [(part, page)]
            return
        self._run.walked_at_once(min(len(parts), slicing.most_slices))
        with slicing.sibling(slicing.pace(self._query)) as paced:
            yield from parallel_fetch.walk(paced, parts, slicing.most_slices, self._cancelled)

    def _pages(self, part: Part) -> Iterator[Page]:
        """The pages of a part one after the other, until it is cancelled."""
        for page in self._source.pages(part.query, part.cursor, self._cancelled, part.known):
            yield page
            if page.next_cursor and self._cancelled():
                raise Cancelled("It was stopped on request.")

    def _store(self, came: Sequence[tuple[str, Page]]) -> None:
        self._run.store(came)
        self._stepped = True

    @property
    def _large(self) -> bool:
        """Whether the search is worth cutting, and not yet cut."""
        if self._slicing is None or not self._cuttable or self._run.stretches:
            return False
        return (self._run.promised or 0) >= self._slicing.sliced_from

    def _cut(self) -> bool:
        """Cut the search into slices; tells whether that could be done."""
        self._cuttable = False
        found = self._sliced(self._slicing.most_slices) if self._slicing else []
        if len(found) < 2:
            return False
        self._run.cut(found)
        return True

    def _sliced(self, parts: int) -> list[Stretch]:
        """Slices of the search by its counts of each year; none when those are not to be had."""
        if self._slicing is None:
            return []
        try:
            years, cost = self._slicing.years(self._query, self._cancelled)
        except (BudgetError, KeyNeededError):
            raise
        except (QueryRefused, NetworkError) as error:
            logger.info("run %s: not cut into slices: %s", self._run.id, error)
            return []
        self._run.owe(cost)
        if sum(years.values()) < 0.99 * (self._run.promised or 0):
            return []  # many works without a year: no slice would hold them
        return [_stretch(one) for one in date_slices.cut(years, parts)]

    def _open_parts(self) -> list[Part]:
        """The slices that are not through yet, each from where it stopped."""
        run = self._run
        return [
            Part(
                s.name,
                self._dated(s),
                run.cursors.get(s.name, FIRST),
                frozenset(run.keys.get(s.name, ())),
            )
            for s in run.stretches
            if run.cursors.get(s.name, FIRST)
        ]

    def _dated(self, s: Stretch) -> Query:
        """The query for the works of one slice."""
        if self._slicing is None:
            raise QueryRefused("The source does not take the slices that the search was cut into.")
        return self._slicing.dated(self._query, s.first, s.last)

    def fill(self) -> str:
        """Walk again, in other pieces, for what is missing; tells in words what came of it."""
        run = self._run
        # What slices fell short of counts too: works that came up since the first page are in it.
        short = sum((s.promised or s.received) - s.received for s in run.short.values())
        if short:
            run.promised = max(run.promised or 0, len(run.seen) + short)
        if run.missing <= 0:
            return ""
        before, bad = len(run.seen), run.bad
        run.bad = []
        said = ""
        try:
            self._take(self._other_parts())
        except SourceError as error:
            said = f"Reading the list again for what was missing was stopped: {error}"
        run.bad = max(bad, run.bad, key=len)
        came = len(run.seen) - before
        if came and not said:
            works = "1 work" if came == 1 else f"{came} works"
            said = f"The list was read again for what was missing, which brought {works} more."
        return said

    def _other_parts(self) -> list[Part]:
        """Pieces with other bounds: slices for one walk, halves of slices that fell short."""
        run = self._run
        cut: list[Stretch] = []
        if run.stretches:
            short = [s for s in run.stretches if s.name in run.short] or run.stretches
            cut = [half for s in short for half in _halves(s)]
        elif (slicing := self._slicing) is not None:
            pieces = max(2, min(slicing.most_slices, (run.promised or 0) // slicing.per_page))
            cut = self._sliced(pieces)
        if not cut:
            return [Part(SECOND, self._query)]
        return [Part(SECOND + s.name, self._dated(s)) for s in cut]


def _stretch(one: date_slices.Slice) -> Stretch:
    return Stretch(one.name, one.first.isoformat(), one.last.isoformat())


def _halves(s: Stretch) -> list[Stretch]:
    whole_slice = date_slices.Slice(date.fromisoformat(s.first), date.fromisoformat(s.last), 0)
    return [_stretch(half) for half in date_slices.split(whole_slice, 2)]
