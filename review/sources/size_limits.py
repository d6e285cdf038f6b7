"""Refuses files that are too large, or hold one thing that is, before they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from review.config import FileLimits
from review.errors import FileError

BY_LINES = ("ris", "csv", "tsv", "nbib", "wos", "refworks", "enw", "embase")
"""Formats whose lines are short; the whole of a file of another may be one line."""

OF_JSON = ("csl-json", "clinicaltrials-json", "eppi-json", "zotero-json")
"""Formats that are held in memory as one text."""


def check_size(size: int, name: str, limits: FileLimits) -> None:
    """Refuse a file of too many bytes.

    Raises:
        FileError: it is too large.
    """
    if size > limits.file_mb * 1024**2:
        raise FileError(
            f"{name} has {size // 1024**2:,} MB; files of up to {limits.file_mb:,} MB are read. "
            "Export the references in several files."
        )


def check_text(data: bytes, format: str, name: str, limits: FileLimits) -> None:
    """Refuse a text that its reader would choke on.

    Raises:
        FileError: it is too large for its format, has too many entries or a line that is too long.
    """
    if format in OF_JSON and len(data) > limits.json_mb * 1024**2:
        raise FileError(
            f"{name} has {len(data) // 1024**2:,} MB; JSON of up to {limits.json_mb:,} MB is read. "
            "Export the references in several files, or as RIS."
        )
    if format not in BY_LINES:
        return
    longest = limits.line_kb * 1024
    start, end = _long_line(data, longest)
    if end - start > longest:
        line = data.count(b"\n", 0, start) + 1
        raise FileError(
            f"{name}: line {line:,} has {(end - start) // 1024:,} KB; lines of up to "
            f"{limits.line_kb:,} KB are read. The file may be damaged; export it again."
        )
    entries = _entries(data, format, limits.entries)
    if entries > limits.entries:
        raise FileError(
            f"{name} has {entries:,} entries; up to {limits.entries:,} are read at once. "
            "Export the references in several files."
        )


_BEGINS = {"ris": b"TY  -", "nbib": b"PMID-"}
"""What an entry of a format begins with, where that tells."""


def _entries(data: bytes, format: str, many: int) -> int:
    """How many entries a text has, where these may be too many; else 0."""
    if data.count(b"\n") + data.count(b"\r") <= many:
        return 0
    if format in _BEGINS:
        return data.count(_BEGINS[format])
    if format not in ("csv", "tsv"):
        return 0
    try:
        return sum(1 for _ in csv.reader(line.decode("latin-1") for line in io.BytesIO(data)))
    except csv.Error:
        return 0  # an open quote: the reader tells the rows apart, or says what is wrong


def _long_line(data: bytes, longest: int) -> tuple[int, int]:
    """Where the first line of more bytes begins and ends; nothing is looked at byte by byte."""
    step = max(1, longest // 2)
    for place in range(0, max(0, len(data) - step), step):
        if any(data.find(end, place, place + step) >= 0 for end in (b"\n", b"\r")):
            continue
        start = 1 + max(data.rfind(end, 0, place) for end in (b"\n", b"\r"))
        found = [data.find(end, place) for end in (b"\n", b"\r")]
        stop = min((end for end in found if end >= 0), default=len(data))
        if stop - start > longest:
            return start, stop
    return 0, 0


def is_deeper(value: Mapping[str, Any], depth: int) -> bool:
    """Whether there are more levels of lists and objects inside each other."""
    level: list[Any] = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
