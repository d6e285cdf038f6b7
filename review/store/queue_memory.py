"""What waits for whom, known from before.

To find what waits for a person means to look at every report that waits, and a page asks after
every vote. So the reports of a queue are kept, and after votes only those that later events are
about are looked at again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select

from review.events import (
    DecisionConfirmed,
    LookedBack,
    NoteWritten,
    OrderTrained,
    PlacesKept,
    PreferenceSet,
    ReportPostponed,
    SuggestionAnswered,
    TagGiven,
    Undone,
    VoteCast,
)
from review.model import Stage
from review.people import person_key
from review.store import evidence, screening_status
from review.store.engine import Store
from review.store.schema import event, member, touched

OF_ONE_REPORT = frozenset(
    cls.kind
    for cls in (
        VoteCast, NoteWritten, ReportPostponed, PreferenceSet, OrderTrained, PlacesKept, LookedBack,
        DecisionConfirmed, TagGiven, SuggestionAnswered, Undone,
    )
)  # fmt: skip
"""Kinds of events that change of no other report than theirs for whom it waits.

After any other, such as a merge or a departure, a queue is read anew. An undo counts as what it
takes back.
"""

MOST_EVENTS = 1_000
"""Events from which on a queue is read anew."""

MOST_QUEUES = 64
"""Queues that are kept, those asked for last."""


@dataclass(frozen=True, slots=True)
class _Queue:
    """The reports of one queue as they were at a place of the log."""

    seq: int
    reports: frozenset[str]


class QueueMemory:
    """The queues of one review as they were read last; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: OrderedDict[tuple[Stage, str], _Queue] = OrderedDict()

    def reports(self, conn: Connection, stage: Stage, reviewer: str) -> frozenset[str]:
        """The reports that wait for a reviewer, as `screening_status.waiting_ids` reads them."""
        seq = int(conn.execute(_NEWEST).scalar() or 0)
        name = stage, person_key(reviewer)
        with self._lock:
            known = self._queues.get(name)
            if known is not None and known.seq == seq:
                return known.reports
            if known is not None and known.seq > seq:  # another thread has read a later state
                return screening_status.waiting_ids(conn, stage, reviewer)
            changed = None if known is None else _changed(conn, known.seq, seq)
            if known is None or changed is None:
                known = _Queue(seq, screening_status.waiting_ids(conn, stage, reviewer))
            else:
                now = screening_status.waiting_among(conn, stage, reviewer, changed)
                known = _Queue(seq, known.reports - changed | now)
            self._queues[name] = known
            self._queues.move_to_end(name)
            while len(self._queues) > MOST_QUEUES:
                self._queues.popitem(last=False)
            return known.reports


_NEWEST = select(func.max(event.c.seq))

_memories: WeakKeyDictionary[Store, QueueMemory] = WeakKeyDictionary()
_making = threading.Lock()


def memory_of(store: Store) -> QueueMemory:
    """The one memory of an open review."""
    with _making:
        return _memories.setdefault(store, QueueMemory())


def _changed(conn: Connection, since: int, now: int) -> set[str] | None:
    """The reports that may wait for others than before; None for all."""
    if now - since > MOST_EVENTS or not evidence.kinds_since(conn, since) <= OF_ONE_REPORT:
        return None
    home = select(member.c.report).join(touched, touched.c.record == member.c.record)
    return set(conn.execute(home.where(touched.c.seq > since)).scalars())
