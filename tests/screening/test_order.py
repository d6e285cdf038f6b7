"""The order of a queue: in every one the same reports, and nobody waits for its making."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from review.model import Order, Stage, VoteValue
from review.screening import queue_order
from review.screening.queue_order import Item, arrange, groups, random_sample, uncertainty
from review.store import (
    Connection,
    Store,
    queue_plans,
    schema,
    screening_status,
)
from review.store.queue_plans import QueuePlan
from tests.histories import REVIEWERS, Step, fresh_review, play, slow, steps

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


def walk(
    conn: Connection, stage: Stage, reviewer: str, order: QueuePlan | None = None
) -> list[str]:
    """A queue from its beginning to its end, without voting."""
    found: list[str] = []
    while one := screening_status.next_in_queue(conn, stage, reviewer, found, order=order):
        assert one not in found
        found.append(one)
    return found


def put(
    conn: Connection, stage: Stage, order: Order, ids: Sequence[str], first: int = 0
) -> QueuePlan:
    """Store an order, in two parts."""
    half = len(ids) // 2
    number = queue_plans.add_places(conn, 0, first, ids[:half])
    assert queue_plans.add_places(conn, number, first + half, ids[half:]) == number
    plan = QueuePlan(stage, number, order, datetime.now(UTC), seq=0)
    assert queue_plans.put_in_force(conn, plan)
    return plan


# ---- whatever the order ----------------------------------------------------------------------


some_steps = steps.map(lambda history: history[:12])


@settings(slow, max_examples=slow.max_examples // 2)
@given(
    before=some_steps,
    after=some_steps,
    order=st.sampled_from(Order),
    stage=st.sampled_from(Stage),
    chance=st.randoms(use_true_random=False),
)
@example(  # three people in a pilot batch, of whom one has voted
    before=[
        ("state", 4, 2, 42), ("merge", 4, 0, 0), ("pilot", 4, 1, 18), ("vote", 2, 1, 2),
        ("merge", 3, 0, 30), ("vote", 3, 5, 33), ("vote_of_a_file", 1, 4, 44),
    ],
    after=[("correct", 4, 2, 53), ("apart", 3, 0, 39)],
    order=Order.SAMPLE_FIRST,
    stage=Stage.TITLE_ABSTRACT,
    chance=Random(0),
)  # fmt: skip
def test_every_order_shows_the_same_reports_each_once(
    store: Store, before: list[Step], after: list[Step], order: Order, stage: Stage, chance: Random
) -> None:
    """Whenever it was made: what was merged, taken back or added since is shown like all others,
    and what a colleague has voted on comes first."""
    with fresh_review(store) as conn:
        play(conn, before)
        found = queue_plans.candidates(conn, stage)
        together = groups({c.report: c.study for c in found}, [])
        scores = {c.report: chance.random() for c in found}
        begun, unseen = (
            [Item(c.report, c.year, together[c.report]) for c in found
             if c.waits and c.unseen is alone]
            for alone in (False, True)
        )  # fmt: skip
        placed = [*arrange(begun, order, scores), *arrange(unseen, order, scores)]
        plan = put(conn, stage, order, placed, first=-len(begun))
        play(conn, after)
        lacks = {row.id: row.lacks for row in conn.execute(LACKS)}
        needed = 2 if stage is TA else 1
        for reviewer in (REVIEWERS[0], "Nobody"):
            walked = walk(conn, stage, reviewer, plan)
            assert sorted(walked) == sorted(walk(conn, stage, reviewer))
            assert len(walked) == screening_status.queue_length(conn, stage, reviewer)
            covered = [min(lacks[r], needed) for r in walked]
            assert covered == sorted(covered)
            # Of those that lack as many votes, the order decides.
            for n in set(covered):
                level = [r for r, lacking in zip(walked, covered, strict=True) if lacking == n]
                known = [r for r in level if r in placed]
                assert known == sorted(known, key=placed.index) and level[: len(known)] == known


LACKS = select(schema.report.c.id, schema.report.c.lacks)

some_items = st.lists(
    st.tuples(st.none() | st.integers(1990, 1994), st.integers(0, 4)), max_size=9
).map(lambda rows: [Item(f"P{n}", year, f"S{group}") for n, (year, group) in enumerate(rows)])


@given(items=some_items, order=st.sampled_from(Order), numbers=st.lists(st.integers(0, 5)))
def test_an_arrangement_keeps_all_and_leaves_groups_whole(
    items: list[Item], order: Order, numbers: list[int]
) -> None:
    scores = {i.report: float(n) for i, n in zip(items, numbers, strict=False)}
    found = arrange(items, order, scores)
    assert sorted(found) == sorted(i.report for i in items)
    group = {i.report: i.group for i in items}
    seen = [group[r] for r in found]
    assert len([g for n, g in enumerate(seen) if n == 0 or seen[n - 1] != g]) == len(set(seen))
    if order.is_learned and numbers and items:
        best = max(scores.values())
        assert max(scores.get(i.report, -1) for i in items if i.group == seen[0]) == best


def test_newest_and_oldest_put_unknown_years_last() -> None:
    items = [Item("a", None, "a"), Item("b", 1999, "b"), Item("c", 2020, "c")]
    assert arrange(items, Order.NEWEST, {}) == ["c", "b", "a"]
    assert arrange(items, Order.OLDEST, {}) == ["b", "c", "a"]
    assert arrange(items, Order.ARRIVED, {}) == ["a", "b", "c"]


def test_what_is_begun_comes_right_after_the_sample() -> None:
    items = [Item(one, None, group) for one, group in zip("abcd", "sstu", strict=True)]
    scores = {"a": 0.1, "b": 0.2, "c": 0.9, "d": 0.5}
    assert arrange(items, Order.SAMPLE_FIRST, scores, ["d"], begun={"s"}) == ["d", "b", "a", "c"]


def test_the_least_certain_lie_between_the_two_kinds() -> None:
    scores = {"in": 3.0, "out": -1.0, "middle": 1.2, "high": 2.5, "low": -0.9}
    nearness = uncertainty(scores, ["in"], ["out"])
    assert max(nearness, key=nearness.__getitem__) == "middle"
    assert uncertainty(scores, ["in"], []) == scores


def test_a_sample_is_the_same_for_all_and_stays_one_when_reports_come_in() -> None:
    some, more = [f"P{n}" for n in range(500)], [f"P{n}" for n in range(1000)]
    first, later = random_sample(some, 100, 1), random_sample(reversed(more), 100, 1)
    assert first == random_sample(reversed(some), 100, 1) != random_sample(some, 100, 2)
    assert set(later) & set(some) <= set(first), "of the earlier ones only drawn ones stay"
    assert 30 < len(set(later) & set(some)) < 70


def test_the_default_depends_on_how_many_there_are() -> None:
    assert queue_order.chosen(None, queue_order.MANY) is Order.RELEVANCE
    assert queue_order.chosen(None, queue_order.MANY + 1) is Order.SAMPLE_FIRST
    assert queue_order.chosen(Order.NEWEST, 9_000, machine_help=False) is Order.NEWEST
    for order in (None, Order.UNCERTAIN):
        assert queue_order.chosen(order, 9_000, machine_help=False) is Order.ARRIVED
