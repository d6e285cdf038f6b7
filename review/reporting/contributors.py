"""Who worked on the review, and which protocols it followed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from review.model import Stage
from review.people import person_key
from review.store import bulk_reads, people, visible_codes, visible_votes
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """What one reviewer has done that still counts.

    Attributes:
        votes: stage -> votes, one a report at most.
        voted_on, tagged, found: the reports behind the numbers.
    """

    reviewer: str
    votes: dict[Stage, int]
    tags: int
    findings: int
    voted_on: dict[Stage, tuple[str, ...]]
    tagged: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A protocol version, when the review took it up, and who did it."""

    version: str
    at: datetime
    actor: str


def contributions(ws: Workspace, viewer: str | None = visible_votes.NO_VIEWER) -> list[Work]:
    """What every reviewer has done, in order of names, as far as the viewer may see it.

    One person in several spellings is one reviewer, called as they were first. Votes of others
    that are out of sight are not counted, so who has cast only such is not in the list. A vote
    beside the one that settled a conflict, or on a record that was merged since, makes no second.
    """
    with ws.store.read() as conn:
        codes = visible_codes.codes_by_reviewer(conn, viewer)
        cast = visible_votes.votes(conn, viewer)
    names: dict[str, str] = {}
    done: dict[str, Counter[str]] = defaultdict(Counter)
    on: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    once = {(person_key(v.reviewer), v.stage, v.report): v.reviewer for v in cast}
    votes = [(name, str(stage), report, 1) for (_, stage, report), name in once.items()]
    for name, kind, report, n in [*votes, *codes]:
        person = person_key(name)
        names.setdefault(person, name)
        done[person][kind] += n
        on[person][kind].add(report)

    def reports(person: str, kind: str) -> tuple[str, ...]:
        return tuple(sorted(on[person][kind]))

    return [
        Work(
            reviewer=names[person],
            votes={stage: number[str(stage)] for stage in Stage},
            tags=number["tags"],
            findings=number["findings"],
            voted_on={stage: reports(person, str(stage)) for stage in Stage},
            tagged=reports(person, "tags"),
            found=reports(person, "findings"),
        )
        for person, number in sorted(done.items())
    ]


def known_as(ws: Workspace, name: str) -> str:
    """How the review writes this person: as given where it does, else as first; "" if unknown."""
    with ws.store.read() as conn:
        return people.known_as(conn, name)


def adoptions(ws: Workspace) -> list[Adopted]:
    """The protocol versions the review has followed, newest first."""
    with ws.store.read() as conn:
        rows = bulk_reads.protocol_versions(conn)
    found = [Adopted(version, datetime.fromisoformat(at), actor) for at, actor, version in rows]
    return found[::-1]
