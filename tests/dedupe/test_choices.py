"""What a person said holds, and is not asked again: random histories of deduplication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from review.dedupe import manual_decisions, service
from review.dedupe.pair_verdicts import HELD_APART, PLAUSIBLE
from review.errors import ReviewError
from review.events import Event, PairRuled, RecordsKeptApart, RecordsMerged, ReportsLinked
from review.model import Record
from review.search import service as search
from review.store import edges, pairs, records, reports
from review.store.integrity import check
from review.store.schema import derived_version, metadata
from review.workspace import Workspace, adopt_protocol
from tests import reviews

ANSWERS = (RecordsMerged, RecordsKeptApart, ReportsLinked)
COUNT = 6
slow = settings(
    max_examples=max(12, settings().max_examples // 8),  # each is a run over a review
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Place:
    """A database for one example after the other; without the long text of a workspace."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def begin_anew(self) -> Workspace:
        """An empty review."""
        with self._ws.store.write() as conn:
            for table in metadata.sorted_tables:
                if table is not derived_version:  # the tables keep their shape
                    conn.execute(delete(table))
        adopt_protocol(self._ws, "Ann")
        return self._ws


@pytest.fixture
def place(tmp_path: Path, db_url: str) -> Iterator[Place]:
    ws = reviews.workspace(tmp_path, db_url)
    yield Place(ws)
    ws.store.close()


def homes(ws: Workspace) -> dict[str, frozenset[str]]:
    """Record -> all records of its report."""
    with ws.store.read() as conn:
        found = [frozenset(report.record_ids) for report in reports.listing(conn)]
    return {record: members for members in found for record in members}


# ---- questions -------------------------------------------------------------------------------

numbers = st.integers(1, COUNT)
some_pairs = st.dictionaries(
    st.tuples(numbers, numbers).filter(lambda ends: ends[0] < ends[1]),
    st.floats(PLAUSIBLE, HELD_APART),
    max_size=15,
)


@slow
@given(found=some_pairs, said=st.lists(st.sampled_from(ANSWERS), min_size=15, max_size=15))
def test_nobody_is_asked_twice_of_two_reports_nor_what_follows_from_answers(
    place: Place, found: dict[tuple[int, int], float], said: list[type[PairRuled]]
) -> None:
    ws = place.begin_anew()
    reviews.add(ws, [Record("made-up", str(n), title=f"Title {n}") for n in range(COUNT)])
    with ws.store.write() as conn:
        pairs.replace(conn, None, [
            {"id_a": f"R{a:06}", "id_b": f"R{b:06}", "score": score, "verdict": "unsure", "why": ""}
            for (a, b), score in found.items()
        ])  # fmt: skip
    asked: set[frozenset[frozenset[str]]] = set()
    different: set[tuple[str, str]] = set()
    for kind in said:
        waiting = manual_decisions.unsure(ws)
        home = homes(ws)
        open_ = [frozenset((home[p.left.id], home[p.right.id])) for p in waiting]
        assert len(open_) == len(set(open_)), "two questions of the same two reports"
        assert all(len(two) == 2 for two in open_), "records of one report"
        answered = {frozenset((home[a], home[b])) for a, b in different}
        assert not answered & set(open_), "known to be different"
        if not waiting:
            break
        assert open_[0] not in asked
        asked.add(open_[0])
        first = waiting[0]
        manual_decisions.answer(ws, first.id, kind, "Ann")
        if kind is not RecordsMerged:
            different.add((first.left.id, first.right.id))
    assert manual_decisions.unsure(ws) == []
    home = homes(ws)
    for a, b in found:
        one, other = home[f"R{a:06}"], home[f"R{b:06}"]
        assert one == other or any({home[x], home[y]} == {one, other} for x, y in different)


# ---- choices against the rules ---------------------------------------------------------------

PAPERS = (
    ("Kratom use and sleep quality in adults with chronic low back pain", "10.1/1", "12", "101-9"),
    ("Kratom use and sleep quality in adults with chronic low back pain", "", "12", "101-9"),
    ("Kratom use and sleep quality in adults with chronic low back pain", "", "", ""),
    ("Kratom use and sleep quality in adults with low back pain", "10.1/2", "13", "7-9"),
    ("Pharmacokinetics of mitragynine after oral dosing in volunteers", "10.1/3", "3", "1-4"),
    ("Pharmacokinetics of mitragynine after oral dosing in volunteers", "", "3", "1-4"),
)
KINDS = ("add", "add", "dedupe", "dedupe", "answer", "hand", "hand", "undo", "withdraw", "return")
histories = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)),
    max_size=14,
)


