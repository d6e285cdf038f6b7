"""Deduplicating a review: merges by rule, the pairs left to a person, and taking merges back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from review.dedupe.joining import after, joins, left_open, with_contradictions
from review.dedupe.links import Entry as LinkEntry
from review.dedupe.links import find_links, sample_words
from review.dedupe.pairs import find_pairs
from review.errors import DecisionError
from review.model import Event, EventKind, Record
from review.store import Connection, Entry, log, records, reports, whole
from review.store import pairs as stored_pairs
from review.store.pairs import Pair
from review.workspace import Workspace

__all__ = [
    "DECISIONS", "RULES", "DedupeResult", "MergeView", "Pair", "PairView", "Side", "Standing",
    "dedupe", "keep_apart", "link", "merge", "merges", "not_linked", "proposed_links",
    "side_by_side", "standing", "undo", "unsure", "unsure_count",
]  # fmt: skip

RULES = "dedupe rules 1"
"""Name and version of the rules, kept with every merge they make."""


DECISIONS = (EventKind.MERGE, EventKind.KEEP_APART, EventKind.LINK, EventKind.NOT_LINKED)
"""What a person says of two records here."""


@dataclass(frozen=True, slots=True)
class DedupeResult:
    """What a run came to.

    Attributes:
        merged: merges written.
        unsure: pairs open for a person, from this and earlier runs.
        compared: records compared for the first time under these rules.
    """

    merged: int
    unsure: int
    compared: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records laid side by side."""

    id: str
    report: str
    record: Record


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records that may be one text; ``score`` 0 to 1, ``why`` one sentence."""

    id: str
    score: float
    why: str
    left: Side
    right: Side


@dataclass(frozen=True, slots=True)
class Standing:
    """Where deduplication stands.

    Attributes:
        compared: whether the rules have ever compared the records of this review.
        new: records that they have not compared yet.
        pairs: possible duplicates that wait for a person, the most doubtful first.
        links: reports that may come from one study, the likeliest first.
        merges: merges that count.
    """

    compared: bool
    new: int
    pairs: tuple[Pair, ...]
    links: tuple[Pair, ...]
    merges: int


@dataclass(frozen=True, slots=True)
class MergeView:
    """One merge. ``reports`` hold its records now: one report while it counts, none while the
    runs that brought the records are withdrawn.

    Attributes:
        event: id to take it back with.
        active: whether it counts; false when it was taken back.
    """

    event: str
    records: tuple[str, str]
    reports: tuple[str, ...]
    actor: str
    time: str
    score: float | None
    why: str
    active: bool


def dedupe(ws: Workspace, actor: str = RULES, *, everything: bool = False) -> DedupeResult:
    """Find and merge the duplicates of the review, and propose links between reports.

    Records compared earlier under the same rules are compared with new ones only, and nothing is
    merged that a person set apart or whose merge was taken back. So a second run adds nothing.

    Args:
        actor: whose name stands beside the merges.
        everything: compare all records again.
    """
    with ws.store.read() as conn:
        last, skipped = (0, set()) if everything else _compared(conn)
        new = records.later_than(conn, last, skipped)
        if not new:
            return DedupeResult(0, len(stored_pairs.waiting(conn)), 0)
        rows = records.rows_for_dedupe(conn)
        raw = records.raw_without_abstract(conn)
        home = _homes(conn)
    frame = pd.DataFrame(rows)
    found = find_pairs(frame, new if last else None)
    if last:
        found = with_contradictions(frame, found, home)
    numbers = {_number(str(row["id"])) for row in rows}
    newest = max(last, *numbers)
    # Records of runs withdrawn at the moment may come back, and must be compared then.
    skipped = (skipped | set(range(last + 1, newest + 1))) - numbers
    with ws.store.write() as conn:
        # Someone may have decided while the records were compared: what stands now counts.
        home = _homes(conn)
        made = joins(found, home, _apart(conn))
        entries = [
            Entry(
                EventKind.MERGE,
                {"records": [join.first, join.other], "score": join.score, "why": join.why},
            )
            for join in made
        ]
        home = after(home, made)
        open_pairs = left_open(found, home).to_dict("records")
        stored_pairs.replace(
            conn, new if last else None, ({str(k): v for k, v in row.items()} for row in open_pairs)
        )
        log.append(conn, actor, entries)
        stored_pairs.replace_links(conn, _proposals(rows, raw, home))
        left = len(stored_pairs.waiting(conn))
        done = {
            "rules": RULES,
            "last": newest,
            "skipped": sorted(skipped),
            "compared": len(new),
            "merged": len(made),
            "unsure": left,
        }
        log.append(conn, actor, [Entry(EventKind.DEDUPED, done)])
    return DedupeResult(len(made), left, len(new))


def standing(ws: Workspace) -> Standing:
    """Where deduplication stands now."""
    with ws.store.read() as conn:
        last, skipped = _compared(conn)
        return Standing(
            compared=last > 0,
            new=len(records.later_than(conn, last, skipped)),
            pairs=tuple(stored_pairs.waiting(conn)),
            links=tuple(stored_pairs.waiting_links(conn)),
            merges=whole.count_edges(conn, "merge"),
        )


def side_by_side(ws: Workspace, pairs: Sequence[Pair]) -> list[PairView]:
    """Pairs with both their records in full."""
    with ws.store.read() as conn:
        found = whole.records(conn, {r for p in pairs for r in (p.record_a, p.record_b)})
    return [
        PairView(
            id=p.id,
            score=p.score,
            why=p.why,
            left=Side(p.record_a, p.report_a, found[p.record_a]),
            right=Side(p.record_b, p.report_b, found[p.record_b]),
        )
        for p in pairs
    ]


def unsure(ws: Workspace) -> list[PairView]:
    """The pairs a person has still to judge, the most doubtful first.

    Of several pairs between the same two reports only one is shown: one answer settles them all.
    """
    with ws.store.read() as conn:
        pairs = stored_pairs.waiting(conn)
    return side_by_side(ws, pairs)


def proposed_links(ws: Workspace) -> list[PairView]:
    """Pairs of reports that may come from one study, the likeliest first."""
    with ws.store.read() as conn:
        pairs = stored_pairs.waiting_links(conn)
    return side_by_side(ws, pairs)


def unsure_count(ws: Workspace) -> int:
    """How many pairs a person has still to judge."""
    with ws.store.read() as conn:
        return len(stored_pairs.waiting(conn))


def merge(ws: Workspace, a: str, b: str, actor: str, why: str = "") -> Event:
    """Say that two records or reports are the same text.

    An earlier decision that kept them apart is taken back with it.

    Raises:
        DecisionError: they are one report already.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        first, second = _two(conn, a, b)
        payload = {
            "records": [first, second],
            "why": why or "decided by a person",
            "cancels": [e.event for e in _between(conn, first, second, "apart")],
        }
        (done,) = log.append(conn, actor, [Entry(EventKind.MERGE, payload)])
    return done


