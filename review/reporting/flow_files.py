"""The flow diagram as files: pictures, a document, a table, and the ids behind each box. Pure."""

from __future__ import annotations

from pathlib import Path

from review.reporting import flow_csv, flow_diagram
from review.reporting.flow_boxes import Drawing, diagram, ids_of, lines
from review.reporting.flow_diagram import CAPTION
from review.reporting.offline import raster
from review.spreadsheet import whole_file, write_csv

ID_COLUMNS = ("box", "words", "number", "id", "counted_in")


def write_svg(drawing: Drawing, path: Path) -> None:
    """Write the diagram as a picture.

    Raises:
        FileError: the file cannot be written.
    """
    _text(path, flow_diagram.svg(drawing))


def write_png(drawing: Drawing, path: Path) -> None:
    """Write the diagram as a picture of pixels, two for each of the SVG.

    Raises:
        FileError: the file cannot be written, or this machine has no font to draw words with.
    """
    drawn = raster.png(flow_diagram.svg(drawing))
    with whole_file(path) as temporary:
        temporary.write_bytes(drawn)


def write_word(drawing: Drawing, path: Path) -> None:
    """Write the diagram as a document with the picture in it.

    Raises:
        FileError: the file cannot be written, or this machine has no font to draw words with.
    """
    from review.reporting.word_documents import write_docx  # which only this needs

    picture = raster.png(flow_diagram.svg(drawing))
    words = {"flow": flow_diagram.described(drawing)}
    write_docx(f"![{CAPTION}](flow)\n", path, {"flow": picture}, drawing.title, words)


def write_table(drawing: Drawing, path: Path) -> None:
    """Write the diagram as the PRISMA2020 R package reads it.

    Raises:
        FileError: the file cannot be written.
    """
    _text(path, flow_csv.prisma2020_csv(drawing.flow, drawing.choices))


def write_ids(drawing: Drawing, path: Path) -> None:
    """Write what is behind each number, one id a row; a box with nothing in it has one row too.

    Raises:
        FileError: the file cannot be written.
    """
    flows = [("", drawing.flow)]
    if drawing.before is not None:
        flows = [(f"to {drawing.flow.since}", drawing.before), ("since", drawing.flow)]
    rows: list[dict[str, object]] = []
    for line in lines(diagram(drawing)):
        for place, n in enumerate(line.n):
            column, flow = flows[place if len(line.n) > 1 else -1]
            said = {"box": line.key, "words": line.words, "number": n, "counted_in": column}
            rows += [{**said, "id": id_} for id_ in ids_of(flow, line.key) or [""]]
    write_csv(path, ID_COLUMNS, rows)


def _text(path: Path, text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
