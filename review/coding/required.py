"""What a coding form still lacks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from review.protocol.codebook import Codebook, Dimension


def missing(codebook: Codebook, codes: Mapping[str, Collection[str]]) -> tuple[Dimension, ...]:
    """Dimensions that are required of a report with these codes and have no value.

    Args:
        codes: dimension's id -> values given.
    """
    return tuple(
        d
        for d in codebook.dimensions
        if d.required and codebook.applies(d, codes) and not codes.get(d.id)
    )
