"""The lines of a text, whatever ends them, without a second copy of the text in memory."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import overload

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_END = re.compile(r"\r\n|\r|\n")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line without its end, and its number from 1."""
    for number, match in enumerate(_LINE.finditer(text), start=1):
        if match[0] or match.start() == 0:
            yield number, match[1]


def count(text: str) -> int:
    """How many lines there are, an unfinished last one included."""
    ends = text.count("\n")
    return 1 + (ends or text.count("\r"))


class Counter:
    """Tells on which line a place of the text is; places must be asked for in ascending order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place, self._line = 0, 1
        self._end = "\n" if "\n" in text else "\r"

    def at(self, place: int) -> int:
        """Number of the line, from 1."""
        self._line += self._text.count(self._end, self._place, place)
        self._place = max(place, self._place)
        return self._line


class Lines(Sequence[str]):
    """The lines of a text with their ends, each cut out only when asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("Q", [0])
        self._starts.extend(match.end() for match in _END.finditer(text))
        if self._starts[-1] < len(text):
            self._starts.append(len(text))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._text[self._starts[index] : self._starts[index + 1]]
