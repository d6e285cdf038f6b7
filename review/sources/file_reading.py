"""Files of references: picks the reader by what is asked, by content or by the file's ending."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO

from review.config import file_limits
from review.errors import FileError, Mistake
from review.field_limits import SOURCE, fitted
from review.model import Record
from review.plain_text import visible
from review.progress import NOBODY, Watch
from review.report_content import ReportContent
from review.sources import field_values, lines, size_limits, source_names, tabular, workbook
from review.sources.encoding import ZIP, start_of, to_utf8
from review.sources.file_account import FileAccount
from review.sources.file_entries import FileVote, Given, Item, Items, RecordKeys, keyed
from review.sources.file_formats import FORMATS, labels, of_ending

CHUNK = 2_000
_TELL_EVERY = 500

_WITHIN, _TABLE_WITHIN = 20_000, 100_000
"""Bytes that are looked at to tell a format by its beginning, and a table by its heads."""
_XML = re.compile(r"[\ufeff\s]*<[?!A-Za-z]")
_OTHER_ZIPS = (".docx", ".ods", ".odt", ".pptx", ".zip")


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file of references, or a part of one, holds.

    Attributes:
        format: one of `review.sources.file_formats.FORMATS`.
        source: source of the records; of a register's export the name is one of a register.
        records: the entries that could be read, in file order.
        mistakes: what could not, each with its line.
        votes: votes of another screening tool on the records.
        total: records and mistakes of the whole file.
        names: key of a record -> what else it may be called by.
        account: what its reader tells of the whole file: fields nobody read, its encoding.
        contents: the reports that a file of our own brings; their records are among ``records``.
    """

    format: str
    source: str
    records: tuple[Record, ...]
    mistakes: tuple[Mistake, ...]
    votes: tuple[FileVote, ...] = ()
    total: int = 0
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    account: FileAccount = field(default_factory=FileAccount, compare=False)
    contents: tuple[ReportContent, ...] = ()


@dataclass(slots=True)
class _Opened:
    """A file about to be read: items in file order, guesses about it, how to count its lines.

    Attributes:
        keeps: whether the source is that of an earlier import and stays, whatever the file tells.
    """

    name: str
    format: str
    source: str
    keeps: bool
    items: Items
    guesses: tuple[Mistake, ...]
    total: Callable[[], int]
    account: FileAccount


