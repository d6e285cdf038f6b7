"""Importing files: large ones in parts, the votes inside, and nothing twice or half."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.coding import suggestions as suggesting
from review.coding.suggestions import waiting
from review.config import ROOT
from review.errors import Cancelled, FileError, StoreError
from review.events import RecordsMerged, VoteCast
from review.initialise import begin
from review.model import Record, RunStatus, Stage, Vote, VoteValue
from review.progress import Progress, Watch
from review.reporting import contributors
from review.reporting import service as reporting
from review.screening import conflicts
from review.screening import service as screening
from review.screening.votes import import_summary
from review.search import importing, service
from review.search.importing import ImportResult, ImportStep, VotesWanted
from review.sources.file_reading import read_file
from review.store import active_decisions, log, records, reports, suggestions
from review.store.integrity import check
from review.workspace import Workspace
from tests import reviews
from tests.histories import slow

IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE
FIRST = Stage.TITLE_ABSTRACT
RAYYAN = (
    'RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Excluded"} | '
    "RAYYAN-EXCLUSION-REASONS: not about kratom,wrong colour | "
    'USER-NOTES: {"Bo"=>["see table 2"]}'
)


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, db_url)
    yield ws
    ws.store.close()


def table(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def rayyan(*votes: str) -> bytes:
    """One record for each text of votes."""
    rows = [
        {"key": f"rayyan-{n}", "title": f"Kratom and sleep {n}", "doi": f"10.1000/{n}", "notes": v}
        for n, v in enumerate(votes)
    ]
    return table(*rows)


def labelled(*labels: str) -> bytes:
    """One record for each label of ASReview, which names nobody."""
    return table(*({"title": f"Pain {n}", "included": v} for n, v in enumerate(labels)))


def bring(ws: Workspace, data: bytes, name: str = "articles.csv", **more: object) -> ImportResult:
    arguments = {"actor": "Zoe", **more}
    return service.import_bytes(ws, data, name, **arguments)  # type: ignore[arg-type]


def votes(ws: Workspace) -> list[Vote]:
    with ws.store.read() as conn:
        return active_decisions.votes(conn)


def said(ws: Workspace) -> list[tuple[str, str, str]]:
    return [(v.report, v.reviewer, str(v.vote)) for v in votes(ws)]


def events(ws: Workspace) -> int:
    """Votes in the log, those taken back or replaced among them."""
    with ws.store.read() as conn:
        return sum(1 for _ in log.events(conn, (VoteCast,)))


def titles(ws: Workspace) -> list[str]:
    with ws.store.read() as conn:
        return [r.lead.title for r in reports.listing(conn)]


def sound(ws: Workspace) -> None:
    checked = check(ws.store)
    assert (checked.differences, checked.problems) == ((), ())


# ---- votes -----------------------------------------------------------------------------------


def test_votes_of_two_reviewers_in_one_file_are_votes_of_two_reviewers(ws: Workspace) -> None:
    result = bring(ws, rayyan(RAYYAN))
    ann, bo = votes(ws)
    assert (ann.reviewer, ann.stage, ann.vote, ann.reason) == ("Ann", FIRST, IN, "")
    assert (bo.reviewer, bo.stage, bo.vote, bo.reason) == ("Bo", FIRST, OUT, "not_kratom")
    assert bo.note == "see table 2 | Reasons: not about kratom; wrong colour"
    assert {ann.run, bo.run} == {result.run.id}
    assert result.votes.reviewers == {"Ann": 1, "Bo": 1}
    assert "wrong colour (1)" in " ".join(import_summary(result.votes))
    assert [one.reviewer for one in contributors.contributions(ws)] == ["Ann", "Bo"]
    with ws.store.read() as conn:
        assert {event.actor for event in log.events(conn, (VoteCast,))} == {"Zoe"}
    sound(ws)


def test_time_and_note_of_a_vote_are_kept(ws: Workspace) -> None:
    row = {"title": "Pain", "asreview_label": "1", "asreview_note": "good"}
    bring(ws, table(row | {"asreview_time": "2026-01-02 03:04:05"}), "a.csv")
    bring(ws, table(row | {"title": "Sleep", "asreview_time": "last week"}), "b.csv")
    first, second = votes(ws)
    assert first.time is not None and first.time.isoformat() == "2026-01-02T03:04:05+00:00"
    assert (first.note, second.note) == ("good", "good | Time: last week")


def test_votes_without_a_name_get_the_one_given_or_the_importing_persons(ws: Workspace) -> None:
    bring(ws, labelled("1"), "a.csv", votes=VotesWanted(reviewer="Dee"))
    bring(ws, labelled("0", "0"), "b.csv")
    assert [(v.reviewer, v.vote) for v in votes(ws)] == [("Dee", IN), ("Zoe", OUT), ("Zoe", OUT)]


def test_votes_can_be_left_out_and_fetched_later(ws: Workspace) -> None:
    result = bring(ws, rayyan(RAYYAN), votes=VotesWanted(False))
    assert votes(ws) == [] and import_summary(result.votes) == []
    again = bring(ws, rayyan(RAYYAN))
    assert (again.new, again.known, again.votes.added) == (0, 1, 2)


def test_importing_again_adds_nothing_and_says_so(ws: Workspace) -> None:
    bring(ws, rayyan(RAYYAN, RAYYAN))
    before = said(ws)
    again = bring(ws, rayyan(RAYYAN, RAYYAN))
    assert (again.new, again.known, again.votes.added, again.votes.known) == (0, 2, 0, 4)
    assert import_summary(again.votes) == ["4 votes known before."]
    assert said(ws) == before and events(ws) == 4


def test_the_same_file_under_another_name_is_known_too(ws: Workspace) -> None:
    bring(ws, rayyan(RAYYAN), source="Embase")
    again = bring(ws, rayyan(RAYYAN), "articles (1).csv")
    assert (again.new, again.known, again.run.source) == (0, 1, "Embase")


def test_what_became_of_a_files_votes_here_stays_when_it_is_imported_again(ws: Workspace) -> None:
    data = rayyan(RAYYAN, RAYYAN)
    bring(ws, data)
    with ws.store.write() as conn:
        log.undo(conn, "Ann", active_decisions.votes(conn)[0].event)
    screening.cast(ws, "P000002", FIRST, "Ann", OUT, replace=True)
    before = said(ws)
    assert bring(ws, data).votes.known == 4
    assert said(ws) == before


def test_a_vote_cast_here_is_not_replaced_and_one_of_an_older_file_is(ws: Workspace) -> None:
    older = 'RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Included"}'
    newer = 'RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bo"=>"Excluded"}'
    bring(ws, rayyan(older))
    screening.cast(ws, "P000001", FIRST, "Ann", MAYBE, replace=True)
    result = bring(ws, rayyan(newer))
    assert result.votes.reviewers == {"Bo": 1} and result.votes.kept == ("P000001",)
    assert "P000001" in " ".join(import_summary(result.votes))
    assert [(v.reviewer, v.vote) for v in votes(ws)] == [("Ann", MAYBE), ("Bo", OUT)]
    assert bring(ws, rayyan(older)).votes.known == 2  # and the older file changes nothing back


def test_votes_on_merged_records_go_to_their_report_and_contradictions_show(ws: Workspace) -> None:
    both = [f'RAYYAN-INCLUSION: {{"Ann"=>"{v}"}}' for v in ("Included", "Excluded")]
    bring(ws, rayyan(*both), votes=VotesWanted(False))
    with ws.store.write() as conn:
        log.append(conn, "Zoe", [RecordsMerged(**{"records": ["R000001", "R000002"]})])
    bring(ws, rayyan(*both))
    assert said(ws) == [("P000001", "Ann", "include"), ("P000001", "Ann", "exclude")]
    assert [c.report for c in conflicts.conflicts(ws)] == ["P000001"]
    sound(ws)


def test_withdrawing_an_import_and_bringing_it_back_leaves_the_votes(ws: Workspace) -> None:
    run = bring(ws, rayyan(RAYYAN)).run.id
    before = said(ws)
    service.withdraw(ws, run, "Zoe")
    assert said(ws) == [] and titles(ws) == []
    service.bring_back(ws, run, "Zoe")
    assert said(ws) == before and events(ws) == 2
    service.withdraw(ws, run, "Zoe")
    again = bring(ws, rayyan(RAYYAN))
    assert (again.new, again.known, again.votes.known) == (0, 1, 2)
    assert said(ws) == before


def test_one_key_undo_takes_back_what_was_cast_here_not_what_a_file_brought(ws: Workspace) -> None:
    reviews.add(ws, [Record("x", "1", title="Here")])
    screening.cast(ws, "P000001", FIRST, "Ann", IN)
    bring(ws, rayyan(RAYYAN), actor="Ann")
    undone = screening.undo_last(ws, "Ann")
    assert undone is not None and undone.data.report == "P000001"
    assert screening.undo_last(ws, "Ann") is None
    assert len(said(ws)) == 2


notes = st.builds(
    lambda who: "RAYYAN-INCLUSION: {" + ", ".join(f'"{a}"=>"{b}"' for a, b in who.items()) + "}",
    st.dictionaries(
        st.sampled_from(["Ann", "Bo"]), st.sampled_from(["Included", "Excluded", "Maybe"])
    ),
)


@settings(slow, max_examples=20)
@given(
    rows=st.lists(st.tuples(notes, st.sampled_from(["", "0", "1"])), min_size=1, max_size=6),
    cast=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(list(VoteValue))), max_size=3),
)
def test_importing_twice_is_importing_once(
    ws: Workspace, rows: list[tuple[str, str]], cast: list[tuple[int, VoteValue]]
) -> None:
    """Whatever the file holds, and whatever is decided here between the two."""
    heads = ("title", "notes", "included")
    data = table(*(dict(zip(heads, (f"T{n}", *row), strict=True)) for n, row in enumerate(rows)))
    first = bring(ws, data, source=f"source {len(titles(ws))}")  # new records in each example
    with ws.store.read() as conn:
        mine = [r.id for r in reports.listing(conn) if r.lead.source == first.run.source]
    for n, value in cast:
        if n < len(mine):
            screening.cast(ws, mine[n], FIRST, "Ann", value, replace=True)
    before = (said(ws), titles(ws), events(ws))
    again = bring(ws, data)
    assert (said(ws), titles(ws), events(ws)) == before
    assert (again.new, again.known) == (0, first.new + first.known)
    assert again.votes.known == first.votes.added + first.votes.known


# ---- parts, progress and stopping --------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PART", 2)
    monkeypatch.setattr(importing, "PAUSE_SECONDS", 0)


SEVEN = rayyan(*[RAYYAN] * 7)


def stop_at(step: ImportStep, done: int) -> Watch:
    """Stops an import once a step has come so far."""
    told_last: list[tuple[str, int]] = []

    def tell(now: Progress) -> None:
        told_last[:] = [(now.step, now.done)]

    return Watch(tell, lambda: told_last == [(step, done)])


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_goes_in_part_by_part_and_tells_how_far_it_is(ws: Workspace) -> None:
    seen: list[Progress] = []
    result = bring(ws, SEVEN, watch=Watch(seen.append))
    assert (result.new, result.votes.added, result.run.status) == (7, 14, RunStatus.COMPLETE)
    assert [s for s in seen if s.step == ImportStep.STORING] == [
        Progress(done, 7, ImportStep.STORING) for done in (2, 4, 6, 7)
    ]
    assert list(dict.fromkeys(s.step for s in seen)) == list(ImportStep)
    assert (result.run.received, result.unsuggested) == (7, 0)
    with ws.store.read() as conn:
        assert suggestions.count_open(conn)
    sound(ws)


@pytest.mark.usefixtures("small_parts")
def test_others_get_to_vote_between_two_parts(ws: Workspace) -> None:
    def vote(now: Progress) -> None:
        if now.step == ImportStep.STORING:
            screening.cast(ws, f"P{now.done:06}", FIRST, "Cy", MAYBE)

    bring(ws, SEVEN, watch=Watch(vote))
    assert [v.report for v in votes(ws) if v.reviewer == "Cy"] == [
        "P000002", "P000004", "P000006", "P000007"
    ]  # fmt: skip


@pytest.mark.usefixtures("small_parts")
def test_a_cancelled_import_holds_whole_parts_and_goes_on_when_imported_again(
    ws: Workspace,
) -> None:
    result = bring(ws, SEVEN, watch=stop_at(ImportStep.STORING, 4))
    assert result.run.status is RunStatus.CANCELLED and "4 records" in result.run.why
    assert (len(titles(ws)), len(said(ws)), result.unsuggested) == (4, 8, 4)
    sound(ws)
    again = bring(ws, SEVEN)
    assert (again.new, again.known, again.votes.added, again.votes.known) == (3, 4, 6, 8)
    assert again.run.status is RunStatus.COMPLETE and waiting(ws) == []
    assert (len(titles(ws)), len(said(ws))) == (7, 14)
    sound(ws)


def test_cancelling_while_the_file_is_read_leaves_no_trace(ws: Workspace) -> None:
    with pytest.raises(Cancelled, match="nothing"):
        bring(ws, SEVEN, watch=Watch(cancelled=lambda: True))
    assert service.searches(ws) == [] and titles(ws) == []


def test_suggestions_that_were_stopped_are_caught_up_when_the_review_is_opened(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "BATCH", 2)
    result = bring(ws, SEVEN, watch=stop_at(ImportStep.SUGGESTING, 4))
    assert (result.run.status, result.new, result.unsuggested) == (RunStatus.COMPLETE, 7, 3)
    begin(ws, "Zoe")
    with ws.store.read() as conn:
        assert all(suggestions.of_report(conn, p) for p in ("P000005", "P000007"))
    assert waiting(ws) == []


def test_a_small_file_goes_in_whole_or_not_at_all(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(importing, "take_in", fail)
    with pytest.raises(StoreError):
        bring(ws, SEVEN)
    assert titles(ws) == [] and service.searches(ws) == []


@pytest.mark.usefixtures("small_parts")
def test_a_failing_part_leaves_nothing_of_itself_and_closes_the_run(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    take_in = importing.take_in

    def fail_second(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise StoreError("The disk is full.")
        return take_in(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "take_in", fail_second)
    with pytest.raises(StoreError):
        bring(ws, SEVEN)
    (run,) = (r.run for r in service.searches(ws))
    assert run.status is RunStatus.FAILED and "The disk is full" in run.why
    assert (len(titles(ws)), len(said(ws))) == (2, 4)
    sound(ws)
    assert bring(ws, SEVEN).new == 5


KILLED = """
import os, sys
from pathlib import Path
from review.progress import Watch
from review.search import importing
from review.store import Store
from review.workspace import Workspace
from tests import reviews
importing.PART = 2
data, db = sys.argv[1:]
ws = Workspace(reviews.config(Path(data).parent, db), Store(db), reviews.shipped_protocol())
def die(now):
    if (now.step, now.done) == (importing.ImportStep.STORING, 4):
        os._exit(9)
