"""Events of data extraction."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from review.events.base import BlindStatement, Names, key_of


class Extractable(StrEnum):
    """Whether a report gives a value at all; a field without any event is not extracted yet."""

    REPORTED = "reported"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"


class ValueExtracted(BlindStatement):
    """What one person took from a report for one field; the newest counts.

    Attributes:
        arm: of the study, ``""`` for all of it.
        value: as text, in the form of its kind; ``""`` where it is cleared or not reported.
        label: field and value in words, for the history.
    """

    kind: ClassVar[str] = "extracted"
    undoable: ClassVar[bool] = True

    field: str
    arm: str = ""
    value: str = ""
    unit: str = ""
    state: Extractable = Extractable.REPORTED
    label: str = ""

    @property
    def key(self) -> str:
        return key_of("extracted", self.record, self.field, self.arm.casefold(), self.person)

    def words(self, names: Names) -> str:
        what = self.label or f"{self.field}: {self.value or 'nothing'}"
        return f"{'Agreed on' if self.consensus else 'Extracted'} {what}"
