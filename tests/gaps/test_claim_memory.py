"""Claims kept up as evidence changes stand where claims judged anew stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.gaps import claim_memory, narrowing
from review.gaps.claim_memory import ClaimMemory, JudgedClaims
from review.gaps.claims import ClaimAssessor, ClaimState
from review.gaps.filters import Filters
from review.gaps.model import ReportEvidence
from review.protocol.model import Claim
from tests.gaps.test_matrix import CODEBOOK
from tests.gaps.test_properties import reviews
from tests.reviews import shipped_protocol

filters = st.builds(
    Filters,
    population=st.sampled_from([(), ("human",), ("mouse",)]),
    years=st.sampled_from([(None, None), (2015, None)]),
    direction=st.sampled_from([(), ("not_stated",), ("better",)]),
    confirmed_only=st.booleans(),
    beyond_frame=st.booleans(),
    without_retracted=st.booleans(),
)


@given(st.lists(reviews(), min_size=2, max_size=4), filters, st.data())
@settings(max_examples=40, deadline=None)
def test_claims_kept_up_as_evidence_changes_are_the_claims_judged_anew(
    states: list[list[ReportEvidence]], chosen: Filters, data: st.DataObject
) -> None:
    protocol = shipped_protocol()
    frame = protocol.frame.exposure
    want = narrowing.wanted(chosen, CODEBOOK, frame)
    kept = ClaimMemory()
    now: dict[str, ReportEvidence] = {}
    for state in states:
        for id_ in data.draw(st.sets(st.sampled_from(sorted(now)))) if now else ():
            del now[id_]
        for one in data.draw(st.lists(st.sampled_from(state), max_size=2)) if state else ():
            now[one.id] = one
        facts = [now[id_] for id_ in sorted(now)]
        homes = {"K001": data.draw(st.sampled_from(["P1", "P2"]))}
        found = kept.of(chosen).judge(facts, want, CODEBOOK, protocol.claims, homes, frame)
        judge = ClaimAssessor(
            CODEBOOK, narrowing.apply(facts, want), homes, frame, beyond=not want.frame
        )
        assert found == tuple(judge.judge(claim) for claim in protocol.claims)


def test_only_claims_that_a_changed_report_may_bear_on_are_judged_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    protocol = shipped_protocol()
    frame = protocol.frame.exposure
    want = narrowing.wanted(Filters(), CODEBOOK, frame)
    facts = [
        ReportEvidence(
            f"P{n}", f"S{n}", tags={"outcome": frozenset({outcome}), "exposure": frozenset(frame)}
        )
        for n, outcome in enumerate(("sleep_quality", "death"))
    ]
    judged: list[str] = []

    class Counting(ClaimAssessor):
        def judge(self, claim: Claim) -> ClaimState:
            judged.append(claim.id)
            return super().judge(claim)

    monkeypatch.setattr(claim_memory, "ClaimAssessor", Counting)
    kept = JudgedClaims()
    before = kept.judge(facts, want, CODEBOOK, protocol.claims, {}, frame)
    assert judged == [claim.id for claim in protocol.claims]
    judged.clear()
    voted = [replace(facts[0], included=True), facts[1]]
    assert kept.judge(voted, want, CODEBOOK, protocol.claims, {}, frame) == before
    asking = {c.id for c in protocol.claims if not c.outcome or "sleep_quality" in c.outcome}
    assert judged and set(judged) <= asking and len(asking) < len(protocol.claims)