importing.import_file(ws, Path(data), actor="Zoe", watch=Watch(die))
"""


def test_a_power_cut_leaves_whole_parts_and_the_next_import_adds_the_rest(
    ws: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(SEVEN)
    ws.store.close()
    command = [sys.executable, "-c", KILLED, str(path), ws.store.url.render_as_string(False)]
    assert subprocess.run(command, cwd=ROOT).returncode == 9
    assert (len(titles(ws)), len(said(ws))) == (4, 8)
    sound(ws)
    again = service.import_file(ws, path, actor="Zoe")
    assert (again.new, again.known, again.votes.added) == (3, 4, 6)
    ended = {r.run.status for r in service.searches(ws)}
    assert ended == {RunStatus.FAILED, RunStatus.COMPLETE}
    sound(ws)


def test_good_rows_go_in_past_any_number_of_bad_ones(ws: Workspace) -> None:
    rows = [{"title": "" if n % 2 else f"T{n}", "year": "2020"} for n in range(1_400)]
    result = bring(ws, table(*rows), "many.csv")
    assert (result.new, len(result.mistakes)) == (700, 700)
    assert result.run.status is RunStatus.PARTIAL and "700 places" in result.run.why


# ---- columns, and what we wrote ourselves ------------------------------------------------------


def test_the_log_says_how_columns_were_mapped(ws: Workspace) -> None:
    data = b"Titel;Jahr;Nr\nKratom;2020;7\n"
    with pytest.raises(FileError):
        bring(ws, data)
    result = bring(ws, data, columns={"Titel": "title", "Jahr": "year", "Nr": ""})
    assert "Titel=title, Jahr=year, Nr=-" in result.run.request
    with ws.store.read() as conn:
        record = records.get(conn, "R000001")
    assert (record.title, record.year, record.raw["Nr"]) == ("Kratom", 2020, "7")


TITLES = ["=cmd()", "+1", "-x", "@y", "'quoted' words", "''twice''", "'=both", "plain", "a\tb"]


@pytest.mark.parametrize("format", ["csv", "xlsx", "asreview", "rayyan"])
def test_titles_come_back_from_our_own_tables_as_they_were(
    ws: Workspace, tmp_path: Path, format: str
) -> None:
    reviews.add(ws, [Record("x", str(n), title=t) for n, t in enumerate(TITLES)])
    path = tmp_path / f"out.{'xlsx' if format == 'xlsx' else 'csv'}"
    reporting.export(ws, format, path)
    as_it_was = format in ("csv", "xlsx")  # they hold each record whole; the others a line of it
    wanted = TITLES if as_it_was else [" ".join(title.split()) for title in TITLES]
    assert [r.title for r in read_file(path).records] == wanted
