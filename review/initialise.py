"""Making a review: tables, protocol, the library that ships, and the first suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from review.coding.suggestions import (
    add_suggestions,
    refresh_suggestions,
    waiting,
    without_suggestions,
)
from review.config import Config
from review.model import Record, RunStatus
from review.progress import NOBODY, Watch
from review.search.service import close_interrupted, interrupted_words
from review.sources.library import SOURCE, read_library
from review.store import Connection, Store, records
from review.workspace import Workspace, adopt_protocol, open_workspace

SEARCH = "library"
"""Name of the run that brings the library."""

MANY = 2_000
"""Records whose suggestions take longer to work out than a person likes to wait."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What beginning a review came to.

    Attributes:
        database: where the review is; a password is not shown.
        protocol: version of the protocol in force.
        adopted: whether that version is new to the review.
        new, known: records of the library.
        suggestions: suggestions that are new.
        interrupted: runs that a crash or a full disk had left open, each in a sentence.
    """

    database: str
    protocol: str
    adopted: bool
    new: int
    known: int
    suggestions: int
    interrupted: tuple[str, ...] = ()


def initialise(config: Config, actor: str, watch: Watch = NOBODY, *, new: bool = False) -> Begun:
    """Create the review, or bring an existing one up to date with its data folder.

    Safe to repeat: what is there already stays, and only what is missing is added.

    Args:
        watch: told how many events an upgrade has replayed, and of how many.
        new: make a new review in the place of one that is lost; one that is there stays.

    Raises:
        ProtocolError: the protocol, codebook or code map hold mistakes (all are named).
        FileError: the library cannot be read.
        StoreError: the database cannot be used.
    """
    ws = open_workspace(config, create=True, new=new, watch=watch)
    try:
        return begin(ws, actor)
    finally:
        ws.store.close()


def begin(
    ws: Workspace,
    actor: str,
    *,
    thorough: bool = True,
    later: Callable[[Sequence[str]], None] | None = None,
) -> Begun:
    """The same for a review that is open already.

    Args:
        thorough: look again at every record that the rules had nothing to suggest for; otherwise,
            unless something has changed that could make a difference, only at those left over when
            suggestions were being worked out.
        later: given the records whose suggestions are wanting when there are `MANY`, instead of
            working them out here.
    """
    adopted = adopt_protocol(ws, actor)
    closed = close_interrupted(ws)
    changed = bool(closed) or adopted
    new = known = suggestions = 0
    if ws.config.library.is_dir():
        content = read_library(ws.config.library, ws.protocol.codebook)
        with ws.store.write() as conn:
            new, known = _import(conn, content.records, actor)
            suggestions = add_suggestions(conn, content.suggestions)
    wanting = waiting(ws) if thorough or changed or new else without_suggestions(ws)
    if later is not None and len(wanting) > MANY:
        later(wanting)
    else:
        suggestions += refresh_suggestions(ws, wanting)
    told = tuple(interrupted_words(ws, run) for run in closed)
    return Begun(_place(ws.store), ws.protocol.version, adopted, new, known, suggestions, told)


def _import(conn: Connection, found: tuple[Record, ...], actor: str) -> tuple[int, int]:
    """Add the records that are missing, as one run; no run when there are none."""
    known = records.ids_of(conn, {(r.source, r.key) for r in found})
    missing = [r for r in found if (r.source, r.key) not in known]
    if missing:
        run = records.start_run(conn, actor, SEARCH, SOURCE, "papers.csv", len(found))
        records.add_records(conn, actor, run, found)
        records.finish_run(conn, actor, run, RunStatus.COMPLETE)
    return len(missing), len(found) - len(missing)


def _place(store: Store) -> str:
    return store.url.render_as_string(hide_password=True)
