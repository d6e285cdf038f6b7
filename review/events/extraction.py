"""Events of data extraction."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from review.events.base import EventData, Moment, Names, key_of
from review.people import person_key


class Extractable(StrEnum):
    """Whether a report gives a value at all; a field without any event is not extracted yet."""

    REPORTED = "reported"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"


class ValueExtracted(EventData):
    """What one person took from a report for one field; the newest counts.

    Attributes:
        arm: of the study, ``""`` for all of it.
        value: as text, in the form of its kind; ``""`` where it is cleared or not reported.
        label: field and value in words, for the history.
        consensus: agreed on after comparing.
    """

    kind: ClassVar[str] = "extracted"
    undoable: ClassVar[bool] = True

    record: str
    report: str = ""
    reviewer: str
    field: str
    arm: str = ""
    value: str = ""
    unit: str = ""
    state: Extractable = Extractable.REPORTED
    label: str = ""
    quote: str = ""
    quote_place: str = ""
    note: str = ""
    consensus: bool = False
    time: Moment = None

    @property
    def about(self) -> tuple[str, ...]:
        return (self.record,)

    @property
    def key(self) -> str:
        who = "" if self.consensus else person_key(self.reviewer)
        return key_of("extracted", self.record, self.field, self.arm.casefold(), who)

    @property
    def by(self) -> str:
        return self.reviewer

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        what = self.label or f"{self.field}: {self.value or 'nothing'}"
        return f"{'Agreed on' if self.consensus else 'Extracted'} {what}"

    def remark(self) -> str:
        return self.note
