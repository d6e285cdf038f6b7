"""Our own workbook read again: the sheet of reports with what the sheet ``records`` carries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from review.report_content import KINDS, read
from review.sources import own_files
from review.sources.file_entries import Given, Items
from review.spreadsheet import CUT, unescape

SHEETS = ("reports", "records")
"""Sheets by which a workbook of ours is known."""

LONG_TEXTS = "long_texts"
_HEADS = ("report", "record", "source", "key", "carried")

Rows = Iterable[tuple[int, Sequence[str]]]


def is_ours(sheets: Mapping[str, Rows]) -> bool:
    """Whether a workbook has the sheets of ours, with their heads."""
    if not all(name in sheets for name in SHEETS):
        return False
    head = next(iter(sheets["records"]), (0, ()))[1]
    return set(_HEADS) <= set(head)


def parse(sheets: Mapping[str, Rows], given: Given) -> Items:
    """Read the reports of our own workbook.

    Args:
        sheets: name -> rows with their numbers; each can be gone through any number of times.

    Yields:
        An entry for each report, ``raw`` its cells, and the mistakes, each with its row.
    """
    long = _long_texts(sheets.get(LONG_TEXTS, ()))
    carried: dict[str, list[Mapping[str, str]]] = {}
    for _line, row in _cells(sheets["records"], long):
        carried.setdefault(row.get("report", ""), []).append(row)
    for line, row in _cells(sheets["reports"], long):
        records = carried.get(row.get("report", ""), [])
        try:
            document = _document(row.get("study", ""), records)
            content = read(document, own_files.beside_of(row))
        except (ValueError, RecursionError) as error:
            yield own_files.refused(line, "records", error, given)
            continue
        yield own_files.entry(line, content, row, given)


def brings(sheets: Mapping[str, Rows]) -> dict[str, int]:
    """What our own workbook holds, by its rows, as `review.sources.own_files.brings`."""
    found = {name: -1 for name in ("reports", "records", *KINDS) if name in sheets}
    for name in found:
        found[name] += sum(any(cells) for _line, cells in sheets[name])
    return {name: n for name, n in found.items() if n > 0}


def _document(study: str, records: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    document: dict[str, Any] = {"study": study, "records": []}
    for row in records:
        found = json.loads(row.get("carried") or "{}")
        if not isinstance(found, dict):
            raise ValueError("carried: not an object")
        for kind in KINDS:
            document.setdefault(kind, []).extend(found.pop(kind, ()))
        named = {"id": row["record"], "source": row["source"], "key": row["key"]}
        document["records"].append({**found, **named})
    return document


def _cells(rows: Rows, long: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet under their heads, guards taken off and long texts put together."""
    lines = iter(rows)
    head = next(lines, (0, ()))[1]
    for line, cells in lines:
        if any(cells):
            yield line, {n: _whole(c, long) for n, c in zip(head, cells, strict=False) if n}


def _whole(text: str, long: Mapping[str, str]) -> str:
    mark = CUT.search(text) if text.endswith("]") else None
    if mark is not None and mark.end() == len(text) and mark[1] in long:
        return long[mark[1]]
    return text


def _long_texts(rows: Rows) -> dict[str, str]:
    """Number -> text, put together from its parts in whatever order they stand."""
    parts: dict[str, dict[int, str]] = {}
    for _line, row in _cells(rows, {}):
        if row.get("part", "").isdigit():
            of_number = parts.setdefault(row.get("number", ""), {})
            of_number[int(row["part"])] = unescape(row.get("text", ""))
    return {n: "".join(text for _part, text in sorted(of.items())) for n, of in parts.items()}
