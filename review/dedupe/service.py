"""Deduplicating a review: what the rules merge, what they leave to a person, where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from review.dedupe import pipeline
from review.dedupe.decision_list import MERGES
from review.dedupe.manual_decisions import questions
from review.dedupe.pipeline import DEDUPE_RULES, DedupeResult, DedupeStep
from review.errors import Cancelled
from review.progress import NOBODY, Watch
from review.store import edges, records
from review.store import pairs as stored_pairs
from review.store.pairs import Pair
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DedupeStatus:
    """How far deduplication is.

    Attributes:
        compared: whether the rules have ever compared the records of this review.
        new: records that they have not compared yet.
        pairs: possible duplicates that wait for a person, the most doubtful first.
        links: reports that may come from one study, the likeliest first.
        merges: merges that count.
        linked: links that count.
    """

    compared: bool
    new: int
    pairs: tuple[Pair, ...]
    links: tuple[Pair, ...]
    merges: int
    linked: int


def dedupe(
    ws: Workspace,
    actor: str = DEDUPE_RULES,
    *,
    everything: bool = False,
    watch: Watch = NOBODY,
) -> DedupeResult:
    """Find and merge the duplicates of the review, and propose links between reports.

    Records compared earlier under the same rules are compared with new ones only, and nothing is
    merged that a person set apart or whose merge was taken back. So a second run adds nothing.

    Args:
        actor: whose name stands beside the merges.
        everything: compare all records again.
        watch: told how far each `DedupeStep` is; asked again and again until all is stored.

    Raises:
        Cancelled: on request; nothing is stored.
    """
    with ws.store.read() as conn:
        given = pipeline.read(conn, everything=everything)
        if given is None:
            return DedupeResult(0, len(questions(conn)), 0)
    try:
        found = pipeline.work_out(given, watch)
        with ws.store.write() as conn:
            return pipeline.store(conn, actor, given, found, watch)
    except Cancelled:
        words = "Stopped before anything was merged. Nothing of this run is kept."
        raise Cancelled(words) from None


def status(ws: Workspace) -> DedupeStatus:
    """How far deduplication is now."""
    with ws.store.read() as conn:
        before = pipeline.compared(conn)
        pairs = questions(conn)
        return DedupeStatus(
            compared=before.last > 0,
            new=records.count_later(conn, before.last, before.skipped),
            pairs=tuple(pairs),
            links=tuple(stored_pairs.waiting_links(conn, pairs)),
            merges=edges.count(conn, MERGES, active=True),
            linked=edges.count(conn, ["link"], active=True),
        )


__all__ = ["DEDUPE_RULES", "DedupeResult", "DedupeStatus", "DedupeStep", "dedupe", "status"]
