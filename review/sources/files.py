"""Files of references: picks the reader by what is asked, by content or by the file's ending."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import fields, ris, tabular
from review.sources.text import decode

Reader = Callable[[str, str, str], tuple[tuple[Record, ...], tuple[Mistake, ...]]]

READERS: Mapping[str, Reader] = {"ris": ris.read, "csv": tabular.read, "tsv": tabular.read}

_ENDINGS = {".ris": "ris", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}
_FOREIGN = (
    (re.compile(r"\s*@\w+\s*\{"), "BibTeX"),
    (re.compile(r"\s*PMID-\s"), "PubMed's own format"),
    (re.compile(r"\s*<\?xml|\s*<xml>"), "XML"),
    (re.compile(r"\s*FN (?:Clarivate|Thomson)"), "Web of Science plain text"),
    (re.compile(r"\s*[\[{]\s*[\"{\[]"), "JSON"),
)


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file of references holds.

    Attributes:
        format: one of `READERS`.
        source: source of the records.
        records: the entries that could be read, in file order.
        mistakes: what could not, each with its line.
    """

    format: str
    source: str
    records: tuple[Record, ...]
    mistakes: tuple[Mistake, ...]


def read_file(
    path: str | Path, format: str | None = None, source: str | None = None
) -> FileContent:
    """Read a file of references. Reading it again gives records with the same keys.

    Args:
        path: the file.
        format: one of `READERS`; told from content and ending when None.
        source: name of the source the records come from; made from the file's name when None.

    Raises:
        FileError: the file cannot be read at all, or is of no known format.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(f"There is no file {path}. Check the name.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path} cannot be opened: {reason}.") from error
    return read_bytes(data, path.name, format, source)


def read_bytes(
    data: bytes, name: str, format: str | None = None, source: str | None = None
) -> FileContent:
    """Read the content of a file of references, for instance an upload; as `read_file`.

    Args:
        data: the whole content.
        name: the file's name, for mistakes, the ending and the source.
        format: one of `READERS`; told from content and ending when None.
        source: name of the source the records come from; made from the file's name when None.

    Raises:
        FileError: the content cannot be read at all, or is of no known format.
    """
    if format is not None and format.lower() not in READERS:
        raise FileError(f"There is no format '{format}'. Use one of: {', '.join(READERS)}.")
    text, guesses = decode(data, name)
    chosen = format.lower() if format else guess_format(text, name)
    named = source.strip() if source and source.strip() else fields.slug(Path(name).stem)
    records, mistakes = READERS[chosen](text, name, named)
    return FileContent(chosen, named, records, (*guesses, *mistakes))


def guess_format(text: str, name: str) -> str:
    """Tell the format: RIS by its first line, then the file's ending, then the columns.

    Raises:
        FileError: it is none that can be read.
    """
    if ris.looks_like(text):
        return "ris"
    for pattern, what in _FOREIGN:
        if pattern.match(text.removeprefix("\ufeff")[:1000]):
            raise FileError(
                f"{name} is {what}, which cannot be imported. Export it as RIS or CSV instead."
            )
    ending = _ENDINGS.get(Path(name).suffix.lower())
    if ending:
        return ending
    if re.search(r"^TY  - ", text, re.MULTILINE):
        return "ris"
    if tabular.looks_like(text):
        return "csv"
    raise FileError(
        f"{name} is neither RIS nor a table with a title column. Export it as RIS or CSV."
    )
