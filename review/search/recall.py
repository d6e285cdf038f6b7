"""Whether searches find again the papers that any good search must find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.errors import SourceError
from review.model import Record, RunStatus
from review.progress import OnProgress, no_progress, not_cancelled
from review.protocol.model import Search
from review.protocol.search_strings import missing
from review.search.estimates import one_by_one
from review.sources.openalex.client import OpenAlex
from review.sources.openalex.works import SOURCE as OPENALEX
from review.store import Connection, bulk_reads, records, run_checkpoints, withdrawals
from review.workspace import Workspace

LIBRARY = "library"

NOT_THERE = "OpenAlex does not know it."
NO_NAME = "It has no DOI or PMID to ask OpenAlex by."


@dataclass(frozen=True, slots=True)
class Known:
    """A paper that a good search must find: its library id, record id, and the record."""

    item: str
    id: str
    record: Record


@dataclass(frozen=True, slots=True)
class Missed:
    """A known paper that a search did not find, and why, ``""`` where that cannot be told."""

    item: str
    title: str
    why: str


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


def recall(
    ws: Workspace,
    client: OpenAlex | None = None,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
) -> list[Recall]:
    """Known-item recall of each search of the protocol, and of all together (first).

    Args:
        client: asks why papers are missed, free of charge; without one the reasons stay blank.
        cancelled: looked at before each question and during waits.
        on_progress: how many papers were asked for, and why an answer is waited for.

    Raises:
        Cancelled: `cancelled` became true.
    """
    with ws.store.read() as conn:
        known = _known(conn, ws.protocol.known_items)
        seen = {s.name: _seen(conn, s.name) for s in ws.protocol.searches}
        same = records.same_papers(conn, {k.id: k.record for k in known})
    found = {name: {k.item for k in known if same[k.id] & (i or set())} for name, i in seen.items()}
    ask = [k for k in known if any(k.item not in items for items in found.values())]
    works = _ask(ask, client, cancelled, on_progress) if client is not None else {}
    ran = any(ids is not None for ids in seen.values())
    together = _of("", "All searches together", ran, known, set().union(*found.values()), works)
    return [
        together,
        *(
            _of(s.name, s.label, seen[s.name] is not None, known, found[s.name], works, s)
            for s in ws.protocol.searches
        ),
    ]


def _known(conn: Connection, items: tuple[str, ...]) -> list[Known]:
    ids = records.ids_of(conn, [(LIBRARY, item) for item in items])
    held = bulk_reads.records(conn, ids.values())
    return [Known(key, id_, held[id_]) for (_source, key), id_ in sorted(ids.items())]


def _seen(conn: Connection, search: str) -> set[str] | None:
    """Records of the newest runs of a search; None when it never ran to any page."""
    for run in withdrawals.runs_in_force(conn):  # newest first
        named = (run.search, run.source) == (search, OPENALEX)
        if named and run.received and run.status is not RunStatus.RUNNING:
            return run_checkpoints.seen_by(conn, run.id)
    return None


def _ask(
    known: list[Known], client: OpenAlex, cancelled: Callable[[], bool], on_progress: OnProgress
) -> Mapping[str, Record | str]:
    """What OpenAlex holds for each paper: the work, or why there is none."""
    found: dict[str, Record | str] = {}
    for one in one_by_one(client, known, on_progress):
        named = (("doi:", one.record.doi), ("pmid:", one.record.pmid))
        names = [prefix + value for prefix, value in named if value]
        if not names:
            found[one.item] = NO_NAME
            continue
        try:
            work = next((w for n in names if (w := client.find(n, cancelled))), None)
        except SourceError:
            break  # the other reasons stay unknown
        found[one.item] = work or NOT_THERE
    return found


def _of(
    name: str,
    label: str,
    ran: bool,
    known: list[Known],
    found: set[str],
    works: Mapping[str, Record | str],
    search: Search | None = None,
) -> Recall:
    missed = [
        Missed(k.item, k.record.title, _why(works.get(k.item, ""), search) if ran else "")
        for k in known
        if k.item not in found
    ]
    return Recall(name, label, ran, tuple(k.item for k in known if k.item in found), tuple(missed))


def _why(work: Record | str, search: Search | None) -> str:
    if isinstance(work, str):
        return work
    if search is None:
        return f"OpenAlex has it as {work.openalex_id}; no search finds it."
    lacks = missing(search.query, f"{work.title} {work.abstract}")
    if not lacks:
        return f"OpenAlex has it as {work.openalex_id}, and its words fit: run the search again."
    blind = "" if work.abstract else "OpenAlex has no abstract of it. "
    words = "; ".join(part if len(part) <= 160 else part[:157] + "..." for part in lacks)
    return f"{blind}Its {'title' if blind else 'title and abstract'} lack: {words}"
