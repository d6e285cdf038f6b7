"""How votes become a decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.decision_rule import Ballot, decide, standing
from review.model import Decision, Stage, VoteValue

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, EX, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE


def ballot(
    seq: int,
    vote: VoteValue,
    who: str = "Ann",
    home: str = "R1",
    covers: tuple[str, ...] = (),
    reason: str = "",
    final: bool = False,
) -> Ballot:
    return Ballot(seq, home, frozenset(covers or (home,)), who, vote, reason, final)


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


def test_a_later_vote_replaces_the_same_reviewers_earlier_one() -> None:
    assert decide([ballot(1, EX), ballot(2, IN)], TA, 1)[0] is Decision.INCLUDE


def test_votes_cast_before_records_were_joined_contradict_instead_of_the_later_winning() -> None:
    before = [ballot(1, IN, home="R1"), ballot(2, EX, home="R2")]
    assert decide(before, TA, 1)[0] is Decision.CONFLICT
    knowing_both = ballot(3, EX, home="R1", covers=("R1", "R2"))
    assert decide([*before, knowing_both], TA, 1)[0] is Decision.EXCLUDE


def test_an_adjudicators_vote_settles_a_conflict() -> None:
    votes = [ballot(1, IN, "Ann"), ballot(2, EX, "Bo"), ballot(3, EX, "Cy", final=True)]
    assert decide(votes, TA, 2)[0] is Decision.EXCLUDE


ballots = st.builds(
    ballot,
    seq=st.integers(0, 30),
    vote=st.sampled_from(VoteValue),
    who=st.sampled_from(["Ann", "Bo"]),
    home=st.sampled_from(["R1", "R2"]),
    covers=st.sampled_from([(), ("R1", "R2")]),
)


@given(st.lists(ballots, unique_by=lambda b: b.seq), st.sampled_from(Stage), st.integers(1, 2))
def test_the_order_in_which_votes_are_read_does_not_matter(
    cast: list[Ballot], stage: Stage, needed: int
) -> None:
    assert decide(cast, stage, needed) == decide(cast[::-1], stage, needed)


@given(st.lists(ballots, unique_by=lambda b: b.seq))
def test_the_newest_vote_always_stands(cast: list[Ballot]) -> None:
    if cast:
        assert max(cast, key=lambda b: b.seq) in standing(cast)
