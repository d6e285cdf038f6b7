"""What events of reading write into the derived tables."""

from __future__ import annotations

from review.events import Event
from review.events.reading import PreferenceSet, RecordMended, ReportPostponed
from review.people import person_key
from review.store.field_choices import BY_HAND
from review.store.projectors import Rows, projects
from review.store.reading_tables import postponed, preference
from review.store.schema import amendment, correction


@projects(ReportPostponed, postponed)
def _postponed(ev: Event, data: ReportPostponed, rows: Rows) -> None:
    rows.add(
        postponed, ev,
        record=data.record, stage=str(data.stage), reviewer=data.reviewer,
        person=person_key(data.reviewer),
    )  # fmt: skip


@projects(PreferenceSet, preference)
def _preference(ev: Event, data: PreferenceSet, rows: Rows) -> None:
    rows.add(preference, ev, person=person_key(data.reviewer), name=data.name, chosen=data.value)


@projects(RecordMended, correction)
def _record_mended(ev: Event, data: RecordMended, rows: Rows) -> None:
    for name, (old, new) in data.changes.items():
        said = {"record": data.record, "field": name, "run": BY_HAND, "old": old, "new": new}
        rows.add(correction, ev, **said)
        rows.new[amendment].append({"event": ev.id, "seq": ev.seq, "at": ev.at, **said})
