"""From events to state, in one place.

Shapes of payloads (records and reports by id, times as ISO 8601)::

    protocol         version, title, reviewers {stage: n}, not_retrieved [reason], text
    run_started      run, search, source, request, promised
    run_planned      run, parts [{name, first, last}] (the walk is cut by date of publication)
    run_resumed      run, after (why it had stopped)
    records_added    run, records [id], again [id], received, promised, cursor, cost_usd, part
                     (records that are new, and those that were known before)
    records_changed  run, records [id], changes {record: {field: [old, new]}}
    run_finished     run, outcome, why
    run_withdrawn    run, why
    search_stated    item (of PRISMA-S), text, none, details {part: text}, reviewer,
                     cancels [event] (the statement that this one replaces)
    merge, link      records [a, b], score, why
    keep_apart       records [a, b], why (they are different texts)
    not_linked       records [a, b], why (they come from different studies)
    field_chosen     record, report, field, reviewer (the field is shown as the record has it)
    deduped          rules, last (number of the newest record), skipped [number not compared],
                     settled (false: reports changed while links were looked for), compared,
                     merged, unsure
    vote             record, report, covers [record], stage, vote, reason, note, reviewer, final,
                     time, run (the import that brought it, when it came with a file of records)
    tag              record, report, dimension, value, quote, reviewer, suggestion, answer, time,
                     cancels [event] (tags that this one replaces)
    untag            record, report, reviewer, cancels [event]
    finding          record, report, the fields of `model.Finding`, time, cancels [event]
    finding_removed  record, report, reviewer, cancels [event]
    answer           record, report, suggestion, answer, reviewer
    note             record, report, text, reviewer
    undo             cancels [event]

An event counts while no counting event cancels it. So undo, undo of undo, and the replacing of
one tag by another are the same mechanism.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from review.model import Event, EventKind, Outcome
from review.store import report_state
from review.store.chunks import chunks
from review.store.report_state import Rules, current_rules
from review.store.schema import (
    amendment,
    answer,
    cancels,
    choice,
    edge,
    event,
    finding,
    member,
    note,
    retraction,
    rules,
    run,
    sighting,
    tag,
    touched,
    vote,
    withdrawal,
)

EDGE_KINDS = {
    EventKind.MERGE: "merge",
    EventKind.KEEP_APART: "apart",
    EventKind.LINK: "link",
    EventKind.NOT_LINKED: "unlinked",
}
SWITCHED = (vote, tag, finding, edge, answer, note, choice, withdrawal)
"""Tables whose rows are switched on and off by later events."""

REJOINING = frozenset({*EDGE_KINDS, EventKind.RUN_WITHDRAWN, EventKind.FIELD_CHOSEN})
"""Events after which reports are worked out anew: what belongs to them, or how they are shown."""
FINDING_FIELDS = (
    "exposure",
    "population",
    "outcome",
    "study_design",
    "instrument",
    "comparator",
    "duration",
    "quote",
)


@dataclass(slots=True)
class _Batch:
    """What a run of events adds to the tables, and which reports it disturbs."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    run_updates: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    retracted: dict[str, bool] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    joined: set[str] = field(default_factory=set)
    voted: set[str] = field(default_factory=set)
    all_decisions: bool = False

    def add(self, table: Table, **values: Any) -> None:
        self.rows[table.name].append(values)


def apply(conn: Connection, events: Sequence[Event]) -> None:
    """Bring the derived tables up to date with events just written, in the order given."""
    batch = _Batch()
    touches = _touches(conn, events)
    for ev in events:
        _read(ev, batch)
        for record in touches[ev.id]:
            batch.add(touched, record=record, seq=ev.seq)
    by_name: dict[str, Table] = {
        t.name: t for t in (*SWITCHED, rules, run, amendment, touched, cancels)
    }
    for name, rows in batch.rows.items():
        for part in chunks(rows):
            conn.execute(insert(by_name[name]), part)
    _note_retractions(conn, batch.retracted)
    for run_id, values in batch.run_updates:
        _advance_run(conn, run_id, values)
    for target in batch.cancelled:
        _switch(conn, target)
    for ev in events:
        if ev.kind in REJOINING:
            batch.joined.update(touches[ev.id])
        elif ev.kind is EventKind.VOTE:
            batch.voted.update(touches[ev.id])
        elif ev.kind is EventKind.UNDO:
            batch.joined.update(touches[ev.id])
    if batch.all_decisions:
        batch.voted.update(conn.execute(select(member.c.record)).scalars())
    report_state.refresh(conn, batch.joined, batch.voted)


