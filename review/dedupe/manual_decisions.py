"""What a person says of two records: the same text, different texts, or reports of one study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review import outdated
from review.dedupe.pairs import PLAUSIBLE
from review.errors import DecisionError
from review.events import (
    Event,
    EventData,
    PairRuled,
    RecordsKeptApart,
    RecordsMerged,
    ReportsLinked,
    ReportsNotLinked,
)
from review.model import Record
from review.outdated import Shown
from review.store import Connection, bulk_reads, log, pair_rulings, reports
from review.store import pairs as stored_pairs
from review.store.pairs import Pair
from review.store.reports import Membership
from review.workspace import Workspace

OF_TEXTS = (RecordsMerged, RecordsKeptApart)
OF_STUDIES = (ReportsLinked, ReportsNotLinked)
DECISIONS = OF_TEXTS + OF_STUDIES
"""What a person says of two records here."""

_TAKES_BACK: dict[type[PairRuled], tuple[pair_rulings.RulingKind, ...]] = {
    RecordsMerged: (pair_rulings.KEPT_APART, pair_rulings.LINKED, pair_rulings.UNLINKED),
    ReportsLinked: (pair_rulings.UNLINKED,),
}
"""What a person says now, and what was said earlier of the same two and cannot hold beside it."""

MOST_DOUBTFUL = 0.5
"""Score of a pair that may as well be the same text as not."""

ShownSides = tuple[Shown | None, Shown | None]
"""What a page showed of either report; None of one it did not show, as its id was written."""
NOT_SHOWN: ShownSides = (None, None)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records laid side by side.

    Attributes:
        records: all that its report is made of.
    """

    id: str
    report: str
    record: Record
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records that may be one text; ``score`` 0 to 1, ``why`` one sentence."""

    id: str
    score: float
    why: str
    left: Side
    right: Side


def pair_views(ws: Workspace, pairs: Sequence[Pair]) -> list[PairView]:
    """Pairs with both their records in full."""
    with ws.store.read() as conn:
        found = bulk_reads.records(conn, {r for p in pairs for r in (p.record_a, p.record_b)})
        homes = reports.memberships(conn, list(found))
    return [
        PairView(
            id=p.id,
            score=p.score,
            why=p.why,
            left=_side(p.record_a, found, homes),
            right=_side(p.record_b, found, homes),
        )
        for p in pairs
    ]


def _side(id_: str, found: Mapping[str, Record], homes: Mapping[str, Membership]) -> Side:
    return Side(id_, homes[id_].report, found[id_], homes[id_].records)


def unsure(ws: Workspace) -> list[PairView]:
    """The pairs a person has still to judge, as `questions` asks them."""
    with ws.store.read() as conn:
        pairs = questions(conn)
    return pair_views(ws, pairs)


def proposed_links(ws: Workspace) -> list[PairView]:
    """Pairs of reports that may come from one study, the likeliest first."""
    with ws.store.read() as conn:
        pairs = stored_pairs.waiting_links(conn)
    return pair_views(ws, pairs)


def questions(conn: Connection) -> list[Pair]:
    """The pairs a person has still to judge, the most doubtful first.

    Of several pairs between the same two reports only the surest is asked, as one answer settles
    them all; so does an answer on two other records that these are merged with.
    """
    surest: dict[frozenset[str], Pair] = {}
    found = stored_pairs.waiting(conn)
    for pair in sorted(found, key=lambda p: (-p.score, p.record_a, p.record_b)):
        if pair.score >= PLAUSIBLE:
            surest.setdefault(frozenset((pair.report_a, pair.report_b)), pair)
    return sorted(surest.values(), key=lambda p: abs(p.score - MOST_DOUBTFUL))


def answer(
    ws: Workspace,
    pair: str,
    kind: type[PairRuled],
    actor: str,
    *,
    shown: ShownSides = NOT_SHOWN,
) -> Event:
    """Say what the two records of a waiting pair are.

    Args:
        pair: id of a pair or of a proposed link; what made it one is kept with the answer.
        kind: one of `DECISIONS`.
        shown: what the page showed of the reports of both, where it may be old.

    Raises:
        OutdatedError: the pair waits no longer, as someone else has answered it meanwhile, or one
            of the reports is not what was ``shown`` any more.
        NotFoundError: no such pair.
    """
    with ws.store.write() as conn:
        a, b = stored_pairs.get(conn, pair)
        _refuse_changed(conn, (a, b), shown)
        waiting = stored_pairs.waiting(conn, pair) or stored_pairs.waiting_links(conn)
        why = next((p.why for p in waiting if p.id == pair), None)
        if why is None:
            raise outdated.judged_meanwhile(conn, a, b)
        return _say(conn, kind, a, b, actor, f"Asked because: {why}")


def merge(
    ws: Workspace, a: str, b: str, actor: str, why: str = "", *, shown: ShownSides = NOT_SHOWN
) -> Event:
    """Say that two records or reports are the same text.

    Earlier decisions that kept them apart, or linked them as two reports, are taken back with it.

    Args:
        shown: what the page showed of each, where it may be old. So in all that follows.

    Raises:
        OutdatedError: one is not what was ``shown`` any more. So in all that follows.
        DecisionError: they are one report already.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        return _say(conn, RecordsMerged, *_two(conn, a, b, shown=shown), actor, why)


