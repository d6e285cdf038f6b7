"""Events of the report: what people write where the log cannot know, and words they choose."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import ByReviewer, Names, key_of


class ReportStated(ByReviewer):
    """What one person wrote for one place of one document; the newest of a place counts.

    Attributes:
        document: id of a checklist, or ``flow-diagram``.
        item: number of the item, or name of the box.
        text: what is said there; ``""`` only with ``none``.
        none: there is nothing to report of the item.
    """

    kind: ClassVar[str] = "report_text"
    undoable: ClassVar[bool] = True

    document: str
    item: str
    text: str = ""
    none: bool = False

    @property
    def key(self) -> str:
        return key_of("report_text", self.document, self.item)

    def words(self, names: Names) -> str:
        said = "nothing to report" if self.none else "written"
        return f"Report, {self.document.replace('-', ' ')}, {self.item}: {said}"

    def remark(self) -> str:
        return self.text
