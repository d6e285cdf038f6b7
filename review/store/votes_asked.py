"""How many votes a report asks for: those of its stage, and in a pilot batch those of everyone.

While a pilot batch is under way, its reports ask for the vote of each person who takes part and has
not left, so that nobody finds them decided, and all its votes are cast blind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from review.model import Stage
from review.store.assignment_tables import departed, pilot, pilot_end, pilot_person
from review.store.report_rules import Rules, current_rules
from review.store.schema import member


@dataclass(frozen=True, slots=True)
class Asked:
    """How many votes reports ask for.

    Attributes:
        base: stage -> votes that any report asks for.
        pilots: report and stage -> people of its pilot batch under way who have not left.
    """

    base: Mapping[Stage, int]
    pilots: Mapping[tuple[str, Stage], frozenset[str]]

    def votes(self, report: str, stage: Stage, voters: Collection[str]) -> int:
        """How many votes one report asks for.

        Args:
            voters: people whose votes stand on it at this stage, final ones aside.
        """
        waiting = self.pilots.get((report, stage), frozenset()) - set(voters)
        return max(self.base[stage], len(set(voters)) + len(waiting) if waiting else 0)

    def is_blind(self, report: str, stage: Stage, voters: Collection[str]) -> bool:
        """Whether somebody has still to vote on a report without another's vote in sight."""
        return 1 < self.votes(report, stage, voters) > len(set(voters))

    @property
    def blind(self) -> bool:
        """Whether several people vote on any report independently."""
        return bool(self.pilots) or any(n > 1 for n in self.base.values())


def asked(conn: Connection, in_force: Rules | None = None) -> Asked:
    """How many votes the reports of a review ask for now.

    Args:
        in_force: what the protocol says, where it was read already.
    """
    reviewers = (in_force or current_rules(conn)).reviewers
    base = {stage: int(reviewers.get(str(stage), 1)) for stage in Stage}
    gone = select(departed.c.person).where(departed.c.active)
    rows = conn.execute(
        select(member.c.report, pilot.c.stage, pilot_person.c.person)
        .select_from(pilot)
        .join(pilot_person, pilot_person.c.event == pilot.c.event)
        .join(member, member.c.record == pilot.c.record)
        .where(pilot.c.event.in_(_under_way()), pilot_person.c.person.not_in(gone))
    )
    people: dict[tuple[str, Stage], set[str]] = defaultdict(set)
    for report, stage, person in rows:
        people[report, Stage(stage)].add(person)
    return Asked(base, {key: frozenset(some) for key, some in people.items()})


def records_in_pilots(conn: Connection) -> list[str]:
    """Records of the pilot batches under way."""
    rows = select(pilot.c.record).distinct().where(pilot.c.event.in_(_under_way()))
    return list(conn.execute(rows).scalars())


def _under_way() -> Select[tuple[str]]:
    ended = select(pilot_end.c.pilot).where(pilot_end.c.active)
    open_ = pilot_person.c.active & pilot_person.c.event.not_in(ended)
    return select(pilot_person.c.event).distinct().where(open_)
