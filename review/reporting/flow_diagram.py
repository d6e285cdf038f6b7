"""The flow diagram as a picture (SVG), laid out as the PRISMA 2020 template has it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from review.reporting.flow_boxes import WORDS, Box, Diagram, Drawing, Line, diagram, lines

CAPTION = "PRISMA 2020 flow diagram"

_LINE, _PAD, _GAP, _EDGE = 18, 12, 26, 16
_BAND, _BAND_WIDTH, _HEAD = 10, 28, 34
_NUMBER = 58
"""Pixels of a column of numbers in the diagram of a living review."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of the picture: of the page, of its words, of lines, and of the bands beside it."""

    page: str
    ink: str
    line: str
    band: str


PRINT = Look("#fff", "#000", "#333", "#eee")
"""Black on white: for files."""

SCREEN = Look(
    "none", "currentColor", "light-dark(#5c6a72, #98a5ac)", "light-dark(#eceff1, #262e33)"
)
"""For a page that it stands in: its colours go with the page's, light or dark."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of words in a box.

    Attributes:
        line: what it belongs to; of several rows of one line the last shows the numbers.
        last: whether it is that one.
    """

    line: Line
    words: str
    last: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """A rectangle of the picture, in pixels, with its rows of words.

    Attributes:
        columns: heads of the columns of numbers.
        least: how high it is at least.
    """

    x: int
    y: int
    width: int
    rows: tuple[_Row, ...]
    columns: tuple[str, ...] = ()
    least: int = 0

    @property
    def height(self) -> int:
        rows = len(self.rows) + bool(self.columns)
        return max(rows * _LINE + 2 * _PAD - 4, self.least)

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def centre(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class _Widths:
    """Where an arm stands, and how wide its boxes are, in pixels."""

    main_x: int
    main: int
    side_x: int
    side: int

    @property
    def right(self) -> int:
        return self.side_x + self.side


def svg(drawing: Drawing, look: Look = PRINT, title: str = "") -> str:
    """The diagram as one SVG picture in black, white and grey; all text is escaped.

    Every line with a number is a group whose ``data-box`` names it (`flow_boxes.Line.key`).

    Args:
        look: its colours.
        title: read out by screen readers and not drawn; that of the review when left out.
    """
    return _Picture(diagram(drawing), look).draw(title or drawing.title, described(drawing))


def described(drawing: Drawing) -> str:
    """The diagram for whoever cannot see it: every number with its words, from the top down."""
    drawn = diagram(drawing)
    said = []
    for line in lines(drawn):
        numbers = [f"{n:,}" for n in line.n]
        if len(numbers) > 1:
            numbers = [f"{n} {when}" for n, when in zip(numbers, drawn.columns, strict=True)]
        said.append(f"{line.words}: {', '.join(numbers)}")
    return _printable(f"{CAPTION}. {'; '.join(said)}.")


_Layer = list[tuple["_Frame | None", list["_Frame"]]]
"""The frames of one layer: arm by arm the main one, and those beside it."""


class _Picture:
    """Lays the boxes of one diagram out and draws them."""

    def __init__(self, drawn: Diagram, look: Look) -> None:
        self.drawn, self.look = drawn, look
        self.parts: list[str] = []
        self.arms = self._widths()
        self.width = self.arms[-1].right + _EDGE
        self.top = _EDGE + _HEAD + _GAP // 2

    def _widths(self) -> list[_Widths]:
        x = _BAND + _BAND_WIDTH + 14
        if self.drawn.previous:
            x += _PREVIOUS + _GAP
        columns = len(self.drawn.columns)
        found = []
        for main, side in _ALONE if len(self.drawn.arms) == 1 else _BOTH:
            main, side = main + 28 * columns, side + 28 * columns
            found.append(_Widths(x, main, x + main + _BESIDE, side))
            x = found[-1].right + _BESIDE
        return found

    def draw(self, title: str, words: str) -> str:
        """The whole picture."""
        rows = self._layers()
        included, total = self._ends(rows)
        bottom = (total or included).bottom
        height = bottom + _EDGE
        body = [*self._heads(), *self._bands(rows, bottom)]
        for number, arm in enumerate(self.arms):
            body += self._arm(arm, [row[number] for row in rows])
        body += [*self._joined(rows, included), *self._drawn(included)]
        if total:
            body += [*self._drawn(total), self._line(_down(included, total))]
        body += self._previous(total)
        name = escape(_printable(title or CAPTION))
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height}" '
                f'viewBox="0 0 {self.width} {height}" role="img" aria-labelledby="flow-title" '
                f'aria-describedby="flow-words" '
                f'font-family="{FONT}" font-size="13" fill="{self.look.ink}">',
                f'<title id="flow-title">{name}</title>',
                f'<desc id="flow-words">{escape(words)}</desc>',
                '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
                'markerHeight="7" orient="auto">'
                f'<path d="M0 0 L8 4 L0 8 z" fill="{self.look.line}"/></marker></defs>',
                f'<rect width="{self.width}" height="{height}" fill="{self.look.page}"/>',
                *body,
                "</svg>",
                "",
            ]
        )

    def _layers(self) -> list[_Layer]:
        """Frames by layer and arm, each layer as high as its highest box."""
        rows: list[_Layer] = []
        y = self.top
        for layer in self.drawn.layers:
            row: _Layer = []
            for arm, at in zip(self.drawn.arms, self.arms, strict=True):
                main, sides = arm.rows[layer]
                beside: list[_Frame] = []
                for box in sides:
                    top = beside[-1].bottom + _GAP // 2 if beside else y
                    beside.append(self._frame(box, at.side_x, top, at.side))
                frame = self._frame(main, at.main_x, y, at.main) if main else None
                if frame and len(beside) > 1:  # an arrow leads to each of them
                    frame = replace(frame, least=beside[-1].bottom - y)
                row.append((frame, beside))
            rows.append(row)
            y = max(frame.bottom for frame in _frames(row)) + _GAP
        return rows

    def _frame(self, box: Box, x: int, y: int, width: int) -> _Frame:
        room = width - 2 * _PAD - _NUMBER * len(self.drawn.columns)
        return _Frame(x, y, width, tuple(_wrapped(box, room)), self.drawn.columns)

    def _ends(self, rows: list[_Layer]) -> tuple[_Frame, _Frame | None]:
        """The frames of what is included, and of the total where there is one."""
        x, width = self.arms[0].main_x, self.arms[0].main
        low = max(frame.bottom for frame in _frames(rows[-1]))
        included = self._frame(self.drawn.included, x, low + _GAP, width)
        if not self.drawn.total:
            return included, None
        # The total has one number, also where the boxes above it have two.
        words = tuple(_wrapped(self.drawn.total, width - 2 * _PAD))
        return included, _Frame(x, included.bottom + _GAP, width, words)

    def _heads(self) -> Iterator[str]:
        """What stands above each arm, and above the studies of the version before."""
        for arm, at in zip(self.drawn.arms, self.arms, strict=True):
            yield self._head(arm.head, at.main_x, at.right - at.main_x)
        if self.drawn.previous:
            yield self._head("Previous studies", _BAND + _BAND_WIDTH + 14, _PREVIOUS)

    def _head(self, words: str, x: int, width: int) -> str:
        return (
            f'<rect x="{x}" y="{_EDGE}" width="{width}" height="{_HEAD - 8}" rx="2" '
            f'fill="{self.look.band}"/>\n'
            f'<text x="{x + width // 2}" y="{_EDGE + 17}" text-anchor="middle" '
            f'font-weight="600">{escape(words)}</text>'
        )

    def _bands(self, rows: list[_Layer], bottom: int) -> Iterator[str]:
        """The three phases at the left edge."""
        lows = [max(frame.bottom for frame in _frames(row)) for row in rows]
        highs = [min(frame.y for frame in _frames(row)) for row in rows]
        yield self._band("Identification", highs[0], lows[0])
        yield self._band("Screening", highs[1], lows[-1])
        yield self._band("Included", lows[-1] + _GAP, bottom)

    def _band(self, name: str, top: int, bottom: int) -> str:
        x, middle = _BAND + _BAND_WIDTH // 2, (top + bottom) // 2
        # A band too short for its word grows over the gaps above and below it.
        need = len(name) * 8 + 8
        if bottom - top < need:
            top, bottom = middle - need // 2, middle + need // 2
        return (
            f'<rect x="{_BAND}" y="{top}" width="{_BAND_WIDTH}" height="{bottom - top}" rx="2" '
            f'fill="{self.look.band}"/>\n'
            f'<text x="{x}" y="{middle}" transform="rotate(-90 {x} {middle})" '
            f'text-anchor="middle" dominant-baseline="central" font-weight="600">{escape(name)}'
            "</text>"
        )

    def _arm(self, at: _Widths, rows: list[tuple[_Frame | None, list[_Frame]]]) -> Iterator[str]:
        """The boxes of one arm, with the arrows down and to the side."""
        above: _Frame | None = None
        for main, sides in rows:
            if main:
                yield from self._drawn(main)
                if above:
                    yield self._line(_down(above, main))
                above = main
            for side in sides:
                yield from self._drawn(side)
                # Where a layer has no box of its own, the arrow leaves the line that passes it.
                start = main.right if main else at.main_x + at.main // 2
                level = side.middle
                if main and len(sides) == 1:
                    level = min(main.middle, level)
                yield self._line(f"M{start} {level} H{side.x}")

    def _joined(self, rows: list[_Layer], included: _Frame) -> Iterator[str]:
        """The arrows from the last layer of each arm to what is included."""
        first, *others = [main for main, _ in rows[-1] if main]
        yield self._line(_down(first, included))
        for last in others:
            yield self._line(f"M{last.centre} {last.bottom} V{included.middle} H{included.right}")

    def _previous(self, total: _Frame | None) -> Iterator[str]:
        """The studies of the version before, which go straight to the total."""
        if self.drawn.previous and total:
            x = _BAND + _BAND_WIDTH + 14
            frame = self._frame(self.drawn.previous, x, self.top, _PREVIOUS)
            yield from self._drawn(frame)
            yield self._line(f"M{frame.centre} {frame.bottom} V{total.middle} H{total.x}")

    def _drawn(self, frame: _Frame) -> Iterator[str]:
        yield (
            f'<rect x="{frame.x}" y="{frame.y}" width="{frame.width}" height="{frame.height}" '
            f'rx="2" fill="{self.look.page}" stroke="{self.look.line}"/>'
        )
        y = frame.y + _PAD + 10
        if frame.columns:
            yield from self._numbers(frame, y, frame.columns, small=True)
            y += _LINE
        for row in frame.rows:
            yield self._row(frame, row, y)
            y += _LINE

    def _row(self, frame: _Frame, row: _Row, y: int) -> str:
        x = frame.x + _PAD + _INDENT * (len(row.words) - len(row.words.lstrip()))
        said = f'<text x="{x}" y="{y}">{escape(_printable(row.words.strip()))}</text>'
        if frame.columns and row.last:
            numbers = tuple(f"{n:,}" for n in row.line.n)
            said = "\n".join([said, *self._numbers(frame, y, numbers)])
        if not (row.line.key and row.line.n):
            return said
        return f'<g data-box="{escape(_printable(row.line.key))}">{said}</g>'

    def _numbers(
        self, frame: _Frame, y: int, values: tuple[str, ...], small: bool = False
    ) -> Iterator[str]:
        size = ' font-size="11"' if small else ""
        for place, value in enumerate(values):
            x = frame.right - _PAD - _NUMBER * (len(values) - 1 - place)
            said = escape(_printable(value))
            yield f'<text x="{x}" y="{y}" text-anchor="end"{size}>{said}</text>'

    def _line(self, path: str) -> str:
        return f'<path d="{path}" stroke="{self.look.line}" fill="none" marker-end="url(#tip)"/>'


