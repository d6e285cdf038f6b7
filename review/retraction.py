"""How a retraction is told in titles and files, and read from them again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MARK = "RETRACTED PUBLICATION"
"""How a note begins that tells of one; PubMed's name for the publication type."""

_MARKED = re.compile(rf"{MARK}\b(?:\s*\([^()]*\))?\s*[;|.]?\s*", re.IGNORECASE)
_PARTING = re.compile(r'[()|;:{}"\r\n]')
"""Signs in a name that would end the note early, or begin another."""

_KINDS = r"(?:\s+(?:article|paper|publication|chapter|conference paper|review))?"
_RETRACTED_TITLE = re.compile(
    rf"^\W*(?i:retracted){_KINDS}\s*[:\]]|^\W*(?i:retracted)\s+(?:ARTICLE|Article)\b"
    rf"|^\W*WITHDRAWN{_KINDS}\s*[:\]]|^\s*[\[(](?i:retracted|withdrawn){_KINDS}[\])]"
    rf"|[\[(](?i:retracted|withdrawn){_KINDS}[\])]\W*$|\((?i:retracted article)\b[^()]*\)\W*$"
    rf"|\s[-–—:]\s*RETRACTED{_KINDS}\W*$"
)
"""The title of a work that was retracted, as publishers mark it."""

_NOTICE_TITLE = re.compile(
    r"^\W*(?:(?:retraction|withdrawal) (?:note|notice|statement)\b|retraction\s*[:.\]]"
    r"|(?:notice|statement) of (?:retraction|withdrawal)\b"
    r"|retraction of\s*[:\"'“‘«]|retraction of (?:the |an? )?(?:article|paper|publication)\b"
    r"|retraction (?:of|to|for)\b.*(?:\bet al\b|\bdoi\b|\b(?:19|20)\d\d\s*[;,:(]))"
    r"|[\[(]retraction of\b[^()\[\]]*[\])]\W*$",
    re.IGNORECASE,
)
"""The title of a notice, which is not itself the work that was retracted."""

_YES = frozenset({"1", "true", "yes", "y"})


@dataclass(frozen=True, slots=True)
class Retraction:
    """That a report was retracted.

    Attributes:
        by: the source that says so, or the person whose tag does.
        noted: the day on which the review learned of it, UTC.
        notice: the words that the person quoted, "" for none.
    """

    by: str
    noted: date
    notice: str = ""

    @property
    def words(self) -> str:
        """For a cell: ``retracted (openalex, noted 2026-01-31)``, with the notice if any."""
        return f"retracted ({self._where()})" + (f": {self.notice}" if self.notice else "")

    @property
    def note(self) -> str:
        """For a note among others; it begins with `MARK`."""
        return f"{MARK} ({self._where()})"

    def _where(self) -> str:
        by = " ".join(_PARTING.sub(" ", self.by).split())
        return f"{by}, noted {self.noted:%Y-%m-%d}"


IN_TITLES = ("retract", "withdrawn")
"""Small letters of which every title that `in_title` knows has some."""


def in_title(title: str) -> bool:
    """Whether a title says that its work was retracted or withdrawn.

    ``RETRACTED: Kratom in pain`` does; a notice, and a work about retraction or withdrawal, do not.
    """
    small = title.lower()
    if not any(words in small for words in IN_TITLES):
        return False  # as nearly every title
    return bool(_RETRACTED_TITLE.search(title)) and not is_notice(title)


def is_notice(title: str) -> bool:
    """Whether a title is that of a notice of retraction, such as ``Retraction note: …``."""
    return bool(_NOTICE_TITLE.search(title))


def in_cell(text: str) -> bool:
    """Whether a cell of a column named "retracted" says yes, in any program's way."""
    said = text.strip().lower()
    return said in _YES or said.startswith("retracted")


def in_notes(notes: Iterable[str]) -> bool:
    """Whether one of a record's notes tells of a retraction as we write it."""
    return any(_MARKED.match(note.strip()) for note in notes)


def without(note: str) -> str:
    """A note as it was before it told of a retraction."""
    return _MARKED.sub("", note, count=1) if in_notes([note]) else note
