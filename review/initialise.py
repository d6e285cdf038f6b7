"""Making a review: tables, protocol, the library that ships, and the first suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from review.coding.own_model import in_use
from review.coding.suggestions import refresh_suggestions, waiting
from review.config import Config
from review.progress import NOBODY, Watch
from review.search.library_editions import LibraryTaken, take_in
from review.search.service import close_interrupted, interrupted_words
from review.sources.library import read_library
from review.store import Store
from review.store.record_changes import Changes
from review.workspace import Workspace, adopt_protocol, open_workspace

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
        changed: how many known records a later edition of the library changed.
        edition: name of the library's edition.
        run: the run in the log that brought what is new and changed; ``""`` without one.
        changes: record -> field -> what was, and what is.
        interrupted: runs that a crash or a full disk had left open, each in a sentence.
    """

    database: str
    protocol: str
    adopted: bool
    new: int
    known: int
    suggestions: int
    interrupted: tuple[str, ...] = ()
    changed: int = 0
    edition: str = ""
    run: str = ""
    changes: Changes = field(default_factory=dict)


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
    later: Callable[[Sequence[str]], None] | None = None,
) -> Begun:
    """The same for a review that is open already.

    Args:
        later: given the records whose suggestions are wanting when there are `MANY`, instead of
            working them out here.
    """
    adopted = adopt_protocol(ws, actor)
    closed = close_interrupted(ws)
    taken, edition = LibraryTaken(), ""
    if ws.config.library.is_dir():
        content = read_library(ws.config.library, ws.protocol.codebook)
        edition = content.edition
        model = in_use(ws)
        with ws.store.write() as conn:
            taken = take_in(conn, content, ws.protocol.codebook, actor, model)
    suggestions = taken.suggestions
    wanting = waiting(ws)
    if later is not None and len(wanting) > MANY:
        later(wanting)
    else:
        suggestions += refresh_suggestions(ws, wanting)
    told = tuple(interrupted_words(ws, run) for run in closed)
    return Begun(
        database=_place(ws.store),
        protocol=ws.protocol.version,
        adopted=adopted,
        new=len(taken.new),
        known=taken.known,
        suggestions=suggestions,
        interrupted=told,
        changed=len(taken.changed),
        edition=edition,
        run=taken.run,
        changes=taken.changed,
    )


def _place(store: Store) -> str:
    return store.url.render_as_string(hide_password=True)