def read_file(
    path: str | Path,
    format: str | None = None,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> FileContent:
    """Read a file of references. Reading it again gives records with the same keys.

    Args:
        path: the file.
        format: one of `review.sources.file_formats.FORMATS`; told by content and ending when None.
        source: name of the source the records come from; when None, made from the file's name, or
            the register's where the file is an export of one (`review.sources.source_names`).
        columns: for a table, which column holds which field: head -> one of
            `review.sources.table_headers.COLUMNS`. Columns not named are told by their heads.

    Raises:
        UnknownColumns: a table of which no column is known to hold the title; it carries the heads.
        FileError: the file cannot be read at all, or is of no known format.
    """
    path = Path(path)
    return _whole(_open(bytes_of(path), path.name, format, source, columns))


def read_bytes(
    data: bytes,
    name: str,
    format: str | None = None,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> FileContent:
    """Read the content of a file of references, for instance an upload; as `read_file`.

    Args:
        data: the whole content.
        name: the file's name, for mistakes, the ending and the source.
        format, source, columns: as for `read_file`.

    Raises:
        FileError: the content cannot be read at all, or is of no known format.
    """
    return _whole(_open(data, name, format, source, columns))


def iter_bytes(
    data: bytes,
    name: str,
    format: str | None = None,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    *,
    chunk: int = CHUNK,
    watch: Watch = NOBODY,
    keeps_source: bool = False,
) -> Iterator[FileContent]:
    """Read a large file in parts of at most ``chunk`` entries and mistakes; as `read_bytes`.

    Keys depend on the whole file, so the first part comes when all of it has been read; until then
    the entries wait in a temporary file, not in memory.

    Args:
        data, name, format, source, columns: as for `read_bytes`.
        chunk: entries and mistakes a part, at most.
        watch: told now and then how many lines are read, and asked whether to stop.
        keeps_source: whether the source is that of an earlier import of the file: it stays then,
            also where the file is of a register and the source is not named like one.

    Yields:
        At least one part. All parts together are what `read_bytes` gives.

    Raises:
        FileError: as `read_bytes`, before the first part.
        Cancelled: on request, before the first part.
    """
    opened = replace(_open(data, name, format, source, columns), keeps=keeps_source)
    keys = RecordKeys()
    total = len(opened.guesses)
    with tempfile.TemporaryFile() as waiting:
        items = _fitted(_told(opened, watch) if watch is not NOBODY else opened.items, name)
        batch: list[Item] = [*opened.guesses]
        for item in items:
            keys.offer(item)
            batch.append(item)
            total += _size(item)
            if len(batch) >= chunk:
                pickle.dump(batch, waiting, pickle.HIGHEST_PROTOCOL)
                batch = []
        # The text of the file goes with its reader, where it is another one than the data.
        del items
        opened.items, opened.total = iter(()), int
        if batch or not waiting.tell():
            pickle.dump(batch, waiting, pickle.HIGHEST_PROTOCOL)
        end = waiting.tell()
        waiting.seek(0)
        for part in _taken_back(waiting, end):
            yield _content(opened, map(keys.close, part), total)


def guess_format(data: bytes, name: str, columns: Mapping[str, str] | None = None) -> str:
    """Tell the format of a text: by how it begins, then the file's ending, then the columns.

    Args:
        data: the whole text in UTF-8.
        name: the file's name.
        columns: as for `read_file`.

    Raises:
        FileError: it is none that can be read.
    """
    start = start_of(data, _WITHIN)
    for format in FORMATS.values():
        if format.begins is not None and format.begins(start):
            return format.name
    if _XML.match(start):
        for format in FORMATS.values():
            if format.within_xml is not None and format.within_xml.search(start):
                return format.name
        raise FileError(
            f"{name} is XML, but neither PubMed's nor EndNote's, nor ICTRP's or Zotero's. "
            "Export it as RIS or CSV instead."
        )
    if (named := of_ending(Path(name).suffix)) is not None:
        return named
    for format in FORMATS.values():
        if format.anywhere is not None and format.anywhere.search(data):
            return format.name
    if tabular.looks_like(start_of(data, _TABLE_WITHIN), columns or {}):
        return "csv"
    raise FileError(
        f"{name} is neither RIS nor a table with a title column, nor any other format that can be "
        f"read ({labels()}). Export it as RIS or CSV."
    )


def bytes_of(path: Path) -> bytes:
    """The content of a file.

    Raises:
        FileError: it cannot be opened.
    """
    try:
        size_limits.check_size(path.stat().st_size, path.name, file_limits())
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(f"There is no file {path}. Check the name.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path} cannot be opened: {reason}.") from error


def _open(
    data: bytes,
    name: str,
    format: str | None,
    source: str | None,
    columns: Mapping[str, str] | None,
) -> _Opened:
    """Choose the reader and set it to work; nothing is read of the entries yet."""
    if format is not None and format.lower() not in FORMATS:
        raise FileError(f"There is no format '{format}'. Use one of: {', '.join(FORMATS)}.")
    limits = file_limits()
    size_limits.check_size(len(data), name, limits)
    said = visible(source or "")
    named = said or field_values.slug(Path(name).stem)[:SOURCE]
    if len(named) > SOURCE:
        raise FileError(
            f"The name of the source has {len(named):,} signs; up to {SOURCE} are kept. Use a "
            "shorter one."
        )
    account = FileAccount()
    given = partial(Given, name, named, columns=columns or {}, limits=limits, account=account)
    if is_workbook(data, name, format):
        account.format = FORMATS["xlsx"].label
        items = workbook.parse(given(data))
        rows = partial(workbook.rows_in, data)
        return _Opened(name, "xlsx", said, False, items, (), rows, account)
    data, guesses = to_utf8(data, name, account)
    if format == "xlsx":
        raise FileError(f"{name} is no Excel workbook. Leave the format open, or name another.")
    chosen = format.lower() if format else guess_format(data, name, columns)
    size_limits.check_text(data, chosen, name, limits)
    account.format = FORMATS[chosen].label
    items = FORMATS[chosen].parse(given(data))
    count = partial(lines.count, data)
    return _Opened(name, chosen, said, False, items, guesses, count, account)


def is_workbook(data: bytes, name: str, format: str | None = None) -> bool:
    """Whether the content is to be read as an Excel workbook."""
    suffix = Path(name).suffix.lower()
    return data.startswith(ZIP) and format in (None, "xlsx") and suffix not in _OTHER_ZIPS


def _whole(opened: _Opened) -> FileContent:
    items = [*opened.guesses, *keyed(_fitted(opened.items, opened.name))]
    return _content(opened, items, sum(map(_size, items)))


def _size(item: Item) -> int:
    return 1 if isinstance(item, Mistake) else len(item.records)


def _content(opened: _Opened, items: Iterable[Item], total: int) -> FileContent:
    source = _source(opened)
    records: list[Record] = []
    mistakes: list[Mistake] = []
    votes: list[FileVote] = []
    names: dict[str, tuple[str, ...]] = {}
    contents: list[ReportContent] = []
    for item in items:
        if isinstance(item, Mistake):
            mistakes.append(item)
        elif item.content is not None:
            records.extend(item.records)
            contents.append(item.content)
        else:
            record = item.record
            records.append(record if record.source == source else replace(record, source=source))
            votes.extend(item.votes)
            names[item.record.key] = item.names
    return FileContent(
        opened.format,
        source,
        tuple(records),
        tuple(mistakes),
        tuple(votes),
        total,
        names,
        opened.account,
        tuple(contents),
    )


def _source(opened: _Opened) -> str:
    """The name of the source, once the whole file has been read and what it is of is known."""
    said, stem = opened.source, field_values.slug(Path(opened.name).stem)[:SOURCE]
    if opened.keeps:
        return said or stem
    return source_names.of_file(said, stem, opened.account.register)[:SOURCE]


def _fitted(items: Items, name: str) -> Items:
    """The items with every field within its limit; a mistake after each that was not."""
    for item in items:
        if isinstance(item, Mistake) or item.content is not None:
            yield item
            continue
        record, said = fitted(item.record)
        if not record.title:
            yield Mistake(name, item.line, "title", "the entry has no title; left out")
            continue
        yield item if record is item.record else replace(item, record=record)
        for words in said:
            yield Mistake(name, item.line, "", words)


def _told(opened: _Opened, watch: Watch) -> Items:
    """The items as they are, while telling how far one is."""
    line, total = 0, opened.total()
    for number, item in enumerate(opened.items):
        line = max(line, item.line or 0)
        if number % _TELL_EVERY == 0:
            watch.stop_if_cancelled("Stopped while the file was read; nothing of it is stored.")
            watch.at(line, max(total, line))
        yield item
    watch.at(max(total, line), max(total, line))


def _taken_back(waiting: IO[bytes], end: int) -> Iterator[list[Item]]:
    while waiting.tell() < end:
        part: list[Item] = pickle.load(waiting)
        yield part
