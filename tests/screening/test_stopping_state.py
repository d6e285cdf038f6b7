"""Where the screening of a review stands towards its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.model import Order, Stage, VoteValue
from review.protocol.model import StoppingRule
from review.screening import bulk, ordering, stop_outlook, stopping_state, stops
from review.screening.service import cast, import_votes
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


@pytest.fixture
def well_ordered(ws: Workspace) -> Workspace:
    """A review of sixty reports that a model ordered: the first ten included, the forty after them
    excluded. Its protocol lets the order count."""
    add(ws, [paper(n) for n in range(4, 61)])
    ordering.bring_up_to_date(ws, TA)
    for n in range(1, 51):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.INCLUDE if n <= 10 else VoteValue.EXCLUDE)
    return ws


def with_protocol(ws: Workspace, **said: Any) -> Workspace:
    return replace(ws, protocol=ws.protocol.model_copy(update=said))


def test_what_the_order_is_worth_is_measured_and_the_answer_without_it_said_beside_it(
    well_ordered: Workspace,
) -> None:
    found = stopping_state.stopping(well_ordered)
    assert (found.order.bias, found.order.finds, found.largest_bias) == (2, 5, 2)
    assert found.reached and found.unbiased is not None and not found.unbiased.reached
    said = " ".join(stopping_state.words(found))
    assert "taken to be 2 times as good as chance, as it was at the least for the last 5" in said
    assert "Taken to be chance: the target is not reached: at least 90% found, 8 more" in said
    told = stopping_state.stopping_json(found)
    assert (told["bias"], told["bias_measured_on_the_last"]) == (2, 5)
    assert told["reached"] and not told["without_bias"]["reached"]
    assert told["assumes"] == stopping_state.ASSUMED_OF_THE_ORDER


@pytest.mark.parametrize(
    "said", [{"machine_help": False}, {"order": Order.OLDEST}, {"largest_bias": 1}], ids=str
)
def test_an_order_that_no_model_made_or_may_count_is_taken_to_be_chance(
    well_ordered: Workspace, said: dict[str, Any]
) -> None:
    rules = well_ordered.protocol
    if "order" in said:
        said = {"stages": tuple(rule.model_copy(update=said) for rule in rules.stages)}
    elif "largest_bias" in said:
        said = {"stopping": rules.stopping.model_copy(update=said)}
    ws = with_protocol(well_ordered, **said)
    found = stopping_state.stopping(ws)
    assert not found.reached and found.unbiased is None and found.order.bias == 1
    assert found == replace(assess([1] * 10 + [0] * 40, 60), largest_bias=found.largest_bias)
    assert stopping_state.stopping_json(found)["without_bias"] is None
    assert "without a bias" in stop_outlook.paragraph(stop_outlook.outlook(ws))


def test_finds_from_before_a_model_made_the_order_count_for_nothing(ws: Workspace) -> None:
    add(ws, [paper(n) for n in range(4, 61)])
    for n in range(1, 51):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.INCLUDE if n <= 10 else VoteValue.EXCLUDE)
    assert stopping_state.stopping(ws).unbiased is None  # no model made an order
    ordering.bring_up_to_date(ws, TA)
    assert stopping_state.stopping(ws).unbiased is None  # none of these came up by it


def test_a_random_check_is_not_credited_to_the_order(well_ordered: Workspace) -> None:
    before = stopping_state.stopping(well_ordered)
    stop = stops.stop(well_ordered, "Ann", "so few are left", seen=before)
    drawn = stops.draw_check(well_ordered, stop.id, 4, "Ann", seed=1)
    for record in drawn.data.records:
        cast(well_ordered, "P" + record[1:], TA, "Ann", VoteValue.EXCLUDE)
    now = stopping_state.stopping(well_ordered)
    credited = assess([1] * 10 + [0] * 44, 60, largest_bias=2)
    assert now.unbiased is not None and now.screened == credited.screened == 54
    assert now.p > credited.p


def test_the_rule_of_the_protocol_is_told_with_what_the_order_counts() -> None:
    rule = StoppingRule(target=0.975, confidence=0.9)
    told = stopping_state.rule_words(rule)
    assert told == "97.5% found with 90% confidence; the order is taken to be chance"
    told = stopping_state.rule_words(rule.model_copy(update={"largest_bias": 1.5}))
    assert told.endswith("the order counts as up to 1.5 times as good as chance")


def test_figures_never_contradict_the_answer() -> None:
    assert stopping_state.at_least(0.9499) == "94%" and stopping_state.at_least(19 / 20) == "95%"
    assert stopping_state.percent(0.975) == "97.5%" and stopping_state.percent(0.999) == "99.9%"
    assert stopping_state.p_words(0.04996, 0.95) == "p = 0.04996"
    assert stopping_state.p_words(0.0312, 0.95) == "p = 0.031"


def test_a_stop_keeps_what_the_order_was_taken_to_be(well_ordered: Workspace) -> None:
    now = stopping_state.stopping(well_ordered)
    assert now.unbiased is not None
    done = stops.stop(well_ordered, "Ann", "so few are left", seen=now)
    assert (done.data.bias, done.data.p_unbiased) == (2, now.unbiased.p)
    told = stop_outlook.paragraph(stop_outlook.outlook(well_ordered))
    assert "was reached (p = 0.043, the order taken to be 2 times as good as chance;" in told
    assert "2 at the most; now 2, by the last 5, and without it p = 0.200 instead of" in told


def test_more_expected_than_left_at_most_is_explained() -> None:
    seen = [1, *[0] * 859, *[0] * 145, 1]
    found = assess(seen, 2_500)
    assert found.expected_left > found.most_left
    assert stopping_state.RARER in " ".join(stopping_state.words(found))
    assert stopping_state.RARER not in " ".join(stopping_state.words(assess([1, 0, 0], 2_500)))


def test_what_one_press_or_a_file_decided_is_told_beside_the_test(
    ws: Workspace, tmp_path: Path
) -> None:
    add(ws, [paper(n) for n in range(4, 41)])
    for n in range(1, 11):
        cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.INCLUDE if n % 3 == 0 else VoteValue.EXCLUDE)
    before = stopping_state.stopping(ws)
    ids = [f"P{n:06d}" for n in range(11, 31)]
    votes = bulk.cast_all(ws, bulk.plan(ws, ids, TA, "Ann", VoteValue.EXCLUDE))
    now = stopping_state.stopping(ws)
    assert (now.screened, now.left, now.together, now.found) == (30, 10, 20, 3)
    assert not now.reached and (now.last, now.found_last) == (10, 3)
    said = " ".join(stopping_state.words(now))
    assert "20 of the 30 reports screened were decided by a vote on several at once" in said
    assert stopping_state.stopping_json(now)["decided_together"] == 20
    bulk.take_back(ws, votes[0], "Ann")
    assert stopping_state.stopping(ws) == before and not before.from_files
    file = tmp_path / "votes.csv"
    rows = "".join(f"P{n:06d},title_abstract,Ann,exclude\n" for n in range(31, 36))
    file.write_text("report,stage,reviewer,vote\n" + rows, encoding="utf-8")
    import_votes(ws, file, "Ann")
    now = stopping_state.stopping(ws)
    assert (now.screened, now.from_files, now.together) == (15, 5, 0)
    said = " ".join(stopping_state.words(now))
    assert "5 of the 15 reports screened came decided in a file; its order" in said
    assert stopping_state.stopping_json(now)["from_files"] == 5
