"""Which entries of a file are known already, and under which key a new one is kept.

An entry is what it says: two with the same content are one, wherever a file calls them alike. The
key that a reader gives (a DOI, a number of PubMed, a number in another tool's export) only tells
where to look. It proves nothing: a book's DOI stands at every chapter, ``rayyan-1`` in every export
of Rayyan, and every download of one database has the same name.

A file that was imported before, byte by byte, is known even if it is read otherwise today.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape

from review import identifiers
from review.dedupe.text_folding import fold
from review.model import Record

MARK = "~"
"""Between the key of an entry and its content, where another entry has the key already."""

_TAG = re.compile(r"</?[a-z][^<>]{0,40}>", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")  # accents stand by themselves once a text is decomposed


def content_of(record: Record) -> str:
    """16 hexadecimal digits that depend on what an entry says, not on how it is written.

    Case, accents, marks, blanks and mark-up do not count, nor how names are parted.
    """
    names = sorted({word for name in record.authors for word in fold(name).split()})
    texts = (
        record.title, record.journal, record.volume, record.issue, record.pages, record.abstract,
    )  # fmt: skip
    said = [*map(_letters, texts), names, record.year, identifiers.doi(record.doi), record.pmid]
    return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()[:16]


def _letters(text: str) -> str:
    """The letters and digits of a text, small and without accents or mark-up."""
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", text).casefold())


def agree(first: Record, second: Record) -> bool:
    """Whether title, authors and year of two entries speak for one work: none against it."""
    years = {record.year for record in (first, second) if record.year}
    names = [
        {word for name in record.authors for word in fold(name).split() if len(word) > 1}
        for record in (first, second)
    ]
    strangers = all(names) and not names[0] & names[1]
    return fold(first.title) == fold(second.title) and len(years) < 2 and not strangers


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of the review as an import looks at it.

    Attributes:
        run: the run that brought it.
    """

    id: str
    run: str
    record: Record


@dataclass(slots=True)
class Before:
    """What earlier imports of the very same file, read in the same way, found.

    Attributes:
        runs: these imports.
        brought: the records that came with them and that no entry has been found to be so far,
            by folded title.
    """

    runs: frozenset[str] = frozenset()
    brought: dict[str, list[Stored]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, runs: Iterable[str], records: Iterable[Stored]) -> Before:
        """Look at what some runs found."""
        before = cls(frozenset(runs))
        for one in records:
            if one.run in before.runs:
                before.brought[fold(one.record.title)].append(one)
        return before

    def take(self, entry: Record) -> Stored | None:
        """The record that an entry became when the file was read otherwise, each one once."""
        alike = self.brought.get(fold(entry.title), [])
        found = next((one for one in alike if agree(one.record, entry)), None)
        if found is not None:
            self.forget(found)
        return found

    def forget(self, found: Stored) -> None:
        """Take note that an entry is this record."""
        alike = self.brought.get(fold(found.record.title), [])
        alike[:] = [one for one in alike if one.id != found.id]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a file, with its content and what it may be called by, its own key first."""

    record: Record
    content: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, record: Record, names: Sequence[str] = ()) -> Entry:
        """An entry as its reader gives it.

        Args:
            names: what it may be called by besides its key.
        """
        return cls(record, content_of(record), tuple(dict.fromkeys([record.key, *names])))

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys under which it is kept where another entry has one of its names."""
        return tuple(f"{name}{MARK}{self.content}" for name in self.names)

    def under(self, key: str) -> Record:
        """The record under the key that it is kept by."""
        return self.record if key == self.record.key else replace(self.record, key=key)


def identified(
    entries: Sequence[Entry], stored: Mapping[str, Stored], before: Before
) -> list[Record]:
    """Give entries of one source the keys under which they are stored, or will be.

    Args:
        entries: as a file holds them.
        stored: records of the source that have one of the entries' names or `Entry.marked`, by key.
        before: what earlier imports of the file found; those it finds to be known are taken out.

    Returns:
        The records in their order. One whose key is in `stored`, or another record's, is known.
    """
    known = [_known(entry, stored, before) for entry in entries]
    for one in known:
        if one is not None:
            before.forget(one)
    found: list[Record] = []
    for entry, one in zip(entries, known, strict=True):
        one = one or before.take(entry.record)
        fresh = entry.record.key
        if fresh in stored:
            fresh = f"{fresh}{MARK}{entry.content}"
        found.append(entry.under(one.record.key if one else fresh))
    return found


def _known(entry: Entry, stored: Mapping[str, Stored], before: Before) -> Stored | None:
    """The record of the same content; or the one an earlier import of the same file made of it."""
    for key in (*entry.names, *entry.marked):
        one = stored.get(key)
        if one is not None and content_of(one.record) == entry.content:
            return one
    one = stored.get(entry.record.key)
    if one is None or not before.runs:
        return None
    # Another file's record may have swallowed this entry under their common key.
    made = one.run in before.runs
    return one if made or agree(one.record, entry.record) else None
