"""Rows, columns and cells of a map that is to be drawn; read without the library that draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tick:
    """One row or column of the map. ``short`` is its label where there is little room."""

    id: str
    label: str
    group: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of the map. ``words`` say it in full, for a tooltip and a screen reader."""

    row: str
    column: str
    confirmed: int
    suggested: int
    searched: bool
    words: str
    applicable: bool = True
