"""Reports as the search for links reads them: all that their records say, under the oldest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.dedupe.links import ReportDetails, sample_words
from review.dedupe.registrations import FIELDS, own_numbers
from review.dedupe.registries import databanks

BETWEEN = "\n.\n.\n"
"""Ends the words of one record, so that no number at its end counts people of the next."""


@dataclass(frozen=True, slots=True)
class Received:
    """What entries as received say beyond their records, by record id.

    Attributes:
        samples: what entries of records that came without an abstract say of the people studied.
        registered: what entries say of databanks.
    """

    samples: Mapping[str, str]
    registered: Mapping[str, str]

    @classmethod
    def of(
        cls, raw: Iterable[tuple[str, Mapping[str, Any]]], entries: Iterable[tuple[str, str]]
    ) -> Received:
        """Read entries one by one; they are too long to be held all at once.

        Args:
            raw: entries of records that came without an abstract, with their ids.
            entries: entries that name databanks, as JSON text, with their ids.
        """
        samples = {id_: said for id_, one in raw if (said := sample_words(one))}
        return cls(samples, {id_: databanks(text) for id_, text in entries})


def report_details(
    rows: Sequence[Mapping[str, Any]], more: Received, home: Mapping[str, str]
) -> list[ReportDetails]:
    """One entry a report: its oldest record, with the words of all its records.

    Args:
        rows: all records, as `review.store.records.rows_for_dedupe` gives them.
        home: record -> smallest record of its report; records without a report are left out.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    places: dict[str, list[str]] = defaultdict(list)
    reports: set[str] = set()
    for row in rows:
        report = home.get(row["id"], "")
        said = row["abstract"] or more.samples.get(row["id"], "")
        texts[report] += [said, more.registered.get(row["id"], "")]
        if own_numbers(row) is None:
            reports.add(report)
        else:
            places[report] += [str(row.get(name) or "") for name in FIELDS]
    return [
        ReportDetails(
            id=row["id"],
            title=row["title"],
            authors=row["author"],
            year=int(row["year"]) if row["year"] else None,
            journal=row["journal"],
            volume=row["volume"],
            issue=row["number"],
            doi=row["doi"],
            type=row["entrytype"],
            text=BETWEEN.join(filter(None, texts[row["id"]])),
            numbers=BETWEEN.join(filter(None, places[row["id"]])),
            registration=row["id"] not in reports,
        )
        for row in rows
        if home.get(row["id"]) == row["id"]
    ]
