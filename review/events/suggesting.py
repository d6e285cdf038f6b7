"""Events of what suggests: suggestions made anew under other rules or another model."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import EventData, Names


class SuggestionsMadeAnew(EventData):
    """A person had suggestions made anew.  What people had answered stayed as it was.

    Attributes:
        version: of all rules and the model together, from then on.
        records: how many records were read again.
        new, gone, altered, kept: how many suggestions came, went, became another in words, strength
            or rank, and stayed because of an answer.
        complete: whether no record was left out.
    """

    kind: ClassVar[str] = "suggestions_made_anew"

    version: str
    records: int
    new: int = 0
    gone: int = 0
    altered: int = 0
    kept: int = 0
    complete: bool = True

    def words(self, names: Names) -> str:
        left = "" if self.complete else "; stopped before the end"
        return (
            f"Made suggestions anew for {self.records:,} records: {self.new:,} new, "
            f"{self.gone:,} gone, {self.altered:,} altered{left}"
        )
