"""How far reviewers agree, against published examples and another library."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from review import agreement

ANSWERS = st.sampled_from(["include", "exclude", "maybe"])
BOTH = st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=60)


def table(*counts: tuple[int, str, str]) -> list[tuple[str, str]]:
    return [(a, b) for n, a, b in counts for _ in range(n)]


# Feinstein and Cicchetti 1990, table of 125: they agree on 94% and kappa is below nothing.
SKEWED = table((118, "+", "+"), (5, "+", "-"), (2, "-", "+"))


def test_where_nearly_all_is_excluded_kappa_is_low_and_the_others_are_not() -> None:
    found = agreement.pair("Ann", "Ben", SKEWED)
    assert (found.n, found.agreed) == (125, 118)
    assert found.kappa.value == pytest.approx(-0.0234, abs=1e-4)
    assert found.pabak.value == pytest.approx(2 * 118 / 125 - 1)
    assert found.ac1.value == pytest.approx(0.9408, abs=1e-4)


# Krippendorff 2011, C: four observers, twelve units, names, not all answered.
OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}


def test_alpha_of_four_observers_who_did_not_answer_everything() -> None:
    said = {
        name: {n: a for n, a in enumerate(row.split()) if a != "."}
        for name, row in OBSERVERS.items()
    }
    found = agreement.alpha(agreement.by_thing(said))
    assert found.value == pytest.approx(0.743, abs=5e-4)
    # The R package icr draws the twelve units again: .417 to 1 by one seed, .435 to 1 by another.
    assert found.interval == (pytest.approx(0.417, abs=0.02), pytest.approx(1.0))
    assert [(p.first, p.second, p.n) for p in agreement.pairs(said)] == [
        ("A", "B", 9), ("A", "C", 8), ("A", "D", 9), ("B", "C", 9), ("B", "D", 10), ("C", "D", 10)
    ]  # fmt: skip


# Fleiss 1971, table 1: thirty patients, six psychiatrists each, five diagnoses; reckoned by hand.
PATIENTS = (
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 "
    "144444 124444 222333 144444 224445 333335 111455 111112 224444 133555 "
    "555555 244444 222455 114444 144445 222224 111155 224444 133333 555555"
).split()


def test_fleiss_kappa_where_everything_has_as_many_answers() -> None:
    patients = dict(enumerate(map(list, PATIENTS)))
    assert agreement.fleiss(patients).value == pytest.approx(0.43, abs=2e-3)
    assert agreement.fleiss(patients | {0: list("44444")}).value is None  # one answered by five
    assert agreement.fleiss({1: list("aaa"), 2: list("aaa")}).value is None
    assert agreement.fleiss({1: ["a"], 2: ["b"]}).value is None
    assert agreement.fleiss({}).value is None


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([("+", "-")], "one report alone"),
        ([("+", "+")], "one report alone"),
        ([("+", "+")] * 3, "one and the same answer throughout"),
        ([("+", "+"), ("-", "-")], "never differed"),
        ([("+", "-"), ("-", "-")], "kappa is always 0"),
        ([("+", "-"), ("-", "+")], ""),
        ([("+", "-"), ("-", "-"), ("+", "+")], ""),
        ([], ""),
    ],
)
def test_figures_that_say_little_say_so(answers: list[tuple[str, str]], says: str) -> None:
    found = agreement.pair("Ann", "Ben", answers)
    said = agreement.told_little(found)
    assert says in said and bool(says) is bool(said)
    for one in (found.kappa, found.pabak, found.ac1):
        assert not np.isnan([one.value or 0.0, *(one.interval or ())]).any()


def test_the_interval_of_alpha_is_that_of_kappa_where_both_reviewers_include_as_many() -> None:
    answers = table((300, "+", "+"), (50, "+", "-"), (50, "-", "+"), (600, "-", "-"))
    kappa = agreement.kappa(answers)
    found = agreement.alpha(dict(enumerate(answers)))
    assert kappa.interval and found.interval
    assert found.interval == pytest.approx(kappa.interval, abs=0.01)
    # Whoever lists the reports, in whatever order, the interval is the same.
    assert agreement.alpha(dict(reversed(list(enumerate(answers))))) == found


@given(BOTH)
def test_kappa_is_that_of_another_library(answers: list[tuple[str, str]]) -> None:
    names = sorted({name for both in answers for name in both})
    found = agreement.kappa(answers)
    if len(names) < 2:
        assert found.value is None
        return
    counts = [[sum((a, b) == both for both in answers) for b in names] for a in names]
    with np.errstate(all="ignore"):  # it also divides by a spread that may be none
        other = cohens_kappa(counts)
    assert found.value == pytest.approx(other.kappa, abs=1e-9)
    assert found.interval is not None
    if np.isnan(other.kappa_low):
        return  # its spread is a hair below nothing there
    assert found.interval[0] == pytest.approx(max(other.kappa_low, -1), abs=1e-6)
    assert found.interval[1] == pytest.approx(min(other.kappa_upp, 1), abs=1e-6)


@given(BOTH, st.randoms())
def test_neither_order_nor_who_is_named_first_matters(
    answers: list[tuple[str, str]], chance: random.Random
) -> None:
    turned = [(b, a) for a, b in answers]
    chance.shuffle(turned)
    for measure in (agreement.kappa, agreement.pabak, agreement.ac1):
        one, other = measure(answers), measure(turned)
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value)
            assert one.value <= 1 + 1e-12
            assert one.interval is None or one.interval[0] - 1e-9 <= one.value


@given(st.lists(ANSWERS, min_size=2, max_size=30))
def test_who_always_agrees_agrees_fully(same: list[str]) -> None:
    found = agreement.pair("Ann", "Ben", [(one, one) for one in same])
    assert found.share == 1
    assert found.pabak.value == pytest.approx(1) and found.ac1.value == pytest.approx(1)
    assert found.kappa.value is None or found.kappa.value == pytest.approx(1)


def test_nothing_in_common_is_no_agreement_and_no_error() -> None:
    assert agreement.pairs({"Ann": {1: "include"}, "Ben": {2: "include"}}) == []
    assert agreement.alpha({1: ["include"]}).value is None
    assert agreement.pair("Ann", "Ben", []).share is None


SETS = st.frozensets(st.sampled_from("abc"), max_size=3)


def test_alpha_of_sets_of_one_name_is_that_of_names() -> None:
    said = {
        name: {n: frozenset(a) for n, a in enumerate(row.split()) if a != "."}
        for name, row in OBSERVERS.items()
    }
    units: dict[int, list[frozenset[str]]] = {}
    for answers in said.values():
        for n, one in answers.items():
            units.setdefault(n, []).append(one)
    found = agreement.set_alpha(units, agreement.masi).value
    assert found == pytest.approx(0.743, abs=5e-4)


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    # Passonneau 2006, section 3: the same, one within the other, an overlap, nothing in common.
    [("ab", "ab", 0), ("ab", "abc", 1 - 4 / 9), ("ab", "bc", 1 - 1 / 9), ("ab", "c", 1)],
)
def test_the_distance_of_two_sets_is_that_of_its_author(a: str, b: str, apart: float) -> None:
    assert agreement.masi(frozenset(a), frozenset(b)) == pytest.approx(apart)


@given(st.lists(st.lists(SETS, min_size=2, max_size=3), min_size=1, max_size=12))
def test_alpha_of_sets_is_the_share_of_disagreement_that_chance_would_bring(
    units: list[list[frozenset[str]]],
) -> None:
    found = agreement.set_alpha(dict(enumerate(units)), agreement.masi).value
    pooled = [one for unit in units for one in unit]
    n = len(pooled)
    within = sum(
        agreement.masi(a, b) / (len(unit) - 1)
        for unit in units
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    )
    chance = sum(
        agreement.masi(a, b) for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j
    )
    if chance == 0:
        assert found is None
    else:
        assert found == pytest.approx(1 - (within / n) / (chance / n / (n - 1)))
