"""When screening may stop, against the tool of the method's authors."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from review.screening import stopping, urn_test
from review.screening.order_bias import measured
from review.screening.stopping import Stopping

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it loads a library of pictures
    from buscarpy import calculate_h0

LABELS = st.lists(st.sampled_from([0, 0, 0, 1]), min_size=1, max_size=120)


TARGETS = st.sampled_from([0.8, 0.9, 0.95, 1.0])


@given(LABELS, st.integers(0, 300), TARGETS, st.sampled_from([1, 1.5, 2, 4]))
def test_the_test_is_that_of_its_authors_with_and_without_a_bias(
    labels: list[int], rest: int, target: float, bias: float
) -> None:
    found = sum(labels)
    assume(int(np.floor(found / target + 1)) - found <= rest)  # theirs is then not defined
    ours = stopping.p_of_missing(labels, len(labels) + rest, target, bias)
    theirs = calculate_h0(np.array(labels), len(labels) + rest, target, bias)
    assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("bias", [1, 2])
def test_with_many_finds_the_least_likely_stretch_is_still_found(
    monkeypatch: pytest.MonkeyPatch, bias: float
) -> None:
    chance = np.random.default_rng(3)
    for _ in range(30):
        size, many = int(chance.integers(500, 4000)), int(chance.integers(70, 300))
        weight = np.exp(-np.arange(size) / size * chance.uniform(0, 6))
        labels = np.zeros(size, dtype=np.int64)
        labels[chance.choice(size, many, replace=False, p=weight / weight.sum())] = 1
        records = size + int(chance.integers(100, 20_000))
        quick = stopping.p_of_missing(labels, records, bias=bias)
        with monkeypatch.context() as all_of_them:
            all_of_them.setattr(urn_test, "LOOKED_AT", size + 1)
            every = stopping.p_of_missing(labels, records, bias=bias)
            assert quick == pytest.approx(every, rel=1e-9)


@given(LABELS, st.integers(0, 2000), st.sampled_from([0.8, 0.95]), st.sampled_from([1, 1.4, 3]))
def test_what_is_said_holds_together(
    labels: list[int], rest: int, target: float, largest: float
) -> None:
    records = len(labels) + rest

    def assess(labels: list[int]) -> Stopping:
        return stopping.assess(labels, records, target, largest_bias=largest)

    found = assess(labels)
    assert 0 <= found.most_left <= rest
    assert found.reached == (found.more == 0)
    assert found.more <= found.left
    if found.more:
        # Screening on to there without a find reaches the target, and one record less does not.
        enough = [*labels, *[0] * found.more]
        assert assess(enough).reached
        assert not assess(enough[:-1]).reached
    if found.reached and rest and found.least_recall is not None:
        assert found.least_recall >= target - 1e-9
    if (plain := found.unbiased) is not None:
        assert plain == stopping.assess(labels, records, target)
        assert found.reached or not plain.reached
        assert 1 < found.order.bias <= largest and plain.order.bias == 1
        assert found.p <= plain.p and found.more <= plain.more
        assert found.most_left <= plain.most_left


@given(st.integers(0, 10_000), st.sampled_from([1.5, 2, 5]))
def test_no_number_above_the_most_that_may_be_left_goes_with_what_was_seen(
    seed: int, largest: float
) -> None:
    """Each with the bias that the order had if so many are left."""
    chance = np.random.default_rng(seed)
    weight = np.exp(-np.arange(600) / 600 * chance.uniform(0, 8))
    labels = np.zeros(600, dtype=np.int64)
    relevant = chance.choice(
        600, int(chance.integers(5, 60)), replace=False, p=weight / weight.sum()
    )
    labels[relevant] = 1
    seen = labels[: int(chance.integers(relevant.min() + 1, 600))]
    found = stopping.assess(seen, 600, largest_bias=largest)
    for left in range(found.most_left + 1, found.left + 1):
        order = measured(seen, 600, left, largest)
        assert urn_test.p_of(urn_test.stretches_of(seen, order), found.left, left) < 0.05


def test_what_was_drawn_at_random_is_not_credited_to_the_order() -> None:
    labels = np.zeros(1050, dtype=np.int64)
    labels[np.unique(np.geomspace(1, 400, 70).astype(int))] = 1
    drawn = range(950, 1050)
    ordered = stopping.assess(labels, 2000, largest_bias=2)
    honest = stopping.assess(labels, 2000, largest_bias=2, drawn=drawn)
    before = stopping.assess(labels[:950], 1900, largest_bias=2)
    assert ordered.p < honest.p == before.p
    assert (honest.records, honest.screened) == (2000, 1050)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(-5, 45), st.integers(-5, 45))
def test_the_last_of_all_is_found_wherever_it_is_looked_for_first(
    low: int, more: int, true_up_to: int, about: int
) -> None:
    high = low + more
    last = urn_test.last(low, high, lambda n: n <= true_up_to, min(max(about, low), high))
    assert last == min(max(true_up_to, low), high)


def test_nothing_found_is_no_reason_to_stop() -> None:
    found = stopping.assess([0] * 900, 1000)
    assert not found.reached and found.least_recall is None and found.more == 100
    assert stopping.assess([0] * 1000, 1000).reached


def test_many_in_a_row_are_not_enough_by_themselves() -> None:
    found = stopping.assess([1] * 20 + [0] * 100, 5000)
    assert not found.reached and found.most_left > 20
    assert found.more > 1000


def test_in_a_good_order_less_is_screened_and_what_chance_would_take_is_said_beside_it() -> None:
    labels = np.zeros(1150, dtype=np.int64)
    labels[np.unique(np.geomspace(1, 400, 70).astype(int))] = 1
    found = stopping.assess(labels, 2000, largest_bias=2)
    assert found.order.bias == 2 and found.unbiased is not None
    assert (found.reached, found.unbiased.reached) == (True, False)
    assert found.least_recall is not None and found.unbiased.least_recall is not None
    assert found.least_recall >= 0.95 > found.unbiased.least_recall


@pytest.mark.parametrize("largest", [1, 2])
def test_a_random_order_is_seldom_stopped_short_of_the_target(largest: float) -> None:
    chance = np.random.default_rng(7)

    def may_stop(labels: list[int]) -> bool:
        return stopping.assess(labels, 2000, largest_bias=largest).reached

    short = 0
    for _ in range(40):
        labels = chance.permutation(np.r_[np.ones(60, dtype=int), np.zeros(1940, dtype=int)])
        steps = range(1600, 2001, 50)  # before that so few records are left out for nobody's sake
        seen = next(
            n for n in steps if stopping.assess(labels[:n], 2000, 0.95, 0.95, largest).reached
        )
        short += labels[:seen].sum() < 0.95 * 60
    assert short <= 0.05 * 40 + 3


def test_a_small_review_is_told_so_and_nonsense_is_refused() -> None:
    assert stopping.assess([1, 0], 300).is_small
    for wrong in (
        {"records": 1}, {"records": 9, "target": 0.0}, {"records": 9, "confidence": 1.0},
        {"records": 9, "largest_bias": 0.5},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            stopping.assess([1, 0], **wrong)


@given(
    st.lists(st.tuples(st.sampled_from([0, 0, 0, 1]), st.booleans()), min_size=1, max_size=120),
    st.integers(0, 600),
    st.sampled_from([1, 2]),
    st.integers(0, 60),
)
def test_what_was_decided_many_at_once_is_no_draw_of_the_urn(
    seen: list[tuple[int, bool]], rest: int, largest: float, ordered_from: int
) -> None:
    """The test says what it would say if nobody had ever had those that were found irrelevant."""
    records = len(seen) + rest
    turns = [n for n, (_, many) in enumerate(seen) if not many]
    labels = [y for y, _ in seen]
    together = [n for n, (_, many) in enumerate(seen) if many]
    now = stopping.assess(
        labels, records, largest_bias=largest, ordered_from=ordered_from, together=together
    )
    found = [1] * sum(labels[n] for n in together)
    after = len(found) + sum(n < ordered_from for n in turns)
    alone = stopping.assess(
        [*found, *(labels[n] for n in turns)], len(found) + len(turns) + rest,
        largest_bias=largest, ordered_from=after,
    )  # fmt: skip
    assert (now.records, now.screened, now.found, now.left) == (
        records, len(seen), sum(labels), rest,
    )  # fmt: skip
    assert (now.p, now.reached, now.more, now.most_left, now.order.bias) == (
        alone.p, alone.reached, alone.more, alone.most_left, alone.order.bias,
    )  # fmt: skip
    assert now.together == len(together) and now.last <= len(turns)
    assert now.found_last <= sum(labels[n] for n in turns)


def test_many_excluded_by_one_press_are_no_stretch_without_a_find() -> None:
    screened = [1, 0, 1, 0, 0, 1, 0, 0, 1, 0] * 10
    press = [0] * 1_500
    after = stopping.assess([*screened, *press], 2_000, together=range(100, 1_600))
    assert stopping.assess([*screened, *press], 2_000).reached  # were they draws
    assert not after.reached and after.p > 0.9 and after.left == 400
    assert (after.last, after.found_last) == (100, 40)
