"""What rules or a model that have changed would suggest otherwise; done only where a person asks.

Suggestions are stored once, with the version of what made them.  Another version changes none of
them by itself: it is counted how many it would change, and a person has them made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from review.coding.code_events import named
from review.coding.own_model import in_use
from review.coding.source_versions import versions_of
from review.coding.suggestion_rules import SOURCES
from review.coding.suggestions import BATCH, Reader
from review.errors import Cancelled, DecisionError
from review.events import SuggestionsMadeAnew
from review.model import Suggestion
from review.progress import NOBODY, Watch
from review.store import Connection, log, suggestions
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Changes:
    """What reading records again comes to.

    Attributes:
        records: how many are read again.
        new, gone, altered: suggestions that come, that go, and that become another in words,
            strength or rank.
        kept: suggestions that stay as they are because a person has answered them.
        by_source: source -> how many of those that come, go or become another are its own.
    """

    records: int = 0
    new: int = 0
    gone: int = 0
    altered: int = 0
    kept: int = 0
    by_source: Mapping[str, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many suggestions change."""
        return self.new + self.gone + self.altered

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.records + other.records,
            self.new + other.new,
            self.gone + other.gone,
            self.altered + other.altered,
            self.kept + other.kept,
            Counter(self.by_source) + Counter(other.by_source),
        )


def version_now(ws: Workspace) -> str:
    """The version of all rules and the model together, as they are now."""
    return versions_of(ws.protocol.codebook, in_use(ws)).all


def outdated_records(ws: Workspace) -> list[str]:
    """Records that were read under other rules or another model than those of now, in order; none
    where machines do not help."""
    if not ws.protocol.machine_help:
        return []
    now = version_now(ws)
    with ws.store.read() as conn:
        return suggestions.not_read_under(conn, now)


def would_change(ws: Workspace, watch: Watch = NOBODY) -> Changes:
    """What making suggestions anew would come to; nothing is stored.

    Args:
        watch: told how many records are read; asked after each batch whether to stop.

    Raises:
        Cancelled: on request.
    """
    reader, wanted = Reader.of(ws), outdated_records(ws)
    found = Changes()
    for part in watch.parts(len(wanted), BATCH):
        with ws.store.read() as conn:
            found += _compared(conn, wanted[part], reader.read(conn, wanted[part]))
    return found


def make_anew(ws: Workspace, reviewer: str, watch: Watch = NOBODY) -> Changes:
    """Read again the records that were read under other rules, and store what is proposed now.

    What a person ever answered stays as that person saw it, and so do all answers. The log says
    who asked for it and what came of it. Stopped, it goes on from there when asked again.

    Raises:
        Cancelled: on request; what was read before is kept, and the log says so.
        DecisionError: no reviewer, or the protocol does without machine help.
    """
    who = named(reviewer)
    if not ws.protocol.machine_help:
        raise DecisionError("The protocol does without machine help, so none are made.")
    reader, wanted = Reader.of(ws), outdated_records(ws)
    found = Changes()
    complete = False
    try:
        for part in watch.parts(len(wanted), BATCH):
            batch = wanted[part]
            with ws.store.read() as conn:
                proposed = reader.read(conn, batch)
            with ws.store.write() as conn:
                found += _compared(conn, batch, proposed)
                reader.store(conn, batch, proposed)
        complete = True
    except Cancelled as stop:
        raise Cancelled("Stopped; the other suggestions are as they were.") from stop
    finally:
        if found.records:
            _tell(ws, who, reader, found, complete=complete)
    return found


def _tell(ws: Workspace, who: str, reader: Reader, found: Changes, *, complete: bool) -> None:
    said = SuggestionsMadeAnew(
        version=reader.versions.all,
        records=found.records,
        new=found.new,
        gone=found.gone,
        altered=found.altered,
        kept=found.kept,
        complete=complete,
    )
    with ws.store.write() as conn:
        log.append(conn, who, [said], protocol=ws.protocol.version)


def _compared(conn: Connection, records: Sequence[str], proposed: Sequence[Suggestion]) -> Changes:
    """What is proposed now beside what is stored."""
    now = {s.id: s for s in proposed}
    before = suggestions.of_records(conn, records, SOURCES)
    known = {s.id for s, _ in before}
    touched: Counter[str] = Counter()
    gone = altered = kept = 0
    for s, answered in before:
        if s.id in now and _same(s, now[s.id]):
            continue
        if answered:
            kept += 1
            continue
        gone += s.id not in now
        altered += s.id in now
        touched[s.source] += 1
    new = [s for s in now.values() if s.id not in known]
    touched.update(s.source for s in new)
    return Changes(len(records), len(new), gone, altered, kept, touched)


def _same(one: Suggestion, other: Suggestion) -> bool:
    """Whether two proposals of one value by one source say the same, whatever their versions."""
    return (one.quote, one.rank, round(one.confidence, 2)) == (
        other.quote,
        other.rank,
        round(other.confidence, 2),
    )
