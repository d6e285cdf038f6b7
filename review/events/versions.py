"""Events of versions of the review: dated, numbered states with what triggered them."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import EventData, Names


class VersionMade(EventData):
    """The review as it stands here is a version of it (PRISMA-LSR).

    Attributes:
        number: counted from 1 on; that of a version taken back is not given again.
        trigger: why a version was made, as a person wrote it.
    """

    kind: ClassVar[str] = "version"
    undoable: ClassVar[bool] = True

    number: int
    trigger: str

    def words(self, names: Names) -> str:
        return f"Made version {self.number} of the review"

    def remark(self) -> str:
        return self.trigger
