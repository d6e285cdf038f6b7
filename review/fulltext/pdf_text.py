"""The words of a PDF by page, read by a process of its own.

A file from outside may hold the reader up, fill the memory or end the process it is read in. So
another process reads it, with limits on time and memory; nothing but text comes back.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READER = 2
"""Raised when the same file comes to give other words."""

MEMORY = 2 << 30
"""Bytes of memory the reading process may ask for, where the system can limit it."""

LONGEST_PAGE = 200_000
"""Letters of a page that are kept."""

# A word that is parted at the end of a line: PDFium writes U+0002 for the hyphen and the break, as
# earlier versions did U+FFFE; a hyphen that it does not know as one stands there with its break.
_PARTED = re.compile("(\\w+)(?:[\\x02\\ufffe]|\\u00ad\\n?|[-\\u2010]\\n)(?=(\\w+))")
_COMPOUND = re.compile(r"(?<!\w)\w+-\w+(?!\w)")

RETRY = "; to try once more, attach the file again"
PROTECTED = "it is protected by a password, so its text was not read"
DAMAGED = "cannot be read as a PDF: it is damaged or of another type"


@dataclass(frozen=True, slots=True)
class PdfText:
    """What could be read.

    Attributes:
        pages: text of each page that was read, the first one first.
        total: pages of the file; 0 where they could not be counted.
        problem: why there is no text, ``""`` when all is well.
    """

    pages: tuple[str, ...] = ()
    total: int = 0
    problem: str = ""

    @property
    def has_words(self) -> bool:
        """Whether any page has text; a scan has none."""
        return any(page.strip() for page in self.pages)


def read(file: Path, most_pages: int, seconds: int) -> PdfText:
    """Read a file's words in a process of its own.

    Args:
        most_pages: later pages are counted, not read.
        seconds: after which the reading is ended.
    """
    command = [sys.executable, "-I", str(Path(__file__)), str(file), str(most_pages), str(seconds)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        return PdfText(problem=f"its text could not be read within {seconds} seconds{RETRY}")
    try:
        return parsed(json.loads(done.stdout))
    except ValueError:
        return PdfText(problem=f"its text could not be read: the reader ended early{RETRY}")


def parsed(said: object) -> PdfText:
    """What `written` wrote.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(said, dict) or not isinstance(said.get("pages"), list):
        raise ValueError("no text of a PDF")
    return PdfText(
        tuple(map(str, said["pages"])), int(said.get("total", 0)), str(said.get("problem", ""))
    )


def written(text: PdfText) -> str:
    """A text as JSON."""
    return json.dumps({"pages": text.pages, "total": text.total, "problem": text.problem})


def _read_here(file: str, most_pages: int) -> PdfText:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return PdfText(problem=PROTECTED)
        return PdfText(problem=DAMAGED)
    total, pages = len(pdf), []
    for number in range(min(total, most_pages)):
        try:
            text = pdf[number].get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            text = ""
        text = text[:LONGEST_PAGE].replace("\r\n", "\n").replace("\0", "")
        pages.append(unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode()))
    return PdfText(tuple(joined(pages)), total)


def joined(pages: Sequence[str]) -> list[str]:
    """Pages with the words whole that are parted at the ends of lines.

    The hyphen stays where the same words have it elsewhere, and next to a capital or a digit, as
    in CYP-2D6.
    """
    compounds = {found.lower() for page in pages for found in _COMPOUND.findall(page)}

    def whole(parted: re.Match[str]) -> str:
        first, then = parted[1], parted[2]
        within = first[-1].islower() and then[0].islower()
        return first if within and f"{first}-{then}".lower() not in compounds else f"{first}-"

    return [_PARTED.sub(whole, page) for page in pages]


def _main(file: str, most_pages: str, seconds: str) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass  # the time limit of the one who asked holds everywhere
    sys.stdout.write(written(_read_here(file, int(most_pages))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
