"""How far long work is, told to whoever looks on, and whether it should stop."""

from __future__ import annotations

from typing import Protocol


class OnProgress(Protocol):
    """Called with how far several steps of one kind are."""

    def __call__(self, done: int, total: int | None = None, *, waiting: str = "") -> None:
        """Take note.

        Args:
            total: how many there are; None for a single one.
            waiting: why the next answer is waited for; ``""`` while answers come.
        """


def no_progress(done: int, total: int | None = None, *, waiting: str = "") -> None:
    """The `on_progress` of work that nobody looks at."""


def not_cancelled() -> bool:
    """The `cancelled` of work that nobody can cancel."""
    return False
