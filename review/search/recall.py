"""Whether searches find again the papers that any good search must find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from review.errors import SourceError
from review.model import Record, RunStatus
from review.progress import NOBODY, Watch
from review.protocol.model import Search
from review.protocol.search_strings import missing
from review.search.citations import public_identifiers
from review.search.connections import Connections
from review.search.estimates import one_by_one
from review.sources.source import LookUps
from review.store import Connection, bulk_reads, records, run_checkpoints, withdrawals
from review.workspace import Workspace

LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Known:
    """A paper that a good search must find: its library id, record id, and the record."""

    item: str
    id: str
    record: Record


class Cause(StrEnum):
    """Why a known paper is missed: the source lacks it, or has it and the search misses it."""

    ABSENT = "not in the source"
    STRING = "missed by the search"
    UNKNOWN = "not told yet"


@dataclass(frozen=True, slots=True)
class Missed:
    """A known paper that a search did not find, and why, ``""`` where that cannot be told."""

    item: str
    title: str
    why: str
    cause: Cause = Cause.UNKNOWN


@dataclass(frozen=True, slots=True)
class Recall:
    """What one search, or all together, found of the known papers.

    Attributes:
        search: name of the search; ``""`` for all together.
        ran: whether it has a run that counts.
        found: library ids.
    """

    search: str
    label: str
    ran: bool
    found: tuple[str, ...]
    missed: tuple[Missed, ...]

    @property
    def total(self) -> int:
        """How many papers were looked for."""
        return len(self.found) + len(self.missed)

    def because(self, cause: Cause) -> tuple[Missed, ...]:
        """The papers missed for one cause."""
        return tuple(one for one in self.missed if one.cause is cause)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a source holds of one known paper: the work under its id there, or why there is none.

    ``asked`` is false of one that it cannot be asked for.
    """

    label: str
    id: str = ""
    work: Record | None = None
    why: str = ""
    asked: bool = True


def recall(
    ws: Workspace, connections: Connections | None = None, watch: Watch = NOBODY
) -> list[Recall]:
    """Known-item recall of each search of the protocol, and of all together (first).

    Args:
        connections: the sources that are asked why papers are missed; without them, and where a
            source cannot be asked for single works, the reasons stay blank.
        watch: told how many papers were asked for, and why an answer is waited for.

    Raises:
        Cancelled: on request.
    """
    searches = ws.protocol.searches
    with ws.store.read() as conn:
        known = _known(conn, ws.protocol.known_items)
        seen = {s.name: _seen(conn, s) for s in searches}
        same = records.same_papers(conn, {k.id: k.record for k in known})
    found = {name: {k.item for k in known if same[k.id] & (i or set())} for name, i in seen.items()}
    held: dict[str, Mapping[str, _Held]] = {}
    for source in dict.fromkeys(s.source for s in searches if connections is not None):
        of_source = [found[s.name] for s in searches if s.source == source]
        ask = [k for k in known if any(k.item not in items for items in of_source)]
        held[source] = _ask(ask, connections, source, watch) if connections else {}
    ran = any(ids is not None for ids in seen.values())
    first = next(iter(held.values()), {})
    together = _of("", "All searches together", ran, known, set().union(*found.values()), first)
    return [
        together,
        *(
            _of(
                s.name, s.label, seen[s.name] is not None, known, found[s.name],
                held.get(s.source, {}), s,
            )
            for s in searches
        ),
    ]  # fmt: skip


def records_of(ws: Workspace, items: tuple[str, ...]) -> tuple[str, ...]:
    """The records that hold known papers, as the library has them."""
    with ws.store.read() as conn:
        ids = records.ids_of(conn, [(LIBRARY, item) for item in items])
    return tuple(sorted(ids.values()))


def _known(conn: Connection, items: tuple[str, ...]) -> list[Known]:
    ids = records.ids_of(conn, [(LIBRARY, item) for item in items])
    held = bulk_reads.records(conn, ids.values())
    return [Known(key, id_, held[id_]) for (_source, key), id_ in sorted(ids.items())]


def _seen(conn: Connection, search: Search) -> set[str] | None:
    """Records of the newest runs of a search; None when it never ran to any page."""
    for run in withdrawals.runs_in_force(conn):  # newest first
        named = (run.search, run.source) == (search.name, search.source)
        if named and run.received and run.status is not RunStatus.RUNNING:
            return run_checkpoints.seen_by(conn, run.id)
    return None


def _ask(
    known: list[Known], connections: Connections, name: str, watch: Watch
) -> Mapping[str, _Held]:
    """What a source holds of each paper; nothing of those that it was not asked for."""
    source = connections.source(name)
    found: dict[str, _Held] = {}
    if not isinstance(source, LookUps):
        return found
    for one in one_by_one(source, known, watch):
        names = public_identifiers(one.record)
        if not names:
            why = f"It has no DOI or PMID to ask {source.label} by."
            found[one.item] = _Held(source.label, why=why, asked=False)
            continue
        try:
            work = next((w for n in names if (w := source.find(n, watch.cancelled))), None)
        except SourceError:
            break  # the other reasons stay unknown
        found[one.item] = (
            _Held(source.label, source.id_of(work), work)
            if work
            else _Held(source.label, why=f"{source.label} does not know it.")
        )
    return found


def _of(
    name: str,
    label: str,
    ran: bool,
    known: list[Known],
    found: set[str],
    held: Mapping[str, _Held],
    search: Search | None = None,
) -> Recall:
    missed = [
        Missed(
            k.item,
            k.record.title,
            _why(held.get(k.item), search) if ran else "",
            _cause(held.get(k.item)) if ran else Cause.UNKNOWN,
        )
        for k in known
        if k.item not in found
    ]
    return Recall(name, label, ran, tuple(k.item for k in known if k.item in found), tuple(missed))


def _cause(held: _Held | None) -> Cause:
    if held is None or (held.work is None and not held.asked):
        return Cause.UNKNOWN
    return Cause.ABSENT if held.work is None else Cause.STRING


def _why(held: _Held | None, search: Search | None) -> str:
    if held is None or held.work is None:
        return held.why if held else ""
    has = f"{held.label} has it as {held.id}"
    if search is None:
        return f"{has}; no search finds it."
    lacks = missing(search.query, f"{held.work.title} {held.work.abstract}")
    if not lacks:
        return f"{has}, and its words fit: run the search again."
    blind = "" if held.work.abstract else f"{held.label} has no abstract of it. "
    words = "; ".join(part if len(part) <= 160 else part[:157] + "..." for part in lacks)
    return f"{blind}Its {'title' if blind else 'title and abstract'} lack: {words}"
