"""Which events count: the newest of a key that is not undone, whatever came before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import DecisionError
from review.events import Event, TagGiven, TagRemoved, Undone, VoteCast
from review.model import Stage, VoteValue
from review.store import Connection, Store, active_decisions, activity, log, reports
from tests.histories import fresh_review

REPORT = "R000001"
DESIGNS = ("cohort", "case_report", "rct_parallel")

chains = st.lists(
    st.tuples(st.sampled_from(["tag", "untag", "vote", "undo", "merge"]), st.integers(0, 500)),
    min_size=20,
    max_size=120,
)
long = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def play(conn: Connection, chain: Sequence[tuple[str, int]]) -> None:
    """Two reviewers change their minds on two reports, again and again."""
    done: list[Event] = []
    for kind, n in chain:
        name, who = ("R000001", "R000002")[n % 2], ("Ann", "Bo")[n // 2 % 2]
        on = reports.membership(conn, name)
        mine = [t for t in active_decisions.tags(conn, on.report) if t.reviewer == who]
        try:
            if kind == "tag":
                said = TagGiven(
                    record=on.lead, report=on.report, dimension="study_design",
                    value=DESIGNS[n % 3], reviewer=who, single=True,
                    replaces=[t.event for t in mine],
                )  # fmt: skip
                done += log.append(conn, who, [said])
            elif kind == "untag" and mine:
                off = TagRemoved(record=on.lead, reviewer=who, replaces=[t.event for t in mine])
                done += log.append(conn, who, [off])
            elif kind == "vote":
                vote = VoteCast(
                    record=on.lead, report=on.report, covers=on.records, reviewer=who,
                    stage=Stage.TITLE_ABSTRACT, vote=list(VoteValue)[n % 3],
                )  # fmt: skip
                done += log.append(conn, who, [vote])
            elif kind == "undo" and done:
                done.append(log.undo(conn, who, done[n % len(done)].id))
        except DecisionError:
            continue


def counting_by_the_log(conn: Connection) -> set[str]:
    """The votes and tags that count, read from the log in the plainest way."""
    everything = list(log.events(conn))
    by_id = {e.id: e for e in everything}
    undone: dict[str, bool] = {}
    chains: dict[str, tuple[str, bool]] = {}
    for e in everything:
        if isinstance(e.data, Undone):
            (target,) = e.data.cancels
            root, was = chains.get(target, (target, False))
            chains[e.id] = (root, not was)
            undone[root] = not was
    keys: dict[str, list[Event]] = defaultdict(list)
    for e in everything:
        own = [e.data.key] if e.data.key else []
        over = [by_id[t].data.key for t in e.data.taken_over]
        for key in {*own, *e.data.covered, *filter(None, over)}:
            if not undone.get(e.id):
                keys[key].append(e)
    newest = {key: some[-1].id for key, some in keys.items()}
    return {
        e.id
        for e in everything
        if isinstance(e.data, VoteCast | TagGiven) and newest.get(e.data.key or "") == e.id
    }


@long
@given(chain=chains)
def test_after_any_chain_of_changes_and_undos_the_newest_of_each_key_counts(
    store: Store, chain: list[tuple[str, int]]
) -> None:
    with fresh_review(store) as conn:
        play(conn, chain)
        votes = {v.event for v in active_decisions.votes(conn)}
        tags = {t.event for t in active_decisions.tags(conn)}
        assert votes | tags == counting_by_the_log(conn)
        assert activity.counting(conn, votes | tags) == votes | tags
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


@long
@given(chain=chains)
def test_one_reviewer_never_has_two_designs_on_one_record(
    store: Store, chain: list[tuple[str, int]]
) -> None:
    with fresh_review(store) as conn:
        play(conn, chain)
        tags = [(t.report, t.reviewer) for t in active_decisions.tags(conn)]
        assert len(tags) == len(set(tags))


def test_a_tag_brought_back_by_redo_stays_behind_a_newer_one(store: Store) -> None:
    def tag(conn: Connection, value: str) -> Event:
        said = TagGiven(
            record=REPORT, dimension="study_design", value=value, reviewer="Ann", single=True
        )
        return log.append(conn, "Ann", [said])[0]

    with fresh_review(store) as conn:
        tag(conn, "cohort")
        second = tag(conn, "case_report")
        undo = log.undo(conn, "Ann", second.id)
        tag(conn, "rct_parallel")
        log.undo(conn, "Ann", undo.id)
        assert [t.value for t in active_decisions.tags(conn)] == ["rct_parallel"]


def test_tags_of_logs_that_name_what_they_replace_are_read_as_they_were_meant(
    store: Store,
) -> None:
    about = {"record": REPORT, "dimension": "study_design", "reviewer": "Ann"}
    with fresh_review(store) as conn:
        (first,) = log.append(conn, "Ann", [TagGiven(**about, value="cohort")])
        said = TagGiven(**about, value="case_report", cancels=[first.id])
        (second,) = log.append(conn, "Ann", [said])
        said = TagGiven(**about, value="rct_parallel", cancels=[first.id, second.id])
        (third,) = log.append(conn, "Ann", [said])
        assert [t.value for t in active_decisions.tags(conn)] == ["rct_parallel"]
        log.undo(conn, "Ann", third.id)
        assert [t.value for t in active_decisions.tags(conn)] == ["case_report"]


def test_a_vote_replaces_what_its_reviewer_saw_as_one_report_and_nothing_else(
    store: Store,
) -> None:
    def vote(conn: Connection, record: str, covers: Sequence[str], value: VoteValue) -> None:
        said = VoteCast(
            record=record, covers=covers, stage=Stage.FULL_TEXT, vote=value, reviewer="Ann"
        )
        log.append(conn, "Ann", [said])

    with fresh_review(store) as conn:
        vote(conn, "R000001", ["R000001"], VoteValue.INCLUDE)
        vote(conn, "R000002", ["R000002"], VoteValue.EXCLUDE)
        assert len(active_decisions.votes(conn)) == 2
        vote(conn, "R000001", ["R000001", "R000002"], VoteValue.MAYBE)
        assert [v.vote for v in active_decisions.votes(conn)] == [VoteValue.MAYBE]
