"""Who votes on what: sharing reports between people, lists of reports, and people who have left."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from review.errors import DecisionError
from review.events import Event, ReportsAssigned, ReviewerLeft
from review.model import Stage
from review.people import person_key
from review.store import log, reports, screening_status, turns
from review.workspace import Workspace

Slot = tuple[str, str, int, set[str]]
"""A report, its lead record, how many people it lacks, and those it cannot go to."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is one person's at a stage, in reports.

    Attributes:
        assigned: assigned to them, voted on or not.
        waiting: in their queue now; none where they have left.
    """

    reviewer: str
    assigned: int
    waiting: int
    left: bool


def shared_out(
    slots: Sequence[Slot], people: Sequence[str], loads: Counter[str], seed: int
) -> dict[str, list[str]]:
    """Share reports between people: each time to who has the fewest, in a drawn order. Pure.

    Args:
        people: keys of people; ``loads`` how many reports each has already.

    Returns:
        Person -> lead records.
    """
    draw = random.Random(seed)
    order = draw.sample(list(slots), len(slots))
    ties = {person: n for n, person in enumerate(draw.sample(sorted(people), len(people)))}
    now, found = Counter(loads), defaultdict(list)
    for _, lead, lacking, barred in order:
        able = sorted((p for p in people if p not in barred), key=lambda p: (now[p], ties[p]))
        for person in able[: max(lacking, 0)]:
            found[person].append(lead)
            now[person] += 1
    return dict(found)


def share(
    ws: Workspace, stage: Stage, actor: str, people: Sequence[str] = (), seed: int | None = None
) -> list[Event[ReportsAssigned]]:
    """Assign every report that lacks people at a stage, evenly; what is assigned stays.

    To be done again when reports or people come in, or somebody has left.

    Args:
        people: names; those of the protocol where none are given.
        seed: of the draw; that of the protocol where none is given.

    Raises:
        DecisionError: nobody to share between.
    """
    rule = ws.protocol.assignment
    names = {person_key(name): name.strip() for name in (people or rule.people) if name.strip()}
    drawn = rule.seed if seed is None else seed
    with ws.store.write() as conn:
        for person in turns.people_gone(conn):
            names.pop(person, None)
        needed = ws.protocol.rule(stage).reviewers
        if len(names) < needed:
            raise DecisionError(
                f"The stage asks for {needed} votes a report, and there are {len(names)} people to "
                "share between. Name them with --to, or under assignment: people: in the protocol."
            )
        given = shared_out(
            turns.open_slots(conn, stage), list(names), turns.loads(conn, stage), drawn
        )
        said = [
            ReportsAssigned(stage=stage, reviewer=names[p], records=tuple(given[p]), seed=drawn)
            for p in sorted(given)
        ]
        return log.append(conn, actor, said, protocol=ws.protocol.version)


def assign(
    ws: Workspace, stage: Stage, reviewer: str, named: Sequence[str], actor: str
) -> Event[ReportsAssigned]:
    """Give a person a list of reports.

    Args:
        named: ids of reports or records.

    Raises:
        DecisionError: nobody, or no report, is named.
        NotFoundError: nothing has one of the ids.
    """
    if not reviewer.strip() or not named:
        raise DecisionError("Name a person and at least one report.")
    with ws.store.write() as conn:
        places = reports.memberships(conn, list(named))
        leads = dict.fromkeys(reports.found(places, name).lead for name in named)
        said = ReportsAssigned(stage=stage, reviewer=reviewer.strip(), records=tuple(leads))
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def leave(ws: Workspace, reviewer: str, actor: str, why: str = "") -> Event[ReviewerLeft]:
    """Say that a person votes no more; what waited for them waits for the others.

    Raises:
        DecisionError: nobody is named, or they have left already.
    """
    if not reviewer.strip():
        raise DecisionError("Say who has left.")
    with ws.store.write() as conn:
        if person_key(reviewer) in turns.people_gone(conn):
            raise DecisionError(f"{reviewer} has left already.")
        said = ReviewerLeft(reviewer=reviewer.strip(), why=why)
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def undo(ws: Workspace, event: str, actor: str) -> None:
    """Take back an assignment, a departure or a pilot batch.

    Raises:
        DecisionError: the event is of another kind, or does not count any more.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        kind = log.get(conn, event).kind
        if kind not in ("reports_assigned", "reviewer_left", "pilot_drawn", "pilot_ended"):
            raise DecisionError(f"{event} is no assignment, departure or pilot batch.")
        if not log.counts(conn, event):
            raise DecisionError(f"{event} has been taken back or replaced already.")
        log.undo(conn, actor, event)


def workloads(ws: Workspace, stage: Stage) -> list[Workload]:
    """What is whose at a stage, by name."""
    with ws.store.read() as conn:
        names = turns.people_gone(conn) | turns.people_assigned(conn, stage)
        loads, gone = turns.loads(conn, stage), turns.people_gone(conn)
        found = []
        for person, name in sorted(names.items()):
            left = person in gone
            waiting = 0 if left else screening_status.queue_length(conn, stage, name)
            found.append(Workload(name, loads[person], waiting, left))
        return found