FONT = "system-ui, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

_PREVIOUS = 170
_ALONE, _BOTH = ((330, 318),), ((254, 230), (230, 220))
_BESIDE = 32
"""Pixels: the box of previous studies; main and side boxes, of the databases' arm alone and of both
arms; the room between two boxes beside each other."""


def _frames(row: _Layer) -> list[_Frame]:
    return [frame for main, sides in row for frame in (main, *sides) if frame]


def _down(above: _Frame, below: _Frame) -> str:
    return f"M{above.centre} {above.bottom} V{below.y}"


_INDENT = 6
"""Pixels of each blank that a row begins with."""

_WIDTHS = (
    ("WM@%mw\u2014", 12.4), (" .,:;'|!()[]ijlt\u00a0", 4.2), ("0123456789", 7.3),
)  # fmt: skip
_WIDTH_OF = {letter: width for letters, width in _WIDTHS for letter in letters}


def _width(letter: str) -> float:
    """Pixels of a letter in any of `FONT`, rather more than less."""
    if letter in _WIDTH_OF:
        return _WIDTH_OF[letter]
    if unicodedata.east_asian_width(letter) in "WF":
        return 13
    return 9.4 if letter.isupper() else 6.8


def _broken(words: str, room: int, first: str, next_: str) -> list[str]:
    """Words in rows that fit the room, in pixels; a word too long for a row goes on in the next."""
    rows, row = list[str](), first
    left: float = room - _INDENT * len(first)
    for word in words.split(" "):
        wide = sum(map(_width, word))
        if row.strip() and wide + _width(" ") > left:
            rows.append(row)
            row, left = next_, room - _INDENT * len(next_)
        elif row.strip():
            row, left = f"{row} ", left - _width(" ")
        for letter in word:
            if row.strip() and _width(letter) > left:
                rows.append(row)
                row, left = next_, room - _INDENT * len(next_)
            row, left = row + letter, left - _width(letter)
    return [*rows, row]


def _wrapped(box: Box, room: int) -> Iterator[_Row]:
    """The rows of a box; parts of a list are indented, and so is what a line goes on with."""
    for line in box:
        indent = "  " if line.part else ""
        numbered = f"{line.words} (n\u00a0=\u00a0{line.n[0]})" if len(line.n) == 1 else line.words
        if line.key == "identified":  # the template's words around a number that it has not
            numbered += " from:" if line.words == WORDS["identified"] else ":"
        said = re.sub(r"[ \t\r\n]+", " ", numbered).strip()
        rows = _broken(said, room, indent, indent + "  ")
        for place, words in enumerate(rows):
            yield _Row(line, words, place == len(rows) - 1)


def _printable(text: str) -> str:
    """Text without the control characters that XML 1.0 refuses."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
