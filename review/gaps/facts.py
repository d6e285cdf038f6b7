"""What the map and the claims are worked out from, read from the review.

The evidence of a hundred thousand reports takes seconds to read, and one vote changes that of one
report. So what was read is kept, and only the reports that later events are about are read again.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from weakref import WeakKeyDictionary

from review.events import (
    CodesSettled,
    CodingFinished,
    DecisionConfirmed,
    DomainJudged,
    FindingRemoved,
    FindingsSettled,
    FindingWritten,
    GapStated,
    LookedBack,
    NoteWritten,
    OrderTrained,
    PlacesKept,
    RecodingKept,
    SuggestionAnswered,
    TagGiven,
    TagRemoved,
    Undone,
    ValueExtracted,
    VersionMade,
    VoteCast,
)
from review.gaps.claim_memory import ClaimMemory
from review.gaps.evidence import best_first
from review.gaps.model import ReportEvidence
from review.gaps.placements import Placements
from review.model import Finding
from review.protocol.codebook import Codebook
from review.store import Connection, Store, active_decisions, evidence

OF_ONE_REPORT = frozenset(
    cls.kind
    for cls in (
        VoteCast, NoteWritten, TagGiven, TagRemoved, FindingWritten, FindingRemoved,
        SuggestionAnswered, Undone, CodingFinished, CodesSettled, FindingsSettled, RecodingKept,
        GapStated, DomainJudged, ValueExtracted, VersionMade, DecisionConfirmed,
        LookedBack, OrderTrained, PlacesKept,
    )
)  # fmt: skip
"""Kinds of events that change the evidence of the reports they are about, and of no others; an
order is about none.

After any other, such as a merge or an import, everything is read again. An undo counts as what it
takes back.
"""

MOST_CHANGED = 1_000
"""Reports from which on everything is read again."""

KEPT_SECONDS = 600
"""How long what was read is kept: suggestions may be replaced without an event."""


class Conclusions:
    """What was concluded from the evidence of single reports, under one version of the protocol.

    Attributes:
        placements: where they stand on maps.
        claims: where the claims stand by them.
    """

    def __init__(self) -> None:
        self.placements = Placements()
        self.claims = ClaimMemory()


class EvidenceMemory:
    """The evidence of one review as it was read last; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codebook: Codebook | None = None
        self._dimensions: frozenset[str] = frozenset()
        self._marker = (0, 0)
        self._read = 0.0
        self._facts: tuple[ReportEvidence, ...] = ()
        self._conclusions: dict[str, Conclusions] = {}

    def conclusions(self, protocol: str) -> Conclusions:
        """What was concluded under this version of the protocol; others are dropped."""
        with self._lock:
            found = self._conclusions.get(protocol) or Conclusions()
            self._conclusions = {protocol: found}
            return found

    def facts(
        self, conn: Connection, codebook: Codebook, dimensions: Collection[str]
    ) -> tuple[ReportEvidence, ...]:
        """Everything that bears on the given dimensions, of all reports that are not excluded.

        A report whose evidence is as it was is the same object as before. Suggestions in other
        dimensions may be among it.

        Returns:
            The reports in order of id.
        """
        with self._lock:
            marker = evidence.change_marker(conn)
            if codebook is not self._codebook:
                self._dimensions = frozenset()
            wanted = self._dimensions | set(dimensions)
            changed = self._changed(conn, codebook, wanted, marker)
            if changed is None:
                self._facts, self._conclusions = (), {}  # not both in memory, the old and the new
                self._facts = tuple(read(conn, codebook, wanted))
                self._codebook, self._dimensions = codebook, wanted
                self._read = time.monotonic()
            elif changed:
                self._replace(changed, read(conn, codebook, wanted, changed))
            self._marker = marker
            return self._facts

    def _changed(
        self, conn: Connection, codebook: Codebook, wanted: frozenset[str], marker: tuple[int, int]
    ) -> set[str] | None:
        """The reports to read again; None for all."""
        if (
            codebook is not self._codebook
            or wanted != self._dimensions
            or marker[0] < self._marker[0]
            or marker[1] != self._marker[1]
            or time.monotonic() - self._read > KEPT_SECONDS
        ):
            return None
        since = self._marker[0]
        if marker[0] == since:
            return set()
        if not evidence.kinds_since(conn, since) <= OF_ONE_REPORT:
            return None
        changed = evidence.reports_since(conn, since)
        return changed if len(changed) <= MOST_CHANGED else None

    def _replace(self, changed: set[str], now: Sequence[ReportEvidence]) -> None:
        kept = list(self._facts)
        found = {one.id: one for one in now}
        for id_ in sorted(changed):
            place = bisect_left(kept, id_, key=lambda one: one.id)
            there = place < len(kept) and kept[place].id == id_
            if id_ not in found:
                del kept[place : place + there]
            elif not there:
                kept.insert(place, found[id_])
            elif kept[place] != found[id_]:
                kept[place] = found[id_]
        self._facts = tuple(kept)


_memories: WeakKeyDictionary[Store, EvidenceMemory] = WeakKeyDictionary()
_making = threading.Lock()


def memory_of(store: Store) -> EvidenceMemory:
    """The one memory of an open review."""
    with _making:
        return _memories.setdefault(store, EvidenceMemory())


def read(
    conn: Connection,
    codebook: Codebook,
    dimensions: Collection[str],
    reports: Collection[str] | None = None,
) -> list[ReportEvidence]:
    """Read the evidence as `EvidenceMemory.facts` gives it.

    Args:
        reports: only these.
    """
    tags = evidence.tag_values(conn, reports)
    names = {d.id: d.name for d in codebook.dimensions}
    retracted = evidence.retracted_reports(conn, codebook.retracting, reports)
    suggested = _suggested(conn, codebook, dimensions, reports)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in active_decisions.findings(conn, among=reports):
        findings[finding.report].append(finding)
    return [
        ReportEvidence(
            id=id_,
            study=study,
            title=title,
            year=year,
            doi=doi,
            included=bool(included),
            retracted=id_ in retracted,
            tags={
                names.get(dimension, dimension): frozenset(values)
                for dimension, values in tags.get(id_, {}).items()
            },
            findings=tuple(findings.get(id_, ())),
            suggested=suggested.get(id_, {}),
        )
        for id_, study, title, year, doi, included in evidence.unexcluded_reports(conn, reports)
    ]


def _suggested(
    conn: Connection,
    codebook: Codebook,
    dimensions: Collection[str],
    reports: Collection[str] | None,
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Report -> dimension's name -> open suggestions, best first, those once rejected left out."""
    rejected = evidence.rejected_values(conn, reports)
    offers: dict[tuple[str, str], list[tuple[str, float, int, str]]] = defaultdict(list)
    ids = {codebook.id_of(name) for name in dimensions}
    rows = evidence.open_values(conn, ids, reports)
    for report, dimension, value, confidence, rank, source in rows:
        if not rejected or (report, dimension, value) not in rejected:
            offers[report, dimension].append((value, confidence, rank, source))
    known = {d.id: d for d in codebook.dimensions}
    once: dict[tuple[str, ...], tuple[str, ...]] = {}  # few values in many reports
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for (report, dimension), those in offers.items():
        asked = known[dimension]
        retired = asked.retired
        those = [one for one in those if one[0] not in retired] if retired else those
        if not those:
            continue
        best = best_first(those, many=asked.many)
        found[report][asked.name] = once.setdefault(best, best)
    return found
