"""Who worked on the review, and which protocols it followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review.model import Stage
from review.store import active_decisions, bulk_reads
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """What one reviewer has done that still counts.

    Attributes:
        votes: stage -> votes.
    """

    reviewer: str
    votes: dict[Stage, int]
    tags: int
    findings: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """A protocol version, when the review took it up, and who did it."""

    version: str
    at: datetime
    actor: str


def contributions(ws: Workspace) -> list[Work]:
    """What every reviewer has done, in order of names."""
    with ws.store.read() as conn:
        found = active_decisions.counts_by_reviewer(conn)
    return [
        Work(
            name,
            {stage: done.get(str(stage), 0) for stage in Stage},
            done.get("tags", 0),
            done.get("findings", 0),
        )
        for name, done in sorted(found.items())
    ]


def adoptions(ws: Workspace) -> list[Adopted]:
    """The protocol versions the review has followed, newest first."""
    with ws.store.read() as conn:
        rows = bulk_reads.protocol_versions(conn)
    found = [Adopted(version, datetime.fromisoformat(at), actor) for at, actor, version in rows]
    return found[::-1]
