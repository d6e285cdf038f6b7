"""Tables that other programs open: cells that cannot run, and rows with their line numbers."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review import disk
from review.errors import DecisionError, FileError
from review.plain_text import clean

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters that make spreadsheet programs run a cell (OWASP, CSV injection).

The last four are the wide forms of the first: Excel takes them for these in East Asian settings.
"""

GUARD = "'"

CUT_MARK = " [cut here: Excel holds no longer text; all of it is number {number} in long_texts]"
"""What stands at the end of a cell of ours that Excel could not hold; it is read as no text."""

CUT = re.compile(
    r" \[cut here: Excel holds no longer text; (?:the CSV export has all of it"
    r"|all of it is number (\d+) in long_texts)\]"
)
"""The mark at the end of a cell, that of earlier versions too; the group is the number."""

LONGEST_ITEM = 300
"""Characters within which the last item of a list, such as an author, is looked for."""

EARLIEST_YEAR = 1970
AHEAD = timedelta(hours=14)
"""How far a clock may be ahead: a local time that names no zone is taken as UTC."""


CELL_LIMIT = 32_767
"""Characters an Excel cell holds (Microsoft, "Excel specifications and limits"), each of those
outside Unicode's first plane counted twice."""


def escape(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run; `unescape` takes it off again.

    An apostrophe that the text itself begins with stays as it is: "'t Hart".
    """
    return GUARD + text if _runs(text.lstrip(GUARD)) else text


def unescape(text: str) -> str:
    """Undo `escape`; text that was never escaped comes back as it is."""
    return text[1:] if text.startswith(GUARD) and _runs(text.lstrip(GUARD)) else text


def _runs(text: str) -> bool:
    return text.startswith(FORMULA_STARTS)


def fits_a_cell(text: str) -> bool:
    """Whether an Excel cell holds a text."""
    if 2 * len(text) <= CELL_LIMIT:
        return True
    return len(text) <= CELL_LIMIT and len(text.encode("utf-16-le")) <= 2 * CELL_LIMIT


def cut(text: str, number: int) -> str:
    """Text that an Excel cell holds; what is too long ends with `CUT_MARK`, after a whole item.

    Args:
        number: under which the sheet of long texts has all of it.
    """
    if fits_a_cell(text):
        return text
    mark = CUT_MARK.format(number=number)
    units = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(mark))]
    kept = units.decode("utf-16-le", "ignore")  # no sign cut in two
    items, parted, last = kept.rpartition("; ")
    return (f"{items};" if parted and len(last) < LONGEST_ITEM else kept) + mark


def write_csv(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    *,
    encoding: str = "utf-8-sig",
) -> int:
    """Write a table as UTF-8 CSV with a byte-order mark, which Excel needs to see the encoding.

    The file appears whole or not at all.

    Args:
        encoding: ``utf-8`` leaves the mark out, for programs that take it for a part of the first
            head.

    Returns:
        The number of rows written.
    """
    count = 0
    with whole_file(path) as temporary:
        with temporary.open("wb", buffering=_BUFFER) as file:
            file.write("".encode(encoding))  # the mark, where there is one
            file.write(_line(columns))
            for row in rows:
                file.write(_line(map(row.get, columns)))
                count += 1
    return count


def _line(cells: Iterable[object]) -> bytes:
    """A row of CSV (RFC 4180), its cells guarded: as `csv.writer` has it, in less than half the
    time, as that looks at every sign of long abstracts by itself.
    """
    line = b",".join([b"" if cell in _NOTHING else _cell(cell) for cell in cells])
    return (line or b'""') + b"\r\n"  # nothing at all would be no row


def _cell(cell: object) -> bytes:
    text = str(cell)
    if cell is text and text[0] in _FIRST:
        text = escape(text)
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        text = f"""\"{text.replace('"', '""')}\""""
    return text.encode()


def read_csv(path: Path, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a table row by row under lower-case headings.

    Yields:
        The line on which the row ends, and its cells, guards taken off.

    Raises:
        FileError: no such file, not text, or a required column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            missing = [name for name in required if name not in names]
            if missing:
                raise FileError(
                    f"{path.name}: the first line must name the columns {', '.join(required)}; "
                    f"missing: {', '.join(missing)}."
                )
            reader.fieldnames = names
            for row in reader:
                yield (
                    reader.line_num,
                    {
                        k: unescape(clean(v or "")).strip()
                        for k, v in row.items()
                        if isinstance(k, str)
                    },
                )
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except OSError as error:
        raise FileError(disk.sentence(error, path)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path.name} is not a CSV file in UTF-8: {error}.") from error


def read_time(text: str) -> str:
    """An ISO 8601 time as UTC; one without a zone is taken as UTC; "" stays so.

    Raises:
        DecisionError: the text is no such time, or one when nobody can have decided anything.
    """
    if not text:
        return ""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise DecisionError(
            f"time '{text}' is not of the form 2026-01-31T12:00:00+00:00."
        ) from None
    try:
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except OverflowError:
        raise DecisionError(f"time '{text}' is beyond what a calendar holds.") from None
    if said.year < EARLIEST_YEAR:
        raise DecisionError(f"time '{text}' is before {EARLIEST_YEAR}. Correct or empty it.")
    if said > datetime.now(UTC) + AHEAD:
        raise DecisionError(f"time '{text}' lies in the future. Correct or empty it.")
    return said.isoformat()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that takes its name when the block ends without error.

    Raises:
        FileError: the file cannot be written, or is a folder, a device or a pipe.
    """
    if path.is_dir():
        raise FileError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is no plain file, so it is not written over. Name another one.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix
        )
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.") from error
    os.close(handle)
    temporary = Path(name)
    try:
        temporary.chmod(0o644)  # mkstemp lets only its owner read, and tables are for handing on
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise FileError(disk.sentence(error, path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


_FIRST = frozenset((*FORMULA_STARTS, GUARD))
"""First characters of the few cells that `escape` may change."""

_NOTHING = ("", None)
_BUFFER = 1 << 20
