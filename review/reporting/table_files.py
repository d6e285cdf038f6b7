"""One table as a file: CSV, a workbook, a Word document, Markdown, Parquet.

The libraries for Word and Parquet are loaded when such a file is written: every command would wait
for them otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
    """A table on pages that lie on their side, its head on each of them."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement

    rows = list(table.rows)
    if len(rows) > WORD_ROWS:
        raise FileError(
            f"The table has {len(rows):,} rows; a Word document of ours takes {WORD_ROWS:,}. "
            "Export it as CSV or XLSX, or choose fewer reports."
        )
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(_NO_XML.sub("", title), level=1)
    drawn = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, name in zip(drawn.rows[0].cells, table.columns, strict=True):
        _put(cell, name.replace("_", " "), bold=True)
    repeated = OxmlElement("w:tblHeader")
    drawn.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        for cell, name in zip(drawn.add_row().cells, table.columns, strict=True):
            _put(cell, _text(row.get(name)))
    with whole_file(path) as temporary:
        document.save(str(temporary))


def _put(cell: Any, text: str, *, bold: bool = False) -> None:
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(_NO_XML.sub("", text))
    run.font.size, run.bold = Pt(8), bold


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
