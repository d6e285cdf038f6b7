"""How much better than chance an order was is measured, never taken for granted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.screening.order_bias import FEWEST, OrderBias, measured

RECORDS = 2000
Labels = npt.NDArray[np.int64]


def screened_by_an_urn(bias: float, relevant: int, left: int, seed: int) -> Labels:
    """Labels in the order of Wallenius' urn, up to where so many relevant ones are left."""
    chance = np.random.default_rng(seed)
    labels = np.r_[np.ones(relevant, dtype=np.int64), np.zeros(RECORDS - relevant, dtype=np.int64)]
    # Who waits the least by an exponential clock comes first; that of relevant ones is faster.
    order = np.argsort(chance.exponential(size=RECORDS) / np.where(labels == 1, bias, 1.0))
    drawn = labels[order]
    return drawn[: np.flatnonzero(drawn)[relevant - left - 1] + 1]


@pytest.mark.parametrize("bias", [1, 1.5, 3])
def test_more_than_the_true_bias_is_seldom_said(bias: float) -> None:
    runs = [screened_by_an_urn(bias, 100, 6, seed) for seed in range(200)]
    said = [measured(labels, RECORDS, 6, 5).bias for labels in runs]
    # One in a hundred is allowed; with 200 runs at most 6 by chance (binomial, 99%).
    assert sum(b > bias + 0.01 for b in said) <= 6
    assert all(1 <= b <= 5 for b in said)


def test_a_great_bias_is_found_and_never_more_than_the_limit_is_said() -> None:
    labels = screened_by_an_urn(40, 106, 6, 1)
    before = np.flatnonzero(labels)[79]
    assert measured(labels, RECORDS, 6, 2) == OrderBias(2, int(before) + 1, 20)
    assert measured(labels, RECORDS, 6, 1) == OrderBias()


def test_finds_from_before_a_model_made_the_order_say_nothing() -> None:
    labels = screened_by_an_urn(40, 106, 6, 1)
    places = np.flatnonzero(labels)
    late = measured(labels, RECORDS, 6, 2, ordered_from=int(places[-7]))
    assert (late.finds, late.begins) == (7, places[-7])
    assert measured(labels, RECORDS, 6, 2, ordered_from=int(places[-4])) == OrderBias()


@given(st.integers(0, 50), st.integers(0, 400), st.integers(0, 400))
def test_the_more_are_left_the_less_was_the_order_worth(seed: int, a: int, b: int) -> None:
    labels = screened_by_an_urn(4, 60, 6, seed)
    fewer, more = (measured(labels, RECORDS, n, 5).bias for n in sorted((a, b)))
    assert fewer >= more


def test_an_order_that_became_worthless_is_taken_to_be_chance() -> None:
    chance = np.random.default_rng(2)
    late = np.r_[np.ones(20, dtype=np.int64), np.zeros(1000, dtype=np.int64)]
    labels = np.r_[np.ones(80, dtype=np.int64), chance.permutation(late)]
    as_many_in_the_rest = 18
    assert measured(labels, RECORDS, as_many_in_the_rest, 2) == OrderBias()


@given(
    st.lists(st.sampled_from([0, 0, 1]), min_size=1, max_size=80),
    st.integers(0, 200),
    st.integers(1, 9),
)
def test_what_comes_after_the_last_find_counts_for_nothing(
    labels: list[int], tail: int, missed: int
) -> None:
    last = len(labels) - labels[::-1].index(1) if 1 in labels else 0
    alone = measured(np.array(labels[:last], dtype=np.int64), 500, missed, 3)
    longer = measured(np.array([*labels, *[0] * tail]), 500, missed, 3)
    assert alone == longer
    if sum(labels) < FEWEST:
        assert longer == OrderBias()
    assert (longer.bias == 1) == (longer.finds == 0)
