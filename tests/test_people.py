"""Who is who: spellings of one person, and names that only look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.people import person_key, same_person, with_account


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "ann lee"),
        ("Ann Lee", "  Ann   Lee "),
        ("Ann Lee", "Ann\u00a0Lee"),
        ("Ann Lee", "Ann\u200b Lee"),
        ("Jos\u00e9", "Jose\u0301"),
        ("STRASSE", "Straße"),
        ("Ａｎｎ", "Ann"),
        ("Ann Lee <ann@uni.example>", "Ann Smith <ANN@uni.example>"),
    ],
)
def test_spellings_of_one_person(one: str, other: str) -> None:
    assert same_person(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "Anna"),
        ("Ann Lee", "AnnLee"),
        ("Jose", "José"),
        ("Ann <ann@uni.example>", "Ann <ann@other.example>"),
        ("Ann", "Ann <ann@uni.example>"),
        ("ann@uni.example", "<ann@uni.example>"),
    ],
)
def test_different_people(one: str, other: str) -> None:
    assert not same_person(one, other)


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert person_key(person_key(name)) == person_key(name)


def test_a_label_cannot_pass_for_an_account() -> None:
    name = with_account("Ann <boss@uni.example>", "ann@uni.example")
    assert same_person(name, "<ann@uni.example>")
    assert not same_person(name, "<boss@uni.example>")
