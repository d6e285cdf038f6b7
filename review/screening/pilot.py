"""A pilot batch: the same reports for everyone before the rest opens (calibration).

Each person who takes part votes on all of it, and none sees another's vote before all have.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from review.errors import DecisionError, OutdatedError
from review.events import Event, PilotDrawn, PilotEnded
from review.model import QUEUES, Stage
from review.outdated import NOTHING_STORED
from review.people import person_key, same_person
from review.screening.reviewer_agreement import StageAgreement, agreement_of_pilot
from review.store import Connection, assignments, filters, log, reports
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot batch under way.

    Attributes:
        reports: all of it; ``waiting`` those that lack votes still.
        voted: who takes part -> on how many of the reports they have voted. Of older batches that
            name nobody, whoever has voted.
        gone: those of them who have left, and whose votes are not waited for.
    """

    event: str
    stage: Stage
    reports: tuple[str, ...]
    waiting: tuple[str, ...]
    voted: dict[str, int]
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A pilot batch as it would be drawn.

    Attributes:
        records: the lead records of the ``reports``.
    """

    stage: Stage
    reports: tuple[str, ...]
    records: tuple[str, ...]
    people: tuple[str, ...]
    seed: int


def plan(
    ws: Workspace,
    stage: Stage,
    size: int,
    people: Sequence[str] = (),
    seed: int | None = None,
) -> Drawing:
    """What drawing a pilot batch would do, of the reports that nobody has voted on yet.

    Args:
        people: who takes part; those of the protocol where none are named.
        seed: of the draw; that of the protocol where none is given.

    Raises:
        DecisionError: one is under way, there are not so many reports, or too few people.
    """
    with ws.store.read() as conn:
        return _plan(ws, conn, stage, size, people, seed)


def _plan(
    ws: Workspace,
    conn: Connection,
    stage: Stage,
    size: int,
    people: Sequence[str],
    seed: int | None,
) -> Drawing:
    rule = ws.protocol.assignment
    drawn = rule.seed if seed is None else seed
    names = {person_key(name): name.strip() for name in (people or rule.people) if name.strip()}
    if assignments.pilot_under_way(conn, stage):
        raise DecisionError("A pilot batch is under way at this stage already.")
    left = [name for person, name in assignments.people_gone(conn).items() if person in names]
    if left:
        raise DecisionError(f"{', '.join(left)} cannot take part, having left.")
    needed = max(2, ws.protocol.rule(stage).reviewers)
    if len(names) < needed:
        raise DecisionError(
            f"Name who takes part, {needed} people at least: here, or under assignment: people: in "
            "the protocol."
        )
    voted = assignments.voted_on(conn, stage)
    fresh = [slot for slot in assignments.open_slots(conn, stage) if slot[0] not in voted]
    if not 0 < size <= len(fresh):
        raise DecisionError(
            f"A pilot batch takes 1 to {len(fresh):,} reports that nobody has voted on yet."
        )
    found = sorted(random.Random(drawn).sample(fresh, size))
    chosen = tuple(slot[0] for slot in found)
    return Drawing(stage, chosen, tuple(slot[1] for slot in found), tuple(names.values()), drawn)


def draw(
    ws: Workspace,
    stage: Stage,
    size: int,
    actor: str,
    seed: int | None = None,
    people: Sequence[str] = (),
    shown: Drawing | None = None,
) -> Event[PilotDrawn]:
    """Draw a pilot batch.

    Args:
        people, seed: as for `plan`.
        shown: what a page said that this would do.

    Raises:
        DecisionError: as `plan`, or it would do something else than was ``shown``.
    """
    with ws.store.write() as conn:
        found = _plan(ws, conn, stage, size, people, seed)
        if shown is not None and found != shown:
            said = "The draw is not what was on the screen any more: reports or votes came in"
            raise OutdatedError(said, None, NOTHING_STORED)
        said_now = PilotDrawn(
            stage=stage, records=found.records, seed=found.seed, people=found.people
        )
        (done,) = log.append(conn, actor, [said_now], protocol=ws.protocol.version)
    return done


def under_way(ws: Workspace, stage: Stage) -> Pilot | None:
    """The pilot batch under way at a stage."""
    with ws.store.read() as conn:
        found = assignments.pilot_under_way(conn, stage)
        if found is None:
            return None
        event, ids = found
        waiting = set(filters.ids(conn, status=str(QUEUES[stage])))
        here, batch = assignments.votes_of_people(conn, stage), set(ids)
        gone = assignments.people_gone(conn)
        people = assignments.people_in_pilot(conn, event)
    if not people:
        people = {person: name for person, (name, some) in here.items() if some & batch}
    voted = {name: len(here.get(p, ("", set()))[1] & batch) for p, name in people.items()}
    left = tuple(name for person, name in people.items() if person in gone)
    return Pilot(event, stage, tuple(ids), tuple(i for i in ids if i in waiting), voted, left)


def end(ws: Workspace, stage: Stage, actor: str, why: str = "") -> Event[PilotEnded]:
    """Open the rest of a stage: the referee at any time, others once all its votes are in.

    Raises:
        DecisionError: none is under way, or votes are lacking.
    """
    found = under_way(ws, stage)
    if found is None:
        raise DecisionError("No pilot batch is under way at this stage.")
    if not may_end(ws, found, actor):
        raise DecisionError(
            f"{len(found.waiting):,} of the {len(found.reports):,} reports of the pilot batch lack "
            f"votes; before they are in only the referee opens the rest."
        )
    with ws.store.write() as conn:
        places = reports.memberships(conn, list(found.reports))
        leads = tuple(reports.found(places, name).lead for name in found.reports)
        said = PilotEnded(stage=stage, pilot=found.event, records=leads, why=why)
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def may_end(ws: Workspace, found: Pilot, actor: str) -> bool:
    """Whether a person may open the rest now."""
    referee = ws.protocol.assignment.referee
    return not found.waiting or bool(referee and same_person(referee, actor))


def agreement(ws: Workspace, stage: Stage) -> StageAgreement:
    """Agreement on the newest pilot batch of a stage, from first independent votes."""
    return agreement_of_pilot(ws, stage)
