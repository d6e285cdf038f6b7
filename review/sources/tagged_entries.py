"""Finds the entries of files that put a short tag before each value, one a line.

RIS, PubMed, RefWorks, Web of Science and EndNote each have such a format; they differ in the look
of a tag and in how an entry begins and ends. Files are joined by hand, so an entry may begin behind
a byte-order mark, a blank, at the end of a line, or without its first line: each is found, or named
by its line, and never taken for more text of the entry before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from review.errors import Mistake
from review.sources import lines
from review.sources.file_account import FileAccount
from review.sources.file_entries import Given

_MARKS = "\x1a\ufeff\u200b\u2060"
"""Signs without a width that stand at the beginning of files."""
_NOTHING = f"{_MARKS} \t\xa0"


@dataclass(frozen=True, slots=True)
class Layout:
    """How entries look.

    Attributes:
        tag: matches a whole line that begins a value; groups are the tag and the text.
        first: the tag that begins an entry.
        begins: matches a whole line that begins an entry though it is not quite as it should be;
            the group is its text.
        may_begin: as ``begins``, for lines that do so only where no entry is open or after a blank
            line: inside an entry they might be running text.
        glued: where an entry begins at the end of another line; the group is what begins it.
        last: the tag that ends one; ``""`` if only the next entry or the end of the file does.
        end: matches a whole line that ends one, if that is looser than ``last``.
        outside: tags that stand outside entries.
        header: matches lines outside entries that are no mistake.
        once: tags that an entry holds once. Where one of them comes again after a blank line,
            another entry has begun there whose first line is missing.
        blanks: whether text after a blank line may still be text of the entry.
    """

    tag: re.Pattern[str]
    first: str
    begins: re.Pattern[str]
    may_begin: re.Pattern[str]
    glued: re.Pattern[str] | None = None
    last: str = ""
    end: re.Pattern[str] | None = None
    outside: frozenset[str] = frozenset()
    header: re.Pattern[str] | None = None
    once: frozenset[str] = frozenset()
    blanks: bool = True


@dataclass(slots=True)
class Tagged:
    """One entry: the line it begins on, its lines as given, and tag -> values -> lines."""

    line: int
    given: list[str] = field(default_factory=list)
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    closed: bool = False
    headless: bool = False
    _last: list[str] | None = None

    @property
    def text(self) -> str:
        """The entry as the file has it, without the blank lines after it."""
        return "\n".join(self.given).rstrip()

    def every(self, *tags: str) -> list[str]:
        """The values of all these tags, each on one line, a tag's own in the file's order."""
        found = []
        for tag in tags:
            for value in self.values.get(tag, ()):
                text = value[0].strip() if len(value) == 1 else _joined(value)
                if text:
                    found.append(text)
        return found

    def each(self, *tags: str) -> list[list[str]]:
        """The values of each tag that has any."""
        return [values for tag in tags if (values := self.every(tag))]

    def all(self, *tags: str) -> list[str]:
        """The values of the first tag that has any, each on one line."""
        return next(iter(self.each(*tags)), [])

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has any."""
        return next(iter(self.all(*tags)), "")

    def each_line(self, *tags: str) -> list[str]:
        """As `every`, where each line is a value of its own."""
        found = [
            line.strip() for tag in tags for value in self.values.get(tag, ()) for line in value
        ]
        return [line for line in found if line]

    def add(self, line: str, tag: str = "", text: str = "") -> None:
        """Take in a line: a new value, or more of the last one."""
        self.given.append(line)
        if tag:
            self._last = [text]
            self.values.setdefault(tag, []).append(self._last)
        elif self._last is not None:
            self._last.append(line)

    def absorb(self, more: Tagged) -> None:
        """Take in lines that turned out to be more of this entry."""
        self.given += more.given
        for tag, values in more.values.items():
            self.values.setdefault(tag, []).extend(values)
        self._last = more._last if more._last is not None else self._last


def _joined(value: list[str]) -> str:
    return " ".join(filter(None, map(str.strip, value)))


def find(given: Given, layout: Layout) -> Iterator[Tagged | Mistake]:
    """Yield the entries of a file, and a mistake for each block of text outside them."""
    return _Finder(given, layout).items()


def tell(found: Tagged, read: frozenset[str], account: FileAccount) -> None:
    """Tell the account which tags of an entry were read and which no field takes."""
    filled = [tag for tag in found.values if found.first(tag)]
    account.took(tag for tag in filled if tag in read)
    for tag in filled:
        if tag not in read:
            account.left_aside(tag, found.first(tag))


