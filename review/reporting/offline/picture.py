"""The gap map as a picture (SVG), for print and slides. Pure: a map in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from review.gaps.model import Cell, Gap, Matrix

ACCENT, TEXT, MUTED, LINE, SHADE = "#17607a", "#1b2328", "#55636b", "#d5dcdf", "#f4f6f7"
FONT = (
    "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', "
    "'Noto Sans', sans-serif"
)
"""By name also those that Linux has: what draws the PNG does not know which one sans-serif is."""

STEP, CELL, LEFT, TOP, HEAD = 26, 84, 290, 110, 24
"""Pixels: one row, one column, the names of rows, the title, and the names of columns."""
NARROWEST = 760
"""Pixels that the lines under the title need."""
LARGEST = 11.0
"""Radius of the mark of the largest number; areas grow with the numbers."""


@dataclass(frozen=True, slots=True)
class Names:
    """Words for an axis: id -> label and group."""

    labels: dict[str, str]
    groups: dict[str, str]

    def label(self, id_: str) -> str:
        """Words for one row or column."""
        return self.labels.get(id_, id_)


def svg(found: Matrix, rows: Names, columns: Names, title: str, lines: Sequence[str]) -> str:
    """Draw a map.

    Args:
        rows, columns: words for the axes.
        lines: what stands under the title: how much was looked at, and when.
    """
    order: list[tuple[str, bool]] = []
    before = None
    for row in found.rows:
        group = rows.groups.get(row, "")
        if group != before and group:
            order.append((group, True))
        before = group
        order.append((row, False))
    width = max(LEFT + CELL * len(found.columns) + 20, NARROWEST)
    height = TOP + HEAD + STEP * len(order) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{escape(FONT)}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(16, 28, title, size=18, weight=600),
        *(_text(16, 50 + 17 * n, line, MUTED, 12) for n, line in enumerate(lines[:4])),
    ]
    for place, column in enumerate(found.columns):
        middle = LEFT + CELL * (place + 0.5)
        label = _short(columns.label(column), 14)
        parts.append(_text(middle, TOP + HEAD - 8, label, TEXT, 11, "middle"))
    most = max([1, *(max(c.confirmed, c.suggested) for c in found.cells)])
    for number, (id_, head) in enumerate(order):
        y = TOP + HEAD + STEP * number
        if head:
            parts.append(f'<rect x="12" y="{y}" width="{width - 24}" height="{STEP}" '
                         f'fill="{SHADE}"/>')  # fmt: skip
            parts.append(_text(16, y + 17, id_, weight=600))
            continue
        parts.append(_text(24, y + 17, _short(rows.label(id_), 42)))
        for place, column in enumerate(found.columns):
            cell = found.cell(id_, column)
            words = f"{rows.label(id_)}, {columns.label(column)}: {_words(cell)}"
            parts += [
                f"<g><title>{escape(words)}</title>",
                f'<rect x="{LEFT + CELL * place}" y="{y}" width="{CELL}" height="{STEP}" '
                f'fill="none" stroke="{LINE}"/>',
                *_marks(cell, LEFT + CELL * (place + 0.5), y + STEP / 2, most),
                "</g>",
            ]
    parts.append(
        _text(
            16, height - 18,
            "● confirmed studies   ○ only suggested   · searched and none   × not searched   "
            "– not applicable",
            MUTED, 12,
        )
    )  # fmt: skip
    return "\n".join([*parts, "</svg>\n"])


def _marks(cell: Cell, x: float, y: float, most: int) -> list[str]:
    sides = [(cell.confirmed, ACCENT), (cell.suggested, "none")]
    filled = [side for side in sides if side[0]]
    if not filled:
        sign = "·"
        if not cell.applicable:
            sign = "–"
        elif cell.gap is Gap.NOT_SEARCHED:
            sign = "×"
        return [_text(x, y + 4, sign, MUTED, 12, "middle")]
    made: list[str] = []
    for place, (number, fill) in enumerate(filled):
        middle = x + (place - (len(filled) - 1) / 2) * (CELL / 2)
        radius = max(2.0, LARGEST * sqrt(number / most))
        made.append(
            f'<circle cx="{middle - 8:.1f}" cy="{y}" r="{radius:.2f}" fill="{fill}" '
            f'stroke="{ACCENT}" stroke-width="1.5"/>'
        )
        made.append(_text(middle - 8 + radius + 3, y + 4, f"{number:,}", TEXT, 11))
    return made


def _words(cell: Cell) -> str:
    if not cell.applicable:
        return "not applicable"
    if cell.confirmed or cell.suggested:
        return f"{cell.confirmed:,} confirmed, {cell.suggested:,} only suggested"
    return f"no study ({cell.gap})"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _text(
    x: float, y: float, text: str, fill: str = TEXT, size: int = 12, anchor: str = "start",
    weight: int = 400,
) -> str:  # fmt: skip
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
