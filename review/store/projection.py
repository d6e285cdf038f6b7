"""From events to state: brings the derived tables up to date with what was written in the log.

`review.store.projectors` says what each kind of event writes, `review.store.activity` which events
count, `review.store.report_state` what follows for reports, studies and decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from review import retraction as retraction_words
from review.events import Event, ReviewerLeft, RunWithdrawn, Undone
from review.store import activity, coding_state, corrections, report_state, votes_asked
from review.store import appraisals as appraisals  # their events write rows
from review.store import assignment_projectors as assignment_projectors
from review.store import coding_projectors as coding_projectors
from review.store import discussions as discussions
from review.store import extractions as extractions
from review.store import full_texts as full_texts
from review.store import gap_projectors as gap_projectors
from review.store import model_places as model_places
from review.store import reading_projectors as reading_projectors
from review.store import report_texts as report_texts
from review.store import second_looks as second_looks
from review.store import stops as stops
from review.store.chunks import chunks
from review.store.projectors import Rows, RunChange, project
from review.store.report_rules import Rules, current_rules
from review.store.schema import (
    correction,
    event,
    member,
    record,
    retraction,
    run,
    sighting,
    touched,
)


def apply(conn: Connection, events: Sequence[Event]) -> None:
    """Bring the derived tables up to date with events just written, in the order given."""
    rows = Rows()
    for ev in events:
        project(ev, rows)
    for table, new in rows.new.items():
        for part in chunks(new):
            conn.execute(insert(table), part)
    _note_retractions(conn, rows.retracted)
    _advance_runs(conn, rows.runs)
    about = _about(conn, events)
    pairs = [{"record": r, "seq": ev.seq} for ev in events for r in sorted(about[ev.id])]
    for part in chunks(pairs):
        conn.execute(insert(touched), part)
    activity.update_active(conn, events)
    joined = set(chain.from_iterable(about[ev.id] for ev in events if ev.data.regroups))
    joined.update(chain.from_iterable(ev.data.seen_again for ev in events))
    corrections.apply(conn, joined)
    voted = set(chain.from_iterable(about[ev.id] for ev in events if ev.data.redecides))
    if any(isinstance(ev.data, (ReviewerLeft, Undone)) for ev in events):
        voted.update(votes_asked.records_in_pilots(conn))
    if rows.redecide_all:
        voted.update(conn.execute(select(member.c.record)).scalars())
    in_force = current_rules(conn)
    report_state.refresh(conn, joined, voted, in_force)
    coded = set(chain.from_iterable(about[ev.id] for ev in events if ev.data.recounts))
    coding_state.refresh(conn, joined | coded, in_force.coders, every=rows.redecide_all)


def _about(conn: Connection, events: Sequence[Event]) -> dict[str, set[str]]:
    """Records each event is about; one that takes others back or over is about theirs too."""
    found = {ev.id: set(ev.data.about) for ev in events}
    withdrawn: dict[str, list[str]] = defaultdict(list)
    for ev in events:
        if isinstance(ev.data, RunWithdrawn):
            withdrawn[ev.data.run].append(ev.id)
    for part in chunks(sorted(withdrawn)):
        brought = select(sighting.c.run, sighting.c.record).where(sighting.c.run.in_(part))
        corrected = select(correction.c.run, correction.c.record).where(correction.c.run.in_(part))
        for run_id, of in conn.execute(brought.union(corrected)):
            for id_ in withdrawn[run_id]:
                found[id_].add(of)
    targets = {ev.id: _targets(ev) for ev in events}
    earlier = {t for some in targets.values() for t in some if t not in found}
    stored: dict[str, set[str]] = {id_: set() for id_ in earlier}
    for part in chunks(sorted(earlier)):
        statement = select(event.c.id, touched.c.record).join(touched, touched.c.seq == event.c.seq)
        for id_, of in conn.execute(statement.where(event.c.id.in_(part))):
            stored[id_].add(of)
    for ev in events:
        for target in targets[ev.id]:
            found[ev.id] |= found.get(target) or stored.get(target, set())
    return found


def _targets(ev: Event) -> tuple[str, ...]:
    return ev.data.cancels if isinstance(ev.data, Undone) else ev.data.taken_over


def _note_retractions(conn: Connection, newest: Mapping[str, bool]) -> None:
    for part in chunks(sorted(newest)):
        conn.execute(delete(retraction).where(retraction.c.record.in_(part)))
        conn.execute(insert(retraction), [{"record": r, "retracted": newest[r]} for r in part])


def note_titles(conn: Connection) -> None:
    """Note the records whose titles say that they were retracted, though they came in as not.

    Titles are read when a record comes in, but were not by earlier versions. What a source says
    of a record later counts before its title.
    """
    spoken = or_(*(func.lower(record.c.title).contains(w) for w in retraction_words.IN_TITLES))
    found = conn.execute(select(record.c.id, record.c.title).where(~record.c.retracted, spoken))
    _note_retractions(conn, {id_: True for id_, title in found if retraction_words.in_title(title)})


def _advance_runs(conn: Connection, changes: Mapping[str, RunChange]) -> None:
    so_far: dict[str, float] = {}
    for part in chunks(sorted(changes)):
        costs = select(run.c.id, run.c.cost_usd).where(run.c.id.in_(part))
        so_far.update({id_: cost for id_, cost in conn.execute(costs)})
    for run_id, change in changes.items():
        sums = {
            "added": run.c.added + change.added,
            "received": run.c.received + change.received,
            "cost_usd": sum(change.costs, so_far.get(run_id, 0.0)),
            "resumed": run.c.resumed + change.resumed,
        }
        statement = update(run).where(run.c.id == bindparam("of"))
        conn.execute(statement.values(**sums, **change.values), {"of": run_id})


__all__ = ["Rules", "apply", "current_rules"]
