"""The place of a quote in a report of the store; a part of the service."""

from __future__ import annotations

from dataclasses import replace

from review.coding import quotes
from review.coding.quote_places import Sentences
from review.model import Finding, Record, Suggestion, Tag
from review.store import Connection, reports, suggestions


class Placing:
    """Finds the places of quotes, reading each report once."""

    def __init__(self, conn: Connection) -> None:
        """Read reports in this transaction."""
        self._conn = conn
        self._leads: dict[str, Record] = {}

    def place(
        self, report: str, quote: str, place: str = "", offer: Suggestion | None = None
    ) -> str:
        """The place to keep with a quote (`review.coding.quotes.placed`).

        Args:
            place: what was said of it, if anything was.
            offer: the suggestion whose words they are. Those of a record that the report is not
                shown by are placed in that record.
        """
        if not quote.strip():
            return ""
        lead = self._lead(report)
        found = quotes.placed(quote, place, lead.title, lead.abstract)
        return found or (self._in_record(quote, offer) if offer else "")

    def to_tell(self, code: Tag | Finding) -> str:
        """The place of a code's quote as files tell it: the one that is kept, else the only one
        at which the quote stands (`review.coding.quotes.only`)."""
        if code.quote_place or not code.quote.strip():
            return code.quote_place
        lead = self._lead(code.report)
        return quotes.only(code.quote, lead.title, lead.abstract)

    def _lead(self, report: str) -> Record:
        if report not in self._leads:
            self._leads[report] = reports.get(self._conn, report).lead
        return self._leads[report]

    def _in_record(self, quote: str, offer: Suggestion) -> str:
        for text in suggestions.texts(self._conn, [offer.record]):
            if found := Sentences(text.title, text.abstract).place_of(quote):
                return f"{offer.record}, {found.words}"
        return ""

    def of_finding(self, finding: Finding) -> Finding:
        """The finding with the place of its quote, where title or abstract hold it."""
        place = self.place(finding.report, finding.quote, finding.quote_place)
        return replace(finding, quote_place=place)
