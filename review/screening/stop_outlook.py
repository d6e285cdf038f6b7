"""The end of screening as one picture: where it stands, what it takes, who stopped, what a check of
the rest has found; in sentences for pages, commands and papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from review.model import Decision, Stage
from review.screening import pace, queue_order, stopping_state, stops
from review.screening.proportions import Share, share
from review.screening.second_looks import LookedBackSoFar, looked_back
from review.screening.stopping import Stopping
from review.screening.stops import RestCheck, Stop
from review.store import assignments, queue_plans, reports, second_looks
from review.workspace import Workspace

TA = Stage.TITLE_ABSTRACT
CITED = "Callaghan and Müller-Hansen 2020, doi:10.1186/s13643-020-01521-4"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The end of title and abstract screening.

    Attributes:
        sample: the share of relevant ones in the random batch that screening began with; None
            where it began with none, or some of it lacks a decision.
        stops: those in force, oldest first.
        looked_back: how a model looked back at decisions, and what people stand by.
    """

    now: Stopping
    sample: Share | None
    stops: tuple[Stop, ...]
    looked_back: LookedBackSoFar = LookedBackSoFar()

    @property
    def not_screened(self) -> int:
        """Reports that the stops in force leave unscreened; a report may be left by several."""
        return len({id_ for one in self.stops for id_ in one.unscreened})


def outlook(ws: Workspace) -> Outlook:
    """The end of screening, as anybody may see it."""
    return Outlook(
        stopping_state.stopping(ws), opening_sample(ws), tuple(stops.in_force(ws)), looked_back(ws)
    )


def opening_sample(ws: Workspace) -> Share | None:
    """How many are relevant in the random sample that screening began with: that of the order, or
    a pilot batch; None where there is none, or not all of it is decided.

    The sample of the order is one of all reports that there are now (`queue_order.random_sample`).
    """
    with ws.store.read() as conn:
        plan = queue_plans.in_force(conn, TA)
        samples = [assignments.opening_pilot(conn, TA)]
        if plan is not None and plan.sample:
            samples.insert(0, _drawn(tuple(reports.ids(conn)), plan.sample, plan.seed))
        decided = second_looks.decisions(conn, [id_ for ids in samples for id_ in ids])
    for ids in samples:
        if ids and decided.keys() >= set(ids):
            return share(sum(decided[i] is Decision.INCLUDE for i in ids), len(ids))
    return None


@lru_cache(maxsize=2)  # votes change nothing of it
def _drawn(every: tuple[str, ...], size: int, seed: int) -> list[str]:
    return queue_order.random_sample(every, size, seed)


def sample_words(found: Share, now: Stopping) -> str:
    """What the sample at the beginning says of all reports."""
    low, high = found.among(now.records)
    return (
        f"In the random sample that screening began with {found.words} are relevant: {low:,} to "
        f"{high:,} of all {now.records:,} reports. {now.found:,} are found."
    )


def work_words(ws: Workspace, now: Stopping, viewer: str) -> str:
    """How long it takes until the target is reached if nothing relevant comes up, at the viewer's
    own pace, or the mean of those whose pace they may see; ``""`` where no pace is known."""
    if not now.more:
        return ""
    an_hour, own = pace.reports_an_hour(ws, TA, viewer)
    if an_hour is None:
        return ""
    hours = now.more / an_hour
    minutes = max(round(hours * 60), 1)
    time = f"{hours:,.0f} hours" if hours >= 2 else f"{minutes} minute{'s' * (minutes > 1)}"
    whose = "your pace" if own else "the pace so far"
    reports = "1 report takes" if now.more == 1 else f"{now.more:,} reports take"
    return f"At {whose} of {an_hour:,.0f} reports an hour {reports} about {time} of each reviewer."


