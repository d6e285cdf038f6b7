"""Reports as the search for links reads them: all that their records say, under the oldest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.dedupe.links import ReportDetails, sample_words
from review.dedupe.registries import databanks

BETWEEN = "\n.\n.\n"
"""Ends the words of one record, so that no number at its end counts people of the next."""


@dataclass(frozen=True, slots=True)
class Received:
    """What entries as received say beyond their records, by record id.

    Attributes:
        raw: entries of records that came without an abstract.
        registered: entries that name databanks, as JSON text.
    """

    raw: Mapping[str, Mapping[str, Any]]
    registered: Mapping[str, str]


def report_details(
    rows: Sequence[Mapping[str, Any]], more: Received, home: Mapping[str, str]
) -> list[ReportDetails]:
    """One entry a report: its oldest record, with the words of all its records.

    Args:
        rows: all records, as `review.store.records.rows_for_dedupe` gives them.
        home: record -> smallest record of its report; records without a report are left out.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        said = row["abstract"] or sample_words(more.raw.get(row["id"], {}))
        texts[home.get(row["id"], "")] += [said, databanks(more.registered.get(row["id"], ""))]
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
        )
        for row in rows
        if home.get(row["id"]) == row["id"]
    ]
