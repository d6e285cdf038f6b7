"""A pilot batch: the same reports for everyone before the rest opens (calibration)."""

from __future__ import annotations

import random
from dataclasses import dataclass

from review.errors import DecisionError
from review.events import Event, PilotDrawn, PilotEnded
from review.model import QUEUES, Stage
from review.people import same_person
from review.screening.reviewer_agreement import StageAgreement, agreement_among
from review.store import filters, log, turns
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot batch under way.

    Attributes:
        reports: all of it; ``waiting`` those that lack votes still.
    """

    event: str
    stage: Stage
    reports: tuple[str, ...]
    waiting: tuple[str, ...]


def draw(ws: Workspace, stage: Stage, size: int, actor: str, seed: int | None = None) -> Event:
    """Draw a pilot batch of the reports that nobody has voted on yet.

    Raises:
        DecisionError: one is under way, or there are not so many reports.
    """
    drawn = ws.protocol.assignment.seed if seed is None else seed
    with ws.store.write() as conn:
        if turns.pilot_under_way(conn, stage):
            raise DecisionError("A pilot batch is under way at this stage already.")
        voted = turns.voted_on(conn, stage)
        fresh = [slot for slot in turns.open_slots(conn, stage) if slot[0] not in voted]
        if not 0 < size <= len(fresh):
            raise DecisionError(
                f"A pilot batch takes 1 to {len(fresh):,} reports that nobody has voted on yet."
            )
        leads = sorted(lead for _, lead, *_ in random.Random(drawn).sample(fresh, size))
        said = PilotDrawn(stage=stage, records=tuple(leads), seed=drawn)
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def under_way(ws: Workspace, stage: Stage) -> Pilot | None:
    """The pilot batch under way at a stage."""
    with ws.store.read() as conn:
        found = turns.pilot_under_way(conn, stage)
        if found is None:
            return None
        waiting = set(filters.ids(conn, status=str(QUEUES[stage])))
    event, ids = found
    return Pilot(event, stage, tuple(ids), tuple(i for i in ids if i in waiting))


def end(ws: Workspace, stage: Stage, actor: str, why: str = "") -> Event:
    """Open the rest of a stage: the referee at any time, others once all its votes are in.

    Raises:
        DecisionError: none is under way, or votes are lacking.
    """
    found = under_way(ws, stage)
    if found is None:
        raise DecisionError("No pilot batch is under way at this stage.")
    referee = ws.protocol.assignment.referee
    if found.waiting and not (referee and same_person(referee, actor)):
        raise DecisionError(
            f"{len(found.waiting):,} of the {len(found.reports):,} reports of the pilot batch lack "
            f"votes; before they are in only the referee opens the rest."
        )
    with ws.store.write() as conn:
        said = PilotEnded(stage=stage, pilot=found.event, why=why)
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def agreement(ws: Workspace, stage: Stage) -> StageAgreement:
    """Agreement on the pilot batch of a stage, from first independent votes."""
    with ws.store.read() as conn:
        batch = turns.pilots(conn, stage)
    return agreement_among(ws, stage, batch)
