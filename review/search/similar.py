"""Works that are like a text, asked of a source that knows: near misses of an empty cell.

Logged as another method (PRISMA 2020, other methods), never as a search of the protocol.
"""

from __future__ import annotations

from review.coding.suggestions import refresh_suggestions
from review.errors import DecisionError
from review.model import SearchRun, similarity_of
from review.progress import NOBODY, Watch
from review.search import fetching
from review.search.connections import Connections
from review.search.run_writer import OngoingRun
from review.search.runs import close_interrupted
from review.sources import registry
from review.sources.source import Estimate, SimilarWorks, Source
from review.store import records
from review.workspace import Workspace

SEARCH = "works like"
"""How the names of such runs begin in the log."""


def similarity_source() -> type[SimilarWorks] | None:
    """The first source that can be asked for like works; None when none can."""
    known = registry.all_sources().values()
    return next((one for one in known if issubclass(one, SimilarWorks)), None)


def estimate(ws: Workspace, text: str, *, client: Source | None = None) -> Estimate:
    """What a list would bring at most, and cost; raises as `find_similar`. Nothing is sent."""
    with Connections(ws, client) as connections:
        source = _source(connections)
        return source.estimate(source.similar_query(text))


def find_similar(
    ws: Workspace,
    text: str,
    what: str,
    *,
    actor: str,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> SearchRun:
    """Bring in the works most like a text, as a run of another method.

    Args:
        text: what they are to be like, in plain words.
        what: what is looked for, for the log: ``Sleep quality × Trial``.

    Returns:
        The run as it ended.

    Raises:
        DecisionError: no source knows which works are alike.
        QueryRefused: the text is empty.
    """
    close_interrupted(ws)
    with Connections(ws, client) as connections:
        source = _source(connections)
        query = source.similar_query(text)
        name = f"{SEARCH} {what}"[:200]
        going = OngoingRun(
            ws, actor, name, similarity_of(source.name), source.request(query), watch.tell,
            fresh=True,
        )  # fmt: skip
        fetching.walk(going, source, query, watch.cancelled)
    if going.new:
        refresh_suggestions(ws, going.new)
    with ws.store.read() as conn:
        return records.get_run(conn, going.id)


def _source(connections: Connections) -> SimilarWorks:
    found = similarity_source()
    source = connections.source(found.name) if found else None
    if not isinstance(source, SimilarWorks):
        raise DecisionError("No source of this review knows which works are alike.")
    return source
