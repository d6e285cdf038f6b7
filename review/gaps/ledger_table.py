"""The ledger of gaps as rows of a table and as plain JSON values. Pure."""

from __future__ import annotations

from typing import Any

from review.gaps.ledger import Bar, GapRow, Ledger
from review.protocol.codebook import KINDS

_BARS = {
    Bar.CONFIRMED: "only_confirmed",
    Bar.LOW_RISK: "only_low_risk_of_bias",
    Bar.RECENT: "only_last_ten_years",
    Bar.AGREED: "without_doubtful_codings",
}
"""Bar -> its column."""

COLUMNS = (
    "id", "kind", "label", "status", "priority", "gap", "rule", "confirmed", "suggested",
    *(f"{kind}{part}" for kind in KINDS for part in ("", "_suggested")),
    *_BARS.values(),
    "searched", "searches", "coded_by", "claims", "note", "set_aside_because", "closed_by",
    "reports", "suggested_reports",
)  # fmt: skip
"""Columns of the table. Those of bars hold the gap under each, ``none`` where there is none, and
nothing where the bar could not be looked through."""

NO_GAP = "none"


def table(found: Ledger) -> list[dict[str, str | int]]:
    """One line a gap, in the order of the ledger."""
    return [_line(row) for row in found.rows]


def _line(row: GapRow) -> dict[str, str | int]:
    kinds = {
        name: number
        for kind in KINDS
        for name, number in zip(
            (kind, f"{kind}_suggested"), row.evidence.kinds.get(kind, (0, 0)), strict=True
        )
    }
    aside = row.words.get("status")
    return {
        "id": row.id,
        "kind": str(row.place.kind),
        "label": row.label,
        "status": str(row.status),
        "priority": str(row.priority),
        "gap": str(row.gap) if row.gap else NO_GAP,
        "rule": row.rule,
        "confirmed": row.evidence.confirmed,
        "suggested": row.evidence.suggested,
        **(kinds if not row.place.claim else dict.fromkeys(kinds, "")),
        **{_BARS[bar]: str(gap) if gap else NO_GAP for bar, gap in row.bars.items()},
        "searched": row.searched.isoformat() if row.searched else "",
        "searches": "; ".join(one.search for one in row.looked),
        "coded_by": "; ".join(f"{who} ({at:%Y-%m-%d})" for who, at in row.coders.items()),
        "claims": "; ".join(row.claims),
        "note": row.note,
        "set_aside_because": aside.text if aside else "",
        "closed_by": "; ".join(row.closed_by),
        "reports": "; ".join(row.evidence.reports),
        "suggested_reports": "; ".join(row.evidence.suggested_reports),
    }


def to_json(found: Ledger) -> dict[str, Any]:
    """The ledger as plain JSON values."""
    return {
        "row_dimension": found.row_dimension,
        "column_dimension": found.column_dimension,
        "bars": [str(bar) for bar in found.bars],
        "open": len(found.open),
        "gaps": [_json(row) for row in found.rows],
    }


def _json(row: GapRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": str(row.place.kind),
        "at": dict(row.place.at),
        "claim": row.place.claim or None,
        "label": row.label,
        "status": str(row.status),
        "priority": str(row.priority) or None,
        "gap": str(row.gap) if row.gap else None,
        "rule": row.rule,
        "confirmed": row.evidence.confirmed,
        "suggested": row.evidence.suggested,
        "kinds": {
            kind: {"confirmed": sure, "suggested": only}
            for kind, (sure, only) in row.evidence.kinds.items()
        },
        "bars": {str(bar): str(gap) if gap else None for bar, gap in row.bars.items()},
        "stays": row.stays,
        "searches": [
            {
                "search": one.search,
                "run": one.run or None,
                "finished": one.when.isoformat() if one.when else None,
                "by": one.who or None,
            }
            for one in row.looked
        ],
        "coded_by": {who: at.isoformat() for who, at in row.coders.items()},
        "claims": list(row.claims),
        "note": row.note,
        "words": [
            {
                "event": word.event, "aspect": word.aspect, "value": word.value,
                "text": word.text, "by": word.who, "at": word.when.isoformat(),
            }
            for word in row.words.values()
        ],
        "closed_by": list(row.closed_by),
        "reports": list(row.evidence.reports),
        "suggested_reports": list(row.evidence.suggested_reports),
    }  # fmt: skip
