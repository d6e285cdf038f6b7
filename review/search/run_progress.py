"""How far a search run is, in plain data."""

from __future__ import annotations

from dataclasses import dataclass

from review.progress import Progress


@dataclass(frozen=True, slots=True)
class RunProgress(Progress):
    """How far a search run is: ``done`` of ``total`` works, the distinct ones received.

    ``total`` is what the source promises; None before its first answer.

    Attributes:
        run: id of the run.
        search: name of the search.
        added: records that were new to the review.
        cost_usd: price so far, as the source charged it.
        remaining_usd: budget left today, None when the source does not say.
        resumed: whether the run was taken up where it had stopped.
        parts: how many parts are walked at once.
    """

    run: str = ""
    search: str = ""
    added: int = 0
    cost_usd: float = 0.0
    remaining_usd: float | None = None
    resumed: bool = False
    parts: int = 1
