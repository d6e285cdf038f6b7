"""Finding reports, blind votes, and taking back one's own steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.config import Config
from review.dedupe import manual_decisions
from review.errors import DecisionError, NotFoundError
from review.model import Record, RunStatus, Stage, VoteValue
from review.publication_types import REGISTRATION
from review.records import service
from review.records.event_sentences import event_words, field_words, status_words
from review.screening import service as screening
from review.store import records as stored
from review.workspace import Workspace, adopt_protocol, open_workspace

ROOT = Path(__file__).resolve().parents[2]
TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def ws(db_url: str, tmp_path: Path) -> Iterator[Workspace]:
    """A review of four records under a protocol with two reviewers at both stages."""
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (ROOT / "data" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("reviewers: 1", "reviewers: 2"), "utf-8")
    review = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(review, "test")
    found = [
        Record("embase", str(n), title=f"Kratom study {n}", year=2010 + n, doi=f"10.1/{n}")
        for n in range(1, 5)
    ]
    with review.store.write() as conn:
        run = stored.start_run(conn, "test", "first search", "embase")
        stored.add_records(conn, "test", run, found)
        stored.finish_run(conn, "test", run, RunStatus.COMPLETE)
    yield review
    review.store.close()


def ids(found: tuple[list[service.Report], int]) -> list[str]:
    return [r.id for r in found[0]]


def test_all_fields_of_a_search_must_fit(ws: Workspace) -> None:
    assert ids(service.find(ws, service.ReportFilter(text="kratom 3"))) == ["P000003"]
    assert ids(service.find(ws, service.ReportFilter(text="KRATOM 3"))) == ["P000003"]
    assert ids(service.find(ws, service.ReportFilter(years=(2013, None)))) == ["P000003", "P000004"]
    assert ids(service.find(ws, service.ReportFilter(source="pubmed"))) == []
    assert ids(service.find(ws, service.ReportFilter(status="included"))) == []


def test_an_unknown_status_asks_nothing(ws: Workspace) -> None:
    assert service.find(ws, service.ReportFilter(status="nonsense"))[1] == 4


def test_a_page_and_the_count_of_all(ws: Workspace) -> None:
    found, total = service.find(ws, service.ReportFilter(), limit=2, offset=2)
    assert ([r.id for r in found], total) == (["P000003", "P000004"], 4)


def test_ids_of_absorbed_reports_lead_to_the_one_that_holds_them(ws: Workspace) -> None:
    manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    assert ids(service.find(ws, service.ReportFilter(ids=("P000002", "P000404")))) == ["P000001"]
    assert service.get(ws, "P000002").id == "P000001"


def test_a_vote_of_another_is_absent_until_the_stage_is_decided(ws: Workspace) -> None:
    screening.cast(ws, "P000001", TA, "Berta", VoteValue.MAYBE, note="my doubt")
    before = service.dossier(ws, "P000001", "Ann")
    assert before.votes == ()
    assert "Berta" not in repr(before)
    assert "my doubt" not in repr(before)
    assert [v.reviewer for v in service.dossier(ws, "P000001", "Berta").votes] == ["Berta"]
    screening.cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    after = service.dossier(ws, "P000001", "Ann")
    assert [v.reviewer for v in after.votes] == ["Berta", "Ann"]


def test_taking_back_a_hidden_vote_is_hidden_too(ws: Workspace) -> None:
    screening.cast(ws, "P000001", TA, "Berta", VoteValue.EXCLUDE)
    screening.undo_last(ws, "Berta")
    assert "Berta" not in repr(service.dossier(ws, "P000001", "Ann").steps)


def test_history_tells_the_file_that_a_vote_was_read_from(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("report,stage,reviewer,vote\nP000001,title_abstract,Ann,include\n")
    screening.import_votes(ws, file, "Ann")
    last = service.dossier(ws, "P000001", "Ann").steps[-1]
    words = event_words(last.event, ws.protocol)
    assert words == "Included on title and abstract, read from the file votes.csv"


def test_history_tells_who_did_what_and_whether_it_counts(ws: Workspace) -> None:
    screening.cast(ws, "P000001", TA, "Ann", VoteValue.EXCLUDE, reason="not_kratom")
    screening.undo_last(ws, "Ann")
    steps = service.dossier(ws, "P000001", "Ann").steps
    told = [
        (event_words(s.event, ws.protocol, s.undone, s.search).split(" (run")[0], s.counts)
        for s in steps
    ]
    assert told == [
        ("Found by first search", True),
        ("Excluded on title and abstract: Not about kratom", False),
        ("Took back: Excluded on title and abstract: Not about kratom", True),
    ]


def test_only_ones_own_steps_are_taken_back(ws: Workspace) -> None:
    vote = screening.cast(ws, "P000001", TA, "Berta", VoteValue.INCLUDE)
    with pytest.raises(DecisionError, match="Berta"):
        service.take_back(ws, vote.id, "Ann")
    service.take_back(ws, vote.id, "Berta")
    assert screening.own_votes(ws, "P000001", "Berta") == []


def test_notes_are_kept_and_empty_ones_refused(ws: Workspace) -> None:
    service.add_note(ws, "P000001", "Ann", " ask the authors ")
    assert [n[:2] for n in service.dossier(ws, "P000001", "Ann").notes] == [
        ("Ann", "ask the authors")
    ]
    with pytest.raises(DecisionError, match="empty"):
        service.add_note(ws, "P000001", "Ann", "  ")


def test_linked_reports_are_each_others_siblings(ws: Workspace) -> None:
    manual_decisions.link(ws, "P000001", "P000003", "Ann")
    found = service.dossier(ws, "P000001", "Ann")
    assert [r.id for r in found.siblings] == ["P000003"]


def test_where_a_report_stands_is_said_in_words(ws: Workspace) -> None:
    assert status_words(service.get(ws, "P000001"), ws.protocol) == "Awaiting title and abstract"
    for reviewer in ("Ann", "Berta"):
        screening.cast(ws, "P000001", TA, reviewer, VoteValue.EXCLUDE, reason="not_kratom")
    words = status_words(service.get(ws, "P000001"), ws.protocol)
    assert words == "Excluded on title and abstract: Not about kratom"


def test_an_unknown_name_is_an_error_of_ours(ws: Workspace) -> None:
    with pytest.raises(NotFoundError, match="P000404"):
        service.dossier(ws, "P000404", "Ann")


def test_notes_of_others_wait_until_both_have_voted(ws: Workspace) -> None:
    note = service.add_note(ws, "P000001", "Berta", "I would leave it out")
    service.take_back(ws, note.id, "Berta")
    service.add_note(ws, "P000001", "Berta", "too short")
    before = service.dossier(ws, "P000001", "Ann")
    assert before.notes == ()
    assert "Berta" not in repr(before) and "leave it out" not in repr(before)
    assert len(service.dossier(ws, "P000001", "berta").notes) == 1
    for who in ("Ann", "Berta"):
        screening.cast(ws, "P000001", TA, who, VoteValue.EXCLUDE)
    assert [n[1] for n in service.dossier(ws, "P000001", "Ann").notes] == ["too short"]


def test_a_registrations_fields_are_named_for_what_they_hold() -> None:
    assert field_words("pages") == "Pages"
    assert field_words("pages", REGISTRATION) == "Registration number"
    assert field_words("doi", REGISTRATION) == "DOI"