def add(ws: Workspace, key: int, paper: int) -> None:
    title, doi, volume, pages = PAPERS[paper]
    one = Record("made-up", str(key), title=title, authors=("Doe, J",), year=2020, doi=doi,
                 journal="Pain", volume=volume, pages=pages)  # fmt: skip
    reviews.add(ws, [one])


def by_hand(ws: Workspace, a: int, b: int, kind: int) -> Event:
    say = (
        manual_decisions.merge,
        manual_decisions.keep_apart,
        manual_decisions.link,
        manual_decisions.not_linked,
    )[kind]
    return say(ws, f"R{a + 1:06}", f"R{b + 1:06}", "Ann")


def step(ws: Workspace, key: int, kind: str, a: int, b: int, n: int) -> None:
    """Carry out one step; what is refused changes nothing."""
    if kind == "add":
        add(ws, key, a)
    elif kind == "dedupe":
        service.dedupe(ws, everything=n == 0)
    elif kind == "answer":
        for pair in manual_decisions.unsure(ws)[:1]:
            manual_decisions.answer(ws, pair.id, ANSWERS[n % 3], "Ann")
    elif kind == "hand":
        by_hand(ws, a, b, n)
    elif kind == "undo":
        with ws.store.read() as conn:
            done = [e.event for e in edges.find(conn, active=True)]
        manual_decisions.undo(ws, done[a % len(done)], "Ann") if done else None
    else:
        with ws.store.read() as conn:
            runs = [run.id for run in records.runs(conn)]
        change = search.withdraw if kind == "withdraw" else search.bring_back
        change(ws, runs[a % len(runs)], "Ann") if runs else None


def assert_choices_hold(ws: Workspace) -> None:
    home = homes(ws)
    with ws.store.read() as conn:
        found = edges.find(conn)
        study = {r: report.study for report in reports.listing(conn) for r in report.record_ids}
        gone = {r for e in found for r in (e.record_a, e.record_b)} - home.keys()
    by_person = {frozenset((e.record_a, e.record_b)) for e in found if e.active and e.score is None}
    for e in found:
        if {e.record_a, e.record_b} & gone:
            continue
        together = home[e.record_a] == home[e.record_b]
        if e.active and e.kind == "merge":
            assert together
        elif e.active and e.kind == "link":
            assert not together and study[e.record_a] == study[e.record_b]
        elif e.active:
            assert not together
            assert e.kind == "apart" or study[e.record_a] != study[e.record_b]
        elif e.kind == "merge" and together:
            # Taken apart: only people bring the two together again.
            assert any(ends <= home[e.record_a] | gone for ends in by_person)


@slow
@given(history=histories)
def test_no_run_undoes_what_a_person_chose(
    place: Place, history: list[tuple[str, int, int, int]]
) -> None:
    ws = place.begin_anew()
    for paper in (0, 1, 4):
        add(ws, 100 + paper, paper)
    for key, (kind, a, b, n) in enumerate(history):
        try:
            step(ws, key, kind, a, b, n)
        except ReviewError:
            continue
        assert_choices_hold(ws)
    service.dedupe(ws, everything=True)
    assert_choices_hold(ws)
    assert service.dedupe(ws, everything=True).merged == 0
    found = check(ws.store)
    assert (found.problems, found.differences) == ((), ())


@slow
@given(
    papers=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    moves=st.lists(st.tuples(st.sampled_from((0, 0, 1, 1, 2)), st.booleans()), max_size=9),
)
def test_records_that_leave_and_come_back_end_as_if_all_were_compared_at_once(
    place: Place, papers: list[int], moves: list[tuple[int, bool]]
) -> None:
    """Each move brings a run in, takes it away or brings it back; some are followed by a run."""
    ws = place.begin_anew()
    runs: dict[int, str] = {}
    away: set[int] = set()
    for one, compare in moves:
        if one not in runs:
            add(ws, one, papers[one])
            with ws.store.read() as conn:
                runs[one] = records.runs(conn)[0].id
        else:
            (search.bring_back if one in away else search.withdraw)(ws, runs[one], "Ann")
            away ^= {one}
        if compare:
            service.dedupe(ws)
    service.dedupe(ws)
    in_bits = homes(ws)
    assert service.dedupe(ws, everything=True).merged == 0
    assert homes(ws) == in_bits
