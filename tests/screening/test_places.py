"""Each report is in one place: somebody's queue, awaiting classification, a conflict, finished."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.decision_rule import Ballot, outcome
from review.events import (
    EventData,
    PilotDrawn,
    ProtocolAdopted,
    ReportsAssigned,
    ReviewerLeft,
)
from review.gaps import service as gaps
from review.model import QUEUES, Decision, Place, Stage, VoteValue
from review.records import service as records
from review.reporting import prisma
from review.reporting import service as reporting
from review.screening import service as screening
from review.screening.conflicts import conflicts
from review.store import (
    Connection,
    Store,
    assignments,
    bulk_reads,
    evidence,
    filters,
    log,
    reports,
    screening_status,
)
from review.store.report_rules import current_rules
from review.workspace import Workspace
from tests.factories import paper
from tests.histories import RECORDS, REVIEWERS, Step, fresh_review, play, slow, steps
from tests.reviews import add, workspace

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE
ONE = "P000001"


# ---- the rule --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "needed", "expected"),
    [
        ([], [], 1, Place.TITLE_ABSTRACT),
        ([IN], [], 2, Place.TITLE_ABSTRACT),
        ([IN], [], 1, Place.FULL_TEXT),
        ([IN, IN], [MAYBE], 2, Place.FULL_TEXT),
        ([IN], [MAYBE], 1, Place.CLASSIFICATION),
        ([IN, IN], [MAYBE, MAYBE], 2, Place.CLASSIFICATION),
        ([IN, IN], [MAYBE, IN], 2, Place.CONFLICT),
        ([IN, IN], [MAYBE, OUT], 2, Place.CONFLICT),
        ([IN, OUT], [IN, IN], 2, Place.CONFLICT),
        ([IN], [IN], 1, Place.INCLUDED),
        ([OUT], [IN], 1, Place.EXCLUDED),
        ([], [OUT], 1, Place.TITLE_ABSTRACT),
        ([IN], [OUT], 1, Place.EXCLUDED),
    ],
)
def test_where_votes_put_a_report(
    first: list[VoteValue], second: list[VoteValue], needed: int, expected: Place
) -> None:
    ballots = {
        stage: [Ballot(n, f"reviewer {n}", vote, "language") for n, vote in enumerate(votes)]
        for stage, votes in ((TA, first), (FT, second))
    }
    assert outcome(ballots, dict.fromkeys(Stage, needed)).place is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [], Place.STOPPED),
        ([IN], [], Place.TITLE_ABSTRACT),  # of two
        ([OUT, OUT], [], Place.EXCLUDED),
        ([], [OUT], Place.TITLE_ABSTRACT),
    ],
)
def test_a_stop_holds_where_nobody_has_voted(
    first: list[VoteValue], second: list[VoteValue], expected: Place
) -> None:
    ballots = {
        stage: [Ballot(n, f"reviewer {n}", vote, "language") for n, vote in enumerate(votes)]
        for stage, votes in ((TA, first), (FT, second))
    }
    assert outcome(ballots, dict.fromkeys(Stage, 2), stopped=True).place is expected


def test_one_voter_without_a_reason_leaves_the_reason_of_the_other() -> None:
    out = [Ballot(1, "Ann", OUT, "language"), Ballot(2, "Bo", OUT)]
    found = outcome({TA: out, FT: []}, dict.fromkeys(Stage, 2))
    assert (found.place, found.reason) == (Place.EXCLUDED, "language")
    out.append(Ballot(3, "Cy", OUT, "not_kratom"))
    found = outcome({TA: out, FT: []}, dict.fromkeys(Stage, 2))
    assert (found.place, found.reason) == (Place.REASONS_DIFFER, "")


# ---- what reads it ---------------------------------------------------------------------------


@slow
@given(history=steps, needed=st.sampled_from([(1, 1), (2, 1), (2, 2)]))
def test_the_lists_part_the_reports_after_any_history(
    store: Store, history: list[Step], needed: tuple[int, int]
) -> None:
    with fresh_review(store) as conn:
        adopt(conn, needed)
        play(conn, history)
        every = {r.id: r for r in reports.listing(conn)}
        for reviewer in (*REVIEWERS, "Nobody"):
            lists = lists_of(conn, reviewer)
            assert sorted(id_ for ids in lists.values() for id_ in ids) == sorted(every)
        excluded = [id_ for id_, r in every.items() if r.excluded]
        assert filters.ids(conn, status="excluded") == excluded
        assert filters.ids(conn, status="included") == [i for i, r in every.items() if r.included]
        assert {row.id for row in evidence.unexcluded_reports(conn)} == set(every) - set(excluded)
        diagram_agrees(conn, every)


some_records = st.sets(st.integers(1, RECORDS), min_size=1)


@slow
@given(
    history=steps,
    lists=st.lists(st.tuples(st.sampled_from([*REVIEWERS, "Dee"]), some_records), max_size=4),
    left=st.sets(st.sampled_from([*REVIEWERS, "Dee"])),
    batch=st.none() | some_records,
    people=st.sets(st.sampled_from([*REVIEWERS, "Dee"])),
    mode=st.sampled_from(["everyone", "shared", "lists"]),
    stage=st.sampled_from(Stage),
)
@example(  # the records of a pilot batch under way are withdrawn
    history=[("add", 4, 3, 53), ("pilot", 4, 0, 21), ("withdraw", 3, 2, 15)],
    lists=[],
    left=set(),
    batch={1},
    people={"Ann", "Cy"},
    mode="everyone",
    stage=Stage.TITLE_ABSTRACT,
)
def test_whoever_is_assigned_what_each_report_is_on_one_list_and_waits_for_somebody(
    store: Store,
    history: list[Step],
    lists: list[tuple[str, set[int]]],
    left: set[str],
    batch: set[int] | None,
    people: set[str],
    mode: str,
    stage: Stage,
) -> None:
    with fresh_review(store) as conn:
        adopt(conn, (2, 2), mode)
        play(conn, history)
        said: list[EventData] = [
            ReportsAssigned(stage=stage, reviewer=who, records=[f"R{n:06d}" for n in sorted(some)])
            for who, some in lists
        ]
        said += [ReviewerLeft(reviewer=who) for who in sorted(left)]
        if batch and not assignments.pilot_under_way(conn, stage):  # one at a time
            names = [f"R{n:06d}" for n in sorted(batch)]
            said.append(
                PilotDrawn(stage=stage, records=names, seed=1, people=tuple(sorted(people)))
            )
        log.append(conn, "Ann", said, protocol="v2")
        every = {r.id for r in reports.listing(conn)}
        queued = set()
        everyone = [*REVIEWERS, "Dee", "Eve", "Fay"]  # two who are neither assigned nor gone
        for reviewer in everyone:
            found = lists_of(conn, reviewer)
            assert sorted(id_ for ids in found.values() for id_ in ids) == sorted(every)
            queued |= set(found[f"yours {stage}"])
        waiting = set(filters.ids(conn, status=str(QUEUES[stage])))
        pilot = assignments.pilot_under_way(conn, stage)
        if pilot:
            assert queued == waiting & set(pilot[1])
        elif (
            current_rules(conn).assigning == "lists"
        ):  # what nobody in the review is asked for waits for whoever leads it
            assert queued <= waiting and waiting - queued <= set(assignments.too_few(conn, stage))
        else:
            assert queued == waiting


def adopt(conn: Connection, needed: tuple[int, int], mode: str = "everyone") -> None:
    rules = {
        "version": "v2",
        "title": "t",
        "reviewers": {str(stage): n for stage, n in zip(Stage, needed, strict=True)},
        "not_retrieved": ["full_text_missing"],
        "text": {},
        "assigning": mode,
        "people": REVIEWERS,
    }
    log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v2")


def lists_of(conn: Connection, reviewer: str) -> Mapping[str, list[str]]:
    """Every list a report can be on, as pages walk it."""
    lists = {
        str(place): filters.ids(conn, status=str(place))
        for place in Place
        if place not in QUEUES.values() and place is not Place.EXCLUDED
    }
    differ = set(lists[Place.REASONS_DIFFER])
    lists["excluded"] = [i for i in filters.ids(conn, status="excluded") if i not in differ]
    for stage in Stage:
        walked: list[str] = []
        following = screening_status.next_in_queue(conn, stage, reviewer)
        while following is not None:
            walked.append(following)
            following = screening_status.next_in_queue(conn, stage, reviewer, walked)
        assert screening_status.queue_length(conn, stage, reviewer) == len(walked)
        lists[f"yours {stage}"] = walked
        lists[f"others {stage}"] = screening_status.voted_and_waiting(conn, stage, reviewer)
    return lists


def diagram_agrees(conn: Connection, every: Mapping[str, reports.Report]) -> None:
    """The flow diagram counts as excluded, included and awaiting what the places say."""
    flow = prisma.flow(
        map(prisma.RecordRow._make, bulk_reads.memberships(conn)),
        map(prisma.ReportRow._make, bulk_reads.decisions(conn)),
    )
    assert flow.failed_sums == []
    gone = ("records_excluded", "dbr_notretrieved_reports", "dbr_excluded")
    assert {i for box in gone for i in flow.ids[box]} == {i for i, r in every.items() if r.excluded}
    assert set(flow.ids["new_reports"]) == {i for i, r in every.items() if r.included}
    waiting = {i for ids in flow.awaiting_ids.values() for i in ids}
    stopped = {i for i, r in every.items() if r.place is Place.STOPPED}
    assert {i for box in ("records", "other") for i in flow.ids[f"{box}_not_screened"]} == stopped
    finished = {i for i, r in every.items() if r.excluded or r.included} | stopped
    assert waiting == set(every) - finished


# ---- services --------------------------------------------------------------------------------


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in (1, 2, 3, 4)])
    yield review
    review.store.close()


@pytest.fixture
def two(ws: Workspace) -> Workspace:
    """The same review where two people vote on each report at each stage."""
    stages = tuple(rule.model_copy(update={"reviewers": 2}) for rule in ws.protocol.stages)
    protocol = ws.protocol.model_copy(update={"stages": stages})
    with ws.store.write() as conn:
        adopt(conn, (2, 2))
    return replace(ws, protocol=protocol)


def test_the_worklists_of_two_reviewers_add_up_to_all_reports(two: Workspace) -> None:
    screening.cast(two, ONE, TA, "Ann", IN)
    for who, value in (("Ann", IN), ("Bo", OUT)):
        screening.cast(two, "P000002", TA, who, value)
    for who in ("Ann", "Bo"):
        screening.cast(two, "P000003", TA, who, IN)
    screening.cast(two, "P000003", FT, "Ann", MAYBE)
    ann, bo = screening.worklists(two, "Ann"), screening.worklists(two, "Bo")
    assert (ann.yours, ann.others) == ({TA: 1, FT: 0}, {TA: (ONE,), FT: ("P000003",)})
    assert (bo.yours, bo.others) == ({TA: 2, FT: 1}, {TA: (), FT: ()})
    assert ann.places == bo.places and ann.places[Place.CONFLICT] == len(conflicts(two)) == 1
    for lists in (ann, bo):
        waiting = sum(lists.yours.values()) + sum(map(len, lists.others.values()))
        assert waiting + lists.places[Place.CONFLICT] + lists.decided == lists.total == 4
    screening.cast(two, "P000003", FT, "Bo", MAYBE)
    assert screening.worklists(two, "Bo").places[Place.CLASSIFICATION] == 1
    assert screening.progress(two, FT, "Bo").unsure == 1
    assert screening.progress(two, TA, "Ann").others == 1


def test_maybe_on_a_full_text_is_found_again_and_can_be_decided(ws: Workspace) -> None:
    screening.cast(ws, ONE, TA, "Ann", IN)
    screening.cast(ws, ONE, FT, "Ann", MAYBE)
    wanted = records.ReportFilter(status="awaiting classification")
    assert records.ids(ws, wanted) == [ONE]
    lists = screening.worklists(ws, "Ann")
    assert (lists.yours[FT], lists.places[Place.CLASSIFICATION]) == (0, 1)
    assert reporting.flow(ws).awaiting_ids[FT] == [ONE]
    screening.cast(ws, ONE, FT, "Ann", IN, replace=True)
    assert records.ids(ws, wanted) == []
    assert records.get(ws, ONE).included


@pytest.mark.parametrize("take_title_back", [False, True])
def test_a_full_text_excluded_before_its_title_is_awaited_everywhere(
    ws: Workspace, tmp_path: Path, take_title_back: bool
) -> None:
    if take_title_back:
        screening.cast(ws, ONE, TA, "Bo", IN)
    screening.cast(ws, ONE, FT, "Ann", OUT, reason="language")
    if take_title_back:
        assert records.get(ws, ONE).excluded
        screening.undo_last(ws, "Bo")
    report = records.get(ws, ONE)
    assert (report.place, report.excluded, report.reason) == (Place.TITLE_ABSTRACT, False, "")
    assert ONE in reporting.flow(ws).awaiting_ids[TA]
    assert records.ids(ws, records.ReportFilter(status="excluded")) == []
    assert ONE in gaps.matrix(ws).uncoded
    assert row(ws, tmp_path, "asreview")["asreview_label"] == ""
    listed = row(ws, tmp_path, "csv")
    assert (listed["title_abstract"], listed["full_text"], listed["reason"]) == ("awaiting", "", "")
    assert listed["place"] == "awaiting title and abstract"


def row(ws: Workspace, folder: Path, format: str) -> dict[str, str]:
    """The row of the first report in an export."""
    file = folder / f"{format}.csv"
    reporting.export(ws, format, file)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return next(r for r in csv.DictReader(opened) if r["report"] == ONE)


def test_an_exclusion_of_a_file_without_a_reason_has_no_differing_reasons(
    ws: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "votes.csv"
    rows = "P000001,title_abstract,Ann,include\nP000001,full_text,Ann,exclude\n"
    file.write_text(f"report,stage,reviewer,vote\n{rows}", encoding="utf-8")
    assert screening.import_votes(ws, file, "Ann").mistakes == ()
    assert records.get(ws, ONE).place is Place.EXCLUDED
    assert conflicts(ws) == []
    flow = reporting.flow(ws)
    assert (flow.reasons, flow.failed_sums) == ({prisma.NO_REASON: 1}, [])


def test_the_reason_of_an_exclusion_goes_with_it(ws: Workspace) -> None:
    screening.cast(ws, ONE, TA, "Ann", OUT, reason="not_kratom")
    screening.cast(ws, ONE, TA, "Bo", OUT, reason="policy_only")
    found = records.get(ws, ONE)
    assert (found.title_abstract, found.place, found.reason) == (
        Decision.EXCLUDE, Place.REASONS_DIFFER, "",
    )  # fmt: skip
    assert records.ids(ws, records.ReportFilter(status="excluded")) == [ONE]
    assert [c.report for c in conflicts(ws)] == [ONE]