class _Finder:
    """Goes through a file line by line, with the entry that is open and what may be another one."""

    def __init__(self, given: Given, layout: Layout) -> None:
        self._given, self._layout = given, layout
        self._open: Tagged | None = None
        self._after: Tagged | None = None
        """What came after a blank line: more of the open entry, or another without a first line."""
        self._blank, self._stray = True, False

    def items(self) -> Iterator[Tagged | Mistake]:
        for number, whole in lines.numbered(self._given.data):
            for line in _pieces(whole, self._layout):
                yield from self._line(number, line)
        yield from self._close()

    def _line(self, number: int, line: str) -> Iterator[Tagged | Mistake]:
        layout = self._layout
        if not line.strip(_NOTHING):
            self._blank = True
            if self._open is not None:
                (self._after or self._open).add(line)
            return
        found = layout.tag.fullmatch(line)
        begins = self._begins(line, found)
        if begins is not None:
            yield from self._close()
            self._open, self._stray = Tagged(number), False
            self._open.add(line, layout.first, begins)
        elif self._open is None:
            yield from self._outside(number, line, found)
        elif layout.last and self._ends(line, found):
            self._open.closed = True
            current = self._after or self._open
            current.given.append(line)
            yield from self._close()
        else:
            yield from self._inside(number, line, found)
        self._blank = False

    def _begins(self, line: str, found: re.Match[str] | None) -> str | None:
        """The text of the line if it begins an entry."""
        layout = self._layout
        if found is not None and found[1] == layout.first:
            return found[2] or ""
        loose = layout.begins.fullmatch(line)
        if loose is None and (self._open is None or self._blank):
            loose = layout.may_begin.fullmatch(line)
        return (loose[1] or "").strip() if loose is not None else None

    def _ends(self, line: str, found: re.Match[str] | None) -> bool:
        end = self._layout.end
        if end is not None:
            return end.fullmatch(line) is not None
        return found is not None and found[1] == self._layout.last

    def _outside(
        self, number: int, line: str, found: re.Match[str] | None
    ) -> Iterator[Tagged | Mistake]:
        layout = self._layout
        if self._blank:
            # Each block that looks like an entry is named, not only the first.
            self._stray = self._stray and found is None
        header = layout.header is not None and layout.header.match(line) is not None
        if not self._stray and not header and (found is None or found[1] not in layout.outside):
            message = f"text outside any entry; left out. An entry begins with '{_shown(layout)}'"
            yield self._given.mistake(number, "", message)
            self._stray = True
        if self._ends(line, found):
            self._stray = False

    def _inside(
        self, number: int, line: str, found: re.Match[str] | None
    ) -> Iterator[Tagged | Mistake]:
        assert self._open is not None
        if self._blank and found is not None:
            yield from self._settle()
            self._after = Tagged(number, headless=True)
        elif self._blank and not self._layout.blanks and not line.startswith("    "):
            message = "text after a blank line, which is no entry; read as more of the one before"
            yield self._given.mistake(number, "", message)
        current = self._after or self._open
        if found is not None:
            current.add(line, found[1], found[2] or "")
        else:
            current.add(line)

    def _settle(self) -> Iterator[Tagged | Mistake]:
        """Tell what came after a blank line: more of the open entry, or one of its own."""
        after, self._after = self._after, None
        if after is None or self._open is None:
            return
        again = self._layout.once & after.values.keys() & self._open.values.keys()
        if not again:
            self._open.absorb(after)
            return
        yield self._open
        first = _shown(self._layout)
        message = f"an entry begins here without '{first}'; read as one of its own"
        yield self._given.mistake(after.line, "", message)
        self._open = after

    def _close(self) -> Iterator[Tagged | Mistake]:
        closed = self._open is not None and self._open.closed
        yield from self._settle()
        if self._open is not None:
            self._open.closed = self._open.closed or closed
            yield self._open
        self._open = None


def _shown(layout: Layout) -> str:
    return {"TY": "TY  - ", "PMID": "PMID- "}.get(layout.first, layout.first)


def _pieces(line: str, layout: Layout) -> Iterator[str]:
    """A line without the marks of files before it; two where another file begins inside it."""
    if not line.isascii() or line[:1] == "\x1a":
        line = line.lstrip(_MARKS)
        place = line.find("\ufeff")
        if place > 0:
            yield line[:place]
            yield from _pieces(line[place:], layout)
            return
    may = layout.glued is not None and layout.first in line[1:]
    glued = layout.glued.search(line) if layout.glued is not None and may else None
    if glued is not None:
        yield line[: glued.start(1)]
        line = line[glued.start(1) :]
    yield line
