"""Blindness of coding, in one place: whose tags, findings and answers one person may see.

Where several people code each report, what another gave it is absent until so many have finished
their forms. Pages, histories and files read codes of others through this module, or read only what
counts (`review.store.active_decisions`), which is nothing before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.coding_rule import CodingPlace
from review.events import EventData
from review.events.double_coding import CODES
from review.model import Finding, Tag
from review.people import same_person
from review.store import active_decisions
from review.store.coding_tables import coding_state
from review.store.report_rules import current_rules


@dataclass(frozen=True, slots=True)
class CodeSight:
    """What one person may see of what others coded.

    Attributes:
        viewer: their name, ``""`` for nobody, or None for whoever holds the database itself and so
            sees all.
        coders: people who code each report; with one there is nothing to hide.
        open: reports that so many have finished.
    """

    viewer: str | None
    coders: int
    open: frozenset[str]

    def is_blind(self, report: str) -> bool:
        """Whether what others gave a report is out of sight."""
        return self.viewer is not None and self.coders > 1 and report not in self.open

    def may_see(self, report: str, whose: str) -> bool:
        """Whether what somebody gave a report is in sight."""
        return not self.is_blind(report) or bool(self.viewer and same_person(self.viewer, whose))

    def shows(self, report: str, said: EventData, by: str) -> bool:
        """Whether a step on a report is in sight."""
        return not isinstance(said, CODES) or self.may_see(report, by)


def sight(conn: Connection, viewer: str | None, report_id: str | None = None) -> CodeSight:
    """What one person may see of one report, or of all."""
    coders = current_rules(conn).coders
    if coders < 2 or viewer is None:
        return CodeSight(viewer, coders, frozenset())
    statement = select(coding_state.c.report)
    statement = statement.where(coding_state.c.place != str(CodingPlace.CODING))
    if report_id is not None:
        statement = statement.where(coding_state.c.report == report_id)
    return CodeSight(viewer, coders, frozenset(conn.execute(statement).scalars()))


def tags(conn: Connection, viewer: str | None, report_id: str | None = None) -> list[Tag]:
    """The tags that one person may see, whether they count or not, those of a consensus too."""
    seen = sight(conn, viewer, report_id)
    given = active_decisions.tags(conn, report_id, given=True)
    return [t for t in given if seen.may_see(t.report, "" if t.settles else t.reviewer)]


def findings(conn: Connection, viewer: str | None, report_id: str | None = None) -> list[Finding]:
    """The findings that one person may see, whether they count or not."""
    seen = sight(conn, viewer, report_id)
    given = active_decisions.findings(conn, report_id, given=True)
    return [f for f in given if seen.may_see(f.report, f.reviewer)]


def still_blind(conn: Connection) -> int:
    """How many tags and findings are out of the sight of somebody who has still to code."""
    if current_rules(conn).coders < 2:
        return 0
    tags_given = active_decisions.tags(conn, given=True)
    on = [t.report for t in tags_given if not t.settles]
    on += [f.report for f in active_decisions.findings(conn, given=True)]
    seen = sight(conn, "")
    return sum(map(seen.is_blind, on))


def codes_by_reviewer(conn: Connection, viewer: str | None) -> list[tuple[str, str, str, int]]:
    """What every reviewer coded, as far as one person may see it: name, ``tags`` or ``findings``,
    on which report, how many."""
    if current_rules(conn).coders < 2:
        return active_decisions.codes_by_reviewer(conn)
    seen: Counter[tuple[str, str, str]] = Counter()
    seen.update((t.reviewer, "tags", t.report) for t in tags(conn, viewer) if not t.settles)
    seen.update((f.reviewer, "findings", f.report) for f in findings(conn, viewer))
    return [(name, kind, report, n) for (name, kind, report), n in sorted(seen.items())]
