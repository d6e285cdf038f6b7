"""Which record of a report is shown for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from review.events import RecordsMerged
from review.model import Record, RunStatus
from review.store import Store, log, records, reports

ABSTRACT, DOI = {"abstract": "Twelve people took part."}, {"doi": "10.1000/x"}


def lead_of(store: Store, fields: Sequence[dict[str, str]]) -> str:
    """The record that leads the report which these records, the oldest first, are merged into."""
    found = [Record("f", str(n), title="One paper", **given) for n, given in enumerate(fields)]
    with store.write() as conn:
        run = records.start_run(conn, "Ann", "made-up search", "f")
        new = list(records.add_records(conn, "Ann", run, found).new)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
        log.append(conn, "Ann", [RecordsMerged(records=(new[0], other)) for other in new[1:]])
        return reports.membership(conn, "P000001").lead


@pytest.mark.parametrize(
    ("fields", "lead"),
    [
        ([DOI, ABSTRACT], "R000002"),
        ([{}, ABSTRACT, DOI], "R000002"),
        ([ABSTRACT, {**ABSTRACT, **DOI}], "R000002"),
        ([{}, DOI], "R000002"),
        ([DOI, DOI], "R000001"),
        ([ABSTRACT, ABSTRACT], "R000001"),
        ([{}, {}], "R000001"),
        ([{}, {**ABSTRACT, **DOI}, {**ABSTRACT, **DOI}], "R000002"),
    ],
)
def test_a_report_is_shown_by_the_record_with_an_abstract_then_a_doi_then_the_oldest(
    store: Store, fields: list[dict[str, str]], lead: str
) -> None:
    assert lead_of(store, fields) == lead
