"""Not asking faster than a source allows, over all threads that ask it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """At most so many requests a second, evenly spread.

    Args:
        per_second: requests allowed.
        clock: seconds, rising (replaced in tests).
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1.0 / per_second
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take the next free moment; returns the seconds to wait until then."""
        with self._lock:
            now = self._clock()
            mine = max(now, self._next)
            self._next = mine + self._gap
            return mine - now
