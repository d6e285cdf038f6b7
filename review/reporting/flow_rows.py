"""Records and reports as the flow diagram sees them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from review.decision_rule import place
from review.model import Decision, Place


class RecordRow(NamedTuple):
    """A record as the diagram sees it."""

    id: str
    source: str
    report: str


class ReportRow(NamedTuple):
    """A report as the diagram sees it.

    Attributes:
        reason: the exclusion reason, "" when there is no one reason.
        reasons_differ: an exclusion without one reason has several.
    """

    id: str
    study: str
    title_abstract: Decision
    full_text: Decision
    reason: str
    reasons_differ: bool = True

    @property
    def place(self) -> Place:
        """Where it is in the screening."""
        return place(self.title_abstract, self.full_text)
