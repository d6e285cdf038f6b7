"""Tables as the sheets of one workbook that Excel and LibreOffice open as it is meant.

Each sheet has a head that stays, a filter, and widths that fit. Times are times of the workbook's
own kind, in UTC; ids are text. A text that no cell of Excel can hold ends with a mark that names a
number, under which the sheet ``long_texts`` has all of it, part by part. The last sheet says what
each column means. XlsxWriter writes row by row, so memory does not grow with the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from review.errors import FileError
from review.reporting.column_meanings import meaning
from review.reporting.tables import Table
from review.spreadsheet import (
    FORMULA_STARTS,
    cut,
    escape,
    fits_a_cell,
    unescape,
    whole_file,
)

LONG_TEXTS = "long_texts"
LONG_COLUMNS = ("number", "part", "text")
MEANING_COLUMNS = ("sheet", "column", "meaning")

PART = 16_000
"""Signs of a part of a long text: each fits a cell, even where each sign counts twice."""

PRINTED = 400
"""Width of a sheet, in characters, up to which it is printed one page wide."""

ROWS = 1_048_575
"""Rows of a sheet below its head (Microsoft, "Excel specifications and limits")."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs that XML cannot hold."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
_SPECIAL = (*FORMULA_STARTS, "'", "#")
_WIDTHS = {
    "title": 60, "abstract": 60, "quote": 50, "note": 40, "why": 50, "definition": 60, "text": 80,
    "meaning": 90, "authors": 40, "journal": 30, "request": 60, "carried": 30, "value": 30,
    "keywords": 30, "mesh": 30, "url": 30, "label": 40, "rule": 60, "needs": 60,
}  # fmt: skip
_OTHERS, _IN_WORDS = 16, 28


def write(tables: Iterable[Table], path: Path) -> None:
    """Write tables as the sheets of one workbook, whole or not at all.

    Text is stored as text, never as a formula, so it needs no guard; signs that the file format
    refuses are left out.

    Raises:
        FileError: a table has more rows than a sheet can hold, or the file cannot be written.
    """
    # XlsxWriter itself leaves the rows of sheets behind where it is stopped.
    with whole_file(path) as temporary, TemporaryDirectory(prefix="review-workbook-") as rows:
        options = {
            "tmpdir": rows,
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm",
        }
        book = _Book(xlsxwriter.Workbook(temporary, options))
        try:
            for table in tables:
                book.add(table)
            book.close()
        except FileCreateError as error:  # holds what the system said
            raise OSError(*getattr(error.args[0], "args", error.args)) from error
        finally:
            book.let_go()


class _Book:
    """A workbook while its sheets are written, one after the other."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._text = book.add_format({"quote_prefix": True})
        self._mark = book.add_format({"bg_color": "#F8D7DA"})
        self._marked_text = book.add_format({"bg_color": "#F8D7DA", "quote_prefix": True})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._marked_time = book.add_format(
            {"num_format": "yyyy-mm-dd hh:mm", "bg_color": "#F8D7DA"}
        )
        self._long: list[str] = []
        self._meanings: list[tuple[str, str, str]] = []

    def add(self, table: Table) -> None:
        """Write one table as a sheet."""
        sheet = self._sheet(table.name, table.columns, table.note, table.marked)
        last = 0
        for last, row in enumerate(table.rows, start=1):
            if last > ROWS:
                raise FileError(
                    f"The table {table.name} has more rows than a sheet of Excel holds "
                    f"({ROWS:,}). Export it as CSV."
                )
            marked = bool(table.marked and row.get(table.marked))
            for column, name in enumerate(table.columns):
                value = row.get(name)
                if value is not None and value != "":
                    self._write(sheet, last, column, value, marked)
                elif marked:
                    sheet.write_blank(last, column, None, self._mark)
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
        self._meanings += [(table.name, name, meaning(table.name, name)) for name in table.columns]

    def close(self) -> None:
        """Add the long texts and what the columns mean, and finish the file."""
        if self._long:
            self._meanings += [(LONG_TEXTS, n, meaning(LONG_TEXTS, n)) for n in LONG_COLUMNS]
            sheet = self._sheet(LONG_TEXTS, LONG_COLUMNS)
            line = 0
            for number, text in enumerate(self._long, start=1):
                for part, start in enumerate(range(0, len(text), PART), start=1):
                    line += 1
                    sheet.write_number(line, 0, number)
                    sheet.write_number(line, 1, part)
                    self._put(sheet, line, 2, text[start : start + PART], False)
        sheet = self._sheet("columns", MEANING_COLUMNS)
        for line, cells in enumerate(self._meanings, start=1):
            for column, text in enumerate(cells):
                self._put(sheet, line, column, text, False)
        self._book.close()

    def let_go(self) -> None:
        """Close what XlsxWriter still holds open where the file was not finished."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def _sheet(
        self, name: str, columns: Sequence[str], note: str = "", marked: str = ""
    ) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        widths = [
            _WIDTHS.get(column, _IN_WORDS if column.endswith("_label") else _OTHERS)
            for column in columns
        ]
        sheet.set_landscape()
        sheet.repeat_rows(0)
        if sum(widths) <= PRINTED:
            sheet.fit_to_pages(1, 0)
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, column, self._head)
            if note and (place == 0 or column == marked):
                sheet.write_comment(0, place, note, {"author": "Review", "width": 320})
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, value: object, marked: bool) -> None:
        if isinstance(value, bool):
            sheet.write_string(
                row, column, "yes" if value else "no", self._mark if marked else None
            )
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self._mark if marked else None)
        else:
            text = str(value)
            if len(text) < 33 and _TIME.fullmatch(text):
                time = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
                format = self._marked_time if marked else self._time
                sheet.write_datetime(row, column, time, format)
            else:
                self._put(sheet, row, column, text, marked)

    def _put(self, sheet: Worksheet, row: int, column: int, text: str, marked: bool) -> None:
        """Write a text as text: neither a formula nor an error such as #N/A, also once edited."""
        text = _ILLEGAL.sub("", text)
        if not text:
            return
        format: Any = self._mark if marked else None
        if text[0] in _SPECIAL or text.startswith(_SPECIAL):
            if unescape(text) != text:  # as if it had a guard, which a reader would take off
                text = escape(text)
            format = self._marked_text if marked else self._text
        if not fits_a_cell(text):
            self._long.append(text)
            text = cut(text, len(self._long))
        sheet.write_string(row, column, text, format)
