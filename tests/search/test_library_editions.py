"""A later edition of the library comes in as an update, and touches nothing people decided."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.coding import service as coding
from review.config import ROOT
from review.dedupe import manual_decisions
from review.dedupe import service as dedupe
from review.events import NoteWritten, RecordCorrected, VoteCast
from review.initialise import Begun, begin
from review.model import Stage, VoteValue
from review.records import service as papers
from review.records.event_sentences import ProtocolNames
from review.screening import service as screening
from review.search import library_editions as editions
from review.search import service as searching
from review.sources.library import PAPERS_FILE, SUGGESTED_BY, read_library
from review.store import Connection, active_decisions, integrity, log, records
from review.store.schema import record, record_raw
from review.workspace import Workspace
from tests import reviews

TA = Stage.TITLE_ABSTRACT
COLUMNS = (
    "id title authors year journal doi pmid pmcid topic_set study_design population_species "
    "exposure outcomes sample_size same_as seen_in"
).split()
SECOND = "second edition, made up"


def row(key: str, title: str, **other: str) -> dict[str, str]:
    coded = {"study_design": "cohort", "population_species": "human", "exposure": "leaf"}
    return {name: "" for name in COLUMNS} | coded | {"id": key, "title": title} | other


FIRST = [
    row("K1", "Kratom and pain in daily users", year="2019", authors="Ada Bell"),
    row("K2", "Kratom and sleep", doi="10.1000/sleep", year="2020"),
    row("K3", "Withdrawal from kratom in a cohort", sample_size="40"),
    row("K4", "Gone from the second edition", year="2001"),
    row("K5", "Kratom and sleep quality of drivers", doi="10.1000/drivers", year="2021"),
]
LATER = [
    FIRST[0] | {"year": "2021", "authors": "Ada Bell; Carl Dee", "doi": "10.1000/pain"},
    FIRST[1] | {"title": "Kratom and sleep: a diary study"},
    FIRST[2] | {"sample_size": "41", "study_design": "case_control"},
    FIRST[4],
    row("K6", "Kratom, entirely new", year="2024", doi="10.1000/new"),
    row("K7", "Kratom and pain in daily users.", year="2021", doi="10.1000/pain"),
]


def lay(ws: Workspace, rows: Sequence[dict[str, str]], edition: str = "") -> None:
    """Put an edition into the review's data folder."""
    folder = ws.config.library
    with (folder / PAPERS_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    (folder / "duplicate_pairs.csv").unlink(missing_ok=True)
    (folder / "edition.yaml").unlink(missing_ok=True)
    if edition:
        (folder / "edition.yaml").write_text(f"edition: {edition}\n", encoding="utf-8")


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """A review made with the first edition."""
    made = reviews.workspace(tmp_path, db_url)
    lay(made, FIRST)
    begin(made, "start")
    yield made
    made.store.close()


def second(ws: Workspace, rows: Sequence[dict[str, str]] = LATER) -> Begun:
    lay(ws, rows, SECOND)
    return begin(ws, "start")


def one(ws: Workspace, key: str) -> tuple[str, Any]:
    """Id and record of an entry."""
    with ws.store.read() as conn:
        (id_,) = records.ids_of(conn, [("library", key)]).values()
        return id_, records.get(conn, id_)


def report_of(ws: Workspace, key: str) -> str:
    return papers.get(ws, one(ws, key)[0]).id


def decisions(conn: Connection) -> object:
    """Everything people said, and when."""
    return (
        active_decisions.votes(conn),
        active_decisions.tags(conn),
        [(e.id, e.at, e.data) for e in log.events(conn, (VoteCast, NoteWritten))],
    )


def events(ws: Workspace) -> int:
    with ws.store.read() as conn:
        return len(list(log.events(conn)))


def agrees(ws: Workspace) -> bool:
    found = integrity.check(ws.store)
    return not found.differences and not found.problems


def test_new_entries_become_records_and_changed_facts_are_applied(ws: Workspace) -> None:
    found = second(ws)
    assert (found.new, found.changed, found.known, found.edition) == (2, 3, 4, SECOND)
    paper = one(ws, "K1")[1]
    assert (paper.year, paper.doi) == (2021, "10.1000/pain")
    assert paper.authors == ("Ada Bell", "Carl Dee")
    assert one(ws, "K2")[1].title == "Kratom and sleep: a diary study"
    assert one(ws, "K3")[1].raw["sample_size"] == "41"
    assert one(ws, "K6")[1].title == "Kratom, entirely new"
    assert agrees(ws)


def test_the_update_is_a_run_of_its_own_that_lists_what_was_and_what_is(ws: Workspace) -> None:
    found = second(ws)
    newest = searching.searches(ws)[0].run
    assert newest.id == found.run and newest.added == 2
    assert SECOND in newest.request and "SHA-256" in newest.request
    told = searching.differences(ws, found.run)
    assert set(told.new) == {one(ws, "K6")[0], one(ws, "K7")[0]}
    assert told.vanished == (one(ws, "K4")[0],)
    first = one(ws, "K1")[0]
    assert {(a.field, str(a.old), str(a.new)) for a in told.changed if a.record == first} == {
        ("authors", "['Ada Bell']", "['Ada Bell', 'Carl Dee']"),
        ("doi", "", "10.1000/pain"),
        ("year", "2019", "2021"),
    }
    latest = editions.latest_update(ws)
    assert latest is not None and (latest.run.id, latest.edition) == (found.run, SECOND)


def test_the_first_edition_is_no_update_and_the_same_edition_does_nothing_again(
    ws: Workspace,
) -> None:
    assert editions.latest_update(ws) is None
    before = events(ws)
    assert begin(ws, "start").run == "" and events(ws) == before
    second(ws)
    after = events(ws)
    again = begin(ws, "start")
    assert (again.new, again.changed, again.run) == (0, 0, "") and events(ws) == after


def test_an_entry_that_is_gone_stays_with_what_was_decided_on_it(ws: Workspace) -> None:
    report = report_of(ws, "K4")
    screening.cast(ws, report, TA, "Ann", VoteValue.INCLUDE)
    second(ws)
    assert one(ws, "K4")[1].title == "Gone from the second edition"
    assert [v.vote for v in screening.own_votes(ws, report, "Ann")] == [VoteValue.INCLUDE]


def test_no_vote_tag_merge_or_note_changes(ws: Workspace) -> None:
    reports = [report_of(ws, key) for key in ("K1", "K2", "K3")]
    for n, report in enumerate(reports):
        screening.cast(ws, report, TA, "Ann", [VoteValue.INCLUDE, VoteValue.MAYBE][n % 2])
        coding.tag(ws, report, "study_design", "cohort", "Ann")
        papers.add_note(ws, report, f"Look at {n}", "Ann")
    manual_decisions.merge(ws, one(ws, "K2")[0], one(ws, "K5")[0], "Ann")
    places = [papers.get(ws, report).place for report in reports]
    with ws.store.read() as conn:
        before = decisions(conn)
    second(ws)
    with ws.store.read() as conn:
        assert decisions(conn) == before
    assert [papers.get(ws, report).place for report in reports] == places
    assert set(papers.get(ws, reports[1]).record_ids) == {one(ws, "K2")[0], one(ws, "K5")[0]}
    assert agrees(ws)


def test_a_correction_is_told_on_its_report_and_anyone_may_take_it_back_for_good(
    ws: Workspace,
) -> None:
    second(ws)
    report = report_of(ws, "K2")
    (step,) = [
        s.event for s in papers.dossier(ws, report, "Bo").steps
        if isinstance(s.event.data, RecordCorrected)
    ]  # fmt: skip
    words = step.data.words(ProtocolNames(ws.protocol))
    assert SECOND in words and "was Kratom and sleep, is Kratom and sleep: a diary study" in words
    undone = papers.take_back(ws, step.id, "Bo")
    assert papers.get(ws, report).lead.title == "Kratom and sleep"
    assert begin(ws, "start").changed == 0
    assert papers.get(ws, report).lead.title == "Kratom and sleep"
    papers.take_back(ws, undone.id, "Bo")
    assert papers.get(ws, report).lead.title == "Kratom and sleep: a diary study"
    assert agrees(ws)


def test_withdrawing_the_run_takes_its_corrections_back_and_restoring_brings_them(
    ws: Workspace,
) -> None:
    found = second(ws)
    searching.withdraw(ws, found.run, "Ann")
    assert one(ws, "K1")[1].year == 2019 and begin(ws, "start").run == ""
    searching.bring_back(ws, found.run, "Ann")
    assert one(ws, "K1")[1].year == 2021 and agrees(ws)


def test_a_library_that_was_withdrawn_whole_stays_away(ws: Workspace) -> None:
    searching.withdraw(ws, searching.searches(ws)[0].run.id, "Ann")
    before = events(ws)
    assert second(ws).run == "" and events(ws) == before


@pytest.mark.parametrize("chosen", ["K2", "K5"])
def test_a_field_that_a_person_chose_stays_as_it_was_chosen(ws: Workspace, chosen: str) -> None:
    manual_decisions.merge(ws, one(ws, "K2")[0], one(ws, "K5")[0], "Ann")
    report = report_of(ws, "K2")
    papers.choose_field(ws, report, "title", one(ws, chosen)[0], "Ann")
    shown = papers.get(ws, report).lead.title
    second(ws)
    assert papers.get(ws, report).lead.title == shown
    assert agrees(ws)


def test_what_changed_after_a_vote_is_told_to_who_voted_and_a_new_vote_settles_it(
    ws: Workspace,
) -> None:
    report = report_of(ws, "K2")
    for key in ("K1", "K2"):  # of the first only facts changed on which no vote rests
        screening.cast(ws, report_of(ws, key), TA, "Ann", VoteValue.INCLUDE)
    assert screening.changed_since_voted(ws, "Ann") == {}
    second(ws)
    told = screening.changed_since_voted(ws, "Ann")
    assert {p: [a.field for a in found] for p, found in told.items()} == {report: ["title"]}
    assert screening.changed_since_voted(ws, "Bo") == screening.changed_since_voted(ws, "") == {}
    screening.cast(ws, report, TA, "Ann", VoteValue.EXCLUDE, reason="not_kratom", replace=True)
    assert screening.changed_since_voted(ws, "Ann") == {}


def test_duplicates_are_looked_for_among_what_is_new_or_corrected_against_all(
    ws: Workspace,
) -> None:
    dedupe.dedupe(ws, "Ann")
    assert dedupe.status(ws).new == 0
    second(ws)
    assert dedupe.status(ws).new == 5
    assert dedupe.dedupe(ws, "Ann").compared == 5
    assert report_of(ws, "K1") == report_of(ws, "K7")
    assert dedupe.status(ws).new == 0


def test_codes_that_changed_are_suggested_anew(ws: Workspace) -> None:
    report = report_of(ws, "K3")

    def suggested() -> set[str]:
        found = coding.sheet(ws, report).open_suggestions["study_design"]
        return {s.value for s in found if s.source == SUGGESTED_BY}

    assert suggested() == {"cohort"}
    second(ws)
    assert suggested() == {"case_control"}


@pytest.mark.parametrize("step", ["add_records", "finish_run"])
def test_an_update_that_is_interrupted_leaves_nothing_and_is_begun_anew(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    before = events(ws)
    with monkeypatch.context() as broken:
        broken.setattr(records, step, fails)
        with pytest.raises(KeyboardInterrupt):
            second(ws)
    assert events(ws) == before and one(ws, "K1")[1].year == 2019
    found = begin(ws, "start")
    assert (found.new, found.changed) == (2, 3) and agrees(ws)


def test_a_third_edition_changes_what_the_second_left(ws: Workspace) -> None:
    second(ws)
    third = [LATER[0] | {"year": "2022"}, *LATER[1:]]
    lay(ws, third, "third")
    assert begin(ws, "start").changes == {one(ws, "K1")[0]: {"year": [2021, 2022]}}
    assert one(ws, "K1")[1].year == 2022 and agrees(ws)


def rows_of(conn: Connection) -> list[object]:
    """The records as they are now, and their entries as received."""
    return [tuple(r) for table in (record, record_raw) for r in conn.execute(table.select())]


Said = tuple[str, str, str]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    votes=st.lists(
        st.tuples(
            st.sampled_from([r["id"] for r in FIRST]),
            st.sampled_from(["Ann", "Bo"]),
            st.sampled_from(["include", "maybe"]),
        ),
        max_size=8,
        unique_by=lambda said: said[:2],
    ),
    changed=st.dictionaries(
        st.tuples(
            st.sampled_from([r["id"] for r in FIRST]),
            st.sampled_from(["title", "authors", "year", "journal", "doi", "pmid", "sample_size"]),
        ),
        st.integers(1, 30).map(lambda n: str(1990 + n)),
        max_size=8,
    ),
    gone=st.sets(st.sampled_from([r["id"] for r in FIRST]), max_size=2),
)
def test_no_edition_whatever_touches_a_decision(
    tmp_path_factory: pytest.TempPathFactory,
    votes: list[Said],
    changed: dict[tuple[str, str], str],
    gone: set[str],
) -> None:
    folder = tmp_path_factory.mktemp("review")
    ws = reviews.workspace(folder, "sqlite://")
    try:
        lay(ws, FIRST)
        begin(ws, "start")
        for key, who, value in votes:
            screening.cast(ws, report_of(ws, key), TA, who, VoteValue(value))
        with ws.store.read() as conn:
            before = decisions(conn)
        edition = [
            r | {name: value for (key, name), value in changed.items() if key == r["id"]}
            for r in FIRST
            if r["id"] not in gone
        ]
        second(ws, edition)
        with ws.store.read() as conn:
            assert decisions(conn) == before
            stored = log.snapshot(conn)
        for entry in read_library(ws.config.library, ws.protocol.codebook).records:
            now = one(ws, entry.key)[1]
            assert (now.title, now.year, now.doi) == (entry.title, entry.year, entry.doi)
        assert begin(ws, "start").run == ""
        with ws.store.write() as conn:
            kept = rows_of(conn)
            log.replay(conn)
            assert log.snapshot(conn) == stored
            assert rows_of(conn) == kept
    finally:
        ws.store.close()


def test_the_library_that_ships_updates_a_review_made_from_less_of_it(tmp_path: Path) -> None:
    """An earlier state is made by leaving entries out and facts away."""
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'r.db').as_posix()}")
    try:
        shipped = ROOT / "data" / "library" / PAPERS_FILE
        with shipped.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        dated = [r["id"] for r in rows if r["year"]][:40]
        lay(ws, [r | {"year": ""} if r["id"] in dated else r for r in rows if r["id"] > "K008"])
        begin(ws, "start")
        shutil.copytree(ROOT / "data" / "library", ws.config.library, dirs_exist_ok=True)
        found = begin(ws, "start")
        left_out = [r["id"] for r in rows if r["id"] <= "K008"]
        assert found.new == len(left_out)
        assert found.changed == len(set(dated) - set(left_out))
        assert found.new + found.known == reviews.LIBRARY_SIZE
    finally:
        ws.store.close()
