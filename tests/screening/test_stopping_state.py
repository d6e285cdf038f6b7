"""Where the screening of a review stands towards its end."""

from __future__ import annotations

from review.model import Stage, VoteValue
from review.screening import stopping_state
from review.screening.service import cast
from review.screening.stopping import assess
from review.store.first_votes import decided_in_order
from review.workspace import Workspace
from tests.factories import paper
from tests.reviews import add

TA = Stage.TITLE_ABSTRACT


def test_decided_reports_count_in_the_order_of_their_first_votes(ws: Workspace) -> None:
    add(ws, [paper(n) for n in range(4, 41)])
    for n in (3, 1):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.INCLUDE)
    for n in range(4, 34):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.EXCLUDE)
    found = stopping_state.stopping(ws)
    assert (found.records, found.screened, found.found, found.left) == (40, 32, 2, 8)
    assert 0 < found.p < 1
    said = stopping_state.words(found)
    assert said[0] == "32 of 40 reports screened, 2 of them included."
    assert any("not advised" in sentence for sentence in said)
    told = stopping_state.stopping_json(found)
    assert told["left"] == 8 and told["stopping_advised"] is False and told["assumes"]
    # A vote that is changed keeps its place in the order.
    cast(ws, "P000003", TA, "Ann", VoteValue.EXCLUDE, replace=True)
    cast(ws, "P000003", TA, "Ann", VoteValue.INCLUDE, replace=True)
    with ws.store.read() as conn:
        assert [id_ for id_, _ in decided_in_order(conn)][:2] == ["P000003", "P000001"]


def test_nothing_screened_and_everything_screened_are_said(ws: Workspace) -> None:
    found = stopping_state.stopping(ws)
    assert not found.reached and "Nothing relevant is found yet" in stopping_state.words(found)[1]
    for n in (1, 2, 3):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.EXCLUDE)
    found = stopping_state.stopping(ws)
    assert found.reached and stopping_state.words(found)[-1] == "Nothing is left to screen."


def test_more_expected_than_left_at_most_is_explained() -> None:
    seen = [1, *[0] * 859, *[0] * 145, 1]
    found = assess(seen, 2_500)
    assert found.expected_left > found.most_left
    assert stopping_state.RARER in " ".join(stopping_state.words(found))
    assert stopping_state.RARER not in " ".join(stopping_state.words(assess([1, 0, 0], 2_500)))
