"""What a finding holds beside its pairing, from form and file to the log and back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.coding import quotes, service
from review.errors import DecisionError
from review.events import FindingWritten
from review.events.base import read
from review.model import Finding
from review.records import service as records
from review.store import log
from tests.coding.conftest import Small
from tests.coding.test_exchange import write
from tests.coding.test_service import FINDING, tags
from tests.factories import paper, suggest
from tests.reviews import add

DETAILS = {
    "dose": "10 mg/kg",
    "timing": "evening",
    "comparator": "placebo",
    "duration": "8 weeks",
    "instrument": "VAS",
    "n": 48,
    "effect": "-1.2",
    "effect_unit": "points of 10",
    "effect_interval": "95% CI -2.0 to -0.4",
    "quote": "pain fell",
    "quote_place": "Table 2, p. 5",
}
OLD_COLUMNS = service.FINDING_COLUMNS[: service.FINDING_COLUMNS.index("time") + 1]


def findings(small: Small, report: str) -> tuple[Finding, ...]:
    return service.sheet(small.ws, report).findings


def test_a_finding_keeps_all_that_was_said(small: Small) -> None:
    (report, *_) = small.reports
    service.add_finding(small.ws, report, **FINDING, **DETAILS)  # type: ignore[arg-type]
    (found,) = findings(small, report)
    assert {name: getattr(found, name) for name in DETAILS} == DETAILS
    said = service.add_finding(small.ws, report, **FINDING, **DETAILS)  # type: ignore[arg-type]
    assert said.id == found.event  # once more changes nothing
    with small.ws.store.write() as conn:
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


def test_findings_of_older_logs_say_nothing_more() -> None:
    old = {name: FINDING[name] for name in FINDING} | {"record": "R1", "quote": "q"}
    data = read("finding", old)
    assert isinstance(data, FindingWritten)
    assert (data.dose, data.timing, data.n, data.effect, data.quote_place) == ("", "", None, "", "")


@pytest.mark.parametrize("name", ["n", "effect", "effect_unit", "effect_interval", "quote"])
def test_another_word_on_a_finding_replaces_it(small: Small, name: str) -> None:
    (report, *_) = small.reports
    first = service.add_finding(small.ws, report, **FINDING, **DETAILS)  # type: ignore[arg-type]
    other = {**DETAILS, name: 50 if name == "n" else "other words"}
    service.add_finding(small.ws, report, **FINDING, **other)  # type: ignore[arg-type]
    (found,) = findings(small, report)
    assert found.event != first.id and getattr(found, name) == other[name]


@pytest.mark.parametrize("name", ["dose", "timing"])
def test_two_doses_or_times_are_two_findings(small: Small, name: str) -> None:
    (report, *_) = small.reports
    for value in ("one", "another"):
        service.add_finding(small.ws, report, **FINDING, **{name: value})  # type: ignore[arg-type]
    assert [getattr(f, name) for f in findings(small, report)] == ["one", "another"]


def test_a_timing_is_a_value_of_the_codebook_and_a_dose_as_the_report_has_it(small: Small) -> None:
    (report, *_) = small.reports
    book = small.ws.protocol.codebook
    timing = book.dimension("timing").values[0]
    dose = book.dimension("dose").values[0]
    said = {"timing": timing.label, "dose": dose.label}
    service.add_finding(small.ws, report, **FINDING, **said)  # type: ignore[arg-type]
    (found,) = findings(small, report)
    assert (found.timing, found.dose) == (timing.id, dose.label)


def test_n_is_a_whole_number(small: Small) -> None:
    (report, *_) = small.reports
    service.add_finding(small.ws, report, **FINDING, n="1,204")
    assert findings(small, report)[0].n == 1204
    service.add_finding(small.ws, report, **FINDING, n=0)
    assert findings(small, report)[0].n == 0
    for n in ("about 40", "4.5", "-3", "99999999999"):
        with pytest.raises(DecisionError, match="whole number"):
            service.add_finding(small.ws, report, **FINDING, n=n)


def test_a_quote_of_the_abstract_is_kept_with_its_place(small: Small) -> None:
    abstract = "We gave kratom to 48 adults.\nPain fell by 1.2 points."
    (record,) = add(small.ws, [paper(9, abstract=abstract)])
    report = "P" + record[1:]
    service.add_finding(small.ws, report, **FINDING, quote="48 adults. Pain fell")
    (found,) = findings(small, report)
    assert quotes.at(found.quote_place, "", abstract) == "48 adults.\nPain fell"


# ---- files -------------------------------------------------------------------------------------


def test_all_fields_come_back_as_they_went_out(small: Small, tmp_path: Path) -> None:
    (report, *_) = small.reports
    service.add_finding(small.ws, report, **FINDING, **DETAILS)  # type: ignore[arg-type]
    path = tmp_path / "findings.csv"
    service.export_findings(small.ws, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert tuple(next(csv.reader(file))) == service.FINDING_COLUMNS
    assert service.import_findings(small.ws, path, "Ann").unchanged == 1
    (before,) = findings(small, report)
    service.remove_finding(small.ws, before.event, "Ann")
    assert service.import_findings(small.ws, path, "Ann").added == 1
    (after,) = findings(small, report)
    names = [n for n in before.__slots__ if n != "event"]
    assert [getattr(after, n) for n in names] == [getattr(before, n) for n in names]


def test_a_file_without_the_newer_columns_is_about_the_finding_it_knows(
    small: Small, tmp_path: Path
) -> None:
    (report, *_) = small.reports
    service.add_finding(small.ws, report, **FINDING, **DETAILS)  # type: ignore[arg-type]
    (known,) = findings(small, report)
    row = {name: str(getattr(known, name) or "") for name in OLD_COLUMNS} | {"time": ""}
    path = write(tmp_path / "old.csv", ",".join(OLD_COLUMNS), ",".join(row.values()))
    assert service.import_findings(small.ws, path, "Ann").unchanged == 1
    row["direction"] = "worse"
    path = write(tmp_path / "old.csv", ",".join(OLD_COLUMNS), ",".join(row.values()))
    assert service.import_findings(small.ws, path, "Ann").added == 1
    (found,) = findings(small, report)
    assert (found.direction, found.dose, found.n) == ("worse", "10 mg/kg", 48)


def test_bad_numbers_and_contradictions_of_a_file_are_named(small: Small, tmp_path: Path) -> None:
    (report, *_) = small.reports
    columns = "report,exposure,population,outcome,study_design,reviewer,n,effect"
    said = f"{report},extract,human_chronic_pain,pain_intensity,rct_parallel,Ann"
    lines = (f"{said},many,", f"{said},48,-1", f"{said},50,-1", f"{said},48,-2")
    path = write(tmp_path / "f.csv", columns, *lines)
    found = service.import_findings(small.ws, path, "Ann")
    assert (found.added, [m.line for m in found.mistakes]) == (1, [2, 4, 5])
    assert "line 3 says '48'" in found.mistakes[1].message


def test_an_imported_finding_confirms_its_tags_as_the_page_does(
    small: Small, tmp_path: Path
) -> None:
    first, second, _ = small.reports
    for report in (first, second):
        suggest(small.ws, report, "outcome", "pain_intensity")
        service.tag(small.ws, report, "study_design", "cohort", "Ann")
    service.add_finding(small.ws, first, **FINDING)
    service.add_finding(small.ws, first, **FINDING | {"outcome": "death"})
    pairing = "extract,human_chronic_pain"
    path = write(
        tmp_path / "f.csv",
        "report,exposure,population,outcome,study_design,reviewer,time",
        f"{second},{pairing},pain_intensity,rct_parallel,Ann,2026-01-31T12:00:00",
        f"{second},{pairing},death,rct_parallel,Ann,",
    )
    service.import_findings(small.ws, path, "Kim")
    assert sorted(tags(small, first)) == sorted(tags(small, second))
    sheet = service.sheet(small.ws, second)
    assert not sheet.open_suggestions
    (tag,) = [t for t in sheet.tags if t.value == "pain_intensity"]
    assert tag.quote == "words for pain_intensity" and tag.time and tag.time.year == 2026
    undone = [service.undo_last(small.ws, "Kim"), service.undo_last(small.ws, "Kim")]
    assert all(isinstance(u and u.data, FindingWritten) for u in undone)
    assert service.undo_last(small.ws, "Kim") is None
    assert tags(small, second) == [("study_design", "cohort", "Ann")]


# ---- taking back -------------------------------------------------------------------------------


def test_taking_back_from_the_history_takes_the_confirmed_tags_too_and_brings_them_back(
    small: Small,
) -> None:
    ws, (report, *_) = small.ws, small.reports
    suggest(ws, report, "outcome", "pain_intensity")
    before = service.sheet(ws, report)
    done = service.add_finding(ws, report, **FINDING)
    whole = service.sheet(ws, report)
    undo = records.take_back(ws, done.id, "Ann")
    assert service.sheet(ws, report) == before
    (step,) = [s for s in records.dossier(ws, report, "Ann").steps if s.event.id == undo.id]
    assert step.undone is not None and step.undone.id == done.id
    records.take_back(ws, undo.id, "Ann")
    assert service.sheet(ws, report) == whole


def test_a_tag_that_another_finding_says_too_stays(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    first = service.add_finding(ws, report, **FINDING)
    service.add_finding(ws, report, **FINDING | {"outcome": "death"})
    records.take_back(ws, first.id, "Ann")
    assert {value for _, value, _ in tags(small, report)} == {
        "extract", "human_chronic_pain", "rct_parallel", "death"
    }  # fmt: skip
    service.undo_last(ws, "Ann")
    assert tags(small, report) == []  # with the last that says them
    assert service.undo_last(ws, "Ann") is None
