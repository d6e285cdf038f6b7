"""One table as a file: CSV, a workbook, a Word document, Markdown, Parquet.

The libraries for Word and Parquet are loaded when such a file is written: every command would wait
for them otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from review.errors import FileError
from review.reporting import workbook
from review.reporting.tables import Table
from review.spreadsheet import whole_file, write_csv

WORD_ROWS = 2_000
"""Rows that a Word document takes; with more it cannot be worked with."""

WORD_LETTERS = ((12, 8), (20, 7))
"""Columns up to which a Word document has letters of how many points; with more they have 6."""

WORD_PAGES = ((21.0, 29.7), (29.7, 42.0))
"""A4, and A3 for a table that is wider: height and width in centimetres, as they lie."""

LABEL = "_label"
"""Ending of the column that has the words for the ids in another."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One format that a table can be written in.

    Attributes:
        name: the ending of its files, without the dot.
        label: what it is called on screen.
        write: writes a table under a title, whole or not at all.
    """

    name: str
    label: str
    write: Callable[[Table, str, Path], object]


def _csv(table: Table, _title: str, path: Path) -> None:
    write_csv(path, table.columns, table.rows)


def _xlsx(table: Table, _title: str, path: Path) -> None:
    workbook.write([table], path)


def _markdown(table: Table, title: str, path: Path) -> None:
    with whole_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"# {_marked_down(title)}\n\n")
            file.write(_line(map(_marked_down, table.columns)))
            file.write(_line("---" for _ in table.columns))
            for row in table.rows:
                file.write(_line(_marked_down(_text(row.get(name))) for name in table.columns))


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |\n"


def _marked_down(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    flat = " ".join(text.split())
    flat = flat.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_{}\[\]|#~$!])", r"\\\1", flat)


def _word(table: Table, title: str, path: Path) -> None:
    """A table on pages that lie on their side, its head on each of them.

    A page has no room for what says nothing: ids with words beside them, and columns without a
    value, are left out, and the document says so.
    """
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    from review.reporting.word_documents import (
        column_widths,
        least_widths,
        repeat_head,
        shade,
    )

    rows = [[_short(row.get(name)) for name in table.columns] for row in table.rows]
    if len(rows) > WORD_ROWS:
        raise FileError(
            f"The table has {len(rows):,} rows; a Word document of ours takes {WORD_ROWS:,}. "
            "Export it as CSV or XLSX, or choose fewer reports."
        )
    kept, left_out = _printed(table.columns, rows)
    heads = [table.columns[n].removesuffix(LABEL).replace("_", " ") for n in kept]
    cells = [heads, *([row[n] for n in kept] for row in rows)]
    size = Pt(next((points for most, points in WORD_LETTERS if len(kept) <= most), 6))
    letter = int(Cm(0.022) * size.pt)
    need = sum(least_widths(list(zip(*cells, strict=True)), letter))
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    margin = Cm(1.5)
    high, wide = WORD_PAGES[need > Cm(WORD_PAGES[0][1]) - 2 * margin]
    section.page_width, section.page_height = Cm(wide), Cm(high)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, margin)
    document.core_properties.title = _NO_XML.sub("", title)[:255]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(_NO_XML.sub("", title), level=1)
    if left_out:
        document.add_paragraph(left_out)
    if rows:
        widths = column_widths(cells, Cm(wide) - 2 * margin, letter)
        drawn = document.add_table(rows=len(cells), cols=len(kept), style="Table Grid")
        drawn.autofit = False
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = width
        for line, (row, said) in enumerate(zip(drawn.rows, cells, strict=True)):
            for cell, words, width in zip(row.cells, said, widths, strict=True):
                cell.width = width
                _put(cell, words, size, bold=not line)
                if not line:
                    shade(cell)
        repeat_head(drawn)
    else:
        document.add_paragraph("Nothing is in this table yet.")
    with whole_file(path) as temporary:
        document.save(str(temporary))


def _printed(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[int], str]:
    """Places of the columns that go on a page, and what is said of the others."""
    filled = {n for n in range(len(columns)) if any(row[n] for row in rows)}
    place = {name: n for n, name in enumerate(columns)}
    worded = {
        name
        for name, n in place.items()
        if (words := place.get(f"{name}{LABEL}")) in filled
        and all(row[words] for row in rows if row[n])
    }
    kept = [n for n in range(len(columns)) if n in filled and columns[n] not in worded]
    empty = [columns[n].replace("_", " ") for n in range(len(columns)) if n not in filled]
    said = [f"Without a value in any row: {', '.join(empty)}."] if empty and rows else []
    if any(columns[n] in worded for n in filled):
        said.append("Words stand for ids; the other formats have both.")
    return kept or list(range(len(columns))), " ".join(said)


def _short(value: object) -> str:
    """As `_text`, a time to the minute, and lists that can be parted between lines."""
    words = _text(value)
    if _TIME.fullmatch(words):
        return f"{words[:10]} {words[11:16]}"
    return re.sub(r";(?=\S)", "; ", words)


def _put(cell: Any, text: str, size: Any, *, bold: bool = False) -> None:
    run = cell.paragraphs[0].add_run(_NO_XML.sub("", text))
    run.font.size, run.bold = size, bold
    cell.paragraphs[0].paragraph_format.space_after = 0


def _parquet(table: Table, title: str, path: Path) -> None:
    """Columns of whole numbers, of numbers, or of text; what is not known is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(table.rows)
    arrays = [_column([row.get(name) for row in rows]) for name in table.columns]
    made = pa.table(arrays, names=list(table.columns))
    made = made.replace_schema_metadata({"title": title})
    with whole_file(path) as temporary:
        pq.write_table(made, temporary)


def _column(values: list[object]) -> Any:
    import pyarrow as pa

    known = [value for value in values if value not in (None, "")]
    if known and all(type(value) is int for value in known):
        return pa.array([None if v in (None, "") else v for v in values], pa.int64())
    if known and all(type(value) in (int, float) for value in known):
        return pa.array([None if v in (None, "") else v for v in values], pa.float64())
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


FORMATS: Mapping[str, TableFormat] = {
    format.name: format
    for format in (
        TableFormat("csv", "CSV", _csv),
        TableFormat("xlsx", "Excel", _xlsx),
        TableFormat("docx", "Word", _word),
        TableFormat("md", "Markdown", _markdown),
        TableFormat("parquet", "Parquet", _parquet),
    )
}
"""Ending -> format."""
