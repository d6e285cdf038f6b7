"""Who votes on what: sharing reports between people, lists of reports, and people who have left."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from review.errors import DecisionError, NotFoundError, OutdatedError
from review.events import Event, PilotDrawn, PilotEnded, ReportsAssigned, ReviewerLeft
from review.model import QUEUES, Stage
from review.outdated import NOTHING_STORED
from review.people import person_key, same_person
from review.store import (
    Connection,
    activity,
    assignments,
    filters,
    log,
    reports,
    screening_status,
)
from review.store.votes_asked import asked
from review.workspace import Workspace

KINDS = (ReportsAssigned, ReviewerLeft, PilotDrawn, PilotEnded)
"""Events of who votes on what, each of which can be taken back."""

Slot = tuple[str, str, int, set[str]]
"""A report, its lead record, how many people it lacks, and those it cannot go to."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is one person's at a stage, in reports.

    Attributes:
        assigned: given to them, voted on or not.
        voted: those they have voted on.
        waiting: in their queue now; none where they have left.
        left: the event by which they left; "" while they are here.
        open: whether who looks may see how far they are; where several people vote, that is only
            for themselves, the referee, and who votes on nothing there.
    """

    reviewer: str
    assigned: int
    voted: int
    waiting: int
    left: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Sharing:
    """Reports as they would be shared out.

    Attributes:
        given: name of each person -> the lead records that would be theirs.
    """

    stage: Stage
    given: dict[str, tuple[str, ...]]
    seed: int


@dataclass(frozen=True, slots=True)
class Giving:
    """What giving a list of reports to one person would do.

    Attributes:
        records: lead records of the ``reports`` they would be given.
        theirs: reports that are theirs already.
        unknown: names of the list that nothing has.
        elsewhere: reports that do not wait for votes at the stage; they are given all the same, for
            the case that they come to it.
    """

    stage: Stage
    reviewer: str
    reports: tuple[str, ...]
    records: tuple[str, ...]
    theirs: tuple[str, ...]
    unknown: tuple[str, ...]
    elsewhere: tuple[str, ...]


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


def plan_share(
    ws: Workspace, stage: Stage, people: Sequence[str] = (), seed: int | None = None
) -> Sharing:
    """What sharing the reports that lack people would do; arguments and raises as for `share`."""
    with ws.store.read() as conn:
        return _plan_share(ws, conn, stage, people, seed)


def _plan_share(
    ws: Workspace, conn: Connection, stage: Stage, people: Sequence[str], seed: int | None
) -> Sharing:
    rule = ws.protocol.assignment
    names = {person_key(name): name.strip() for name in (people or rule.people) if name.strip()}
    drawn = rule.seed if seed is None else seed
    for person in assignments.people_gone(conn):
        names.pop(person, None)
    needed = ws.protocol.rule(stage).reviewers
    if len(names) < needed:
        raise DecisionError(
            f"The stage asks for {needed} votes a report, and there are {len(names)} people to "
            "share between. Name them here, or under assignment: people: in the protocol."
        )
    slots = assignments.open_slots(conn, stage)
    given = shared_out(slots, list(names), assignments.loads(conn, stage), drawn)
    return Sharing(stage, {names[p]: tuple(given[p]) for p in sorted(given)}, drawn)


def share(
    ws: Workspace,
    stage: Stage,
    actor: str,
    people: Sequence[str] = (),
    seed: int | None = None,
    shown: Sharing | None = None,
) -> list[Event[ReportsAssigned]]:
    """Assign every report that lacks people at a stage, evenly; what is assigned stays.

    To be done again when reports or people come in, or somebody has left; where the protocol's
    mode is ``shared``, that happens by itself.

    Args:
        people: names; those of the protocol where none are given.
        seed: of the draw; that of the protocol where none is given.
        shown: what a page said that this would do.

    Raises:
        DecisionError: nobody to share between, or it would do something else than was ``shown``.
    """
    with ws.store.write() as conn:
        found = _plan_share(ws, conn, stage, people, seed)
        _refuse_other(found, shown)
        said = [
            ReportsAssigned(stage=stage, reviewer=name, records=records, seed=found.seed)
            for name, records in found.given.items()
        ]
        return log.append(conn, actor, said, protocol=ws.protocol.version)


def plan_assign(ws: Workspace, stage: Stage, reviewer: str, named: Sequence[str]) -> Giving:
    """What giving a person a list of reports would do.

    Args:
        named: ids of reports or records.

    Raises:
        DecisionError: nobody, or no report, is named, or the person has left.
    """
    with ws.store.read() as conn:
        return _plan_assign(conn, stage, reviewer, named)


def _plan_assign(conn: Connection, stage: Stage, reviewer: str, named: Sequence[str]) -> Giving:
    if not reviewer.strip() or not named:
        raise DecisionError("Name a person and at least one report.")
    if person_key(reviewer) in assignments.people_gone(conn):
        raise DecisionError(f"{reviewer.strip()} has left.")
    places = reports.memberships(conn, list(named))
    unknown = tuple(dict.fromkeys(name for name in named if name not in places))
    on = {places[name].report: places[name].lead for name in named if name in places}
    theirs = assignments.given_to(conn, stage, reviewer)
    waiting = set(filters.ids(conn, status=str(QUEUES[stage])))
    new = {id_: lead for id_, lead in on.items() if id_ not in theirs}
    return Giving(
        stage,
        reviewer.strip(),
        tuple(new),
        tuple(new.values()),
        tuple(id_ for id_ in on if id_ in theirs),
        unknown,
        tuple(id_ for id_ in new if id_ not in waiting),
    )


def assign(
    ws: Workspace,
    stage: Stage,
    reviewer: str,
    named: Sequence[str],
    actor: str,
    shown: Giving | None = None,
) -> Event[ReportsAssigned]:
    """Give a person a list of reports.

    Args:
        named: ids of reports or records.
        shown: what a page said that this would do; what nothing has is passed over then.

    Raises:
        DecisionError: nobody, or no report, is named; all are theirs already; or it would do
            something else than was ``shown``.
        NotFoundError: nothing has one of the ids.
    """
    with ws.store.write() as conn:
        found = _plan_assign(conn, stage, reviewer, named)
        _refuse_other(found, shown)
        if found.unknown and shown is None:
            raise NotFoundError(f"There is no report '{found.unknown[0]}'.")
        if not found.records:
            raise DecisionError(f"There is nothing to give {found.reviewer}.")
        said = ReportsAssigned(stage=stage, reviewer=found.reviewer, records=found.records)
        (done,) = log.append(conn, actor, [said], protocol=ws.protocol.version)
    return done


def _refuse_other(found: Sharing | Giving, shown: Sharing | Giving | None) -> None:
    if shown is not None and found != shown:
        said = "Who is to have what is not what was on the screen any more"
        raise OutdatedError(said, None, NOTHING_STORED)


def leave(ws: Workspace, reviewer: str, actor: str, why: str = "") -> Event[ReviewerLeft]:
    """Say that a person votes no more; what waited for them waits for others.

    Raises:
        DecisionError: nobody is named, or they have left already.
    """
    if not reviewer.strip():
        raise DecisionError("Say who has left.")
    with ws.store.write() as conn:
        if person_key(reviewer) in assignments.people_gone(conn):
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
        if not isinstance(log.get(conn, event).data, KINDS):
            raise DecisionError(f"{event} is no assignment, departure or pilot batch.")
        if not log.counts(conn, event):
            raise DecisionError(f"{event} has been taken back or replaced already.")
        data = log.get(conn, event).data
        if isinstance(data, PilotEnded) and assignments.pilot_under_way(conn, data.stage):
            raise DecisionError(
                "Another pilot batch is under way; end or take that one back first."
            )
        log.undo(conn, actor, event)


def steps(ws: Workspace) -> list[Event]:
    """What was said of who votes on what and still counts, newest first."""
    with ws.store.read() as conn:
        found = {e.id: e for e in log.events(conn, KINDS)}
        counting = activity.counting(conn, list(found))
    return [e for id_, e in reversed(found.items()) if id_ in counting]


def has_left(ws: Workspace, person: str) -> bool:
    """Whether somebody is said to have left."""
    with ws.store.read() as conn:
        return person_key(person) in assignments.people_gone(conn)


def people(ws: Workspace) -> list[str]:
    """Who may be asked to vote: those of the protocol, and those who were given something or have
    voted, as first written; who has left is not among them."""
    with ws.store.read() as conn:
        gone = assignments.people_gone(conn)
        names = {person_key(name): name for name in ws.protocol.assignment.people}
        for stage in Stage:
            for person, name in assignments.people_assigned(conn, stage).items():
                names.setdefault(person, name)
            for person, (name, _) in assignments.votes_of_people(conn, stage).items():
                names.setdefault(person, name)
    return [name for person, name in names.items() if person not in gone]


def workloads(ws: Workspace, stage: Stage, viewer: str | None = None) -> list[Workload]:
    """What is whose at a stage, by name.

    Args:
        viewer: who looks; None for whoever holds the database itself and so sees all.
    """
    rule = ws.protocol.assignment
    with ws.store.read() as conn:
        gone, loads = assignments.people_gone(conn), assignments.loads(conn, stage)
        left = {
            person_key(e.data.reviewer): e.id
            for e in log.events(conn, (ReviewerLeft,))
            if isinstance(e.data, ReviewerLeft)
        }
        voted = assignments.votes_of_people(conn, stage)
        names = {person_key(name): name for name in rule.people}
        names |= {person: name for person, (name, _) in voted.items() if person not in names}
        names |= gone | assignments.people_assigned(conn, stage)
        blind = asked(conn).blind and viewer is not None
        voters = {*loads, *voted, *map(person_key, rule.people)}
        votes_here = viewer is not None and person_key(viewer) in voters
        is_referee = viewer is not None and same_person(viewer, rule.referee)
        found = []
        for person, name in sorted(names.items()):
            mine = viewer is not None and same_person(viewer, name)
            waiting = 0 if person in gone else screening_status.queue_length(conn, stage, name)
            found.append(
                Workload(
                    name,
                    loads[person],
                    len(voted.get(person, ("", set()))[1]),
                    waiting,
                    left[person] if person in gone else "",
                    open=not blind or mine or is_referee or not votes_here,
                )
            )
        return found


def any_given(ws: Workspace, stage: Stage) -> bool:
    """Whether anybody was given reports at a stage."""
    with ws.store.read() as conn:
        return bool(assignments.loads(conn, stage))


def given_and_waiting(ws: Workspace, reviewer: str) -> dict[Stage, int]:
    """Stage -> reports that were given to a person and wait for their vote."""
    with ws.store.read() as conn:
        return {
            stage: len(
                assignments.given_to(conn, stage, reviewer)
                & set(filters.ids(conn, further=[screening_status.waits_for(stage, reviewer)]))
            )
            for stage in Stage
        }


def too_few(ws: Workspace, stage: Stage) -> list[str]:
    """Reports that wait at a stage and were given to fewer people than it asks for."""
    with ws.store.read() as conn:
        return assignments.too_few(conn, stage)
