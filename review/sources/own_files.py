"""Our own files read again: all that `review.reporting.round_trip` wrote into them.

An entry of such a file brings a whole report: its records under the sources and keys that they
had, and what people said of it. What was changed by hand in a cell that holds the field comes in as
changed. A row or an entry without our part, as somebody may have added, is read like any other.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from review.errors import FileError
from review.field_limits import fitted
from review.model import Record
from review.report_content import KINDS, LISTS, TEXTS, ReportContent, parted, read
from review.sources import json_entries, lines, size_limits
from review.sources.file_entries import FileEntry, Given, Item, Items
from review.sources.tagged_entries import Tagged
from review.spreadsheet import unescape

RECORDS_HEAD = "review_records"
"""The column of a table of reports by which it is known."""

RIS_TAG, RIS_MARK = "C8", "review-record "

_BEGINS = re.compile(r'[\ufeff\s]*\{\s*"format"\s*:\s*"review content"')
_REPORTS = re.compile(r'"reports"\s*:\s*\[\s*(?=[{\]])')
_HEAD = 20_000
"""Bytes within which the heads of a table stand."""

_RIS_TEXTS = {
    "title": "TI", "journal": "T2", "volume": "VL", "issue": "IS", "doi": "DO", "isbn": "SN",
    "abstract": "AB", "language": "LA", "url": "UR", "pmcid": "C2", "openalex_id": "C3",
}  # fmt: skip


def looks_like_json(text: str) -> bool:
    """Whether it begins like the JSON of a review's content."""
    return _BEGINS.match(text) is not None


def of_cells(line: int, cells: Mapping[str, str], given: Given) -> Item | None:
    """The report in one row of a table of reports; None for a row without our part.

    Args:
        cells: column head -> cell, guards against formulas still on.
    """
    carried = cells.get(RECORDS_HEAD, "").strip()
    if not carried:
        return None
    try:
        document: dict[str, Any] = {"study": cells.get("study", "")}
        document["records"] = _list(carried)
        for kind in KINDS:
            if said := cells.get(f"review_{kind}", "").strip():
                document[kind] = _list(said)
        content = read(document, beside_of(cells))
    except ValueError as error:
        return refused(line, RECORDS_HEAD, error, given)
    return entry(line, content, cells, given)


def beside_of(cells: Mapping[str, str]) -> Record:
    """A report as the cells of a table of reports show it."""
    texts = {name: unescape(cells.get(name, "")) for name in TEXTS}
    lists = {name: parted(unescape(cells.get(name, ""))) for name in LISTS}
    held: dict[str, Any] = {**texts, **lists, "year": _year(cells.get("year", ""))}
    return Record("", "", **held)


def of_ris(found: Tagged, given: Given) -> Item | None:
    """The report in one entry of RIS; None for an entry without our part."""
    carried = next((t for t in found.every(RIS_TAG) if t.startswith(RIS_MARK)), None)
    if carried is None:
        return None
    held: dict[str, Any] = {name: found.first(tag) for name, tag in _RIS_TEXTS.items()}
    held["pmid"] = found.first("C1").removeprefix("PMID").strip()
    held["authors"], held["keywords"] = tuple(found.every("AU")), tuple(found.every("KW"))
    beside = Record("", "", **held, year=_year(found.first("PY")))
    try:
        document = json.loads(carried.removeprefix(RIS_MARK))
        content = read(document if isinstance(document, dict) else {}, beside)
    except (ValueError, RecursionError) as error:
        return refused(found.line, RIS_TAG, error, given)
    return entry(found.line, content, {"ris": "\n".join(found.given)}, given)


def parse_json(given: Given) -> Items:
    """Read the JSON of a review's content.

    Yields:
        An entry for each report, ``raw`` the report as given, and the mistakes.

    Raises:
        FileError: there is no list of reports in it.
    """
    text = given.text
    opening = _REPORTS.search(text)
    if opening is None:
        raise FileError(f"{given.name} names no reports. Export the review as JSON again.")
    counter = lines.Counter(text, ("\n", "\r"))
    found = json_entries.each(text, opening.end(), counter, {"report", "records"})
    for line, item in found:
        if isinstance(item, str):
            yield refused(line, "", item, given)
        elif size_limits.is_deeper(item, given.limits.depth):
            yield refused(line, "", "too deeply nested", given)
        else:
            try:
                yield entry(line, read(item, Record("", "")), item, given)
            except ValueError as error:
                yield refused(line, "records", error, given)


def entry(line: int, content: ReportContent, raw: Mapping[str, Any], given: Given) -> FileEntry:
    """A report as an entry of a file, its records within their limits.

    Args:
        raw: the entry as it came; it is kept with the first record, our own part left out.
    """
    given.account.entries += 1
    given.account.came_from("a review of this tool")
    kept = []
    for id_, record in content.records:
        fits, said = fitted(record)
        for words in said:
            given.account.remark(words, fits.title)
        kept.append((id_, fits))
    first = kept[0][1]
    outside = {k: v for k, v in raw.items() if v and not k.startswith("review_") and k not in KINDS}
    kept[0] = (kept[0][0], replace(first, raw=outside))
    return FileEntry(line, kept[0][1], content=replace(content, records=tuple(kept)))


def brings(data: bytes, format: str) -> dict[str, int]:
    """What a file of ours in text holds, counted without reading its entries: ``reports``,
    ``records`` and `KINDS`; nothing for a file that is not ours.

    Args:
        data: the whole text in UTF-8.
        format: one of `review.sources.file_formats.FORMATS`.
    """
    found: Counter[str] = Counter()
    if format == "review-json":
        documents: Iterable[Mapping[str, Any]] = (
            _document(line.rstrip(b",\r\n")) for line in data.splitlines() if b'"records":' in line
        )
    elif format == "ris":
        mark = f"\n{RIS_TAG}  - {RIS_MARK}".encode()
        documents = (
            _document(data[at.end() : data.find(b"\n", at.end())]) for at in re.finditer(mark, data)
        )
    elif format == "csv" and RECORDS_HEAD.encode() in data[:_HEAD]:
        documents = _rows_of(data)
    else:
        return {}
    for document in documents:
        if document:
            found["reports"] += 1
            for kind in ("records", *KINDS):
                found[kind] += len(document.get(kind) or ())
    return {kind: n for kind, n in found.items() if n}


def _rows_of(data: bytes) -> Iterator[Mapping[str, Any]]:
    """What the rows of a table of reports carry."""
    csv.field_size_limit(len(data) + 1)
    rows = csv.DictReader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""))
    columns = {"records": RECORDS_HEAD, **{kind: f"review_{kind}" for kind in KINDS}}
    for row in rows:
        try:
            yield {kind: _list(row[name]) for kind, name in columns.items() if row.get(name)}
        except ValueError:
            continue


def _document(text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def refused(line: int, key: str, why: object, given: Given) -> Item:
    """The mistake of a report that cannot be read."""
    given.account.entries += 1
    words = f"what our export says of the report cannot be read ({why}); left out"
    return given.mistake(line, key, words)


def _year(text: str) -> int | None:
    digits = text.strip().removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else None


def _list(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    if not isinstance(found, list):
        raise ValueError("not a list")
    return found
