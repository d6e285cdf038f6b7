"""Suggestions of a review: working them out by rule, and taking in those that others made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from review.coding.suggestion_rules import SOURCES, Tagger
from review.errors import NotFoundError
from review.model import Suggestion
from review.progress import NOBODY, Watch
from review.store import Connection, records, suggestions
from review.store.suggestions import RecordText
from review.workspace import Workspace

BATCH = 100
"""Records worked on between two writes: a vote that is cast meanwhile waits for one."""


def refresh_suggestions(
    ws: Workspace,
    records: Collection[str] | None = None,
    watch: Watch = NOBODY,
) -> int:
    """Work out what the rules suggest for records, and store it.

    Doing it again changes nothing. What a person answered stays as that person saw it.

    Args:
        records: ids of records; all those without a suggestion of the rules when None.
        watch: told after every batch how many records are done, and asked whether to stop.

    Returns:
        How many suggestions are new.

    Raises:
        Cancelled: on request; what was worked out before is kept.
    """
    wanted = waiting(ws) if records is None else sorted(records)
    if not wanted:
        return 0
    tagger = Tagger(ws.protocol.codebook)
    new = 0
    for start in range(0, len(wanted), BATCH):
        if start:
            watch.stop_if_cancelled("Stopped; the other suggestions are worked out later.")
        batch = wanted[start : start + BATCH]
        with ws.store.read() as conn:
            texts = suggestions.texts(conn, batch)
        proposed = [s for text in texts for s in suggest_for(tagger, text)]
        with ws.store.write() as conn:
            new += suggestions.replace(conn, batch, SOURCES, proposed)
        watch.at(start + len(batch), len(wanted))
    return new


def waiting(ws: Workspace) -> list[str]:
    """Records for which the rules have suggested nothing so far, in order."""
    with ws.store.read() as conn:
        return suggestions.records_without(conn, SOURCES)


def without_suggestions(ws: Workspace) -> list[str]:
    """Records newer than the newest one that has a suggestion, in order.

    Suggestions are worked out in the order of the records. So these are the ones left over when
    that was stopped, besides a few for which the rules have nothing to suggest.
    """
    with ws.store.read() as conn:
        return suggestions.newer_than_suggested(conn)


def suggest_for(tagger: Tagger, text: RecordText) -> list[Suggestion]:
    """The rules' proposals for one record, as suggestions."""
    found = tagger.suggest(text.title, text.abstract, text.mesh, text.type, text.study_designs)
    return [
        Suggestion(
            id=suggestions.id_of(text.id, p.dimension, p.value, p.source),
            record=text.id,
            dimension=p.dimension,
            value=p.value,
            confidence=p.confidence,
            source=p.source,
            quote=p.quote,
            rank=p.rank,
        )
        for p in found
    ]


def add_suggestions(target: Workspace | Connection, proposed: Sequence[Suggestion]) -> int:
    """Store suggestions made elsewhere, such as a library's starter codes.

    Args:
        target: the review, or a transaction on it that writes.
        proposed: ``record`` is a record id, or the source and key of a record (``library:K007``).

    Returns:
        How many are new.

    Raises:
        NotFoundError: a record is not in the review; nothing is stored.
    """
    if isinstance(target, Workspace):
        with target.store.write() as conn:
            return add_suggestions(conn, proposed)
    pairs = {s.record: _identity(s.record) for s in proposed if ":" in s.record}
    known = records.ids_of(target, set(pairs.values()))
    ids = {name: known[identity] for name, identity in pairs.items() if identity in known}
    lost = sorted(set(pairs) - set(ids))
    if lost:
        raise NotFoundError(f"There is no record {', '.join(lost[:5])}, for which codes are given.")
    return suggestions.add(
        target, [replace(s, record=ids.get(s.record, s.record)) for s in proposed]
    )


def _identity(name: str) -> tuple[str, str]:
    source, _, key = name.partition(":")
    return source, key
