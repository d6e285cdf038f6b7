"""How far a search run is, in plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search run is.

    Attributes:
        received: distinct works received.
        promised: works the source says there are; None before the first answer.
        added: records that were new to the review.
        cost_usd: price so far, as the source charged it.
        remaining_usd: budget left today, None when the source does not say.
        resumed: whether the run was taken up where it had stopped.
        parts: how many parts are walked at once.
        waiting: why the next page is waited for, in words; "" while pages come.
    """

    run: str
    search: str
    received: int = 0
    promised: int | None = None
    added: int = 0
    cost_usd: float = 0.0
    remaining_usd: float | None = None
    resumed: bool = False
    parts: int = 1
    waiting: str = ""
