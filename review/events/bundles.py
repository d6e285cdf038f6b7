"""Events of taking the whole review along."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import EventData, Names


class BundleAsked(EventData):
    """A person asked for a bundle of the whole review, which holds the votes of everybody.

    It stands in the log before the bundle is written, so that the bundle holds it too.

    Attributes:
        file: name of the file.
        blind: votes in it that somebody has still to vote on blind.
    """

    kind: ClassVar[str] = "bundle"

    file: str
    blind: int = 0

    def words(self, names: Names) -> str:
        return f"Asked for a bundle of the whole review, {self.file}"


class ExportTaken(EventData):
    """A person who holds the database took votes along that somebody has still to vote on blind.

    Attributes:
        what: the format of the export, or the table.
        file: name of the file.
        blind: how many such votes it may hold.
    """

    kind: ClassVar[str] = "export"

    what: str
    file: str
    blind: int

    def words(self, names: Names) -> str:
        return f"Took along the export {self.what} with the votes of everybody, {self.file}"
