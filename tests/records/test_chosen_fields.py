"""Choosing from which record a field is shown: on the page, in exports, through merge and undo."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.dedupe import decision_list, manual_decisions
from review.errors import DecisionError
from review.model import Record
from review.records import service
from review.records.event_sentences import event_words
from review.reporting import service as reporting
from review.store.evidence import unexcluded_reports
from review.store.integrity import check
from review.workspace import Workspace
from tests import reviews


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Two records joined by a person, and a third on its own."""
    ws = reviews.workspace(tmp_path, db_url)
    found = [
        Record("embase", "1", title="Kratom and sleep", doi="10.1/1", year=2020, abstract="Text."),
        Record("medline", "2", title="Kratom and sleep: a survey", pmid="77", year=2021),
        Record("medline", "3", title="Something else"),
    ]
    reviews.add(ws, found)
    manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    yield ws
    ws.store.close()


def title(ws: Workspace, report: str = "P000001") -> str:
    return service.get(ws, report).lead.title


def test_a_chosen_field_is_shown_everywhere_and_can_be_taken_back(
    ws: Workspace, tmp_path: Path
) -> None:
    done = service.choose_field(ws, "P000001", "title", "R000002", "Ann")
    assert title(ws) == "Kratom and sleep: a survey"
    assert service.find(ws, service.ReportFilter(text="survey"))[0][0].lead.title == title(ws)
    file = tmp_path / "out.csv"
    reporting.export(ws, "csv", file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        row = next(csv.DictReader(lines))
    assert (row["title"], row["doi"], row["pmid"]) == (title(ws), "10.1/1", "77")
    step = service.dossier(ws, "P000001", "Ann").steps[-1].event
    assert event_words(step, ws.protocol) == "Title shown as in R000002"
    service.take_back(ws, done.id, "Ann")
    assert title(ws) == "Kratom and sleep"


def test_a_report_is_found_and_mapped_by_the_year_it_is_shown_with(ws: Workspace) -> None:
    def found(year: int) -> list[str]:
        return [r.id for r in service.find(ws, service.ReportFilter(years=(year, year)))[0]]

    def mapped() -> int | None:
        with ws.store.read() as conn:
            years: dict[str, int | None] = {r.id: r.year for r in unexcluded_reports(conn)}
            return years["P000001"]

    assert (found(2020), found(2021), mapped()) == (["P000001"], [], 2020)
    done = service.choose_field(ws, "P000001", "year", "R000002", "Ann")
    assert (found(2020), found(2021), mapped()) == ([], ["P000001"], 2021)
    service.take_back(ws, done.id, "Ann")
    assert (found(2020), found(2021), mapped()) == (["P000001"], [], 2020)


def test_the_newest_choice_counts_and_the_rule_can_be_had_again(ws: Workspace) -> None:
    service.choose_field(ws, "P000001", "year", "R000002", "Ann")
    service.choose_field(ws, "P000001", "year", "R000001", "Bo")
    assert service.get(ws, "P000001").lead.year == 2020
    assert service.dossier(ws, "P000001", "Ann").fields["year"].chosen
    service.choose_field(ws, "P000001", "year", "", "Ann")
    assert not service.dossier(ws, "P000001", "Ann").fields["year"].chosen
    with pytest.raises(DecisionError, match="Nobody chose"):
        service.choose_field(ws, "P000001", "year", "", "Ann")


def test_a_choice_waits_for_its_merge(ws: Workspace) -> None:
    (merge,) = decision_list.decided(ws)
    service.choose_field(ws, "P000001", "title", "R000002", "Ann")
    shown = service.dossier(ws, "P000001", "Ann").fields
    taken_back = manual_decisions.undo(ws, merge.event, "Ann")
    assert (title(ws), title(ws, "P000002")) == ("Kratom and sleep", "Kratom and sleep: a survey")
    service.take_back(ws, taken_back.id, "Ann")
    assert service.dossier(ws, "P000001", "Ann").fields == shown
    manual_decisions.merge(ws, "P000001", "P000003", "Ann")
    assert title(ws) == "Kratom and sleep: a survey"
    found = check(ws.store)
    assert (found.problems, found.differences) == ((), ())


@pytest.mark.parametrize(
    ("field", "record", "words"),
    [
        ("title", "R000003", "not a record of"),
        ("raw", "R000001", "not a field"),
        ("abstract", "R000002", "has no abstract"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    ws: Workspace, field: str, record: str, words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        service.choose_field(ws, "P000001", field, record, "Ann")
