"""Tags and findings from and to files."""

from __future__ import annotations

from pathlib import Path

from review.coding import service
from tests.coding.conftest import Small
from tests.coding.test_service import FINDING, tags


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_good_rows_go_in_and_bad_rows_are_named(small: Small, tmp_path: Path) -> None:
    first, second, _ = small.reports
    path = write(
        tmp_path / "tags.csv",
        "report,dimension,value,reviewer,quote,time",
        f"{first},study_design,cohort,Ann,followed up,2026-01-31T12:00:00+02:00",
        f"{first},outcome,slep_quality,Ann,,",
        f"{first},colour,red,Ann,,",
        "P999999,outcome,death,Ann,,",
        f"{first},outcome,death,,,",
        f"{first},outcome,death,Ann,,yesterday",
        f"{second},exposure_form,Extract,Ann,,",
    )
    found = service.import_tags(small.ws, path, "Ann")
    assert (found.added, found.unchanged) == (2, 0)
    assert [m.line for m in found.mistakes] == [3, 4, 5, 6, 7]
    assert "sleep_quality" in found.mistakes[0].message
    assert tags(small, second) == [("exposure", "extract", "Ann")]
    (tag,) = service.sheet(small.ws, first).tags
    assert tag.time is not None and tag.time.isoformat() == "2026-01-31T10:00:00+00:00"


def test_importing_again_changes_nothing(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    path = write(
        tmp_path / "tags.csv",
        "report,dimension,value,reviewer",
        f"{report},study_design,cohort,Ann",
        f"{report},outcome,death,Ann",
        f"{report},outcome,death,Ann",
    )
    assert service.import_tags(small.ws, path, "Ann").added == 2
    again = service.import_tags(small.ws, path, "Ann")
    assert (again.added, again.unchanged, again.mistakes) == (0, 3, ())


def test_a_file_that_contradicts_itself_is_told_so(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    path = write(
        tmp_path / "tags.csv",
        "report,dimension,value,reviewer,quote",
        f"{report},study_design,cohort,Ann",
        f"{report},study_design,case_report,Ann",
        f"{report},study_design,case_report,Ben",
        f"{report},outcome,death,Ann,two died",
        f"{report},outcome,death,Ann,three died",
    )
    found = service.import_tags(small.ws, path, "Ann")
    assert (found.added, [m.line for m in found.mistakes]) == (3, [3, 6])
    assert "line 2" in found.mistakes[0].message


def test_an_imported_design_replaces_the_reviewers_earlier_one(
    small: Small, tmp_path: Path
) -> None:
    report = small.reports[0]
    service.tag(small.ws, report, "study_design", "cohort", "Ann")
    path = write(
        tmp_path / "tags.csv",
        "report,dimension,value,reviewer",
        f"{report},study_design,case_report,Ann",
    )
    service.import_tags(small.ws, path, "Ben")
    assert tags(small, report) == [("study_design", "case_report", "Ann")]


def test_tags_come_back_as_they_went_out(small: Small, tmp_path: Path) -> None:
    first, second, _ = small.reports
    service.tag(small.ws, first, "outcome", "death", "Ann", quote='=SUM(A1) "died", twice\nor so')
    service.tag(small.ws, second, "study_design", "cohort", "Ben", quote="-5 %")
    before = [service.sheet(small.ws, r).tags for r in small.reports]
    path = tmp_path / "tags.csv"
    assert service.export_tags(small.ws, path) == 2
    assert service.import_tags(small.ws, path, "Ann").unchanged == 2
    for report, value in ((first, "death"), (second, "cohort")):
        dimension = "outcome" if value == "death" else "study_design"
        service.untag(small.ws, report, dimension, value, "Ann", anyones=True)
    assert service.import_tags(small.ws, path, "Ann").added == 2
    after = [service.sheet(small.ws, r).tags for r in small.reports]
    assert [[(t.value, t.reviewer, t.quote, t.time) for t in ts] for ts in after] == [
        [(t.value, t.reviewer, t.quote, t.time) for t in ts] for ts in before
    ]


def test_findings_go_in_once_with_empty_fields(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    head = ",".join(service.FINDING_COLUMNS)
    pairing = "extract,human_chronic_pain,pain_intensity,VAS,rct_parallel"
    path = write(
        tmp_path / "findings.csv",
        head,
        f"{report},{pairing},,,,,Ann,",
        f"{report},{pairing},Placebo or vehicle,acute,better,less pain,Ann,2026-01-31T12:00:00",
        f"{report},extract,human_chronic_pain,,VAS,rct_parallel,,,better,,Ann,",
        f"{report},{pairing},,,sideways,,Ann,",
        f"{report},{pairing},,,worse,,Ann,",
        f"{report},extract,humans,pain_intensity,VAS,rct_parallel,,,,,Ann,",
    )
    found = service.import_findings(small.ws, path, "Ann")
    assert found.added == 2
    assert [m.line for m in found.mistakes] == [4, 5, 6, 7]
    again = service.import_findings(small.ws, path, "Ann")
    assert (again.added, again.unchanged) == (0, 2)
    plain, full = service.sheet(small.ws, report).findings
    assert (plain.direction, plain.comparator) == ("not_stated", "")
    assert (full.direction, full.comparator, full.duration) == ("better", "placebo", "acute")


def test_findings_come_back_as_they_went_out(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    service.add_finding(
        small.ws, report, **FINDING, direction="mixed", quote="@once", instrument="VAS, 0-10"
    )
    (before,) = service.sheet(small.ws, report).findings
    path = tmp_path / "findings.csv"
    assert service.export_findings(small.ws, path) == 1
    service.remove_finding(small.ws, before.event, "Ann")
    assert service.import_findings(small.ws, path, "Ben").added == 1
    (after,) = service.sheet(small.ws, report).findings
    assert after.event != before.event
    names = [n for n in before.__slots__ if n != "event"]
    assert [getattr(after, n) for n in names] == [getattr(before, n) for n in names]
