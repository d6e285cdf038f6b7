"""Titles that say of their own work that it was retracted, and titles that only speak of it."""

from __future__ import annotations

import pytest

from review import retraction
from review.model import Record


@pytest.mark.parametrize(
    "title",
    [
        "RETRACTED: Kratom in chronic pain",
        "Retracted: Kratom in chronic pain",
        "RETRACTED ARTICLE: Kratom in chronic pain",
        "Retracted Article: Kratom in chronic pain",
        "[Retracted] Kratom in chronic pain",
        "[RETRACTED ARTICLE] Kratom in chronic pain",
        "(Retracted) Kratom in chronic pain",
        "WITHDRAWN: Kratom in chronic pain",
        "[Withdrawn] Kratom in chronic pain",
        "Kratom in chronic pain [Retracted]",
        "Kratom in chronic pain (Retracted article. See vol. 5, pg. 3, 2010)",
        "Kratom in chronic pain — RETRACTED",
    ],
)
def test_a_work_marked_as_retracted_in_its_title_is_retracted(title: str) -> None:
    assert retraction.in_title(title) and not retraction.is_notice(title)
    assert Record("ris", "1", title).retracted


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: Kratom in chronic pain",
        "Retraction Note: Kratom in chronic pain",
        "Retraction notice to “Kratom in chronic pain” [J Pain 3 (2010) 1-9]",
        "Retraction of: Smith J. Kratom in chronic pain",
        "Retraction of “Kratom in chronic pain”",
        "Retraction of Smith et al., Kratom in chronic pain",
        "Statement of Retraction: Kratom in chronic pain",
        "Notice of Retraction: Kratom in chronic pain",
        "Kratom in chronic pain (Retraction of vol 12, pg 3, 2009)",
    ],
)
def test_a_notice_is_a_notice_and_not_the_work(title: str) -> None:
    assert retraction.is_notice(title) and not retraction.in_title(title)
    assert not Record("ris", "1", title).retracted


@pytest.mark.parametrize(
    "title",
    [
        "Withdrawal symptoms after kratom",
        "Withdrawal: a review of kratom cessation",
        "Retraction of the scapula in shoulder pain",
        "Retraction of Lower Eyelid after Surgery",
        "Retracted articles in anaesthesia: a cohort study",
        "Characteristics of retracted publications",
        "Withdrawn patients: sleep after kratom",
        "Brain retraction: injury and pain",
        "Opioid withdrawal (withdrawn rats)",
        "Retracted nipples and breast pain",
    ],
)
def test_a_work_about_it_stays_clean(title: str) -> None:
    assert not retraction.in_title(title) and not retraction.is_notice(title)
    assert not Record("ris", "1", title).retracted
