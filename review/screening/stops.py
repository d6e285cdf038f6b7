"""Ending title and abstract screening with reports left: the stop, and the check of the rest.

The stop is a person's. It covers the reports on which nobody has voted then; they leave the queues
and are called not screened, never excluded. A vote on one of them counts as any other. What comes
in later waits for votes as ever, and what a random check has called back waits until it is voted on
or the draw is taken back.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from review.errors import DecisionError, OutdatedError
from review.events import Event, RestSampled, ScreeningStopped
from review.model import Decision, Stage
from review.outdated import NOTHING_STORED
from review.screening.proportions import Share, share
from review.screening.stopping import SMALL, Stopping
from review.screening.stopping_state import standing
from review.store import Connection, assignments, log, reports, stops
from review.store.votes_asked import asked
from review.workspace import Workspace

CHECKED = 100
"""Reports that a random check draws unless a person says otherwise: with none of them relevant, at
most 3.6% of the rest are (Clopper and Pearson)."""


@dataclass(frozen=True, slots=True)
class RestCheck:
    """The random check of what one stop left unscreened.

    Several draws are one: each was drawn at random from what those before had left.

    Attributes:
        events: the draws in force, with their seeds.
        left: reports that the stop left unscreened when the first of them was drawn.
        reports: those drawn; ``waiting`` are the ones without a decision.
        found: those included.
    """

    events: tuple[tuple[str, int], ...]
    left: int
    reports: tuple[str, ...]
    waiting: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def decided(self) -> int:
        """Reports drawn that have a decision."""
        return len(self.reports) - len(self.waiting)

    @property
    def share(self) -> Share | None:
        """What it says of the rest; None before every report drawn has its decision."""
        if self.waiting or not self.reports:
            return None
        return share(len(self.found), len(self.reports))


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop in force.

    Attributes:
        unscreened: reports that it leaves unscreened now.
    """

    event: str
    reviewer: str
    at: datetime
    protocol: str
    said: ScreeningStopped
    unscreened: tuple[str, ...]
    check: RestCheck | None


def stop(
    ws: Workspace, reviewer: str, why: str = "", *, seen: Stopping | None = None
) -> Event[ScreeningStopped]:
    """End title and abstract screening.

    Args:
        why: needed where the test does not say that the target is reached, or stopping early is
            not advised.
        seen: the figures that the page showed.

    Raises:
        OutdatedError: other reports or finds are there than the page showed.
        DecisionError: nothing is left that nobody has voted on, or it is not said why.
    """
    with ws.store.write() as conn:
        now = standing(conn, ws.protocol)
        refuse_changed(seen, now)
        if assignments.pilot_under_way(conn, Stage.TITLE_ABSTRACT):
            raise DecisionError("A pilot batch is under way: open the rest before you stop.")
        rest = stops.to_leave(conn)
        if not rest:
            raise DecisionError("No report is left that nobody has voted on.")
        if not why.strip() and (not now.reached or now.is_small):
            doubt = (
                f"with fewer than {SMALL:,} reports stopping early is not advised"
                if now.reached
                else "the protocol's target is not reached"
            )
            raise DecisionError(f"Say why you stop all the same: {doubt}.")
        said = ScreeningStopped(
            reviewer=reviewer,
            records=tuple(r for records in rest.values() for r in records),
            reports=len(rest),
            total=now.records, screened=now.screened, found=now.found,
            target=now.target, confidence=now.confidence, p=now.p, reached=now.reached,
            most_left=now.most_left, least_recall=now.least_recall, bias=now.order.bias,
            p_unbiased=None if now.unbiased is None else now.unbiased.p,
            why=why.strip(),
        )  # fmt: skip
        (done,) = log.append(conn, reviewer, [said], protocol=ws.protocol.version)
    return done


def refuse_changed(seen: Stopping | None, now: Stopping) -> None:
    """See that nothing has happened since a page was drawn that speaks against stopping: a find, a
    new report, or another answer of the test. More exclusions do not.

    Raises:
        OutdatedError: something has.
    """
    if seen is None:
        return
    before, after = (
        (one.records, one.found, one.reached, one.target, one.confidence) for one in (seen, now)
    )
    if before != after:
        raise OutdatedError(
            "The figures have changed since the page was drawn: "
            f"{now.found:,} included of {now.records:,} reports now, {seen.found:,} of "
            f"{seen.records:,} then. {NOTHING_STORED}"
        )


