"""Taking the library that ships into the review: at first whole, later what an edition changed.

Each time is a run of its own in the log, in one transaction: new entries become records, facts that
changed are applied to the records they are about, one undoable event a record. Entries that are
gone from the library stay in the review, and nothing that people decided is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from review.coding.design_model import DesignModel
from review.coding.suggestions import Reader, add_suggestions
from review.field_limits import fitted
from review.model import RunStatus, SearchRun
from review.protocol.codebook import Codebook
from review.sources.library import PAPERS_FILE, SOURCE, SUGGESTED_BY, LibraryContent
from review.store import Connection, record_changes, records, suggestions, withdrawals
from review.store.record_changes import Changes
from review.workspace import Workspace

SEARCH = "library"
"""Name of the runs that bring the library."""


@dataclass(frozen=True, slots=True)
class LibraryTaken:
    """What taking the library in came to.

    Attributes:
        run: the run in the log; ``""`` where there was nothing to take in.
        new: ids of new records.
        known: how many entries were records already.
        changed: record id -> field -> what was, and what is.
        suggestions: how many suggestions are new.
    """

    run: str = ""
    new: tuple[str, ...] = ()
    known: int = 0
    changed: Changes = field(default_factory=dict)
    suggestions: int = 0


@dataclass(frozen=True, slots=True)
class LibraryUpdate:
    """A later edition that a review took in; ``edition`` as it was named then."""

    run: SearchRun
    edition: str


def take_in(
    conn: Connection,
    content: LibraryContent,
    codebook: Codebook,
    actor: str,
    model: DesignModel | None = None,
) -> LibraryTaken:
    """Add what is missing and apply what changed; no run when that is nothing.

    A library whose runs a person has all withdrawn stays away.

    Args:
        model: of study designs, which reads titles that changed.
    """
    here = {(r.source, r.key): fitted(r)[0] for r in content.records}
    ids = records.ids_of(conn, here)
    if _withdrawn(conn):
        return LibraryTaken(known=len(ids))
    entries = {id_: here[identity] for identity, id_ in ids.items()}
    changes = record_changes.corrections_in(conn, entries, content.other_columns)
    if len(ids) == len(here) and not changes:
        return LibraryTaken(known=len(ids), suggestions=add_suggestions(conn, content.suggestions))
    run = records.start_run(conn, actor, SEARCH, SOURCE, request_of(content), len(content.records))
    added = records.add_records(conn, actor, run, content.records)
    record_changes.correct(conn, actor, run, content.edition, changes)
    records.finish_run(conn, actor, run, RunStatus.COMPLETE)
    new = _suggest_anew(conn, content, codebook, changes, model)
    return LibraryTaken(run, added.new, len(ids), changes, new)


def request_of(content: LibraryContent) -> str:
    """The library as the log names it: ``papers.csv, second edition, SHA-256 0123456789abcdef``."""
    digest = f"SHA-256 {content.digest}" if content.digest else ""
    return ", ".join(part for part in (PAPERS_FILE, content.edition, digest) if part)


def latest_update(ws: Workspace) -> LibraryUpdate | None:
    """The newest run in force that brought a later edition of the library; None without one."""
    with ws.store.read() as conn:
        runs = [run for run in withdrawals.runs_in_force(conn) if is_library(run)]
        first = [run for run in records.runs(conn) if is_library(run)][-1:]
    if not runs or runs[0] in first:
        return None
    words = runs[0].request.removeprefix(PAPERS_FILE).strip(", ")
    return LibraryUpdate(runs[0], words.partition("SHA-256")[0].strip(", "))


def is_library(run: SearchRun) -> bool:
    """Whether a run brought the library."""
    return (run.search, run.source) == (SEARCH, SOURCE)


def _withdrawn(conn: Connection) -> bool:
    """Whether the library came once, and people took all of it back."""
    runs = [run.id for run in records.runs(conn) if is_library(run)]
    return bool(runs) and not set(runs) - withdrawals.withdrawn_runs(conn).keys()


def _suggest_anew(
    conn: Connection,
    content: LibraryContent,
    codebook: Codebook,
    changes: Changes,
    model: DesignModel | None,
) -> int:
    """Suggest for changed records what their codes and titles give now; answered ones stay."""
    ids = records.ids_of(conn, {(r.source, r.key) for r in content.records})
    named = {f"{source}:{key}": id_ for (source, key), id_ in ids.items()}
    coded = [replace(s, record=named[s.record]) for s in content.suggestions]
    of_changed = [s for s in coded if s.record in changes]
    new = suggestions.replace(conn, list(changes), [SUGGESTED_BY], of_changed)
    new += add_suggestions(conn, coded)
    titled = [id_ for id_, fields in changes.items() if "title" in fields]
    reader = Reader(codebook, model)
    return new + reader.store(conn, titled, reader.read(conn, titled))
