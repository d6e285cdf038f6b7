"""Records that were decided differently and are then merged are in a conflict, until somebody
settles it; taking the merge back gives each its own decision again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from review.decision_rule import Ballot, decide, outcome, standings
from review.dedupe import manual_decisions
from review.events import Event, ProtocolAdopted, RecordsMerged
from review.model import Decision, Place, Stage, Standing, VoteValue
from review.records import service as records
from review.reporting import service as reporting
from review.screening import service as screening
from review.screening.conflicts import Kind, conflicts, settle
from review.screening.votes import vote_here
from review.store import Connection, Store, log, reports
from review.workspace import Workspace
from tests.factories import paper
from tests.histories import fresh_review, slow
from tests.reviews import add, shipped_protocol, workspace

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE
DECIDED = (Decision.INCLUDE, Decision.EXCLUDE, Decision.NOT_RETRIEVED)


# ---- the rule --------------------------------------------------------------------------------


def on(
    seq: int, record: str, vote: VoteValue, who: str = "Ann", reason: str = "", final: bool = False
) -> Ballot:
    """A vote on one record before it was merged with any."""
    return Ballot(seq, who, vote, reason, final, record, (record,))


def settling(seq: int, vote: VoteValue, *records: str, who: str = "Cy") -> Ballot:
    """A final vote on records that were merged when it was cast."""
    return Ballot(seq, who, vote, "", True, records[0], records, records)


@pytest.mark.parametrize(
    ("votes", "stage", "needed", "decision"),
    [
        # Two final votes, by two people or by one.
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT, "Di", final=True)], TA, 2, "conflict"),
        ([on(2, "A", IN, "Cy", final=True), on(1, "B", OUT, "Cy", final=True)], TA, 2, "conflict"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", IN, "Di", final=True)], TA, 2, "include"),
        ([on(1, "A", OUT, "Cy", final=True), on(2, "B", OUT, "Di", final=True)], FT, 2, "exclude"),
        # Doubt goes forward at title and abstract, and is no decision on a full text.
        ([on(1, "A", MAYBE, "Cy", final=True), on(2, "B", IN, "Di", final=True)], TA, 2, "include"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", MAYBE, "Di", final=True)], FT, 2, "include"),
        # A final vote against as many votes as a decision needs.
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT), on(3, "B", OUT, "Bo")], TA, 2,
         "conflict"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT)], TA, 1, "conflict"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", IN)], TA, 1, "include"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", MAYBE)], FT, 1, "include"),
        # An undecided record: too few votes, those of one person, votes that disagree.
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT)], TA, 2, "include"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT), on(3, "C", OUT, "ann")], TA, 2,
         "include"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT), on(3, "B", IN, "Bo")], TA, 2,
         "include"),
        # A chain of three.
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT), on(3, "C", IN, "Bo")], TA, 1,
         "conflict"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT, "Di", final=True),
          settling(3, OUT, "A", "B")], TA, 1, "exclude"),
        ([on(1, "A", IN, "Cy", final=True), on(2, "B", OUT, "Di", final=True),
          on(3, "C", IN, "Di", final=True), settling(4, OUT, "A", "B")], TA, 1, "conflict"),
        # On one record the newest final vote counts, whoever casts it.
        ([on(1, "A", IN, "Cy", final=True), on(2, "A", OUT, "Di", final=True)], TA, 2, "exclude"),
        # Without a final vote, votes of different people or records disagree as ever.
        ([on(1, "A", IN), on(2, "B", OUT, "Bo")], TA, 1, "conflict"),
        ([on(1, "A", IN), on(2, "B", OUT)], TA, 1, "conflict"),
    ],
)  # fmt: skip
def test_decisions_of_merged_records_that_contradict_are_a_conflict(
    votes: list[Ballot], stage: Stage, needed: int, decision: str
) -> None:
    for some in permutations(votes):
        assert decide(some, stage, needed)[0] == decision


def test_exclusions_for_different_reasons_are_a_conflict_on_the_reason() -> None:
    votes = [on(1, "A", OUT, "Cy", "language", True), on(2, "B", OUT, "Di", "not_kratom", True)]
    found = outcome({TA: votes, FT: []}, dict.fromkeys(Stage, 1))
    assert (found.title_abstract, found.place) == (Decision.EXCLUDE, Place.REASONS_DIFFER)


def test_a_vote_cast_while_a_final_one_stands_comes_after_the_settlement() -> None:
    votes = [on(1, "A", IN), on(2, "A", OUT, "Cy", final=True), on(3, "A", IN, "Bo")]
    assert standings(votes, TA, 2) == {
        1: Standing.SETTLED, 2: Standing.COUNTS, 3: Standing.AFTER,
    }  # fmt: skip
    few = [on(1, "A", OUT, "Cy", final=True), on(2, "B", IN)]
    assert standings(few, TA, 2)[2] is Standing.FEW


def test_a_file_says_nothing_new_of_a_record_that_was_settled_with_others() -> None:
    filed = replace(on(4, "B", OUT, "Bo"), filed=True)
    votes = [on(1, "A", IN), on(2, "B", OUT), settling(3, IN, "A", "B"), filed]
    assert decide(votes, TA, 1)[0] is Decision.INCLUDE
    assert standings(votes, TA, 1)[4] is Standing.AFTER


# ---- any history -----------------------------------------------------------------------------

Said = tuple[str, VoteValue, Stage, bool]
said = st.lists(
    st.tuples(
        st.sampled_from(("Ann", "Bo", "Cy")), st.sampled_from(VoteValue), st.sampled_from(Stage),
        st.booleans(),
    ),
    max_size=4,
)  # fmt: skip
few = settings(slow, max_examples=15)


def vote(conn: Connection, name: str, votes: Sequence[Said]) -> None:
    for who, value, stage, final in votes:
        reason = "language" if value is OUT else ""
        place = reports.membership(conn, name)
        args = (place, stage, who, value, reason)
        log.append(conn, who, [vote_here(conn, shipped_protocol(), *args, final=final)])


def merge(conn: Connection, a: str, b: str) -> Event:
    (done,) = log.append(conn, "Ann", [RecordsMerged(records=(a, b), why="same text")])
    return done


def need(conn: Connection, needed: int) -> None:
    rules = {str(stage): needed for stage in Stage}
    adopted = ProtocolAdopted(version="v2", title="t", reviewers=rules, text={})
    log.append(conn, "Ann", [adopted], protocol="v2")


def state(conn: Connection) -> list[reports.Report]:
    return reports.listing(conn)


@few
@given(st.lists(said, min_size=3, max_size=3), st.integers(1, 2), said)
@example([[("Ann", IN, TA, True)], [("Ann", OUT, TA, True)], []], 1, [("Ann", IN, TA, False)])
def test_a_merge_of_contradicting_decisions_is_a_conflict_and_its_undo_gives_both_back(
    store: Store, votes: list[list[Said]], needed: int, later: list[Said]
) -> None:
    names = ("R000001", "R000002", "R000003")
    with fresh_review(store) as conn:
        need(conn, needed)
        for name, some in zip(names, votes, strict=True):
            vote(conn, name, some)
        before = state(conn)
        apart = {r.id: r for r in before}
        merges = [merge(conn, *names[:2]), merge(conn, *names[1:])]
        joined = state(conn)
        (one,) = [r for r in joined if len(r.record_ids) == 3]
        three = [apart[f"P{name[1:]}"] for name in names]
        values = {_says(r.title_abstract) for r in three if r.title_abstract in DECIDED}
        if len(values) > 1:
            assert one.place is Place.CONFLICT
        elif values == {"include"} and one.title_abstract is Decision.INCLUDE:
            values = {_says(r.full_text) for r in three if r.full_text in DECIDED}
            assert len(values) < 2 or one.place is Place.CONFLICT
        # Settled, it is decided; a plain vote after that changes nothing.
        vote(conn, "R000002", [("Di", OUT, TA, True)])
        settled = state(conn)
        (one,) = [r for r in settled if len(r.record_ids) == 3]
        assert one.place is Place.EXCLUDED
        vote(conn, "R000003", [(who, v, TA, False) for who, v, _, _ in later])
        assert state(conn) == settled
        # A record without votes takes its share of the others: nothing is asked of it here.
        undone = [log.undo(conn, "Ann", m.id) for m in merges]
        voted = [i for i, some in enumerate(votes) if any(s is TA for _, _, s, _ in some)]
        if len(voted) > 1 and not later:
            assert state(conn) == before
        log.undo(conn, "Ann", undone[1].id)
        log.undo(conn, "Ann", undone[0].id)
        assert state(conn) == settled


def _says(decision: Decision) -> str:
    return "exclude" if decision is Decision.NOT_RETRIEVED else str(decision)


@few
@given(st.lists(said, min_size=3, max_size=3), st.integers(1, 2))
def test_the_order_of_merges_does_not_matter(
    store: Store, votes: list[list[Said]], needed: int
) -> None:
    found = []
    for pairs in ([(1, 2), (2, 3)], [(2, 3), (1, 2)], [(1, 3), (2, 3)]):
        with fresh_review(store) as conn:
            need(conn, needed)
            for n, some in enumerate(votes, start=1):
                vote(conn, f"R{n:06d}", some)
            for a, b in pairs:
                merge(conn, f"R{a:06d}", f"R{b:06d}")
            found.append(state(conn))
    assert found[0] == found[1] == found[2]


# ---- services --------------------------------------------------------------------------------


@pytest.fixture
def merged(tmp_path: Path, db_url: str) -> Iterator[tuple[Workspace, Event]]:
    """Two reports, each with a conflict that one referee settled differently, then merged."""
    ws = workspace(tmp_path, db_url)
    add(ws, [paper(n) for n in (1, 2, 3)])
    for report, value in (("P000001", IN), ("P000002", OUT)):
        screening.cast(ws, report, TA, "Ann", IN)
        screening.cast(ws, report, TA, "Bo", OUT)
        settle(ws, report, TA, "Cy", value, "language" if value is OUT else "")
    yield ws, manual_decisions.merge(ws, "R000001", "R000002", "Kim")
    ws.store.close()


def test_every_place_says_that_the_merge_made_a_conflict(
    merged: tuple[Workspace, Event], tmp_path: Path
) -> None:
    ws, done = merged
    (one,) = conflicts(ws)
    assert (one.report, one.stage, one.kind) == ("P000001", TA, Kind.DECISION)
    (how,) = one.merges
    assert (how.records, how.actor, how.time) == (("R000001", "R000002"), "Kim", done.at)
    assert [(v.record, v.reviewer, v.vote, v.final) for v in one.deciding] == [
        ("R000001", "Cy", IN, True), ("R000002", "Cy", OUT, True),
    ]  # fmt: skip
    lists = screening.worklists(ws, "Ann")
    assert lists.places[Place.CONFLICT] == 1 and lists.decided == 0
    assert screening.progress(ws, TA, "Ann").conflicts == 1
    assert reporting.flow(ws).awaiting_ids[TA] == ["P000001", "P000003"]
    assert records.ids(ws, records.ReportFilter(status="conflict")) == ["P000001"]
    file = tmp_path / "reports.csv"
    reporting.export(ws, "csv", file)
    assert rows(file)[0]["title_abstract"] == "conflict"


def test_a_conflict_of_people_on_one_record_is_not_laid_to_a_merge(
    merged: tuple[Workspace, Event],
) -> None:
    ws, done = merged
    manual_decisions.undo(ws, done.id, "Kim")
    screening.cast(ws, "P000003", TA, "Ann", IN)
    screening.cast(ws, "P000003", TA, "Bo", OUT)
    (one,) = conflicts(ws)
    assert (one.report, one.merges) == ("P000003", ())


def test_settled_undone_and_merged_again(merged: tuple[Workspace, Event], tmp_path: Path) -> None:
    ws, done = merged
    settle(ws, "P000001", TA, "Cy", OUT, "not_kratom")
    assert conflicts(ws) == [] and where(ws) == [(Place.EXCLUDED, "not_kratom")] * 2
    undone = manual_decisions.undo(ws, done.id, "Kim")
    parted = [(Place.FULL_TEXT, ""), (Place.EXCLUDED, "language")]
    assert where(ws) == parted
    for report in ("P000001", "P000002"):
        (step,) = [s for s in records.dossier(ws, report, "Ann").steps
                   if getattr(s.event.data, "settles", ())]  # fmt: skip
        assert step.standing is Standing.APART
    screening.export_votes_ever(ws, tmp_path / "all.csv")
    last = rows(tmp_path / "all.csv")[-1]
    assert (last["final"], last["counts"], last["standing"]) == ("yes", "no", Standing.APART)
    assert screening.export_votes(ws, tmp_path / "votes.csv") == 6
    with ws.store.write() as conn:
        log.undo(conn, "Kim", undone.id)
    assert where(ws) == [(Place.EXCLUDED, "not_kratom")] * 2
    screening.undo_last(ws, "Cy")
    assert len(conflicts(ws)) == 1


def test_who_settled_merged_records_still_has_to_vote_on_each_once_they_are_parted(
    merged: tuple[Workspace, Event], tmp_path: Path
) -> None:
    ws, _ = merged
    add(ws, [paper(n) for n in (4, 5)])
    with ws.store.write() as conn:
        need(conn, 2)
    screening.cast(ws, "P000004", TA, "Ann", IN)
    screening.cast(ws, "P000005", TA, "Bo", OUT)
    done = manual_decisions.merge(ws, "R000004", "R000005", "Kim")
    assert [c.report for c in conflicts(ws)] == ["P000001", "P000004"]
    settle(ws, "P000004", TA, "Di", IN)
    manual_decisions.undo(ws, done.id, "Kim")
    assert records.get(ws, "P000004").place is Place.TITLE_ABSTRACT
    assert (
        screening.worklists(ws, "Di").yours[TA] == 3 == screening.worklists(ws, "Ann").yours[TA] + 1
    )
    assert records.dossier(ws, "P000004", "Di").votes == ()  # Ann's is blind for her again
    screening.cast(ws, "P000004", TA, "Di", IN)
    assert records.get(ws, "P000004").place is Place.FULL_TEXT


def test_a_vote_after_a_settlement_is_marked_everywhere(
    merged: tuple[Workspace, Event], tmp_path: Path
) -> None:
    ws, done = merged
    settle(ws, "P000001", TA, "Di", IN)
    (final,) = screening.settled_by(ws, "P000001", TA, "Bo")
    assert (final.reviewer, final.vote) == ("Di", IN)
    before = where(ws)
    late = screening.cast(ws, "P000001", TA, "Bo", IN, replace=True)
    assert late.data.after_final and where(ws) == before
    found = records.dossier(ws, "P000001", "Ann")
    (marked,) = [v for v in found.votes if v.standing is Standing.AFTER]
    assert marked.event == late.id
    assert [s.standing for s in found.steps if s.event.id == late.id] == [Standing.AFTER]
    screening.export_votes(ws, tmp_path / "votes.csv")
    assert rows(tmp_path / "votes.csv")[-1]["standing"] == "after the settlement, does not count"
    screening.export_votes_ever(ws, tmp_path / "all.csv")
    assert rows(tmp_path / "all.csv")[-1]["counts"] == "no"
    manual_decisions.undo(ws, done.id, "Kim")
    assert where(ws) == [(Place.FULL_TEXT, ""), (Place.EXCLUDED, "language")]


@pytest.mark.parametrize("value", [IN, OUT])
def test_a_vote_cast_again_beside_a_final_one_leaves_what_was_decided_on_the_other_record(
    ws: Workspace, value: VoteValue
) -> None:
    screening.cast(ws, "P000001", TA, "Ann", IN, final=True)
    screening.cast(ws, "P000002", TA, "Bo", OUT, reason="language")
    done = manual_decisions.merge(ws, "R000001", "R000002", "Kim")
    screening.cast(ws, "P000001", TA, "Bo", value, replace=True)
    assert [c.report for c in conflicts(ws)] == ["P000001"]
    settle(ws, "P000001", TA, "Di", IN)
    screening.cast(ws, "P000001", TA, "Bo", value, replace=True)
    assert where(ws) == [(Place.FULL_TEXT, "")] * 2
    manual_decisions.undo(ws, done.id, "Kim")
    assert where(ws) == [(Place.FULL_TEXT, ""), (Place.EXCLUDED, "language")]


def test_votes_of_a_file_after_a_settlement_do_not_count_and_come_in_once(
    merged: tuple[Workspace, Event], tmp_path: Path
) -> None:
    ws, _ = merged
    settle(ws, "P000001", TA, "Di", OUT, "language")
    file = tmp_path / "votes.csv"
    file.write_text(
        "report,stage,reviewer,vote\nP000001,title_abstract,Eve,include\n", encoding="utf-8"
    )
    done = [screening.import_votes(ws, file, "Eve") for _ in range(2)]
    assert [(found.added, found.late) for found in done] == [(1, 1), (0, 0)]
    assert where(ws)[0] == (Place.EXCLUDED, "language")
    screening.export_votes(ws, tmp_path / "out.csv")
    assert screening.import_votes(ws, tmp_path / "out.csv", "Eve").added == 0


def test_a_settlement_taken_back_lets_the_late_vote_count(ws: Workspace) -> None:
    for who, value in (("Ann", IN), ("Bo", OUT)):
        screening.cast(ws, "P000001", TA, who, value)
    settle(ws, "P000001", TA, "Cy", OUT, "language")
    screening.cast(ws, "P000001", TA, "Bo", IN, replace=True)
    assert records.get(ws, "P000001").place is Place.EXCLUDED
    screening.undo_last(ws, "Cy")
    assert records.get(ws, "P000001").place is Place.FULL_TEXT


def where(ws: Workspace) -> list[tuple[Place, str]]:
    found = [records.get(ws, name) for name in ("P000001", "P000002")]
    return [(report.place, report.reason) for report in found]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))
