"""Texts as files: Markdown, or a Word document where the file's name ends so. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from review.reporting.texts.checklists import checklists
from review.spreadsheet import whole_file

PRISMA_S = "prisma-s"
"""Id of the checklist whose items stand in the search log."""

MANUSCRIPT = "manuscript"


def _named() -> dict[str, str]:
    names = {
        MANUSCRIPT: "Manuscript",
        "methods": "Methods",
        "search-appendix": "Search appendix",
        "automation": "Use of automation",
        "stopping": "End of screening",
        "implications": "Implications for research",
    }
    lists = {id_: one.name for id_, one in checklists().items()} | {PRISMA_S: "PRISMA-S"}
    return names | {f"checklist-{id_}": f"Checklist {lists[id_]}" for id_ in sorted(lists)}


TEXTS: Mapping[str, str] = _named()
"""Name of a text -> words for it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its pictures.

    Attributes:
        markdown: an image in it names one of the pictures.
        pictures: name -> PNG.
        described: name of a picture -> what it shows, in words.
    """

    title: str
    markdown: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)


def write(text: Text, path: Path) -> None:
    """Write a text; a file that ends in ``.docx`` is a Word document, any other is Markdown.

    Raises:
        FileError: the file cannot be written.
    """
    if path.suffix.lower() == ".docx":
        write_word(text, path)
        return
    said = text.markdown
    for name, picture in text.pictures.items():  # the file is whole without any beside it
        data = base64.b64encode(picture).decode()
        said = said.replace(f"]({name})", f"](data:image/png;base64,{data})")
    with whole_file(path) as temporary:
        temporary.write_text(said, encoding="utf-8", newline="")


def write_word(text: Text, path: Path) -> None:
    """Write a text as a Word document, whatever the name of the file.

    Raises:
        FileError: the file cannot be written.
    """
    from review.reporting.word_documents import write_docx  # which only this needs

    write_docx(text.markdown, path, text.pictures, text.title, text.described)
