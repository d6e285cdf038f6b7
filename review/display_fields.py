"""How a report is shown when several records make it: which record each field is taken from.

The records themselves never change. A person may choose another record for any field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from review.model import Record

Members = Sequence[tuple[str, Record]]

FIELD_RULES: Mapping[str, str] = {
    "title": "the lead record's, or the first there is",
    "authors": "the longest list, as some sources stop after a few names",
    "year": "from the record that tells most about the place in print",
    "journal": "from the record that tells most about the place in print",
    "volume": "from the record that tells most about the place in print",
    "issue": "from the record that tells most about the place in print",
    "pages": "from the record that tells most about the place in print",
    "doi": "the lead record's, or the first there is",
    "pmid": "the lead record's, or the first there is",
    "pmcid": "the lead record's, or the first there is",
    "openalex_id": "the lead record's, or the first there is",
    "isbn": "the lead record's, or the first there is",
    "abstract": "the longest, as some sources cut it off",
    "language": "the lead record's, or the first there is",
    "type": "the lead record's, or the first there is",
    "url": "the lead record's, or the first there is",
    "keywords": "the longest list",
    "mesh": "the longest list",
    "study_designs": "the longest list",
}
"""The fields of a report in the order shown, each with the rule that holds until a person chooses.

Fields that say where a paper was printed come from one record, so that the year of a preprint is
not put beside the volume of the article; what that record lacks is filled in.
"""

PLACE = ("journal", "year", "volume", "issue", "pages")
_LONGEST = frozenset({"authors", "abstract", "keywords", "mesh", "study_designs"})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of a report.

    Attributes:
        value: as `Record` holds it; blank when no record has it.
        record: id of the record it is from; the lead's where no record has it.
        others: (id, value) of the records that say something else, oldest first.
        chosen: whether a person chose the record.
    """

    value: Any
    record: str
    others: tuple[tuple[str, Any], ...] = ()
    chosen: bool = False


def fields_of(
    records: Members, lead: str = "", chosen: Mapping[str, str] | None = None
) -> dict[str, FieldValue]:
    """Decide for each field of a report which of its records speaks.

    Args:
        records: (id, record) of all records of the report, oldest first; one at least.
        lead: id of the record that leads the report; the first when it is not among them.
        chosen: field -> id of the record a person chose for it; ids of other reports' records
            do not count.

    Returns:
        Every field of `FIELD_RULES` with its value and where it is from.
    """
    by_id = dict(records)
    first = lead if lead in by_id else records[0][0]
    ordered = [(first, by_id[first]), *((id_, r) for id_, r in records if id_ != first)]
    in_print = sorted(ordered, key=lambda one: -_told(one[1]))  # stable: the lead first
    said = {f: id_ for f, id_ in (chosen or {}).items() if id_ in by_id}
    found: dict[str, FieldValue] = {}
    for field in FIELD_RULES:
        source = said.get(field) or _speaker(in_print if field in PLACE else ordered, field)
        value = getattr(by_id[source], field)
        others = tuple(
            (id_, other)
            for id_, r in records
            if id_ != source and (other := getattr(r, field)) and other != value
        )
        found[field] = FieldValue(value, source, others, field in said)
    return found


def composed(records: Members, lead: str = "", chosen: Mapping[str, str] | None = None) -> Record:
    """The report as one record: every field as `fields_of` decides, the labels of all records, and
    retracted if any record is.

    Source, key and raw entry are the lead record's.
    """
    if len(records) == 1:  # most of all reports: there is nothing to choose
        only = records[0][1]
        once = tuple(dict.fromkeys(only.labels))
        return only if len(once) == len(only.labels) else replace(only, labels=once)
    by_id = dict(records)
    first = by_id.get(lead, records[0][1])
    values = {field: found.value for field, found in fields_of(records, lead, chosen).items()}
    labels = tuple(dict.fromkeys(label for _, r in records for label in r.labels))
    retracted = any(r.retracted for _, r in records)
    return replace(first, **values, labels=labels, retracted=retracted)


def _speaker(ordered: Members, field: str) -> str:
    """The record that the rule takes a field from."""
    size: Callable[[Any], int] = len if field in _LONGEST else bool
    return max(ordered, key=lambda one: size(getattr(one[1], field)))[0]  # the first of equals


def _told(record: Record) -> int:
    """How much a record says of where the paper was printed; the year alone says little."""
    return sum(bool(getattr(record, field)) for field in PLACE)
