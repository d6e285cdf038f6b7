"""The claims as they were judged last, kept up to date as evidence changes.

Judging all claims by a hundred thousand reports takes a second, and one vote changes what one of
them says. So what was judged is kept, and only claims that a changed report may bear on are judged
again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from review.gaps.claims import ClaimAssessor, ClaimState, Weighed
from review.gaps.filters import Filters
from review.gaps.model import ReportEvidence
from review.gaps.narrowing import NarrowedReports, Wanted
from review.protocol.codebook import Codebook
from review.protocol.model import Claim

MOST_CHANGED = 1_000
"""Reports from which on everything is judged again."""


class JudgedClaims:
    """The claims under one protocol and one set of filters; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._narrowed = NarrowedReports()
        self._weighed: dict[str, Weighed] = {}
        self._facts: tuple[ReportEvidence, ...] = ()
        self._states: dict[str, ClaimState] = {}

    def passing(self, facts: Sequence[ReportEvidence], want: Wanted) -> tuple[ReportEvidence, ...]:
        """What of the evidence passes the filters: the same objects as long as it is the same."""
        return self._narrowed.passing(facts, want)

    def judge(
        self,
        facts: Sequence[ReportEvidence],
        want: Wanted,
        codebook: Codebook,
        claims: Sequence[Claim],
        homes: Mapping[str, str],
        subject: Collection[str],
    ) -> tuple[ClaimState, ...]:
        """Where the claims stand by this evidence; arguments as for `ClaimAssessor`."""
        with self._lock:
            left = self.passing(facts, want)
            judge = ClaimAssessor(
                codebook, left, homes, subject, self._weighed, beyond=not want.frame
            )
            changed = _changed(self._facts, left) if self._states else None
            states: dict[str, ClaimState] = {}
            for claim in claims:
                known = None if changed is None else self._states.get(claim.id)
                if known is None or judge.may_bear(claim, changed or ()):
                    states[claim.id] = judge.judge(claim)
                else:
                    named, missing = judge.papers(claim)
                    states[claim.id] = replace(known, named_reports=named, missing_papers=missing)
            self._facts, self._states = left, states
            return tuple(states[claim.id] for claim in claims)


def _changed(
    before: tuple[ReportEvidence, ...], now: tuple[ReportEvidence, ...]
) -> list[ReportEvidence] | None:
    """The evidence that came and that went, by object; None where it is a lot."""
    if before is now:
        return []
    old, new = set(map(id, before)), set(map(id, now))
    if len(old ^ new) > MOST_CHANGED:
        return None
    return [
        *(one for one in before if id(one) not in new),
        *(one for one in now if id(one) not in old),
    ]


class ClaimMemory:
    """The claims judged last, under one version of the protocol."""

    KEPT = 8
    """Sets of filters; the ledger of gaps looks through up to four beside those of the page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._judged: OrderedDict[tuple[Filters, str], JudgedClaims] = OrderedDict()

    def of(self, filters: Filters, part: str = "") -> JudgedClaims:
        """The claims under some filters.

        Args:
            part: what part of the evidence is looked at before the filters; "" for all.
        """
        key = filters, part
        with self._lock:
            found = self._judged.pop(key, None) or JudgedClaims()
            self._judged[key] = found
            while len(self._judged) > self.KEPT:
                self._judged.popitem(last=False)
        return found
