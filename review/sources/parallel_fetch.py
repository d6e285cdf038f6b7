"""Walking several parts of a search at once, each thread with a client of its own."""

from __future__ import annotations

import gc
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from review.errors import Cancelled
from review.progress import not_cancelled
from review.sources.source import FIRST, DateSlices, Page, Query

LONGEST_GOODBYE = 3.0
"""Seconds that pages under way are waited for after a part has failed: they are paid for."""

AT_ONCE = 5
"""Pages handed over together at most: storing some together is cheaper than one by one."""

_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a search still to be walked.

    Attributes:
        name: what the pages of the part are known by; ``""`` for a whole search.
        cursor: where to begin; ``*`` is the start.
        known: ids that came before the cursor.
    """

    name: str
    query: Query
    cursor: str = FIRST
    known: frozenset[str] = frozenset()


Came = tuple[Part, Page]
"""A page and the part it is of."""


@dataclass(frozen=True, slots=True)
class _End:
    """A thread's last word: it is through, or why it is not."""

    error: BaseException | None = None


def walk(
    source: DateSlices,
    parts: Sequence[Part],
    workers: int,
    cancelled: Callable[[], bool] = not_cancelled,
) -> Iterator[list[Came]]:
    """Yield the pages of all parts as they come; those of one part come in their order.

    Pages that came while the last ones were dealt with are yielded together.

    Args:
        source: asks for the only part itself; several parts are asked for by its siblings.
        workers: threads at most.
        cancelled: looked at all the time.

    Raises:
        SourceError: a part failed; pages that were under way have been yielded before.
        Cancelled: `cancelled` became true.
    """
    if len(parts) == 1:
        (part,) = parts
        for page in source.pages(part.query, part.cursor, cancelled, part.known):
            yield [(part, page)]
        return
    yield from _Crew(source, parts, min(workers, len(parts)), cancelled).pages()


class _Crew:
    """Threads that take part after part from a list, and the queue they fill."""

    def __init__(
        self, source: DateSlices, parts: Sequence[Part], size: int, cancelled: Callable[[], bool]
    ) -> None:
        self._source, self._cancelled, self._size = source, cancelled, size
        self._stop = threading.Event()
        self._todo: queue.SimpleQueue[Part] = queue.SimpleQueue()
        for part in parts:
            self._todo.put(part)
        # Bounded, so that threads do not run far ahead of what is stored.
        self._came: queue.Queue[Came | _End] = queue.Queue(maxsize=2 * size)

    def pages(self) -> Iterator[list[Came]]:
        threads = [
            threading.Thread(target=self._work, name=f"search-{n}", daemon=True)
            for n in range(self._size)
        ]
        for thread in threads:
            thread.start()
        # Pages are made of very many small objects. What was there before is set aside meanwhile,
        # or the collector would go through all of it again and again for their sake.
        gc.freeze()
        try:
            yield from self._listen()
        finally:
            gc.unfreeze()
            self._stop.set()
            for thread in threads:
                thread.join(_LOOK)

    def _listen(self) -> Iterator[list[Came]]:
        working = self._size
        error: BaseException | None = None
        until = 0.0
        while working and not (error is not None and time.monotonic() > until):
            pages, ends = self._arrived()
            if pages:
                yield pages
            working -= len(ends)
            error = error or next((end.error for end in ends if end.error), None)
            if error is None and self._cancelled():
                error = Cancelled("It was stopped on request.")
            if error is not None and not self._stop.is_set():
                self._stop.set()
                until = time.monotonic() + LONGEST_GOODBYE
        if error is not None:
            raise error

    def _arrived(self) -> tuple[list[Came], list[_End]]:
        """What the threads have put into the queue, after a short wait for the first of it."""
        pages: list[Came] = []
        ends: list[_End] = []
        with suppress(queue.Empty):
            came = self._came.get(timeout=_LOOK)
            while True:
                if isinstance(came, _End):
                    ends.append(came)
                else:
                    pages.append(came)
                if len(pages) == AT_ONCE:
                    break
                came = self._came.get_nowait()
        return pages, ends

    def _work(self) -> None:
        end = _End()
        try:
            with self._source.sibling() as source:
                while not self._stop.is_set():
                    try:
                        part = self._todo.get_nowait()
                    except queue.Empty:
                        break
                    for page in source.pages(part.query, part.cursor, self._halted, part.known):
                        self._put((part, page))
        except Cancelled as error:
            end = _End(None if self._stop.is_set() else error)
        except BaseException as error:
            end = _End(error)
        self._put(end)

    def _halted(self) -> bool:
        return self._stop.is_set() or self._cancelled()

    def _put(self, what: Came | _End) -> None:
        """Hand over; nobody may be listening any more once the work is stopped."""
        patience = time.monotonic() + 2 * LONGEST_GOODBYE
        while not (self._stop.is_set() and time.monotonic() > patience):
            try:
                self._came.put(what, timeout=_LOOK)
            except queue.Full:
                continue
            return
