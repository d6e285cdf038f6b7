"""Events of what suggests: suggestions made anew, and the model of designs that is used."""

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


class DesignModelTrained(EventData):
    """The model of study designs was fitted to the review's own confirmed tags.

    Attributes:
        version: of the model, as suggestions name it.
        start: version of the model it was fitted from.
        papers: how many reports with a confirmed design.
        before, after: share of them whose design the model it started from, and the fitted one by
            cross-validation, hold most likely.
        before_f1, after_f1: mean F1 over their designs, likewise.
        used: whether it is in use from then on; only where it is better.
        digest: SHA-256 of its file under ``design_models``.
    """

    kind: ClassVar[str] = "design_model_trained"

    version: str
    start: str
    papers: int
    before: float
    after: float
    before_f1: float
    after_f1: float
    used: bool = False
    digest: str = ""

    def words(self, names: Names) -> str:
        use = "in use since then" if self.used else "not used"
        return (
            f"Trained the model of study designs on {self.papers:,} reports: right on "
            f"{self.after:.0%}, before {self.before:.0%}; {use}"
        )


class ShippedModelChosen(EventData):
    """The model that ships is in use again, instead of one trained on the review's own tags."""

    kind: ClassVar[str] = "shipped_model_chosen"

    def words(self, names: Names) -> str:
        return "Went back to the model of study designs that ships"
