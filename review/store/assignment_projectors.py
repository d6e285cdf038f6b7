"""What events of who votes on what write into the derived tables."""

from __future__ import annotations

from review.events import Event
from review.events.assignment import PilotDrawn, PilotEnded, ReportsAssigned, ReviewerLeft
from review.people import person_key
from review.store.assignment_tables import assigned, departed, pilot, pilot_end, pilot_person
from review.store.projectors import Rows, projects


@projects(ReportsAssigned, assigned)
def _assigned(ev: Event, data: ReportsAssigned, rows: Rows) -> None:
    for record in dict.fromkeys(data.records):
        rows.add(
            assigned, ev,
            record=record, stage=str(data.stage), reviewer=data.reviewer,
            person=person_key(data.reviewer),
        )  # fmt: skip


@projects(ReviewerLeft, departed)
def _left(ev: Event, data: ReviewerLeft, rows: Rows) -> None:
    person = person_key(data.reviewer)
    rows.add(departed, ev, reviewer=data.reviewer, person=person, why=data.why)


@projects(PilotDrawn, pilot, pilot_person)
def _drawn(ev: Event, data: PilotDrawn, rows: Rows) -> None:
    for record in dict.fromkeys(data.records):
        rows.add(pilot, ev, record=record, stage=str(data.stage), seed=data.seed)
    for person, reviewer in {person_key(name): name for name in data.people}.items():
        rows.add(pilot_person, ev, person=person, reviewer=reviewer)


@projects(PilotEnded, pilot_end)
def _ended(ev: Event, data: PilotEnded, rows: Rows) -> None:
    rows.add(pilot_end, ev, pilot=data.pilot)
