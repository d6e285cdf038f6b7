"""What events of coding by several people write into the derived tables."""

from __future__ import annotations

from review.events import CodesSettled, CodingFinished, Event, FindingsSettled, RecodingKept
from review.events.double_coding import FINDINGS
from review.people import person_key
from review.store.coding_tables import form, kept_value, settlement
from review.store.projectors import Rows, projects
from review.store.schema import tag


@projects(CodingFinished, form)
def _finished(ev: Event, data: CodingFinished, rows: Rows) -> None:
    rows.add(
        form, ev,
        record=data.record, reviewer=data.reviewer, person=person_key(data.reviewer),
        codes={dimension: list(values) for dimension, values in data.codes.items()},
    )  # fmt: skip


@projects(CodesSettled, settlement, tag)
def _codes_settled(ev: Event, data: CodesSettled, rows: Rows) -> None:
    rows.add(
        settlement, ev,
        record=data.record, dimension=data.dimension, kept=list(data.values),
        reviewer=data.reviewer, why=data.why,
    )  # fmt: skip
    for value in data.values:
        quote, place = data.quotes.get(value, ("", ""))
        rows.add(
            tag, ev,
            record=data.record, dimension=data.dimension, value=value,
            reviewer=data.reviewer, quote=quote, quote_place=place, blind=None, settles=True,
            held=False,
        )  # fmt: skip


@projects(FindingsSettled, settlement)
def _findings_settled(ev: Event, data: FindingsSettled, rows: Rows) -> None:
    rows.add(
        settlement, ev,
        record=data.record, dimension=FINDINGS, kept=list(data.kept),
        reviewer=data.reviewer, why=data.why,
    )  # fmt: skip


@projects(RecodingKept, kept_value)
def _recoding_kept(ev: Event, data: RecodingKept, rows: Rows) -> None:
    rows.add(
        kept_value, ev,
        record=data.record, dimension=data.dimension, value=data.value,
        becomes=list(data.becomes), reviewer=data.reviewer,
    )  # fmt: skip
