"""Events of a codebook that changes in mid-review."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import ByReviewer, Names, OnRecord, key_of

DONE = {
    "add": "Added to the codebook",
    "rename": "Renamed in the codebook",
    "retire": "Retired from the codebook",
    "split": "Split in the codebook",
    "merge": "Merged in the codebook",
}


class CodebookEdited(ByReviewer):
    """A value of the codebook was changed; the texts before and after stand in the log as versions
    of the protocol.

    Attributes:
        action: one of `DONE`.
        into: the values it was split into or merged with, or its new name.
        before, after: versions of the protocol.
    """

    kind: ClassVar[str] = "codebook_edited"
    # Its file must go back with it: `review.coding.codebook_edits.undo_edit`.
    undoable: ClassVar[bool] = False

    action: str
    dimension: str
    value: str
    into: tuple[str, ...] = ()
    before: str
    after: str

    def words(self, names: Names) -> str:
        more = f", into {', '.join(self.into)}" if self.into else ""
        return f"{DONE.get(self.action, self.action)}: {self.dimension}: {self.value}{more}"


class CodebookPutBack(ByReviewer):
    """An edit of the codebook was taken back, with what was recoded since because of it.

    Attributes:
        edit: the event of the edit.
    """

    kind: ClassVar[str] = "codebook_put_back"

    edit: str

    def words(self, names: Names) -> str:
        return "Took an edit of the codebook back"


class RecodingKept(OnRecord):
    """A value that was retired still holds for a report, as somebody has looked again.

    Attributes:
        becomes: what was offered in its place; where that is another later, it is asked again.
    """

    kind: ClassVar[str] = "recoding_kept"
    undoable: ClassVar[bool] = True

    dimension: str
    value: str
    becomes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return key_of("recoding_kept", self.record, self.dimension, self.value)

    def words(self, names: Names) -> str:
        return f"Kept at recoding: {names.tagged(self.dimension, self.value)}"
