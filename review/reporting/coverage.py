"""How much of the review was looked at: what stands beside a number, so that none is not read for
not looked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from review.coding.service import needed
from review.gaps import service as gaps
from review.model import Decision, Place
from review.store import evidence, screening_status
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the work on all reports is.

    Attributes:
        reports: all of them.
        screened: those decided on title and abstract; a conflict is no decision.
        passed: those that went on to full text.
        assessed: of these, those decided there, the not retrieved aside.
        not_retrieved: of those that went on, the ones whose full text could not be had.
        not_screened: reports that were left when a person ended the screening.
        coded: reports, not excluded, with a confirmed study design and outcome.
        searches: searches of the protocol.
        searched: those that ran to their end.
        last_search: when the newest complete run ended; None where none did.
    """

    reports: int
    screened: int
    passed: int
    assessed: int
    coded: int
    searches: int = 0
    searched: int = 0
    last_search: datetime | None = None
    not_screened: int = 0
    not_retrieved: int = 0

    @property
    def undecided(self) -> int:
        """Reports that are neither included nor excluded yet, and are to be."""
        waiting = self.reports - self.screened - self.not_screened
        return waiting + self.passed - self.assessed - self.not_retrieved

    def to_json(self) -> dict[str, object]:
        """The numbers and the sentence as plain JSON values."""
        last = self.last_search.isoformat() if self.last_search else None
        return {**asdict(self), "last_search": last, "words": self.sentence}

    @property
    def sentence(self) -> str:
        """Searches and work in one: what a file or a command says beside its numbers."""
        last = self.last_search
        when = f", last on {last.day} {last:%B %Y}" if last else ""
        return f"{self.search_words}{when}; {self.words}"

    @property
    def search_words(self) -> str:
        """``2 of 5 searches run to the end``."""
        unit = "search" if self.searches == 1 else "searches"
        return f"{self.searched:,} of {self.searches:,} {unit} run to the end"

    @property
    def words(self) -> str:
        """``120 of 334 reports screened; 8 of 30 full texts assessed; 14 coded``."""
        parts = (self.screened_words, self.full_text_words, f"{self.coded:,} coded")
        return "; ".join(filter(None, parts))

    @property
    def screened_words(self) -> str:
        """``120 of 334 reports screened``."""
        unit = "report" if self.reports == 1 else "reports"
        left = f" ({self.not_screened:,} not screened: stopped)" if self.not_screened else ""
        return f"{self.screened:,} of {self.reports:,} {unit} screened{left}"

    @property
    def full_text_words(self) -> str:
        """``8 of 30 full texts assessed (2 not retrieved)``; "" while none is to be."""
        if not self.passed:
            return ""
        unit = "full text" if self.passed == 1 else "full texts"
        lost = f" ({self.not_retrieved:,} not retrieved)" if self.not_retrieved else ""
        return f"{self.assessed:,} of {self.passed:,} {unit} assessed{lost}"


def coded_reports(ws: Workspace) -> tuple[str, ...]:
    """The reports that `Coverage.coded` counts."""
    with ws.store.read() as conn:
        return tuple(evidence.coded(conn, needed(ws.protocol.codebook)))


def coverage(ws: Workspace) -> Coverage:
    """How much of the review was looked at so far."""
    with ws.store.read() as conn:
        counts = screening_status.counts(conn)
        coded = evidence.count_coded(conn, needed(ws.protocol.codebook))
    searched, last = gaps.searches_run(ws)
    decided = {Decision.INCLUDE, Decision.EXCLUDE, Decision.NOT_RETRIEVED}
    passed = [row for row in counts if row[0] is Decision.INCLUDE]
    done = (Place.INCLUDED, Place.EXCLUDED, Place.REASONS_DIFFER)
    lost = sum(row[3] for row in passed if row[1] is Decision.NOT_RETRIEVED and row[2] in done)
    return Coverage(
        reports=sum(row[3] for row in counts),
        screened=sum(row[3] for row in counts if row[0] in decided),
        passed=sum(row[3] for row in passed),
        assessed=sum(row[3] for row in passed if row[2] in done) - lost,
        coded=sum(n for _, n in coded.values()),
        searches=len(ws.protocol.searches),
        searched=searched,
        last_search=last,
        not_screened=sum(row[3] for row in counts if row[2] is Place.STOPPED),
        not_retrieved=lost,
    )
