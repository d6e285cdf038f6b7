"""From a claim to the map with its filters, and back. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from review.gaps.filters import Filters
from review.protocol.model import Claim


def of_claim(claim: Claim, frame: Collection[str], filters: Filters) -> Filters:
    """The filters of a page with those of a claim: its populations, and exposures that are fewer
    than the frame of the question.

    What is filtered by already stays.
    """
    narrower = claim.exposure if set(claim.exposure) < set(frame) else ()
    return replace(
        filters,
        population=filters.population or claim.population,
        exposure=filters.exposure or narrower,
    )


def without_claim(claim: Claim, frame: Collection[str], filters: Filters) -> Filters:
    """The filters without those that came from a claim: the way back."""
    own = of_claim(claim, frame, Filters())
    return replace(
        filters,
        population=() if filters.population == own.population else filters.population,
        exposure=() if filters.exposure == own.exposure else filters.exposure,
    )