def keep_apart(ws: Workspace, a: str, b: str, actor: str, why: str = "") -> Event:
    """Say that two records or reports are different texts; the rules never join them.

    Raises:
        DecisionError: they are one report now; the merge has to be taken back instead.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        first, second = _two(conn, a, b, "Take the merge back instead.")
        payload = {"records": [first, second], "why": why or "decided by a person"}
        (done,) = log.append(conn, actor, [Entry(EventKind.KEEP_APART, payload)])
    return done


def link(ws: Workspace, a: str, b: str, actor: str, why: str = "") -> Event:
    """Say that two reports come from one study; both stay reports of their own.

    An earlier word that they come from different studies is taken back with it.

    Raises:
        DecisionError: they are one report or one study already.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        first, second = _two_studies(conn, a, b)
        payload = {
            "records": [first, second],
            "why": why or "decided by a person",
            "cancels": [e.event for e in _between(conn, first, second, "unlinked")],
        }
        (done,) = log.append(conn, actor, [Entry(EventKind.LINK, payload)])
    return done


def not_linked(ws: Workspace, a: str, b: str, actor: str, why: str = "") -> Event:
    """Say that two reports come from different studies; the link is not proposed again.

    Raises:
        DecisionError: they are one report or one study now; that has to be taken back instead.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        first, second = _two_studies(conn, a, b)
        payload = {"records": [first, second], "why": why or "decided by a person"}
        (done,) = log.append(conn, actor, [Entry(EventKind.NOT_LINKED, payload)])
    return done


def merges(ws: Workspace) -> list[MergeView]:
    """All merges, those taken back too, newest first."""
    with ws.store.read() as conn:
        found = whole.edges(conn, "merge")
        report_of = {record: report for record, _source, report in whole.memberships(conn)}
    return [
        MergeView(
            event=e.event,
            records=(e.record_a, e.record_b),
            reports=tuple(
                sorted({report_of[r] for r in (e.record_a, e.record_b) if r in report_of})
            ),
            actor=e.actor,
            time=e.time,
            score=e.score,
            why=e.why,
            active=e.active,
        )
        for e in reversed(found)
    ]


def undo(ws: Workspace, event_id: str, actor: str) -> Event:
    """Take back a merge, a link, or a decision against one.

    Records, votes, tags and findings are again where they were before. The rules do not join the
    records a second time.

    Raises:
        NotFoundError: no such event.
        DecisionError: the event is of another kind, or taken back already.
    """
    with ws.store.write() as conn:
        kind = log.get(conn, event_id).kind
        if kind not in DECISIONS:
            raise DecisionError(f"{event_id} is a {kind} event, not a merge or a link.")
        return log.undo(conn, actor, event_id)


def _homes(conn: Connection) -> dict[str, str]:
    """Record -> smallest record of its report, after which the report is named."""
    return {record: "R" + report[1:] for record, _source, report in whole.memberships(conn)}


def _number(record_id: str) -> int:
    return int(record_id[1:])


def _compared(conn: Connection) -> tuple[int, set[int]]:
    """What these rules have compared: all records up to a number, but for some numbers."""
    done = [e for e in log.events(conn, [EventKind.DEDUPED]) if e.payload["rules"] == RULES]
    if not done:
        return 0, set()
    return int(done[-1].payload["last"]), set(done[-1].payload["skipped"])


def _apart(conn: Connection) -> list[tuple[str, str]]:
    """Pairs that the rules must not join: kept apart, or merged and taken back."""
    kept = whole.edges(conn, "apart", active=True)
    undone = whole.edges(conn, "merge", active=False)
    return [(e.record_a, e.record_b) for e in (*kept, *undone)]


def _proposals(
    rows: Sequence[Mapping[str, Any]], raw: Mapping[str, Mapping[str, Any]], home: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Links to propose between reports, each under the smallest record of its reports."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        said = row["abstract"] or sample_words(raw.get(row["id"], {}))
        texts[home.get(row["id"], "")].append(said)
    entries = [
        LinkEntry(
            id=row["id"],
            title=row["title"],
            authors=row["author"],
            year=int(row["year"]) if row["year"] else None,
            journal=row["journal"],
            volume=row["volume"],
            issue=row["number"],
            doi=row["doi"],
            type=row["entrytype"],
            text="\n".join(texts[row["id"]]),
        )
        for row in rows
        if home.get(row["id"]) == row["id"]
    ]
    return [{"id_a": p.a, "id_b": p.b, "score": p.score, "why": p.why} for p in find_links(entries)]


def _two(conn: Connection, a: str, b: str, hint: str = "") -> tuple[str, str]:
    """The records that two names stand for, in two different reports."""
    (report_a, first), (report_b, second) = _record(conn, a), _record(conn, b)
    if report_a == report_b:
        raise DecisionError(f"{a} and {b} are one report already ({report_a}). {hint}".strip())
    return first, second


def _two_studies(conn: Connection, a: str, b: str) -> tuple[str, str]:
    """The records that two names stand for, in reports of two different studies."""
    first, second = _two(conn, a, b)
    studies = {reports.get(conn, reports.resolve(conn, r)).study for r in (first, second)}
    if len(studies) == 1:
        raise DecisionError(f"{a} and {b} belong to one study already.")
    return first, second


def _record(conn: Connection, name: str) -> tuple[str, str]:
    """The report that holds ``name``, and the record to act on: itself, or a report's oldest."""
    report, _lead, members = reports.members(conn, name)
    wanted = name.strip()
    return report, wanted if wanted in members else members[0]


def _between(conn: Connection, a: str, b: str, kind: str) -> Collection[whole.Edge]:
    """Edges of a kind that count, between the reports of two records."""
    sides = [set(reports.members(conn, r)[2]) for r in (a, b)]
    ends = {frozenset((x, y)) for x in sides[0] for y in sides[1]}
    live = whole.edges(conn, kind, active=True)
    return [e for e in live if frozenset((e.record_a, e.record_b)) in ends]
