"""Further filters and orders of the list of reports: a new one is one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import Decision, Place, Stage, VoteValue
from review.people import person_key
from review.store import model_places
from review.store.displayed_fields import TITLE, YEAR
from review.store.full_text_tables import attachment
from review.store.reading import is_postponed
from review.store.schema import member, record, report, vote
from review.store.screening_status import waits_for
from review.store.turns import has_voted


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks at the list, and the stage that is asked about; None for both."""

    reviewer: str
    stage: Stage | None = None

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages asked about."""
        return tuple(Stage) if self.stage is None else (self.stage,)


def _any(of: Asker, condition: Callable[[Stage], ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = (condition(stage) for stage in of.stages)
    for other in rest:
        first |= other
    return first


def _waits(of: Asker) -> ColumnElement[bool]:
    return _any(of, lambda s: waits_for(s, of.reviewer))


def _waits_postponed(of: Asker) -> ColumnElement[bool]:
    return _waits(of) & _any(of, lambda s: is_postponed(s, of.reviewer))


OWN: dict[str, Callable[[Asker], ColumnElement[bool]]] = {
    "waits for my vote": _waits,
    "postponed by me": _waits_postponed,
    "I voted": lambda of: has_voted(of.reviewer, of.stage),
    "I included": lambda of: has_voted(of.reviewer, of.stage, VoteValue.INCLUDE),
    "I excluded": lambda of: has_voted(of.reviewer, of.stage, VoteValue.EXCLUDE),
    "I said maybe": lambda of: has_voted(of.reviewer, of.stage, VoteValue.MAYBE),
}
"""What the person who looks has done with a report; nothing of others is read."""

# A report is led by a record with an abstract where it has one (`review.store.report_state`).
_WITHOUT_ABSTRACT = select(record.c.id).where(record.c.abstract == "").scalar_subquery()

_DECIDED = [str(d) for d in (Decision.INCLUDE, Decision.EXCLUDE, Decision.NOT_RETRIEVED)]
_ASSESSED = [str(p) for p in (Place.INCLUDED, Place.EXCLUDED, Place.REASONS_DIFFER)]
_PASSED = report.c.title_abstract == str(Decision.INCLUDE)

SCREENED, PASSED, ASSESSED = (
    "decision on title and abstract", "gone on to full text", "assessed on full text",
)  # fmt: skip
"""What `review.reporting.coverage` counts of the stages, as lists."""

_WITH_PDF = (
    select(member.c.report)
    .join(attachment, attachment.c.record == member.c.record)
    .where(attachment.c.active)
    .scalar_subquery()
)

FEATURES: dict[str, ColumnElement[bool]] = {
    "no abstract": report.c.lead.in_(_WITHOUT_ABSTRACT),
    "has a PDF": report.c.id.in_(_WITH_PDF),
    "no PDF": report.c.id.not_in(_WITH_PDF),
    SCREENED: report.c.title_abstract.in_(_DECIDED),
    PASSED: _PASSED,
    ASSESSED: _PASSED
    & report.c.place.in_(_ASSESSED)
    & (report.c.full_text != str(Decision.NOT_RETRIEVED)),
}
"""What a report has or lacks."""


def _newest_own(of: Asker) -> ColumnElement[Any]:
    newest = (
        select(func.max(vote.c.seq))
        .join(member, member.c.record == vote.c.record)
        .where(member.c.report == report.c.id, vote.c.active)
        .where(vote.c.person == person_key(of.reviewer))
    )
    if of.stage is not None:
        newest = newest.where(vote.c.stage == str(of.stage))
    return func.coalesce(newest.scalar_subquery(), 0)


def _score(of: Asker) -> ColumnElement[Any]:
    return model_places.share(of.reviewer, of.stage or Stage.TITLE_ABSTRACT)


LIKELIEST, LEAST_LIKELY = "likeliest by the model first", "least likely by the model first"
BY_MODEL = (LIKELIEST, LEAST_LIKELY)
"""Orders by what a model said before anybody voted; what the reader may not know comes last."""

ORDERS: dict[str, Callable[[Asker], ColumnElement[Any] | None]] = {
    "as arrived": lambda of: None,
    "newest publication first": lambda of: func.coalesce(YEAR, 0).desc(),
    "oldest publication first": lambda of: func.coalesce(YEAR, 9999).asc(),
    "title": lambda of: func.lower(TITLE),
    "my newest vote first": lambda of: _newest_own(of).desc(),
    LIKELIEST: lambda of: func.coalesce(_score(of), 2.0).asc(),
    LEAST_LIKELY: lambda of: func.coalesce(_score(of), -1.0).desc(),
}
"""Orders of the list; what is equal stays as it arrived."""


def conditions(of: Asker, own: str, has: str, score: str = "") -> list[ColumnElement[bool]]:
    """What must hold of a report by words of `OWN`, `FEATURES` and `model_places.SCORES`; others
    ask nothing."""
    found = []
    if own in OWN and of.reviewer:
        found.append(OWN[own](of))
    if has in FEATURES:
        found.append(FEATURES[has])
    if score in model_places.SCORES:
        found.append(model_places.SCORES[score](_score(of)))
    return found


def order(of: Asker, name: str) -> ColumnElement[Any] | None:
    """What the list is sorted by; None as it arrived."""
    return ORDERS[name](of) if name in ORDERS else None
