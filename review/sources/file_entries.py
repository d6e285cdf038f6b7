"""What a reader of a file yields, and the keys that its records get in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from review import field_limits
from review.config import FileLimits, file_limits
from review.errors import Mistake
from review.model import Record, Stage, VoteValue
from review.report_content import ReportContent
from review.sources import field_values
from review.sources.file_account import FileAccount

# Short numbers are often mere row numbers of one export and must not tie entries of two exports.
_SHORTEST_ACCESSION = 6
_LONGEST_OFFER = field_limits.KEY - 20
"""Leaves room for the number of entries alike; what is longer is no identifier to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVote:
    """A vote that another screening tool wrote into its export, for a service to store.

    Attributes:
        record: key of the record it is about.
        stage: title and abstract where the tool knows one stage only.
        reviewer: the name the file gives; ``""`` where it names nobody and the caller must.
        vote: what the reviewer said.
        reason: reasons for exclusion as the file words them, parted by ``; ``.
        note: the reviewer's own words and labels.
        time: when, as the file writes it (no zone is ever given).
    """

    record: str = ""
    stage: Stage = Stage.TITLE_ABSTRACT
    reviewer: str = ""
    vote: VoteValue
    reason: str = ""
    note: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A file to be read.

    Attributes:
        name: the file's name, for mistakes.
        source: source of the records.
        data: the bytes of a workbook, or a text in UTF-8 with any line ends.
        columns: for tables, which column holds which field (head -> field); the rest is told by
            the heads.
        limits: how large what is in it may be.
        account: what the reader tells of the file besides its entries.
    """

    name: str
    source: str
    data: bytes = field(repr=False)
    columns: Mapping[str, str] = field(default_factory=dict)
    limits: FileLimits = field(default_factory=file_limits)
    account: FileAccount = field(default_factory=FileAccount, compare=False)

    @property
    def text(self) -> str:
        """The whole text, made anew each time; readers that go by lines leave it alone."""
        return self.data.decode("utf-8-sig")

    def mistake(self, line: int | None, key: str, message: str) -> Mistake:
        """A mistake in this file."""
        return Mistake(self.name, line, key, message)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One entry of a file, its record's key still open.

    Attributes:
        line: the line it begins on (the row, in a workbook).
        record: what was read of it.
        accession: its number in the exporting database, ``""`` for none.
        votes: votes on it, their records still open.
        names: what its record may be called by besides its key, once that is filled in: each
            identifier that it has, whatever other entries have.
        content: the whole report that an entry of a file of our own brings; ``record`` is the first
            of its records then, and all keep the sources and keys that they have.
    """

    line: int
    record: Record
    accession: str = ""
    votes: tuple[FileVote, ...] = ()
    names: tuple[str, ...] = ()
    content: ReportContent | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that it brings."""
        if self.content is None:
            return (self.record,)
        return tuple(record for _id, record in self.content.records)


Item = FileEntry | Mistake
"""What a reader yields, in file order: an entry, or why one could not be read."""

Items = Iterator[Item]


class RecordKeys:
    """Gives each record of one file a key that a second reading of the file gives again.

    The key is the DOI, else the PubMed number, else the accession number, each only where no other
    entry of the file has the same; else a hash of the content. Entries alike in content are
    numbered (``#2``), so that as many records go in as the file has entries. A key tells where to
    look for the entry among what is known, and proves nothing of it. That takes two
    rounds: every entry is offered, then each is keyed, in the same order.
    """

    def __init__(self) -> None:
        self._offers: list[tuple[str, ...]] = []
        self._count: Counter[str] = Counter()
        self._used: Counter[str] = Counter()
        self._next = 0

    def offer(self, item: Item) -> None:
        """First round: note the identifiers of an entry; a mistake has none."""
        if isinstance(item, Mistake) or item.content is not None:
            return
        entry, record = item, item.record
        accession = entry.accession if len(entry.accession) >= _SHORTEST_ACCESSION else ""
        identifiers = (("doi", record.doi), ("pmid", record.pmid), ("id", accession))
        named = (f"{kind}:{value}" for kind, value in identifiers if value)
        offers = tuple(name for name in named if len(name) <= _LONGEST_OFFER)
        self._offers.append(offers)
        self._count.update(offers)

    def close(self, item: Item) -> Item:
        """Second round: the next item, of an entry with the key of its record and votes."""
        if isinstance(item, Mistake) or item.content is not None:
            return item
        entry = item
        offers = self._offers[self._next]
        self._next += 1
        content = f"hash:{field_values.content_hash(entry.record)}"
        key = next((k for k in offers if self._count[k] == 1), content)
        self._used[key] += 1
        if self._used[key] > 1:
            key, offers, content = f"{key}#{self._used[key]}", (), ""
        names = tuple(name for name in (*offers, content) if name and name != key)
        votes = tuple(replace(vote, record=key) for vote in entry.votes)
        return replace(entry, record=replace(entry.record, key=key), votes=votes, names=names)


def keyed(items: Iterable[Item]) -> list[Item]:
    """All items of a file, in order, their keys filled in."""
    found = list(items)
    keys = RecordKeys()
    for item in found:
        keys.offer(item)
    return [keys.close(item) for item in found]
