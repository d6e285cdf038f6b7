"""Accounts of an identity provider: who somebody is, and who may come in."""

from __future__ import annotations

import pytest

from review.accounts import listed, may_enter, name_of
from review.people import same_person

ISSUER = "https://id.example"
ANN = {
    "iss": ISSUER, "sub": "17", "name": "A. Lee", "email": "Ann@Uni.example",
    "email_verified": True,
}  # fmt: skip
AMY = {**ANN, "sub": "18", "email": "amy@uni.example"}
ALE = {**ANN, "sub": "19", "email": "ann@uni.example", "email_verified": False}


def test_accounts_with_one_display_name_are_different_people() -> None:
    names = [name_of(account) for account in (ANN, AMY, ALE)]
    assert names == [
        "A. Lee <ann@uni.example>", "A. Lee <amy@uni.example>", f"A. Lee <19 at {ISSUER}>",
    ]  # fmt: skip
    assert not any(same_person(a, b) for a in names for b in names if a != b)


def test_an_account_stays_the_same_person_under_another_display_name() -> None:
    assert same_person(name_of(ANN), name_of({**ANN, "name": "Ann Smith"}))
    assert not same_person(name_of(ANN), name_of({**AMY, "name": "Ann@uni.example"}))


@pytest.mark.parametrize(
    ("account", "allowed", "enters"),
    [
        (ANN, "ann@uni.example", True),
        (ANN, "bo@uni.example, @UNI.example", True),
        (ANN, "17", True),
        (ANN, "", False),
        (ANN, "amy@uni.example", False),
        (ANN, "@example", False),
        (ANN, "@other.example", False),
        (ANN, "uni.example", False),
        (ALE, "ann@uni.example @uni.example", False),
        ({**ALE, "sub": "ann@uni.example"}, "ann@uni.example", False),
        ({"sub": ""}, "@", False),
    ],
)
def test_who_may_come_in(account: dict[str, object], allowed: str, enters: bool) -> None:
    assert may_enter(account, listed(allowed)) is enters


def test_the_list_may_be_words_or_a_list() -> None:
    both = ("ann@uni.example", "@other.example")
    assert listed("ann@uni.example,\n @other.example ") == listed(list(both)) == both
    assert listed(None) == ()
