"""How far long work is, told to whoever looks on, and whether it should stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from review.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is.

    Attributes:
        done: how much is done.
        total: of how much; None while that is unknown.
        step: what is counted, in words that follow the number; work of several steps counts anew
            with each. ``""`` where the work counts one thing only, which who looks on knows.
        waiting: why the next answer is waited for; ``""`` while answers come.
    """

    done: int
    total: int | None = None
    step: str = ""
    waiting: str = ""


def tell_nobody(now: Progress) -> None:
    """The `Watch.tell` of work that nobody looks at."""


def not_cancelled() -> bool:
    """The `Watch.cancelled` of work that nobody can cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on at long work.

    Attributes:
        tell: called with how far the work is, from the thread that does it.
        cancelled: asked between two steps of the work whether it should stop.
    """

    tell: Callable[[Progress], None] = tell_nobody
    cancelled: Callable[[], bool] = not_cancelled

    def at(self, done: int, total: int | None = None, *, waiting: str = "") -> None:
        """Tell how far the work is."""
        self.tell(Progress(done, total, waiting=waiting))

    def step(self, name: str) -> Watch:
        """The same for one step of the work, whose name is told with each count."""
        return Watch(lambda now: self.tell(replace(now, step=name)), self.cancelled)

    def stop_if_cancelled(self, words: str = "Stopped on request.") -> None:
        """End the work here if it should stop.

        Raises:
            Cancelled: in these words.
        """
        if self.cancelled():
            raise Cancelled(words)

    def parts(self, total: int, size: int) -> Iterator[slice]:
        """Cut work into parts of a size; there is one part at least, though it may be empty.

        Before each it is told how far the work is.

        Raises:
            Cancelled: the work should stop.
        """
        for start in range(0, max(total, 1), size):
            self.stop_if_cancelled()
            self.at(start, total)
            yield slice(start, start + size)
        self.stop_if_cancelled()
        self.at(total, total)


NOBODY = Watch()
"""Nobody looks on, and nothing ends the work but its end."""
