"""How votes become a decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.decision_rule import Ballot, decide
from review.model import Decision, Stage, VoteValue

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, EX, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE


def ballot(
    seq: int,
    vote: VoteValue,
    who: str = "Ann",
    reason: str = "",
    final: bool = False,
) -> Ballot:
    return Ballot(seq, who, vote, reason, final)


@pytest.mark.parametrize(
    ("votes", "stage", "needed", "decision"),
    [
        ([], TA, 1, Decision.AWAITING),
        ([IN], TA, 1, Decision.INCLUDE),
        ([EX], TA, 1, Decision.EXCLUDE),
        ([MAYBE], TA, 1, Decision.INCLUDE),
        ([MAYBE], FT, 1, Decision.AWAITING),
        ([IN], TA, 2, Decision.AWAITING),
        ([IN, IN], TA, 2, Decision.INCLUDE),
        ([IN, MAYBE], TA, 2, Decision.INCLUDE),
        ([IN, EX], TA, 2, Decision.CONFLICT),
        ([MAYBE, EX], TA, 2, Decision.CONFLICT),
        ([EX, EX], FT, 2, Decision.EXCLUDE),
        ([IN, EX], TA, 1, Decision.CONFLICT),
    ],
)
def test_votes_of_different_reviewers(
    votes: list[VoteValue], stage: Stage, needed: int, decision: Decision
) -> None:
    ballots = [ballot(i, v, who=f"reviewer {i}") for i, v in enumerate(votes)]
    assert decide(ballots, stage, needed)[0] is decision


def test_two_excludes_with_different_reasons_exclude_without_one_reason() -> None:
    ballots = [ballot(1, EX, "Ann", reason="language"), ballot(2, EX, "Bo", reason="not_kratom")]
    assert decide(ballots, TA, 2) == (Decision.EXCLUDE, "")


def test_a_full_text_that_could_not_be_had_is_not_retrieved() -> None:
    ballots = [ballot(1, EX, reason="full_text_missing")]
    assert decide(ballots, FT, 1, ["full_text_missing"])[0] is Decision.NOT_RETRIEVED
    assert decide(ballots, TA, 1, ["full_text_missing"])[0] is Decision.EXCLUDE


def test_two_votes_of_one_reviewer_that_are_both_in_force_contradict() -> None:
    assert decide([ballot(1, IN), ballot(2, EX)], TA, 1)[0] is Decision.CONFLICT


def test_an_adjudicators_vote_settles_a_conflict() -> None:
    votes = [ballot(1, IN, "Ann"), ballot(2, EX, "Bo"), ballot(3, EX, "Cy", final=True)]
    assert decide(votes, TA, 2)[0] is Decision.EXCLUDE


ballots = st.builds(
    ballot,
    seq=st.integers(0, 30),
    vote=st.sampled_from(VoteValue),
    who=st.sampled_from(["Ann", "Bo"]),
    final=st.booleans(),
)


@given(st.lists(ballots, unique_by=lambda b: b.seq), st.sampled_from(Stage), st.integers(1, 2))
def test_the_order_in_which_votes_are_read_does_not_matter(
    cast: list[Ballot], stage: Stage, needed: int
) -> None:
    assert decide(cast, stage, needed) == decide(cast[::-1], stage, needed)


def test_of_two_final_votes_on_one_record_the_newer_settles() -> None:
    finals = [ballot(7, EX, "Cy", "language", final=True), ballot(9, IN, "Di", final=True)]
    for ballots in (finals, finals[::-1]):
        assert decide(ballots, TA, 2)[0] is Decision.INCLUDE


@given(st.lists(st.sampled_from((IN, EX, MAYBE)), min_size=1, max_size=4), st.sampled_from(Stage))
def test_votes_of_one_person_on_merged_records_are_those_of_one_reviewer(
    votes: list[VoteValue], stage: Stage
) -> None:
    cast = [ballot(seq, vote, "Ann") for seq, vote in enumerate(votes)]
    assert decide(cast, stage, 2) == (Decision.AWAITING, "")


@pytest.mark.parametrize("other", ["ann lee", "Ann  Lee ", "Ann\u00a0Lee", "ＡＮＮ LEE"])
def test_one_person_in_two_spellings_decides_nothing_alone(other: str) -> None:
    votes = [ballot(1, IN, "Ann Lee"), ballot(2, IN, other)]
    assert decide(votes, TA, 2)[0] is Decision.AWAITING
