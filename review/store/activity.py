"""Which events count: the newest of its key, as long as it is not undone.

Two mechanisms, and no event is ever changed by them:

- *Undo.* An undo event takes its target back; an undo of an undo brings the target back. Every
  chain of them is kept as one word on its root (table ``undo_state``), so that the thousandth
  costs what the first did.
- *Newest of a key.* Events that cannot hold beside each other (two votes of one reviewer on one
  report, two values of a dimension with one answer) share a key (table ``keyed_event``). The newest
  of a key that is not undone holds it (table ``key_holder``); the others wait behind it.

Rows of the derived tables are marked ``active`` accordingly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from review.events import Event, EventData, Undone
from review.events.base import KINDS
from review.store.chunks import chunks
from review.store.projectors import switched
from review.store.schema import event, key_holder, keyed_event, undo_root, undo_state


@dataclass(slots=True)
class _Batch:
    """Events just written, and what is known of those they refer to."""

    events: Sequence[Event]
    seqs: dict[str, int]
    kinds: dict[str, type[EventData]]
    homes: dict[str, str] = field(default_factory=dict)
    undone: dict[str, bool] = field(default_factory=dict)


def update_active(conn: Connection, events: Sequence[Event]) -> None:
    """Work out what counts now that these events are written, and mark the rows accordingly."""
    batch = _Batch(events, {e.id: e.seq for e in events}, {e.id: type(e.data) for e in events})
    roots = _note_undos(conn, batch)
    _note_keys(conn, batch)
    on, off = _switched_by_undo(conn, roots)
    keys = _keys_of(conn, [e.id for e in events], roots)
    _pass_on(conn, keys, on, off, set(batch.seqs))
    _mark(conn, batch, on - off, True)
    _mark(conn, batch, off, False)


def counting(conn: Connection, ids: Collection[str]) -> set[str]:
    """Those of some events that count."""
    left = set(ids)
    for part in chunks(sorted(ids)):
        undone = select(undo_state.c.event).where(undo_state.c.event.in_(part), undo_state.c.undone)
        left -= set(conn.execute(undone).scalars())
        behind = (
            select(keyed_event.c.event)
            .join(key_holder, key_holder.c.key == keyed_event.c.key)
            .where(
                keyed_event.c.event.in_(part),
                keyed_event.c.home,
                key_holder.c.event != keyed_event.c.event,
            )
        )
        left -= set(conn.execute(behind).scalars())
        # Of the undos of one event only the newest says anything.
        overtaken = (
            select(undo_root.c.undo)
            .join(undo_state, undo_state.c.event == undo_root.c.root)
            .where(undo_root.c.undo.in_(part), undo_state.c.by != undo_root.c.undo)
        )
        left -= set(conn.execute(overtaken).scalars())
    return left


def undone_by(conn: Connection, undo: str) -> list[str]:
    """The events at the root of the chain of an undo; none where it is no undo."""
    statement = select(undo_root.c.root).where(undo_root.c.undo == undo)
    return [str(root) for root in conn.execute(statement).scalars()]


def _note_undos(conn: Connection, batch: _Batch) -> dict[str, bool]:
    """Resolve undos to the events at the root of their chains.

    Returns:
        Root -> whether it is undone now, for the roots that these events are about.
    """
    undos = [(e, e.data) for e in batch.events if isinstance(e.data, Undone)]
    if not undos:
        return {}
    chains: dict[str, dict[str, bool]] = defaultdict(dict)
    for part in chunks(sorted({t for _, data in undos for t in data.cancels})):
        for row in conn.execute(select(undo_root).where(undo_root.c.undo.in_(part))):
            chains[row.undo][row.root] = row.undone
    newest: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for ev, data in undos:
        said: dict[str, bool] = {}
        for target in data.cancels:
            before = chains.get(target)
            said |= {target: True} if before is None else {r: not u for r, u in before.items()}
        chains[ev.id] = said
        for root, is_undone in said.items():
            rows.append({"undo": ev.id, "root": root, "undone": is_undone})
            newest[root] = {"event": root, "undone": is_undone, "by": ev.id}
    for some in chunks(rows):
        conn.execute(insert(undo_root), some)
    for part in chunks(sorted(newest)):
        conn.execute(delete(undo_state).where(undo_state.c.event.in_(part)))
        conn.execute(insert(undo_state), [newest[root] for root in part])
    return {root: row["undone"] for root, row in newest.items()}


def _note_keys(conn: Connection, batch: _Batch) -> None:
    """Write the keys of new events: their own, those they cover, and those they take over."""
    for e in batch.events:
        if e.data.key is not None:
            batch.homes[e.id] = e.data.key
    replaced = {t for e in batch.events for t in e.data.taken_over}
    rows = _first_homes(conn, batch, replaced)
    for e in batch.events:
        others = {*e.data.covered, *(batch.homes[t] for t in e.data.taken_over)}
        keys = {batch.homes[e.id]: True} if e.id in batch.homes else {}
        keys = {**dict.fromkeys(others, False), **keys}
        rows += [_keyed(key, e.id, e.seq, home=home) for key, home in sorted(keys.items())]
    for part in chunks(sorted({row["event"] for row in rows})):
        known = select(undo_state.c.event, undo_state.c.undone)
        found = conn.execute(known.where(undo_state.c.event.in_(part)))
        batch.undone.update({id_: undone for id_, undone in found})
    for row in rows:
        row["undone"] = batch.undone.get(row["event"], False)
    for some in chunks(rows):
        conn.execute(insert(keyed_event), some)


def _first_homes(
    conn: Connection, batch: _Batch, replaced: Collection[str]
) -> list[dict[str, Any]]:
    """Keys of events that others take the place of.

    One that stands for itself gets its own id for a key now; the rows for that are returned.
    """
    for part in chunks(sorted(set(replaced) - set(batch.homes))):
        found = select(keyed_event.c.event, keyed_event.c.key)
        found = found.where(keyed_event.c.event.in_(part), keyed_event.c.home)
        batch.homes.update({id_: key for id_, key in conn.execute(found)})
    alone = sorted(set(replaced) - set(batch.homes))
    seqs = {id_: batch.seqs[id_] for id_ in alone if id_ in batch.seqs}
    for part in chunks([id_ for id_ in alone if id_ not in seqs]):
        rows = conn.execute(select(event.c.id, event.c.seq).where(event.c.id.in_(part)))
        seqs.update({id_: seq for id_, seq in rows})
    batch.homes.update({id_: id_ for id_ in alone})
    stored = [id_ for id_ in alone if id_ not in batch.seqs and id_ in seqs]
    # One of this very batch gets its row with the others.
    return [_keyed(id_, id_, seqs[id_], home=True) for id_ in stored]


def _keyed(key: str, id_: str, seq: int, *, home: bool) -> dict[str, Any]:
    return {"key": key, "event": id_, "seq": seq, "home": home, "undone": False}


def _switched_by_undo(conn: Connection, roots: Mapping[str, bool]) -> tuple[set[str], set[str]]:
    """Tell the keys of undone and redone events.

    Returns:
        Events without a key that are to be switched on, and those to be switched off.
    """
    keyed: set[str] = set()
    for value in (True, False):
        for part in chunks(sorted(r for r, undone in roots.items() if undone is value)):
            conn.execute(
                update(keyed_event).where(keyed_event.c.event.in_(part)).values(undone=value)
            )
            home = select(keyed_event.c.event).where(keyed_event.c.event.in_(part))
            keyed.update(conn.execute(home.where(keyed_event.c.home)).scalars())
    alone = {r: undone for r, undone in roots.items() if r not in keyed}
    return {r for r, undone in alone.items() if not undone}, {r for r, u in alone.items() if u}


def _keys_of(conn: Connection, new: Sequence[str], roots: Iterable[str]) -> list[str]:
    """The keys on which something has changed."""
    found: set[str] = set()
    for part in chunks(sorted({*new, *roots})):
        keys = select(keyed_event.c.key).where(keyed_event.c.event.in_(part))
        found.update(conn.execute(keys).scalars())
    return sorted(found)


def _pass_on(
    conn: Connection, keys: Sequence[str], on: set[str], off: set[str], new: set[str]
) -> None:
    """Hand each key to its newest event that is not undone.

    Args:
        on, off: filled with the events that hold their own key now, and those that no longer do.
        new: events whose rows are marked as counting, as they have just been written.
    """
    behind = key_holder.alias("behind")
    newest = (
        select(keyed_event.c.event)
        .where(keyed_event.c.key == behind.c.key, ~keyed_event.c.undone)
        .order_by(keyed_event.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    now: dict[str, str] = {}
    concerned = set(new)
    for part in chunks(keys):
        known = set(
            conn.execute(select(key_holder.c.key).where(key_holder.c.key.in_(part))).scalars()
        )
        fresh = [{"key": key, "event": ""} for key in part if key not in known]
        if fresh:
            conn.execute(insert(key_holder), fresh)
        found = conn.execute(
            select(behind.c.key, behind.c.event, newest.label("now")).where(behind.c.key.in_(part))
        ).all()
        holders = [(row.key, row.event, row.now or "") for row in found]
        moved = [one for one in holders if one[1] != one[2]]
        if moved:
            conn.execute(
                update(key_holder)
                .where(key_holder.c.key == bindparam("of"))
                .values(event=bindparam("holder")),
                [{"of": key, "holder": holder} for key, _, holder in moved],
            )
        now.update({key: holder for key, _, holder in holders})
        # A fresh key may be the id of an event that stood for itself until now.
        concerned.update(row["key"] for row in fresh)
        concerned.update(id_ for _, *both in moved for id_ in both)
    for some in chunks(sorted(concerned - {""})):
        homes = select(keyed_event.c.event, keyed_event.c.key).where(
            keyed_event.c.event.in_(some), keyed_event.c.home
        )
        for id_, key in conn.execute(homes):
            if key in now:
                (on if now[key] == id_ else off).add(id_)


def _mark(conn: Connection, batch: _Batch, ids: Collection[str], active: bool) -> None:
    """Mark the rows of some events as counting or not."""
    unknown = [id_ for id_ in ids if id_ not in batch.kinds]
    for part in chunks(sorted(unknown)):
        rows = conn.execute(select(event.c.id, event.c.kind).where(event.c.id.in_(part)))
        batch.kinds.update({id_: KINDS[kind] for id_, kind in rows if kind in KINDS})
    of_table: dict[Table, list[str]] = defaultdict(list)
    for id_ in sorted(ids):
        if active and id_ in batch.seqs:
            continue  # written as counting
        for table in switched(batch.kinds[id_]) if id_ in batch.kinds else ():
            of_table[table].append(id_)
    for table, some in of_table.items():
        for part in chunks(some):
            conn.execute(update(table).where(table.c.event.in_(part)).values(active=active))
