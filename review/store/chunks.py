"""Long lists of values in several short statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
CHUNK = 5_000
"""Values in one list: a statement names up to four such lists, and both databases take 32,766."""


def chunks(items: Sequence[T] | Collection[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut a collection into lists short enough for one statement."""
    sequence = list(items)
    for start in range(0, len(sequence), size):
        yield sequence[start : start + size]
