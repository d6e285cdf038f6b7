"""Rows, columns and cells of a map that is to be drawn; read without the library that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tick:
    """One row or column of the map. ``short`` is its label where there is little room."""

    id: str
    label: str
    group: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of the map.

    Attributes:
        words: the cell in full, for a tooltip and a screen reader.
        kind: the strongest kind of evidence in it, a value of `review.gaps.cell_details.Kind`;
            "" where nobody looked.
        strength: its place in `review.gaps.cell_details.STRENGTHS`.
        directions: which way -> confirmed studies, in the order of the bar.
        unpaired: reports of which nobody has said whether they stand here.
    """

    row: str
    column: str
    confirmed: int
    suggested: int
    searched: bool
    words: str
    applicable: bool = True
    kind: str = ""
    strength: int = 0
    directions: Mapping[str, int] = field(default_factory=dict)
    unpaired: int = 0