def is_active(conn: Connection, event_id: str) -> bool:
    """Whether an event still counts: no counting event cancels it."""
    by = conn.execute(select(cancels.c.by).where(cancels.c.target == event_id)).scalars().all()
    return not any(is_active(conn, canceller) for canceller in by)


def _switch(conn: Connection, event_id: str) -> None:
    """Set the rows of an event, and of what it cancels, to whether they count now."""
    active = is_active(conn, event_id)
    for table in SWITCHED:
        conn.execute(update(table).where(table.c.event == event_id).values(active=active))
    targets = conn.execute(select(cancels.c.target).where(cancels.c.by == event_id)).scalars().all()
    for target in targets:
        _switch(conn, target)


def _touches(conn: Connection, events: Sequence[Event]) -> dict[str, list[str]]:
    """Records each event is about; an event that cancels others is about theirs."""
    found: dict[str, list[str]] = {}
    for ev in events:
        records = list(ev.payload.get("records", ()))
        if ev.kind is EventKind.RUN_WITHDRAWN:
            own = select(sighting.c.record).where(sighting.c.run == ev.payload["run"])
            records += conn.execute(own).scalars()
        if ev.payload.get("record"):
            records.append(ev.payload["record"])
        for target in ev.payload.get("cancels", ()):
            records += found.get(target) or _stored_touches(conn, target)
        found[ev.id] = sorted(set(records))
    return found


def _stored_touches(conn: Connection, event_id: str) -> list[str]:
    statement = (
        select(touched.c.record)
        .join(event, event.c.seq == touched.c.seq)
        .where(event.c.id == event_id)
    )
    return list(conn.execute(statement).scalars())


def _read(ev: Event, batch: _Batch) -> None:
    """Add the rows one event stands for."""
    p = ev.payload
    for target in p.get("cancels", ()):
        batch.add(cancels, by=ev.id, target=target)
        batch.cancelled.append(target)
    common = {"event": ev.id, "seq": ev.seq, "at": _when(p, ev.at), "active": True}
    match ev.kind:
        case EventKind.PROTOCOL:
            batch.all_decisions = True
            batch.add(
                rules,
                version=p["version"],
                seq=ev.seq,
                reviewers=dict(p["reviewers"]),
                not_retrieved=list(p["not_retrieved"]),
                at=ev.at,
            )
        case EventKind.RUN_STARTED:
            batch.add(run, **_new_run(ev))
        case EventKind.RECORDS_ADDED:
            batch.joined.update(p["records"], p.get("again", ()))
            batch.run_updates.append((p["run"], dict(p)))
        case EventKind.RECORDS_CHANGED:
            for record, fields in p["changes"].items():
                _amend(batch, ev, record, fields)
        case EventKind.RUN_RESUMED:
            batch.run_updates.append((p["run"], {"resumed": True}))
        case EventKind.RUN_WITHDRAWN:
            batch.add(withdrawal, **common, run=p["run"], why=p.get("why", ""))
        case EventKind.RUN_FINISHED:
            batch.run_updates.append((p["run"], {**p, "finished": ev.at}))
        case EventKind.MERGE | EventKind.KEEP_APART | EventKind.LINK | EventKind.NOT_LINKED:
            first, second = sorted(p["records"])
            batch.add(
                edge,
                **common,
                kind=EDGE_KINDS[ev.kind],
                record_a=first,
                record_b=second,
                actor=ev.actor,
                score=p.get("score"),
                why=p.get("why", ""),
            )
        case EventKind.VOTE:
            batch.add(
                vote,
                **common,
                record=p["record"],
                covers=list(p.get("covers") or [p["record"]]),
                stage=p["stage"],
                reviewer=p["reviewer"],
                vote=p["vote"],
                reason=p.get("reason", ""),
                note=p.get("note", ""),
                final=bool(p.get("final", False)),
                run=p.get("run", ""),
            )
        case EventKind.TAG:
            batch.add(
                tag,
                **common,
                record=p["record"],
                dimension=p["dimension"],
                value=p["value"],
                reviewer=p["reviewer"],
                quote=p.get("quote", ""),
            )
            if p.get("suggestion"):
                _answer(batch, common, p, p.get("answer", "accepted"))
        case EventKind.FINDING:
            batch.add(
                finding,
                **common,
                record=p["record"],
                reviewer=p["reviewer"],
                direction=p.get("direction", "not_stated"),
                **{name: p.get(name, "") for name in FINDING_FIELDS},
            )
        case EventKind.ANSWER:
            _answer(batch, common, p, p["answer"])
        case EventKind.NOTE:
            batch.add(note, **common, record=p["record"], text=p["text"], reviewer=p["reviewer"])
        case EventKind.FIELD_CHOSEN:
            batch.add(
                choice, **common, record=p["record"], field=p["field"], reviewer=p["reviewer"]
            )
        case EventKind.UNTAG | EventKind.FINDING_REMOVED | EventKind.UNDO:
            pass
        case EventKind.DEDUPED | EventKind.RUN_PLANNED | EventKind.SEARCH_STATED:
            pass


