"""The marks of the map: a shape for the kind of evidence, an area for the number, a colour for the
strength. Pure.

The area grows truly with the number: a cell of 94 studies has 94 times the ink of a cell of one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from review.gaps.cell_details import Kind, Towards
from review.ui.gap_map.grid import Spot


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape.

    Attributes:
        name: as Vega calls it, or an SVG path within -1 to 1.
        share: area of the shape by Vega's size of it.
        sign: the character that is nearest to it, for a legend.
    """

    name: str
    share: float
    sign: str


SHAPES: dict[str, Shape] = {
    Kind.CONTROLLED: Shape("circle", math.pi / 4, "●"),
    Kind.UNCONTROLLED: Shape("square", 1.0, "■"),
    Kind.ANIMAL: Shape("triangle-up", math.sqrt(3) / 4, "▲"),
    Kind.IN_VITRO: Shape("diamond", 0.5, "◆"),
    Kind.PRODUCT: Shape("triangle-down", math.sqrt(3) / 4, "▼"),
    Kind.REVIEW: Shape("cross", 0.64, "✚"),
    Kind.UNKNOWN: Shape("M-1,-0.5H1V0.5H-1Z", 0.5, "▬"),
}
"""Kind of evidence -> its shape."""

MOST = 460.0
"""Square pixels of the largest mark, where there is room for it."""

ROOM = 640
"""Pixels that all columns share on a narrow screen."""

OF_ONE = 110.0
"""Square pixels of one study, at the most."""

INSIDE = 190.0
"""From so many square pixels on, a mark of one kind has room for its number within."""

SIGNS = {
    Towards.BETTER: "#2a7f62",
    Towards.NONE: "#8a949a",
    Towards.WORSE: "#b8472f",
    Towards.MIXED: "#8b6bb1",
    Towards.NOT_STATED: "#d5dadd",
}
"""Which way -> colour of its part of the bar; the words stand in the tooltip and the legend."""


def shape(kind: str) -> Shape:
    """The shape of a kind of evidence; a disc where nobody looked which it is."""
    return SHAPES[kind or Kind.CONTROLLED]


def unit(spots: Iterable[Spot], columns: int) -> float:
    """Square pixels of one study, so that the largest number of the map still fits its cell.

    Args:
        columns: how many the map has.
    """
    largest = max((s.confirmed + s.suggested for s in spots), default=0)
    most = min(MOST, 0.45 * (ROOM / max(columns, 1)) ** 2)
    return min(OF_ONE, most / max(largest, 1))


def size(kind: str, studies: int, one: float) -> float:
    """Vega's size of a shape that has the area of so many studies.

    Args:
        one: square pixels of one study.
    """
    return studies * one / shape(kind).share


def number(spot: Spot) -> str:
    """What stands beside a mark: ``3``, or ``3+5`` with those that are only suggested."""
    if spot.confirmed and spot.suggested:
        return f"{spot.confirmed}+{spot.suggested}"
    return str(spot.confirmed or spot.suggested or "")


def bars(spot: Spot, left: float, room: float) -> list[dict[str, object]]:
    """The parts of a cell's bar of directions, as rows of data.

    Args:
        left: where the cell begins.
        room: how wide the bar is.
    """
    total = sum(spot.directions.values())
    found: list[dict[str, object]] = []
    at = left
    for way in Towards:
        if n := spot.directions.get(way, 0):
            end = at + room * n / total
            found.append(
                {"row": spot.row, "start": at, "end": end, "colour": SIGNS[way], "way": str(way)}
            )
            at = end
    return found