def take_back(ws: Workspace, event: str, reviewer: str) -> Event:
    """Take back a stop or the draw of a check: what it left out of the queues is in them again,
    or what it called back is not.

    Raises:
        DecisionError: the event is of another kind, or does not count any more.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        if not isinstance(log.get(conn, event).data, (ScreeningStopped, RestSampled)):
            raise DecisionError(f"{event} is no stop and no random check.")
        return log.undo(conn, reviewer, event)


def draw_check(
    ws: Workspace, stop_event: str, size: int, reviewer: str, seed: int | None = None
) -> Event[RestSampled]:
    """Draw reports at random from those that a stop left unscreened; they wait for votes again.

    Args:
        seed: of the draw; made up and kept in the log where none is given.

    Raises:
        DecisionError: it is no stop in force, or leaves fewer reports than that.
        NotFoundError: no such event.
    """
    with ws.store.write() as conn:
        target = log.get(conn, stop_event)
        if not isinstance(target.data, ScreeningStopped) or not log.counts(conn, stop_event):
            raise DecisionError(f"{stop_event} is no stop that counts.")
        rest = stops.covered(conn, stop_event)
        if not 0 < size <= len(rest):
            raise DecisionError(f"A random check takes 1 to {len(rest):,} reports here.")
        drawn = secrets.randbelow(2**31) if seed is None else seed
        chosen = sorted(random.Random(drawn).sample(sorted(rest), size))
        said = RestSampled(
            stop=stop_event,
            records=tuple(r for id_ in chosen for r in rest[id_]),
            reports=size,
            left=len(rest),
            seed=drawn,
            reviewer=reviewer,
        )
        (done,) = log.append(conn, reviewer, [said], protocol=ws.protocol.version)
    return done


def unvoted(ws: Workspace) -> int:
    """How many reports a stop would leave unscreened: those on which nobody has voted, without what
    a random check has called back."""
    with ws.store.read() as conn:
        return len(stops.to_leave(conn))


def may_count(ws: Workspace) -> bool:
    """Whether that number may be told; not where people vote blind, whom it would tell of a vote of
    another as soon as it is cast."""
    with ws.store.read() as conn:
        return not asked(conn).blind


def in_force(ws: Workspace) -> list[Stop]:
    """The stops that count, oldest first, each with its check."""
    with ws.store.read() as conn:
        events = [e for e in log.events(conn, (ScreeningStopped,)) if log.counts(conn, e.id)]
        drawn = [e for e in log.events(conn, (RestSampled,)) if log.counts(conn, e.id)]
        return [_stop(conn, event, drawn) for event in events]


def _stop(conn: Connection, event: Event, drawn: Sequence[Event]) -> Stop:
    said = event.data
    if not isinstance(said, ScreeningStopped):
        raise TypeError(f"{event.id} is no stop")
    draws = [
        (e.id, e.data) for e in drawn
        if isinstance(e.data, RestSampled) and e.data.stop == event.id
    ]  # fmt: skip
    unscreened = tuple(stops.covered(conn, event.id))
    return Stop(
        event.id, said.reviewer, event.at, event.protocol, said, unscreened,
        _check(conn, draws) if draws else None,
    )  # fmt: skip


def _check(conn: Connection, draws: Sequence[tuple[str, RestSampled]]) -> RestCheck:
    homes = reports.memberships(conn, [r for _, said in draws for r in said.records])
    ids = sorted({on.report for on in homes.values()})
    decided = {report.id: report.title_abstract for report in reports.by_ids(conn, ids)}
    return RestCheck(
        tuple((id_, said.seed) for id_, said in draws),
        draws[0][1].left,
        tuple(ids),
        _having(decided, Decision.AWAITING, Decision.CONFLICT, Decision.NOT_SCREENED),
        _having(decided, Decision.INCLUDE),
    )


def _having(decided: Mapping[str, Decision], *wanted: Decision) -> tuple[str, ...]:
    return tuple(id_ for id_, decision in decided.items() if decision in wanted)
