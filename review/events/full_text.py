"""Events of full texts: files attached to a report, and what people say of getting the text."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from review.events.base import Names, OnRecord, key_of


class Said(StrEnum):
    """What a person can say of getting a full text.

    That it was not retrieved is no statement but a vote, by a reason that counts as that.
    """

    SOUGHT = "sought"
    OPEN_COPY = "open_copy"
    ON_PAPER = "on_paper"
    ORDERED = "ordered"
    LANGUAGE = "language"
    ONGOING = "ongoing"


SAID_WORDS = {
    Said.SOUGHT: "sought",
    Said.OPEN_COPY: "retrieved: open copy",
    Said.ON_PAPER: "retrieved: on paper",
    Said.ORDERED: "awaiting: ordered",
    Said.LANGUAGE: "awaiting: language",
    Said.ONGOING: "awaiting: ongoing study",
}


class FullTextAttached(OnRecord):
    """A file that holds the full text.

    Attributes:
        sha256: checksum, by which the file is kept on this machine.
        name: of the file as it came.
        size: in bytes.
        pages: 0 where they could not be counted.
        how: how its report was found, ``""`` where a person named it.
    """

    kind: ClassVar[str] = "full_text_attached"
    undoable: ClassVar[bool] = True

    sha256: str
    name: str
    size: int
    pages: int = 0
    how: str = ""

    @property
    def key(self) -> str:
        return key_of("full text file", self.record, self.sha256)

    def words(self, names: Names) -> str:
        found = f", matched by {self.how}" if self.how else ""
        return f"Attached the full text {self.name} (SHA-256 {self.sha256[:12]}…{found})"


class FullTextStated(OnRecord):
    """What a person said of getting the full text; the newest counts.

    Attributes:
        why: from whom, in which language, when it is expected.
    """

    kind: ClassVar[str] = "full_text_stated"
    undoable: ClassVar[bool] = True

    state: Said
    why: str = ""

    @property
    def key(self) -> str:
        return key_of("full text state", self.record)

    def words(self, names: Names) -> str:
        return f"Full text {SAID_WORDS[self.state]}"

    def remark(self) -> str:
        return self.why
