"""Suggestions of a review: working them out by rule, and taking in those that others made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from review.coding.design_model import DesignModel
from review.coding.own_model import in_use
from review.coding.source_versions import versions_of
from review.coding.suggestion_rules import SOURCES, Tagger
from review.errors import NotFoundError
from review.model import Suggestion
from review.progress import NOBODY, Watch
from review.protocol.codebook import Codebook
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
    """Work out what rules and model suggest for records that they have not read, and store it.

    A record that was read is left as it is, whatever the rules would say of it today:
    `review.coding.suggestion_changes` says that, and a person decides.

    Args:
        records: ids of records; all those not read so far when None.
        watch: told after every batch how many records are done, and asked whether to stop.

    Returns:
        How many suggestions are new.

    Raises:
        Cancelled: on request; what was worked out before is kept.
    """
    wanted = waiting(ws)
    if records is not None:
        asked = set(records)
        wanted = [record for record in wanted if record in asked]
    if not wanted:
        return 0
    reader = Reader.of(ws)
    new = 0
    for start in range(0, len(wanted), BATCH):
        if start:
            watch.stop_if_cancelled("Stopped; the other suggestions are worked out later.")
        batch = wanted[start : start + BATCH]
        with ws.store.read() as conn:
            proposed = reader.read(conn, batch)
        with ws.store.write() as conn:
            new += reader.store(conn, batch, proposed)
        watch.at(start + len(batch), len(wanted))
    return new


def waiting(ws: Workspace) -> list[str]:
    """Records that the rules have not read so far, in order; none where machines do not help."""
    if not ws.protocol.machine_help:
        return []
    with ws.store.read() as conn:
        return suggestions.unread(conn)


class Reader:
    """Rules and model of one review, ready to read its records, and their versions."""

    def __init__(self, codebook: Codebook, model: DesignModel | None) -> None:
        """Compile the rules.

        Args:
            model: of designs; None where the rules go alone.
        """
        self._tagger = Tagger(codebook, model=model)
        self.versions = versions_of(codebook, model)

    @classmethod
    def of(cls, ws: Workspace) -> Reader:
        """The reader of a review, as its codebook and the model in use make it."""
        return cls(ws.protocol.codebook, in_use(ws))

    def read(self, conn: Connection, records: Collection[str]) -> list[Suggestion]:
        """What is proposed for some records now."""
        texts = suggestions.texts(conn, records)
        return [s for text in texts for s in self._suggest(text)]

    def store(
        self, conn: Connection, records: Collection[str], proposed: Sequence[Suggestion]
    ) -> int:
        """Put what was proposed for records in the place of what was before.

        What a person ever answered stays as that person saw it.

        Returns:
            How many suggestions were not there before.
        """
        new = suggestions.replace(conn, records, SOURCES, proposed)
        suggestions.mark(conn, records, self.versions.all)
        return new

    def _suggest(self, text: RecordText) -> list[Suggestion]:
        """The proposals for one record."""
        found = self._tagger.suggest(
            text.title, text.abstract, text.mesh, text.type, text.study_designs
        )
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
                version=self.versions.of(p.dimension, p.source),
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