def keep_apart(ws: Workspace, a: str, b: str, actor: str, why: str = "") -> Event:
    """Say that two records or reports are different texts; the rules never join them.

    Raises:
        DecisionError: they are one report now; the merge has to be taken back instead.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        ends = _two(conn, a, b, "Take the merge back instead.")
        return _say(conn, RecordsKeptApart, *ends, actor, why)


def link(
    ws: Workspace, a: str, b: str, actor: str, why: str = "", *, shown: ShownSides = NOT_SHOWN
) -> Event:
    """Say that two reports come from one study; both stay reports of their own.

    An earlier word that they come from different studies is taken back with it.

    Raises:
        DecisionError: they are one report or one study already.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        return _say(conn, ReportsLinked, *_two_studies(conn, a, b, shown), actor, why)


def not_linked(
    ws: Workspace, a: str, b: str, actor: str, why: str = "", *, shown: ShownSides = NOT_SHOWN
) -> Event:
    """Say that two reports come from different studies; the link is not proposed again.

    Raises:
        DecisionError: they are one report or one study now; that has to be taken back instead.
        NotFoundError: one of them does not exist.
    """
    with ws.store.write() as conn:
        return _say(conn, ReportsNotLinked, *_two_studies(conn, a, b, shown), actor, why)


def undo(
    ws: Workspace,
    event_id: str,
    actor: str,
    kinds: tuple[type[EventData], ...] = DECISIONS,
    *,
    shown: ShownSides = NOT_SHOWN,
) -> Event:
    """Take back a merge, a link, or a decision against one.

    Records, votes, tags and findings are again where they were before. The rules do not join the
    records a second time.

    Raises:
        NotFoundError: no such event.
        DecisionError: the event is of another kind, or taken back already.
    """
    with ws.store.write() as conn:
        data = log.get(conn, event_id).data
        if isinstance(data, PairRuled) and any(shown):
            _refuse_changed(conn, data.records, shown)
            outdated.refuse_undone(conn, event_id)
        if not isinstance(data, kinds):
            wanted = " or ".join(k.kind.replace("_", " ") for k in kinds)
            raise DecisionError(f"{event_id} is not a decision of this kind: {wanted}.")
        return log.undo(conn, actor, event_id)


def newest(ws: Workspace, actor: str) -> tuple[str, ShownSides] | None:
    """What an undo would take back: this person's newest decision that still counts.

    Returns:
        Its event, and the reports of its two records as a page shows them; None when there is none.
    """
    with ws.store.read() as conn:
        last = log.last_of(conn, actor, DECISIONS)
        if last is None or not isinstance(last.data, PairRuled):
            return None
        homes = reports.memberships(conn, last.data.records)
    version = ws.protocol.version
    a, b = (Shown(homes[r].records, version) if r in homes else None for r in last.data.records)
    return last.id, (a, b)


def taken_back(ws: Workspace, undo_event: Event) -> Event:
    """The decision that an undo has taken back."""
    with ws.store.read() as conn:
        return outdated.root(conn, undo_event)


def _say(
    conn: Connection, kind: type[PairRuled], first: str, second: str, actor: str, why: str
) -> Event[PairRuled]:
    """Write what a person says of two records of different reports."""
    over = [
        event
        for said in _TAKES_BACK.get(kind, ())
        for event in pair_rulings.between_records(conn, said, first, second)
    ]
    (done,) = log.append(
        conn, actor, [kind(records=(first, second), why=why, replaces=tuple(over))]
    )
    return done


def _two(
    conn: Connection, a: str, b: str, hint: str = "", shown: ShownSides = NOT_SHOWN
) -> tuple[str, str]:
    """The records that two names stand for, in two different reports."""
    _refuse_changed(conn, (a, b), shown)
    (report_a, first), (report_b, second) = _record(conn, a), _record(conn, b)
    if report_a == report_b:
        raise DecisionError(f"{a} and {b} are one report already ({report_a}). {hint}".strip())
    return first, second


def _two_studies(
    conn: Connection, a: str, b: str, shown: ShownSides = NOT_SHOWN
) -> tuple[str, str]:
    """The records that two names stand for, in reports of two different studies."""
    first, second = _two(conn, a, b, shown=shown)
    studies = {reports.get(conn, reports.resolve(conn, r)).study for r in (first, second)}
    if len(studies) == 1:
        raise DecisionError(f"{a} and {b} belong to one study already.")
    return first, second


def _refuse_changed(conn: Connection, names: tuple[str, str], shown: ShownSides) -> None:
    """See that the reports of both are still what a page showed."""
    for name, seen in zip(names, shown, strict=True):
        if seen is not None:
            outdated.membership(conn, name, seen)


def _record(conn: Connection, name: str) -> tuple[str, str]:
    """The report that holds ``name``, and the record to act on: itself, or a report's oldest."""
    found = reports.membership(conn, name)
    wanted = name.strip()
    return found.report, wanted if wanted in found.records else found.records[0]
