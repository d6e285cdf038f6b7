"""The machine's part in coding: its sources, their versions, and how often people agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from review.coding import suggestion_precision
from review.coding.coding_agreement import independent
from review.coding.suggestion_precision import Judged, Precision, Sight
from review.coding.suggestion_rules import source_label
from review.protocol.codebook import Codebook
from review.store import coding_queue, judged_suggestions, suggestions
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many suggestions one version of a source made; ``""`` for a version not kept."""

    source: str
    version: str
    suggestions: int


@dataclass(frozen=True, slots=True)
class Account:
    """The machine's part in coding so far.

    Attributes:
        sources: each with its version.
        blind: whether the protocol has coding blind to suggestions.
        by_value, by_dimension: how often people agreed.
    """

    sources: tuple[SourceCount, ...]
    blind: bool
    by_value: tuple[Precision, ...]
    by_dimension: tuple[Precision, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "blind": self.blind,
            "sources": [
                {"source": s.source, "version": s.version, "suggestions": s.suggestions}
                for s in self.sources
            ],
            "by_dimension": [_json(p) for p in self.by_dimension],
            "by_value": [_json(p) for p in self.by_value],
        }

    def _versioned(self, source: str) -> str:
        """A source with the version its suggestions were made under, or how many there were."""
        kept = sorted({s.version for s in self.sources if s.source == source and s.version})
        if not kept:
            return source_label(source)
        said = (
            f"version {kept[0]}"
            if len(kept) == 1
            else f"{len(kept)} versions, kept with each suggestion"
        )
        return f"{source_label(source)} ({said})"

    def paragraph(self, codebook: Codebook) -> str:
        """The paragraph on automation for a methods section."""
        if not self.sources:
            return "No machine suggested codes."
        names = "; ".join(sorted(map(self._versioned, {s.source for s in self.sources})))
        total = sum(s.suggestions for s in self.sources)
        shown = (
            "Each reviewer saw those for a dimension of a report only after a first value of their "
            "own there."
            if self.blind
            else "They were in sight while reviewers coded."
        )
        said = [
            f"{source_label(p.source)} on {codebook.dimension(p.dimension).label.lower()}: "
            f"{p.confirmed:,} of {p.judged:,} ({p.share:.0%}, 95% interval {p.interval[0]:.0%} to "
            f"{p.interval[1]:.0%}; {_SIGHT[p.sight]})"
            for p in self.by_dimension
        ]
        agreed = f" Reviewers agreed with {'; '.join(said)}." if said else ""
        return (
            f"Codes were suggested by: {names}. {total:,} suggestion{'' if total == 1 else 's'} in "
            f"all. {shown} None counted as evidence before a person had confirmed it.{agreed}"
        )


_SIGHT = {
    Sight.BLIND: "coded blind",
    Sight.SEEING: "coded with the suggestion in sight",
    Sight.UNKNOWN: "not known what was in sight",
}


def account(ws: Workspace) -> Account:
    """The machine's part in coding, as it stands."""
    with ws.store.read() as conn:
        counts = suggestions.counts_by_version(conn)
    found = judgements(ws)
    return Account(
        tuple(SourceCount(*row) for row in counts),
        ws.protocol.coding.blind,
        tuple(suggestion_precision.precision(found)),
        tuple(suggestion_precision.precision(found, by_value=False)),
    )


def judgements(ws: Workspace) -> list[Judged]:
    """Every judgement of people on suggestions, the same whoever asks."""
    many = {d.id: d.many for d in ws.protocol.codebook.dimensions}
    with ws.store.read() as conn:
        coders = coding_queue.coders(conn)
        offered = judged_suggestions.offered(conn)
        given, said = judged_suggestions.given(conn), judged_suggestions.said(conn)
        finished = coding_queue.forms_finished(conn) if coders > 1 else []
    if coders > 1:
        first = {
            report: {form.person: (form.seq, form.codes) for form in forms}
            for report, forms in independent(finished, coders).items()
        }
        given, said = suggestion_precision.at_first(given, said, offered, first)
    return suggestion_precision.judged(many, offered, given, said)


def _json(p: Precision) -> dict[str, Any]:
    low, high = p.interval
    return {
        "source": p.source,
        "dimension": p.dimension,
        **({"value": p.value} if p.value else {}),
        "coded": str(p.sight),
        "confirmed": p.confirmed,
        "rejected": p.rejected,
        "overruled": p.overruled,
        "judged": p.judged,
        "agreed": round(p.share, 4),
        "interval": [round(low, 4), round(high, 4)],
        "disagreed_on": list(p.reports),
    }
