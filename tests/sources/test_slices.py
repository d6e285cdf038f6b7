"""A search cut by date of publication: every day once, and about the same number of works each."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sources.date_slices import EARLIEST, LATEST, cut, split
from review.sources.openalex.client import OpenAlex, OpenAlexSettings
from review.sources.source import Query

counts = st.dictionaries(st.integers(1500, 2099), st.integers(1, 5_000), min_size=1, max_size=60)


@given(counts, st.integers(1, 24))
def test_every_day_lies_in_one_slice_and_no_work_is_left_out(
    years: dict[int, int], parts: int
) -> None:
    found = cut(years, parts)
    assert 1 <= len(found) <= parts
    assert (found[0].first, found[-1].last) == (EARLIEST, LATEST)
    assert all(b.first == a.last + timedelta(days=1) for a, b in pairwise(found))
    assert all(one.first <= one.last for one in found)
    assert sum(one.count for one in found) == sum(years.values())


@given(st.lists(st.integers(90, 110), min_size=24, max_size=60), st.integers(2, 8))
def test_slices_of_even_years_are_even(works: list[int], parts: int) -> None:
    found = cut(dict(enumerate(works, 1990)), parts)
    assert len(found) == parts
    assert max(one.count for one in found) - min(one.count for one in found) <= 2 * max(works)


def test_a_year_that_holds_too_many_is_cut_into_days() -> None:
    found = cut({2019: 10, 2020: 9_000, 2021: 10}, 6)
    assert len(found) == 6
    assert {one.first.year for one in found[1:]} == {2020}


@given(st.integers(1, 500))
def test_a_slice_splits_into_days_at_most(pieces: int) -> None:
    (whole,) = cut({2000: 700}, 1)
    year = split(whole, 1)[0]
    assert sum(one.count for one in split(year, pieces)) == 700


def test_no_works_make_no_slices() -> None:
    assert cut({}, 4) == []


def test_open_ends_are_not_sent() -> None:
    (whole,) = cut({2000: 7}, 1)
    first, last = whole.first.isoformat(), whole.last.isoformat()
    query = Query("kratom", filters={"type": "article"})
    source = OpenAlex(OpenAlexSettings())
    assert source.dated(query, first, last) == query
    assert not source.can_slice(source.dated(query, "2001-01-01", last))


@pytest.mark.parametrize("name", ["from_publication_date", "publication_date"])
def test_a_search_that_names_dates_is_not_cut(name: str) -> None:
    source = OpenAlex(OpenAlexSettings())
    assert not source.can_slice(Query("", filters={name: "2001-01-01"}))
