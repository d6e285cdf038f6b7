"""Markdown as a Word document: real headings, lists, tables and pictures. Pure but for the file.

Texts of a report are written once, as Markdown; this makes the document of the same words. It takes
what CommonMark has, and tables. What is still to be written by people is marked in colour too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_BREAK, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

from review.spreadsheet import whole_file

TO_WRITE = re.compile(r"(\[to be written[^\]]*\])")
"""A mark for what only people can write."""

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODE = "Code block"
_PAGE, _MARGIN = (Cm(21), Cm(29.7)), Cm(2)
"""A4, with the room that is left white."""
_DEEPEST = 4


def write_docx(
    markdown: str,
    path: Path,
    pictures: Mapping[str, bytes] | None = None,
    title: str = "",
    described: Mapping[str, str] | None = None,
) -> None:
    """Write a text as a document.

    Args:
        pictures: address of a picture in the text -> its PNG.
        title: of the document, in its properties.
        described: address of a picture -> what it shows, for who cannot see it.

    Raises:
        FileError: the file cannot be written.
    """
    made = _Maker(pictures or {}, described or {}).document(markdown, title)
    packed = io.BytesIO()
    made.save(packed)
    with whole_file(path) as temporary:
        _pack(packed, temporary)


def _pack(made: io.BytesIO, path: Path) -> None:
    """The same parts without the time of writing: the same text makes the same file."""
    with ZipFile(made) as parts, ZipFile(path, "w", ZIP_DEFLATED) as out:
        for part in parts.infolist():
            out.writestr(ZipInfo(part.filename), parts.read(part), ZIP_DEFLATED)


class _Maker:
    """Makes one document."""

    def __init__(self, pictures: Mapping[str, bytes], described: Mapping[str, str]) -> None:
        self.pictures, self.described = pictures, described
        self.word: Word = Document()
        section = self.word.sections[0]
        section.page_width, section.page_height = _PAGE
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, _MARGIN)
        self.room = Emu(_PAGE[0] - 2 * _MARGIN)
        self._styles()

    def document(self, markdown: str, title: str) -> Word:
        """The whole document."""
        self.word.core_properties.title = _ILLEGAL.sub("", title)[:255]
        self.word.core_properties.author = ""
        self.word.core_properties.comments = ""
        parser = MarkdownIt("commonmark").enable("table")
        for node in Node(parser.parse(markdown)).children:
            self._block(node)
        return self.word

    def _styles(self) -> None:
        normal = self.word.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(11)
        normal.paragraph_format.space_after = Pt(6)
        for level in range(1, _DEEPEST + 1):
            heading = self.word.styles[f"Heading {level}"]
            heading.font.color.rgb = RGBColor(0, 0, 0)
        self.word.styles["Caption"].font.color.rgb = RGBColor(0, 0, 0)
        code = self.word.styles.add_style(_CODE, 1)
        code.base_style = normal
        code.font.name, code.font.size = "Consolas", Pt(9)
        code.paragraph_format.left_indent = Cm(0.5)

    def _block(self, node: Node, list_style: str = "") -> None:
        if node.type == "heading":
            level = min(int(node.tag[1:]), _DEEPEST)
            self._inline(node, self.word.add_heading("", level))
        elif node.type == "paragraph":
            self._paragraph(node, list_style)
        elif node.type in ("bullet_list", "ordered_list"):
            style = "List Bullet" if node.type == "bullet_list" else "List Number"
            for item in node.children:
                for child in item.children:
                    self._block(child, style)
        elif node.type in ("fence", "code_block"):
            self._code(node.content)
        elif node.type == "table":
            self._table(node)
        elif node.type == "hr":
            self.word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        else:
            for child in node.children:
                self._block(child, list_style)

    def _paragraph(self, node: Node, list_style: str) -> None:
        inline = node.children[0].children if node.children else []
        if len(inline) == 1 and inline[0].type == "image":
            self._picture(inline[0])
            return
        self._inline(node, self.word.add_paragraph(style=list_style or None))

    def _picture(self, node: Node) -> None:
        address = str(node.attrs.get("src", ""))
        held = self.pictures.get(address)
        if held is not None:
            shape = self.word.add_picture(io.BytesIO(held))
            high = Cm(23.5)  # of a page, with room for the caption
            scale = min(self.room / shape.width, high / shape.height)
            shape.width, shape.height = (
                Emu(int(shape.width * scale)),
                Emu(int(shape.height * scale)),
            )
            shape._inline.docPr.set("descr", self.described.get(address, node.content))
            self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        self._words(self.word.add_paragraph(style="Caption"), node.content)

    def _code(self, text: str) -> None:
        paragraph = self.word.add_paragraph(style=_CODE)
        for number, line in enumerate(text.rstrip("\n").split("\n")):
            run = paragraph.add_run()
            if number:
                run.add_break()
            run.add_text(_ILLEGAL.sub("", line))

    def _table(self, node: Node) -> None:
        rows = [row for part in node.children for row in part.children]
        head = rows[0]
        table = self.word.add_table(rows=0, cols=len(head.children), style="Table Grid")
        table.autofit = False
        widths = column_widths([[_text(cell) for cell in row.children] for row in rows], self.room)
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for place, (cell, said) in enumerate(zip(cells, row.children, strict=True)):
                cell.width = Emu(widths[place])
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(2)
                self._inline(said, paragraph, bold=not number, size=Pt(9))
                if not number:
                    shade(cell)
        for place, width in enumerate(widths):
            table.columns[place].width = Emu(width)
        repeat_head(table)
        self.word.add_paragraph()

    def _inline(
        self, node: Node, paragraph: Paragraph, bold: bool = False, size: Pt | None = None
    ) -> None:
        for child in node.children:
            if child.type == "inline":
                for part in child.children:
                    self._part(part, paragraph, bold=bold, size=size)

    def _part(
        self, node: Node, paragraph: Paragraph, *, bold: bool = False, italic: bool = False,
        size: Pt | None = None,
    ) -> None:  # fmt: skip
        if node.type == "text":
            for run in self._words(paragraph, node.content):
                run.bold, run.italic = bold or None, italic or None
                run.font.size = size
        elif node.type == "code_inline":
            run = paragraph.add_run(_ILLEGAL.sub("", node.content))
            run.font.name, run.font.size = "Consolas", Pt(9)
        elif node.type == "softbreak":
            paragraph.add_run(" ")
        elif node.type == "hardbreak" or (node.type == "html_inline" and "br" in node.content):
            paragraph.add_run().add_break()
        elif node.type == "html_inline":
            paragraph.add_run(_ILLEGAL.sub("", node.content))
        else:
            for child in node.children:
                self._part(
                    child, paragraph, bold=bold or node.type == "strong",
                    italic=italic or node.type == "em", size=size,
                )  # fmt: skip

    def _words(self, paragraph: Paragraph, text: str) -> list[Run]:
        """Runs of a text, marks of what is still to be written in colour."""
        runs = []
        for part in TO_WRITE.split(_ILLEGAL.sub("", text)):
            if part:
                run = paragraph.add_run(part)
                if TO_WRITE.fullmatch(part):
                    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
                runs.append(run)
        return runs


def least_widths(columns: Sequence[Sequence[str]], letter: int = Cm(0.2)) -> list[int]:
    """What each column of cells needs for its longest word, of up to 20 letters, in EMU.

    Args:
        columns: each with its head first, which is bold.
        letter: how wide one is.
    """

    def longest(column: Sequence[str]) -> float:
        bold = max((1.2 * len(word) for word in column[0].split()), default=1)
        plain = (len(word) for cell in column[1:] for word in cell.split())
        return min(max(bold, max(plain, default=1)), 20)

    return [int(Cm(0.5) + letter * longest(column)) for column in columns]


def column_widths(rows: Sequence[Sequence[str]], room: int, letter: int = Cm(0.2)) -> list[int]:
    """Widths of columns: each has room for its longest word, the rest goes by length."""
    columns = list(zip(*rows, strict=True))
    least = least_widths(columns, letter)
    wanted = [min(max(map(len, column)), 250) for column in columns]
    left = max(0, room - sum(least))
    return [
        int((low + left * want / max(sum(wanted), 1)) * min(1, room / sum(least)))
        for low, want in zip(least, wanted, strict=True)
    ]


def _text(node: Node) -> str:
    return node.children[0].content if node.children else ""


def shade(cell: _Cell) -> None:
    """Grey behind a cell of the head."""
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "EEEEEE")
    cell._tc.get_or_add_tcPr().append(shade)


def repeat_head(table: Table) -> None:
    """The first row again at the top of every page; no row is parted between pages."""
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(() if number else ("w:tblHeader",))):
            properties.append(OxmlElement(name))
