"""Long work done in parts: before each it tells how far it is, and who is told may end it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Tell = Callable[[int, int], None]
"""Told how much is done and of how much; an error that it raises ends the work."""


def quiet(done: int, total: int) -> None:
    """Tell nobody."""


def parts(total: int, size: int, tell: Tell = quiet) -> Iterator[slice]:
    """Cut work into parts of a size; there is one part at least, though it may be empty."""
    for start in range(0, max(total, 1), size):
        tell(start, total)
        yield slice(start, start + size)
    tell(total, total)