def _answer(batch: _Batch, common: Mapping[str, Any], p: Mapping[str, Any], said: str) -> None:
    batch.add(answer, **common, suggestion=p["suggestion"], answer=said, reviewer=p["reviewer"])


def _amend(batch: _Batch, ev: Event, record: str, fields: Mapping[str, Any]) -> None:
    for name, (old, new) in fields.items():
        batch.add(
            amendment, event=ev.id, seq=ev.seq, at=ev.at, run=ev.payload["run"],
            record=record, field=name, old=old, new=new,
        )  # fmt: skip
    if "retracted" in fields:
        batch.retracted[record] = bool(fields["retracted"][1])


def _note_retractions(conn: Connection, newest: Mapping[str, bool]) -> None:
    for part in chunks(sorted(newest)):
        conn.execute(delete(retraction).where(retraction.c.record.in_(part)))
        conn.execute(insert(retraction), [{"record": r, "retracted": newest[r]} for r in part])


def _when(payload: Mapping[str, Any], at: datetime) -> datetime:
    """The time a person gave with an imported decision goes before the time of import."""
    said = payload.get("time")
    return datetime.fromisoformat(said) if said else at


def _new_run(ev: Event) -> dict[str, Any]:
    p = ev.payload
    return {
        "id": p["run"],
        "seq": ev.seq,
        "search": p["search"],
        "source": p["source"],
        "request": p.get("request", ""),
        "actor": ev.actor,
        "started": ev.at,
        "finished": None,
        "promised": p.get("promised"),
        "received": 0,
        "added": 0,
        "cost_usd": 0.0,
        "cursor": "",
        "outcome": str(Outcome.RUNNING),
        "why": "",
        "resumed": 0,
    }


def _advance_run(conn: Connection, run_id: str, p: Mapping[str, Any]) -> None:
    values: dict[str, Any] = {}
    if "records" in p:
        values["added"] = run.c.added + len(p["records"])
        values["received"] = run.c.received + int(p.get("received", len(p["records"])))
        values["cost_usd"] = run.c.cost_usd + float(p.get("cost_usd", 0.0))
        values["cursor"] = p.get("cursor") or ""
        if p.get("promised") is not None:
            values["promised"] = p["promised"]
    elif "resumed" in p:
        values = {"finished": None, "outcome": str(Outcome.RUNNING), "why": ""}
        values["resumed"] = run.c.resumed + 1
    else:
        values = {"finished": p["finished"], "outcome": p["outcome"], "why": p.get("why", "")}
    conn.execute(update(run).where(run.c.id == run_id).values(**values))


__all__ = ["Rules", "apply", "current_rules", "is_active"]
