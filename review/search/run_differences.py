"""What a search brought that it had not brought before, and what it no longer brings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from review.model import Record, RunStatus, SearchRun
from review.store import (
    Connection,
    bulk_reads,
    record_changes,
    records,
    run_checkpoints,
    withdrawals,
)
from review.store.record_changes import Amendment

AD_HOC = "ad hoc"
"""Name of a search that the protocol does not hold."""


@dataclass(frozen=True, slots=True)
class RunDifferences:
    """One run against those of the same search before it.

    Attributes:
        run: the run asked about.
        earlier: the last complete run of the search before it, ``""`` when it is the first.
        new: ids of records that no run of the search had found before.
        changed: fields of known records that came back otherwise, retractions among them.
        vanished: ids of records that the earlier run found and this one did not; empty unless this
            run is complete, for it cannot be told otherwise.
        renamed: (earlier record, new record) where the source has given a work another id, as it
            does when it merges works: the same DOI or PMID. The earlier ones have not vanished.
        retracted: ids of records that were known and are now said to be retracted.
    """

    run: str
    earlier: str
    new: tuple[str, ...]
    changed: tuple[Amendment, ...]
    vanished: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    retracted: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.new or self.changed or self.vanished or self.renamed)


def of_run(conn: Connection, run_id: str) -> RunDifferences:
    """Compare a run with the earlier ones of its search.

    Raises:
        NotFoundError: no such run.
    """
    run = records.get_run(conn, run_id)
    before = _before(conn, run)
    found = run_checkpoints.seen_by(conn, run_id)
    known: set[str] = set()
    for other in before:
        known |= run_checkpoints.seen_by(conn, other.id)
    last = next((r for r in before if r.status is RunStatus.COMPLETE), None)
    gone: set[str] = set()
    if last is not None and run.status is RunStatus.COMPLETE:
        gone = run_checkpoints.seen_by(conn, last.id) - found
    new = found - known
    renamed = _renamed(conn, gone, new)
    changed = record_changes.of_run(conn, run_id)
    return RunDifferences(
        run=run_id,
        earlier=last.id if last else "",
        new=tuple(sorted(new)),
        changed=tuple(changed),
        vanished=tuple(sorted(gone - {old for old, _new in renamed})),
        renamed=renamed,
        retracted=tuple(a.record for a in changed if a.field == "retracted" and a.new),
    )


def _renamed(
    conn: Connection, gone: Collection[str], new: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Pairs of a record that is gone and a new one that are one work by its DOI or PMID."""
    if not gone or not new:
        return ()
    held = bulk_reads.records(conn, [*gone, *new])
    by_name = {name: id_ for id_ in sorted(new) for name in _names(held[id_])}
    pairs = {
        id_: by_name[name] for id_ in sorted(gone) for name in _names(held[id_]) if name in by_name
    }
    return tuple(pairs.items())


def _names(record: Record) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in (("doi", record.doi), ("pmid", record.pmid)) if name]


def _before(conn: Connection, run: SearchRun) -> list[SearchRun]:
    """Runs of the same search before this one, newest first; withdrawn ones are left out."""
    withdrawn = withdrawals.withdrawn_runs(conn)
    everyone = records.runs(conn)
    older = everyone[[r.id for r in everyone].index(run.id) + 1 :]
    return [r for r in older if same_search(r, run) and r.id not in withdrawn]


def same_search(a: SearchRun, b: SearchRun) -> bool:
    """Whether two runs are of one search: by name, or by what was sent where it has no name."""
    named = (a.search, a.source) == (b.search, b.source)
    return named and (a.search != AD_HOC or a.request == b.request)
