"""Events of the ledger of gaps: what the team says of a gap."""

from __future__ import annotations

from typing import ClassVar, Literal

from review.events.base import ByReviewer, Names, key_of

Aspect = Literal["priority", "note", "status"]
"""What of a gap is said; the newest word on each counts."""


class GapStated(ByReviewer):
    """One person's word on one gap: its priority, a note, or that it is set aside.

    Attributes:
        gap: id of the gap in the ledger (`review.gaps.ledger.Place.id`).
        value: the priority or the status; ``""`` for none.
        text: the note, or why the gap is set aside.
    """

    kind: ClassVar[str] = "gap"
    undoable: ClassVar[bool] = True

    gap: str
    aspect: Aspect
    value: str = ""
    text: str = ""

    @property
    def key(self) -> str:
        return key_of("gap", self.gap, self.aspect)

    def words(self, names: Names) -> str:
        said = self.value or ("" if self.aspect == "note" else "none")
        return f"Gap {self.gap}: {self.aspect} {said}".rstrip()

    def remark(self) -> str:
        return self.text
