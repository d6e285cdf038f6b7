"""Which suggestions one person may see, in one place: all, or those for what they have coded.

Where the protocol has coding blind to suggestions, those for a dimension of a report are absent
for each person until they have given a value of their own there. Who has seen them has: taking the
value back does not hide them again. Where it does without the help of machines nobody sees any.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.people import same_person
from review.protocol.model import Protocol
from review.store.schema import member, tag


@dataclass(frozen=True, slots=True)
class SuggestionSight:
    """What one person may see of the suggestions for one report.

    Attributes:
        coded: dimensions in which they have given a value of their own; None where nothing is
            hidden.
    """

    coded: frozenset[str] | None

    def shows(self, dimension: str) -> bool:
        """Whether suggestions in a dimension are in sight."""
        return self.coded is None or dimension in self.coded


NONE = SuggestionSight(frozenset())


def sight(
    conn: Connection, report_id: str, viewer: str | None, protocol: Protocol
) -> SuggestionSight:
    """What one person may see.

    Args:
        viewer: their name; ``""`` for whoever has none, None for whoever holds the database itself
            and so sees all.
        protocol: says whether coding is blind to suggestions, and whether machines help at all.
    """
    if not protocol.machine_help:
        return NONE
    if not protocol.coding.blind or viewer is None:
        return SuggestionSight(None)
    statement = (
        select(tag.c.dimension, tag.c.reviewer)
        .join(member, member.c.record == tag.c.record)
        .where(member.c.report == report_id)
        .distinct()
    )
    rows = conn.execute(statement).all()
    return SuggestionSight(
        frozenset(dimension for dimension, whose in rows if viewer and same_person(viewer, whose))
    )