def stop_words(one: Stop) -> str:
    """Who stopped, when, under which protocol, and what the figures were."""
    said = one.said
    found = (
        f"at least {stopping_state.at_least(said.least_recall)} of the relevant ones were found"
        if said.least_recall is not None
        else "nothing relevant was found"
    )
    sure = stopping_state.percent(said.confidence)
    target = f"{stopping_state.percent(said.target)} found with {sure} confidence"
    return (
        f"{one.reviewer} stopped title and abstract screening on {one.at.day} {one.at:%B %Y} "
        f"under protocol {one.protocol}, after {said.screened:,} of {said.total:,} reports, "
        f"{said.found:,} of them included; {said.reports:,} were not screened. "
        f"With {sure} confidence {found}; the target, {target}, "
        f"was {'' if said.reached else 'not '}reached "
        f"({stopping_state.p_words(said.p, said.confidence)}"
        + (
            ")."
            if said.p_unbiased is None
            else f", the order taken to be {stopping_state.order_words(said.bias)}; "
            f"{stopping_state.p_words(said.p_unbiased, said.confidence)} where it is taken to be "
            "chance)."
        )
        + (f" Why: {said.why.rstrip('.')}." if said.why else "")
    )


def check_words(check: RestCheck, unscreened: int) -> str:
    """How far the check of the rest is, or what it says.

    Args:
        unscreened: reports that the stop leaves unscreened now.
    """
    seeds = ", ".join(str(seed) for _, seed in check.events)
    drawn = (
        f"Random check of the rest: {len(check.reports):,} of {check.left:,} reports not screened "
        f"were drawn (seed {seeds})"
    )
    if check.share is None:
        return f"{drawn}; {check.decided:,} of them are decided, {len(check.found):,} included."
    low, high = check.share.among(unscreened)
    return (
        f"{drawn} and all are decided: {check.share.words} are relevant. Among the "
        f"{unscreened:,} still not screened that makes {low:,} to {high:,}."
    )


def paragraph(found: Outlook) -> str:
    """The end of screening for a methods section."""
    target, sure = map(stopping_state.percent, (found.now.target, found.now.confidence))
    said = [
        f"Whether title and abstract screening may stop was judged by the hypergeometric test of "
        f"BUSCAR ({CITED}), at a target of {target} of the relevant reports and a confidence of "
        f"{sure}, {_bias_words(found.now)}. {stopping_state.assumed(found.now)}"
    ]
    if found.sample is not None:
        said.append(sample_words(found.sample, found.now))
    for one in found.stops:
        said.append(stop_words(one))
        if one.check is not None:
            said.append(check_words(one.check, len(one.unscreened)))
    if not found.stops:
        left = found.now.left
        unit = "report is" if left == 1 else "reports are"
        said.append(
            f"Screening was not stopped early; {left:,} {unit} not decided yet."
            if left
            else "All reports were screened."
        )
    if found.looked_back.words:
        said.append(found.looked_back.words)
    return "\n\n".join(said)


def _bias_words(now: Stopping) -> str:
    """With which bias the test was made."""
    if now.largest_bias <= 1:
        return "without a bias"
    limit = (
        "with the bias of the order (Wallenius' distribution) that the last relevant reports show "
        f"at the least, {now.largest_bias:g} at the most"
    )
    if now.unbiased is None:
        return limit if not now.left else f"{limit}; none is shown now"
    with_it, without = (
        stopping_state.p_words(one.p, now.confidence) for one in (now, now.unbiased)
    )
    return (
        f"{limit}; now {now.order.bias:.3g}, by the last {now.order.finds:,}, and without it "
        f"{without} instead of {with_it}"
    )


def to_json(found: Outlook) -> Mapping[str, Any]:
    """Everything as plain JSON values, under the names of `stopping_state.stopping_json`."""
    return {
        **stopping_state.stopping_json(found.now),
        "sample": asdict(found.sample) if found.sample else None,
        "not_screened": found.not_screened,
        "kept_after_a_second_look": found.looked_back.kept,
        "stops": [_stop_json(one) for one in found.stops],
    }


def _stop_json(one: Stop) -> dict[str, Any]:
    said = one.said.model_dump(mode="json", exclude={"records"})
    check = one.check
    return {
        "event": one.event,
        "at": one.at.isoformat(),
        "protocol": one.protocol,
        **said,
        "not_screened": len(one.unscreened),
        "check": None if check is None else {
            "draws": [{"event": id_, "seed": seed} for id_, seed in check.events],
            "of": check.left,
            "drawn": len(check.reports),
            "decided": check.decided,
            "included": list(check.found),
            "share": asdict(check.share) if check.share else None,
        },
    }  # fmt: skip
