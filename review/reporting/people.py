"""Who worked on the review, and which protocols it followed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from review.model import Stage
from review.store import reports, whole
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


def work(ws: Workspace) -> list[Work]:
    """What every reviewer has done, in order of names."""
    with ws.store.read() as conn:
        votes = Counter((v.reviewer, v.stage) for v in reports.votes(conn))
        tags = Counter(t.reviewer for t in reports.tags(conn))
        findings = Counter(f.reviewer for f in reports.findings(conn))
    names = {name for name, _ in votes} | set(tags) | set(findings)
    return [
        Work(name, {stage: votes[name, stage] for stage in Stage}, tags[name], findings[name])
        for name in sorted(names)
    ]


def adoptions(ws: Workspace) -> list[Adopted]:
    """The protocol versions the review has followed, newest first."""
    with ws.store.read() as conn:
        rows = whole.protocol_versions(conn)
    found = [Adopted(version, datetime.fromisoformat(at), actor) for at, actor, version in rows]
    return found[::-1]
