"""How far title and abstract screening of a review is from where it may stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import floor
from typing import Any

import numpy as np

from review.model import Stage
from review.protocol.model import Protocol, StoppingRule
from review.screening import queue_order
from review.screening.stopping import Stopping, assess
from review.store import Connection, first_votes, queue_plans, screening_status, stops
from review.workspace import Workspace

TA = Stage.TITLE_ABSTRACT

ASSUMED = (
    "It takes the records at the end of what was screened for a random draw from those that were "
    "left then, which is on the safe side where the likelier ones come first; that the votes are "
    "right; and that the records left are of the same kind as those screened. Records that lack a "
    "vote or are in conflict count as left: settle these first. What comes in later is not covered."
)
"""What the test assumes of an order that is taken to be chance, in words for screens and papers."""

ASSUMED_OF_THE_ORDER = (
    "It takes the order to be as good for what is left as it was, at the least, for the last ones "
    "that were found, so for relevant ones that the model cannot tell from others it may stop too "
    "early: a random check of the rest, after a stop, shows whether that holds. It also takes the "
    "votes to be right, and the records left to be of the same kind as those screened. Records "
    "that lack a vote or are in conflict count as left: settle these first. What comes in later is "
    "not covered."
)
"""The same where the order was measured to be better."""

RARER = "over another stretch they were rarer, so the test finds so many unlikely"
"""Why more may be expected by the last ones screened than are left at most."""

SMALL_WORDS = (
    "With fewer than 1,000 reports stopping early is not advised: screening all of them costs "
    "little more."
)


def stopping(ws: Workspace) -> Stopping:
    """Where screening stands, by the reports that are decided, in the order of their first votes.

    Reports that wait for a second vote, or on which votes disagree, are not screened yet.
    """
    with ws.store.read() as conn:
        return standing(conn, ws.protocol)


def standing(conn: Connection, protocol: Protocol) -> Stopping:
    """The same within a transaction.

    An order that no model made is taken to be chance, and so is what a random check has drawn.
    """
    rule = protocol.stopping
    ordered = protocol.rule(TA).order
    learned = queue_order.chosen(ordered, 0, machine_help=protocol.machine_help).is_learned
    trained = queue_plans.first_trained(conn, TA) if learned and rule.largest_bias > 1 else None
    screened, relevant = first_votes.screened(conn)
    labels = np.zeros(screened, dtype=np.int64)
    labels[relevant] = 1
    total = sum(n for *_, n in screening_status.counts(conn))
    together = first_votes.cast_together(conn)
    if trained is None:
        now = assess(labels, total, rule.target, rule.confidence, together=together)
    else:
        drawn = stops.drawn(conn)
        named = first_votes.decided_in_order(conn) if drawn else ()
        now = assess(
            labels, total, rule.target, rule.confidence, rule.largest_bias,
            ordered_from=first_votes.decided_before(conn, trained),
            drawn=[n for n, (id_, _) in enumerate(named) if id_ in drawn],
            together=together,
        )  # fmt: skip
    return replace(now, from_files=first_votes.from_files(conn))


def screened(ws: Workspace) -> tuple[list[str], list[str]]:
    """The reports that are screened, in the order of their first votes, and those included."""
    with ws.store.read() as conn:
        decided = first_votes.decided_in_order(conn)
    return [id_ for id_, _ in decided], [id_ for id_, included in decided if included]


def rule_words(rule: StoppingRule) -> str:
    """What the protocol asks for before screening may stop, in words for screens."""
    order = (
        f"the order counts as up to {rule.largest_bias:g} times as good as chance"
        if rule.largest_bias > 1
        else "the order is taken to be chance"
    )
    return f"{percent(rule.target)} found with {percent(rule.confidence)} confidence; {order}"


def assumed(found: Stopping) -> str:
    """What the test assumes, in words for screens and papers."""
    return ASSUMED if found.unbiased is None else ASSUMED_OF_THE_ORDER


def order_words(bias: float) -> str:
    """How good the order was taken to be: ``2 times as good as chance``."""
    return f"{bias:.3g} times as good as chance"


def percent(share: float) -> str:
    """``95%``, ``97.5%``: a target or a confidence as the protocol says it."""
    return f"{100 * share:.4g}%"


def at_least(share: float) -> str:
    """``94%`` of 0.948: what is found at the least is not rounded up."""
    return f"{floor(100 * share + 1e-9)}%"


def unbiased_words(found: Stopping) -> str:
    """What the test says where the order is taken to be chance: ``reached``, ``not reached …``."""
    share = "" if found.least_recall is None else f"at least {at_least(found.least_recall)} found"
    if found.reached:
        return f"reached too: {share}" if share else "reached too"
    more = f"{found.more:,} more to the target, none of them relevant"
    return f"not reached: {share}, {more}" if share else f"not reached: {more}"


def p_words(p: float, confidence: float) -> str:
    """``p = 0.031``, ``p < 0.001``; so exact that it tells on which side of the limit it is."""
    if p < 0.0005:
        return "p < 0.001"
    limit = round(1 - confidence, 12)  # 1 - 0.95 is a little over 0.05
    exact = (f"{p:.{n}f}" for n in range(3, 17))
    return "p = " + next((x for x in exact if (float(x) < limit) == (p < limit)), str(p))


def words(found: Stopping) -> list[str]:
    """Where screening stands, in sentences."""
    sure, target = percent(found.confidence), percent(found.target)
    test = p_words(found.p, found.confidence)
    screened = f"{found.screened:,} of {found.records:,} reports screened"
    said = [f"{screened}, {found.found:,} of them included."]
    if not found.left:
        return [*said, "Nothing is left to screen."]
    said += not_in_turn(found)
    if found.least_recall is not None:
        said.append(
            f"With {sure} confidence at least {at_least(found.least_recall)} of the relevant "
            f"reports are found, and no more than {found.most_left:,} are among the "
            f"{found.left:,} left."
        )
    else:
        said.append("Nothing relevant is found yet, so nothing can be said of what is left.")
    if found.last:
        said.append(
            f"If relevant ones come up among these as they did in the last {found.last:,} screened "
            f"({found.found_last:,} included), about {found.expected_left:,.0f} more are to be "
            "expected; "
            + (
                f"{RARER}."
                if found.expected_left > found.most_left
                else "where the likelier ones came first, fewer."
            )
        )
    if found.reached:
        said.append(
            f"The protocol's target is reached: {target} found, with {sure} confidence ({test})."
        )
    else:
        said.append(
            f"The protocol's target, {target} found with {sure} confidence, is not reached "
            f"({test}). It would be after {found.more:,} more reports, none of them "
            "relevant."
        )
    if found.unbiased is not None:
        said.append(
            f"For this the order is taken to be {order_words(found.order.bias)}, as it was at the "
            f"least for the last {found.order.finds:,} found. Taken to be chance: the target is "
            f"{unbiased_words(found.unbiased)} "
            f"({p_words(found.unbiased.p, found.confidence)})."
        )
    if found.is_small:
        said.append(SMALL_WORDS)
    return said


def not_in_turn(found: Stopping) -> list[str]:
    """What of the reports screened did not come up one after another, in sentences."""
    said = []
    if found.together:
        said.append(
            f"{found.together:,} of the {found.screened:,} reports screened were decided by a vote "
            "on several at once. They did not come up in turn, so they say nothing of those left."
        )
    if found.from_files:
        said.append(
            f"{found.from_files:,} of the {found.screened:,} reports screened came decided in a "
            "file; its order is taken to be that of screening."
        )
    return said


def stopping_json(found: Stopping) -> Mapping[str, Any]:
    """The same as plain JSON values."""
    return {
        "records": found.records,
        "screened": found.screened,
        "found": found.found,
        "left": found.left,
        "target": found.target,
        "confidence": found.confidence,
        "p": found.p,
        "reached": found.reached,
        "most_left": found.most_left,
        "expected_left": round(found.expected_left, 1),
        "least_recall": found.least_recall,
        "more_without_a_find": found.more,
        "stopping_advised": found.reached and not (found.is_small and found.left),
        "largest_bias": found.largest_bias,
        "bias": found.order.bias,
        "bias_measured_on_the_last": found.order.finds,
        "without_bias": None if found.unbiased is None else {
            "p": found.unbiased.p,
            "reached": found.unbiased.reached,
            "most_left": found.unbiased.most_left,
            "least_recall": found.unbiased.least_recall,
            "more_without_a_find": found.unbiased.more,
        },
        "decided_together": found.together,
        "from_files": found.from_files,
        "assumes": assumed(found),
    }  # fmt: skip
