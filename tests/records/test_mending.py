"""Titles and abstracts added by hand: with their source, undone, told to who has voted, kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.dedupe import manual_decisions
from review.errors import DecisionError, OutdatedError
from review.events import RecordCorrected
from review.model import Stage, VoteValue
from review.records import service as records
from review.records.mending import mend
from review.screening.service import cast, changed_since_voted
from review.store import integrity, log, record_changes
from review.workspace import Workspace
from tests.factories import make_workspace

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws, _ = make_workspace(tmp_path, db_url, 2)
    yield ws
    ws.store.close()


def test_an_abstract_is_added_told_to_who_voted_and_taken_back(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Bo", VoteValue.INCLUDE)
    done = mend(ws, "P000001", "Ann", {"abstract": " Kratom and sleep. "}, "publisher's page")
    assert records.get(ws, "P000001").lead.abstract == "Kratom and sleep."
    (told,) = changed_since_voted(ws, "Bo")["P000001"]
    assert (told.field, told.old, told.new) == ("abstract", "", "Kratom and sleep.")
    assert "publisher's page" in done.data.remark()
    assert [s.event.kind for s in records.dossier(ws, "P000001", "Cy").steps][-1] == done.kind
    with pytest.raises(DecisionError, match="only they"):
        records.take_back(ws, done.id, "Bo")
    records.take_back(ws, done.id, "Ann")
    assert records.get(ws, "P000001").lead.abstract == "" and not changed_since_voted(ws, "Bo")
    assert not integrity.check(ws.store).differences


def test_the_next_word_of_the_source_is_compared_with_its_own_last_one(ws: Workspace) -> None:
    """What a person wrote is no word of the source, so an update does not take it for a change."""
    mend(ws, "P000001", "Ann", {"abstract": "First.", "title": "A better title"}, "the PDF")
    mend(ws, "P000001", "Ann", {"abstract": "Second."}, "the PDF")
    with ws.store.read() as conn:
        known = record_changes.newest(conn, ["R000001"])["R000001"]
    assert (known["abstract"], known["title"]) == ("", "Paper number 1")
    assert records.get(ws, "P000001").lead.title == "A better title"


@pytest.mark.parametrize(
    ("texts", "source", "why"),
    [
        ({"abstract": "x"}, " ", "where the text is from"),
        ({"title": " "}, "PDF", "cannot be empty"),
        ({"title": "Paper number 1", "abstract": ""}, "PDF", "Nothing differs"),
        ({"year": "1999"}, "PDF", "cannot be mended"),
        ({"title": "x" * 6_000}, "PDF", "fit"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    ws: Workspace, texts: dict[str, str], source: str, why: str
) -> None:
    with pytest.raises(DecisionError, match=why):
        mend(ws, "P000001", "Ann", texts, source)
    assert records.get(ws, "P000001").lead.title == "Paper number 1"


def test_what_another_has_mended_meanwhile_is_not_overruled(ws: Workspace) -> None:
    was = {"title": "Paper number 1", "abstract": ""}
    mend(ws, "P000001", "Ben", {"abstract": "Ben's."}, "the PDF", was=was)
    mend(ws, "P000001", "Ann", {"title": "Ann's", "abstract": ""}, "the PDF", was=was)
    now = records.get(ws, "P000001").lead
    assert (now.title, now.abstract) == ("Ann's", "Ben's."), "a text left alone is no change"
    with pytest.raises(OutdatedError, match=r"abstract of P000001 is not what .* Ben"):
        mend(ws, "P000001", "Ann", {"abstract": "Ann's."}, "the PDF", was=was)
    assert records.get(ws, "P000001").lead.abstract == "Ben's."


def test_what_a_person_writes_is_shown_whatever_the_other_records_of_the_report_say(
    ws: Workspace,
) -> None:
    first, second = "R000001", "R000002"
    long = "Long and of another paper."
    mend(ws, first, "Ben", {"abstract": "Cut"}, "the PDF")
    mend(ws, second, "Ben", {"abstract": long}, "the PDF")
    manual_decisions.merge(ws, first, second, "Ann")
    report = records.get(ws, first)
    assert report.lead.abstract == long
    done = mend(ws, report.id, "Ann", {"abstract": "Short."}, "the PDF")
    assert done.data.record == first, "it leads the report, and the other record's text is longer"
    assert records.get(ws, first).lead.abstract == "Short."
    records.choose_field(ws, report.id, "title", second, "Ann")
    title = mend(ws, report.id, "Ann", {"title": "By hand"}, "the PDF")
    assert records.get(ws, first).lead.title == "By hand"
    assert records.ids(ws, records.ReportFilter(text="By hand")) == [report.id]
    for event in (done, title):
        records.take_back(ws, event.id, "Ann")
    assert records.get(ws, first).lead.abstract == long
    assert records.get(ws, first).lead.title == "Paper number 2"
    assert not integrity.check(ws.store).differences


def test_no_later_edition_overrules_what_a_person_wrote(ws: Workspace) -> None:
    done = mend(ws, "P000001", "Ann", {"title": "By hand"}, "the PDF")
    told = {"title": ("Paper number 1", "By the library"), "year": (2001, 1999)}
    with ws.store.write() as conn:
        said = RecordCorrected(run="N000009", record="R000001", edition="second", changes=told)
        log.append(conn, "library", [said])
    now = records.get(ws, "P000001").lead
    assert (now.title, now.year) == ("By hand", 1999)
    records.take_back(ws, done.id, "Ann")
    assert records.get(ws, "P000001").lead.title == "By the library"
    assert not integrity.check(ws.store).differences


def test_of_two_who_mend_one_text_the_newest_counts_that_is_not_taken_back(ws: Workspace) -> None:
    ann = mend(ws, "P000001", "Ann", {"abstract": "Ann's."}, "the PDF")
    ben = mend(ws, "P000001", "Ben", {"abstract": "Ben's."}, "the PDF")
    records.take_back(ws, ann.id, "Ann")
    assert records.get(ws, "P000001").lead.abstract == "Ben's."
    records.take_back(ws, ben.id, "Ben")
    assert records.get(ws, "P000001").lead.abstract == ""
