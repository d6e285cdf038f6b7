"""The flow diagram: every sum holds on any history, and every box opens to its ids."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from review.model import Decision, is_other_method
from review.reporting.earlier_version import earlier
from review.reporting.prisma import BOXES, REASONS_DIFFER, RecordRow, ReportRow, flow

FIRST = [
    Decision.AWAITING, Decision.INCLUDE, Decision.EXCLUDE, Decision.CONFLICT, Decision.NOT_SCREENED
]  # fmt: skip
SECOND = [decision for decision in Decision if decision is not Decision.NOT_SCREENED]


@st.composite
def reviews(draw: st.DrawFn) -> tuple[list[RecordRow], list[ReportRow]]:
    """Any review: records in reports, reports in studies, decisions in any combination."""
    records: list[RecordRow] = []
    reports: list[ReportRow] = []
    sizes = draw(st.lists(st.integers(1, 4), max_size=25))
    number = 0
    for size in sizes:
        first = number
        for _ in range(size):
            source = draw(
                st.sampled_from(
                    [
                        "openalex",
                        "pubmed",
                        "ClinicalTrials.gov",
                        "openalex citations",
                        "Websites: WHO",
                    ]
                )
            )
            records.append(RecordRow(f"R{number:06d}", source, f"P{first:06d}"))
            number += 1
        study = draw(st.integers(0, max(first, 1)))
        reports.append(
            ReportRow(
                f"P{first:06d}",
                f"S{study:06d}",
                draw(st.sampled_from(FIRST)),
                draw(st.sampled_from(SECOND)),
                draw(st.sampled_from(["", "not_kratom", "language"])),
            )
        )
    return records, reports


@given(reviews())
def test_all_sums_hold_and_ids_match_numbers(
    review: tuple[list[RecordRow], list[ReportRow]],
) -> None:
    records, reports = review
    found = flow(records, reports)
    assert found.failed_sums == []
    assert set(found.boxes) == set(found.ids) == set(BOXES)
    for name, ids in found.ids.items():
        assert len(ids) == len(set(ids)) == found.boxes[name]
    searched = [r for r in records if not is_other_method(r.source)]
    assert found.boxes["database_results"] + found.boxes["register_results"] == len(searched)
    chased = found.boxes["citations_results"] + found.boxes["website_results"]
    assert chased == sum(map(len, found.other_source_ids.values())) == len(records) - len(searched)
    entered = found.boxes["records_screened"] + found.boxes["records_not_screened"]
    assert entered == len({r.report for r in searched})
    assert sum(found.sources.values()) == len(searched)
    assert sum(found.reasons.values()) == found.boxes["dbr_excluded"]
    assert sum(found.other_reasons.values()) == found.boxes["other_excluded"]
    for_reasons = sum(map(len, found.screening_reason_ids.values()))
    assert for_reasons == found.boxes["records_excluded"]
    waiting = sum(found.awaiting.values())
    ended = "records_excluded dbr_notretrieved_reports dbr_excluded new_reports".split()
    ended += ["other_notretrieved_reports", "other_excluded"]
    ended += ["records_not_screened", "other_not_screened"]
    gone = sum(found.boxes[name] for name in ended) + len(found.other_set_aside)
    assert gone + waiting == len(reports)  # every report is somewhere, once


@given(reviews(), reviews())
def test_all_sums_hold_since_any_earlier_version(
    then: tuple[list[RecordRow], list[ReportRow]], now: tuple[list[RecordRow], list[ReportRow]]
) -> None:
    """Any two states, so also with reports merged, parted, reopened and linked in between."""
    whole = flow(*now)
    update = flow(*now, earlier("version 1", date(2026, 3, 1), *then))
    assert update.failed_sums == []
    for name, ids in update.ids.items():
        assert len(ids) == len(set(ids)) == update.boxes[name]
    assert update.ids["total_studies"] == whole.ids["total_studies"]
    assert update.boxes["previous_reports"] == flow(*then).boxes["new_reports"]
    assert update.boxes["previous_studies"] == flow(*then).boxes["new_studies"]
    assert set(update.ids["records_screened"]) <= set(whole.ids["records_screened"])
    assert update.awaiting == whole.awaiting  # what waits is work, whenever it came
    assert set(update.gone_reports) <= set(update.ids["previous_reports"])


@given(reviews())
def test_nothing_is_new_since_now(review: tuple[list[RecordRow], list[ReportRow]]) -> None:
    update = flow(*review, earlier("version 1", date(2026, 3, 1), *review))
    assert update.boxes["database_results"] == update.boxes["new_studies"] == 0
    assert update.boxes["new_reports"] == len(update.gone_reports) == 0
    assert update.boxes["records_screened"] == len(update.carried)
    assert update.boxes["records_not_screened"] == 0  # finished then as now
    assert update.boxes["total_studies"] == update.boxes["previous_studies"]


def test_an_update_counts_what_came_and_what_was_still_to_do() -> None:
    yes, no, waits = Decision.INCLUDE, Decision.EXCLUDE, Decision.AWAITING
    then = (
        [RecordRow(f"R{n}", "openalex", f"P{n}") for n in (1, 2, 3, 4)],
        [
            ReportRow("P1", "S1", yes, yes, ""),
            ReportRow("P2", "S2", no, waits, "language"),
            ReportRow("P3", "S3", waits, waits, ""),
            ReportRow("P4", "S4", yes, yes, ""),
        ],
    )
    records = [*then[0], RecordRow("R5", "openalex", "P1"), RecordRow("R6", "pubmed", "P6")]
    reports = [
        ReportRow("P1", "S1", yes, yes, ""),
        ReportRow("P2", "S2", no, waits, "language"),
        ReportRow("P3", "S3", yes, yes, ""),
        ReportRow("P4", "S4", yes, no, "language"),  # looked at again, and excluded
        ReportRow("P6", "S1", yes, yes, ""),  # another report of a study known before
    ]
    found = flow(records, reports, earlier("version 1", date(2026, 3, 1), *then))
    expected = {
        "previous_studies": 2,
        "database_results": 2,
        "duplicates": 1,  # one more record of a report known before
        "records_screened": 3,
        "dbr_excluded": 1,
        "new_reports": 2,
        "new_studies": 1,
        "total_reports": 3,
        "total_studies": 2,
    }
    assert {name: found.boxes[name] for name in expected} == expected
    assert (found.carried, found.gone_reports) == (["P3", "P4"], ["P4"])
    assert found.failed_sums == []


@given(reviews(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(
    review: tuple[list[RecordRow], list[ReportRow]], order: random.Random
) -> None:
    records, reports = review
    shuffled = [*records], [*reports]
    for rows in shuffled:
        order.shuffle(rows)
    assert flow(*shuffled) == flow(records, reports)


def test_a_small_review_by_hand() -> None:
    records = [RecordRow(f"R{n}", "openalex", f"P{n}") for n in range(1, 7)]
    records += [RecordRow("R7", "pubmed", "P1"), RecordRow("R8", "isrctn", "P1")]
    yes, no, waits = Decision.INCLUDE, Decision.EXCLUDE, Decision.AWAITING
    reports = [
        ReportRow("P1", "S1", yes, yes, ""),
        ReportRow("P2", "S1", yes, yes, ""),
        ReportRow("P3", "S3", yes, no, "language"),
        ReportRow("P4", "S4", yes, Decision.NOT_RETRIEVED, "full_text_missing"),
        ReportRow("P5", "S5", no, waits, "not_kratom"),
        ReportRow("P6", "S6", Decision.CONFLICT, waits, ""),
    ]
    found = flow(records, reports)
    expected = {
        "database_results": 7,
        "register_results": 1,
        "duplicates": 2,
        "records_screened": 6,
        "records_excluded": 1,
        "dbr_sought_reports": 4,
        "dbr_notretrieved_reports": 1,
        "dbr_assessed": 3,
        "dbr_excluded": 1,
        "new_reports": 2,
        "new_studies": 1,
    }
    assert {name: found.boxes[name] for name in expected} == expected
    assert found.ids["duplicates"] == ["R7", "R8"]
    assert found.reasons == {"language": 1}
    assert found.awaiting == {"title_abstract": 1, "full_text": 0}
    assert found.awaiting_ids["title_abstract"] == ["P6"]


def test_title_abstract_reasons_are_not_counted_at_full_text() -> None:
    records = [RecordRow("R1", "openalex", "P1")]
    out = ReportRow("P1", "S1", Decision.EXCLUDE, Decision.EXCLUDE, "not_kratom")
    assert flow(records, [out]).reasons == {}


def test_an_exclusion_without_one_reason_is_still_counted() -> None:
    records = [RecordRow("R1", "openalex", "P1")]
    found = flow(records, [ReportRow("P1", "S1", Decision.INCLUDE, Decision.EXCLUDE, "")])
    assert found.reasons == {REASONS_DIFFER: 1}
    assert found.failed_sums == []


def test_a_broken_state_is_reported_not_hidden() -> None:
    records = [RecordRow("R1", "openalex", "P1"), RecordRow("R2", "openalex", "P2")]
    found = flow(records, [ReportRow("P1", "S1", Decision.INCLUDE, Decision.INCLUDE, "")])
    assert any("records_screened" in text for text in found.failed_sums)
    assert any("P2" in text for text in found.failed_sums)


def test_what_only_citations_brought_goes_through_the_other_arm() -> None:
    chased = "openalex citations"
    records = [RecordRow(f"R{n}", chased, f"P{n}") for n in range(1, 7)]
    records += [RecordRow("R7", "openalex", "P6"), RecordRow("R8", "openalex", "P8")]
    yes, no, waits = Decision.INCLUDE, Decision.EXCLUDE, Decision.AWAITING
    reports = [
        ReportRow("P1", "S1", yes, yes, ""),
        ReportRow("P2", "S2", yes, no, "language"),
        ReportRow("P3", "S3", no, waits, "not_kratom"),
        ReportRow("P4", "S4", yes, Decision.NOT_RETRIEVED, "full_text_missing"),
        ReportRow("P5", "S5", yes, waits, ""),
        ReportRow("P6", "S6", yes, yes, ""),  # found by both: counts with the databases
        ReportRow("P8", "S8", no, waits, "language"),
    ]
    found = flow(records, reports)
    expected = {
        "database_results": 2,
        "citations_results": 6,
        "duplicates": 0,
        "records_screened": 2,
        "records_excluded": 1,
        "dbr_sought_reports": 1,
        "dbr_assessed": 1,
        "other_sought_reports": 4,
        "other_notretrieved_reports": 1,
        "other_assessed": 3,
        "other_excluded": 1,
        "new_reports": 2,
        "new_studies": 2,
    }
    assert {name: found.boxes[name] for name in expected} == expected
    assert found.failed_sums == []
    assert (found.other_reasons, found.other_set_aside) == ({"language": 1}, ["P3"])
    assert found.other_duplicates == ["R6"]
