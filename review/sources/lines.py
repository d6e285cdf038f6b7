"""The lines of a text in UTF-8, whatever ends them, each read only when its turn comes.

Files of references run to hundreds of megabytes, and Python needs up to four bytes a character for
a whole text as soon as one rare sign is in it.
"""

from __future__ import annotations

import re
from array import array
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from typing import AnyStr, Generic, overload

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_END = re.compile(rb"\r\n|\r|\n")


def numbered(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield each line without its end, and its number from 1; a byte-order mark is left out."""
    first = _first(data)
    for number, match in enumerate(_LINE.finditer(data, first), start=1):
        if match[0] or match.start() == first:
            yield number, match[1].decode()


def count(data: bytes) -> int:
    """How many lines there are, an unfinished last one included."""
    ends = data.count(b"\n")
    return 1 + (ends or data.count(b"\r"))


class Counter(Generic[AnyStr]):
    """Tells on which line a place of a text is; places must be asked for in ascending order.

    Args:
        text: the text.
        ends: how its lines may end; the first that is in it counts.
    """

    def __init__(self, text: AnyStr, ends: tuple[AnyStr, AnyStr]) -> None:
        self._text: AnyStr = text
        self._place, self._line = 0, 1
        self._end: AnyStr = ends[0] if ends[0] in text else ends[1]

    def at(self, place: int) -> int:
        """Number of the line, from 1."""
        self._line += self._text.count(self._end, self._place, place)
        self._place = max(place, self._place)
        return self._line


class Lines(Sequence[str]):
    """The lines of a text with their ends, each cut out only when asked for."""

    def __init__(self, data: bytes) -> None:
        first = _first(data)
        self._data = data
        self._starts = array("Q", [first])
        self._starts.extend(match.end() for match in _END.finditer(data, first))
        if self._starts[-1] < len(data):
            self._starts.append(len(data))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def bytes_in(self, first: int, last: int) -> int:
        """How many bytes the lines from one up to another have, the last left out."""
        return self._starts[min(last, len(self))] - self._starts[min(first, len(self))]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._data[self._starts[index] : self._starts[index + 1]].decode()


def _first(data: bytes) -> int:
    return len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
