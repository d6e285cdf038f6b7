"""Finds the entries of files that put a short tag before each value, one a line.

PubMed, RefWorks, Web of Science and EndNote each have such a format; they differ in the look of a
tag and in how an entry begins and ends. (RIS is read by rispy, in `review.sources.ris`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from review.errors import Mistake
from review.sources import lines
from review.sources.file_entries import Given


@dataclass(frozen=True, slots=True)
class Layout:
    """How entries look.

    Attributes:
        tag: matches a whole line that begins a value; groups are the tag and the text.
        first: the tag that begins an entry.
        last: the tag that ends one; ``""`` if only the next entry or the end of the file does.
        outside: tags that stand outside entries.
    """

    tag: re.Pattern[str]
    first: str
    last: str = ""
    outside: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tagged:
    """One entry: the line it begins on, its lines as given, and tag -> values -> lines."""

    line: int
    given: list[str] = field(default_factory=list)
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    closed: bool = False
    _last: list[str] | None = None

    @property
    def text(self) -> str:
        """The entry as the file has it, without the blank lines after it."""
        return "\n".join(self.given).rstrip()

    def all(self, *tags: str) -> list[str]:
        """The values of the first tag that has any, each on one line."""
        for tag in tags:
            joined = [" ".join(filter(None, map(str.strip, v))) for v in self.values.get(tag, ())]
            filled = [value for value in joined if value]
            if filled:
                return filled
        return []

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has any."""
        return next(iter(self.all(*tags)), "")

    def each_line(self, *tags: str) -> list[str]:
        """As `all`, where each line is a value of its own."""
        for tag in tags:
            found = [line.strip() for value in self.values.get(tag, ()) for line in value]
            filled = [line for line in found if line]
            if filled:
                return filled
        return []

    def add(self, line: str, tag: re.Match[str] | None) -> None:
        """Take in a line: a new value, or more of the last one."""
        self.given.append(line)
        if tag is not None:
            self._last = [tag[2] or ""]
            self.values.setdefault(tag[1], []).append(self._last)
        elif self._last is not None:
            self._last.append(line)


def find(given: Given, layout: Layout) -> Iterator[Tagged | Mistake]:
    """Yield the entries of a file, and a mistake for each block of text outside them."""
    current: Tagged | None = None
    stray = False
    for number, line in lines.numbered(given.data):
        found = layout.tag.fullmatch(line)
        tag = found[1] if found else ""
        if tag == layout.first:
            if current is not None:
                yield current
            current, stray = Tagged(number), False
        if current is not None and layout.last and tag == layout.last:
            current.given.append(line)
            current.closed = True
            yield current
            current = None
        elif current is not None:
            current.add(line, found)
        elif line.strip("\x1a\ufeff \t") and tag not in layout.outside and not stray:
            message = f"text outside any entry; left out. An entry begins with '{layout.first}'"
            yield given.mistake(number, "", message)
            stray = True
    if current is not None:
        yield current
