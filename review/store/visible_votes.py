"""Blindness, in one place: which votes and notes one person may see.

Where several people vote, what another said of a report is absent until enough of them have voted
on it, so that nobody votes with another's opinion before them (MECIR C39: independently). Pages,
histories and files read votes of others through this module; only the rule of deciding, the
conflicts and the imports read past it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from review.model import Decision, Stage, Vote
from review.people import person_key, same_person
from review.store import active_decisions
from review.store.schema import report
from review.store.votes_asked import asked

_OPEN = (Decision.AWAITING, Decision.NOT_SCREENED)
"""Decisions before which somebody may still vote blind."""

NO_VIEWER = ""
"""Sees what is decided, and no vote as their own."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see.

    Attributes:
        viewer: their name, `NO_VIEWER`, or None for whoever holds the database itself and so sees
            all.
        blind: report -> stages at which the votes of others are out of sight.
        waiting: reports that somebody has still to vote on blind, so that notes are out of sight.
    """

    viewer: str | None
    blind: Mapping[str, frozenset[Stage]]
    waiting: frozenset[str]

    def may_see(self, on: str, stage: Stage, whose: str) -> bool:
        """Whether a vote on a report is in sight."""
        hidden = stage in self.blind.get(on, ())
        return not hidden or self._is_own(whose)

    def may_read(self, on: str, whose: str) -> bool:
        """Whether a note on a report is in sight."""
        return on not in self.waiting or self._is_own(whose)

    def _is_own(self, whose: str) -> bool:
        return self.viewer is None or (self.viewer != NO_VIEWER and same_person(self.viewer, whose))


def sight(conn: Connection, viewer: str | None, report_id: str | None = None) -> Sight:
    """What one person may see of one report, or of all."""
    return _sight(conn, viewer, active_decisions.votes(conn, report_id), report_id)


def votes(conn: Connection, viewer: str | None, report_id: str | None = None) -> list[Vote]:
    """The votes that one person may see, in order of the log, on one report or on all."""
    cast = active_decisions.votes(conn, report_id)
    seen = _sight(conn, viewer, cast, report_id)
    return [v for v in cast if seen.may_see(v.report, v.stage, v.reviewer)]


def notes(conn: Connection, viewer: str | None, report_id: str) -> list[tuple[str, str, datetime]]:
    """The notes on a report that one person may read: reviewer, text, time."""
    seen = sight(conn, viewer, report_id)
    found = active_decisions.notes(conn, report_id)
    return [note for note in found if seen.may_read(report_id, note[0])]


def still_blind(conn: Connection) -> int:
    """How many votes are out of the sight of somebody who has still to vote."""
    return len(active_decisions.votes(conn)) - len(votes(conn, NO_VIEWER))


def _sight(
    conn: Connection, viewer: str | None, cast: Sequence[Vote], report_id: str | None
) -> Sight:
    needs = asked(conn)
    if viewer is None or not needs.blind:
        return Sight(viewer, {}, frozenset())
    voters: dict[tuple[str, Stage], set[str]] = defaultdict(set)
    for v in cast:
        voters[v.report, v.stage].add(person_key(v.reviewer))
    wanted = select(report.c.id, report.c.title_abstract, report.c.full_text)
    if report_id is not None:
        wanted = wanted.where(report.c.id == report_id)
    blind: dict[str, frozenset[Stage]] = {}
    waiting: set[str] = set()
    for id_, first, second in conn.execute(wanted):
        decided = {Stage.TITLE_ABSTRACT: Decision(first), Stage.FULL_TEXT: Decision(second)}
        hidden = frozenset(
            stage
            for stage in Stage
            if decided[stage] in _OPEN and needs.is_blind(id_, stage, voters[id_, stage])
        )
        if hidden:
            blind[id_] = hidden
        if _at(decided) in hidden:
            waiting.add(id_)
    return Sight(viewer, blind, frozenset(waiting))


def _at(decided: Mapping[Stage, Decision]) -> Stage | None:
    """The stage at which a report is; None once it has left, or is disputed."""
    if decided[Stage.TITLE_ABSTRACT] in _OPEN:
        return Stage.TITLE_ABSTRACT
    return Stage.FULL_TEXT if decided[Stage.TITLE_ABSTRACT] is Decision.INCLUDE else None
