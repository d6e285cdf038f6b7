"""Agreement of the reviewers of a review, from what each said first and without knowing better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from review.agreement import (
    Measure,
    PairAgreement,
    alpha,
    by_thing,
    fleiss,
    measure_words,
    pairs,
    told_little,
)
from review.events.screening import STAGES
from review.model import Stage
from review.store import assignments
from review.store.assignments import PilotBatch
from review.store.first_votes import CastVote, votes_cast
from review.workspace import Workspace

ALL, PILOT, REST = "all", "pilot", "rest"
"""Parts of a stage on which agreement is measured; those of its pilot batches are numbered."""


@dataclass(frozen=True, slots=True)
class StageAgreement:
    """How far reviewers agree at one stage.

    Attributes:
        needed: votes that the stage asks for, or its pilot batch; with one, nobody votes without
            the other's vote in sight, and there is nothing to compare.
        reports: ids of the reports that so many have voted on independently.
        pairs: reviewers two by two.
        alpha, fleiss: of all of them together, Krippendorff's and Fleiss'; the latter only where
            more than two people voted, as many on each report.
        part: which of its reports: all, those of one of its pilot batches, or the rest.
        batches: the same of each pilot batch and of the rest, where the stage had a pilot batch.
    """

    stage: Stage
    needed: int
    reports: tuple[str, ...]
    pairs: tuple[PairAgreement, ...]
    alpha: Measure
    fleiss: Measure
    part: str = ALL
    batches: tuple[StageAgreement, ...] = ()

    @property
    def compares(self) -> bool:
        """Whether there is anything to compare."""
        return self.needed > 1 or bool(self.batches)

    @property
    def in_parts(self) -> tuple[StageAgreement, ...]:
        """All of the stage, then batch by batch."""
        return (self, *self.batches)


def agreement(ws: Workspace) -> list[StageAgreement]:
    """Agreement at each stage, and batch by batch.

    Only first votes count, and of each report only those of the first people that the stage asks
    for, since whoever votes after them sees theirs; in a pilot batch those of all who take part.
    Votes on reports that are still blind for somebody are left out.
    """
    with ws.store.read() as conn:
        cast = votes_cast(conn)
        batches = {stage: assignments.pilot_batches(conn, stage) for stage in Stage}
    found = []
    for stage in Stage:
        numbers = sorted({batch.number for batch in batches[stage].values()})
        parts = [*(f"{PILOT}_{n}" for n in numbers), REST] if numbers else []
        whole, *rest = (_measured(ws, stage, p, cast, batches[stage]) for p in (ALL, *parts))
        found.append(replace(whole, batches=tuple(rest)))
    return found


def agreement_of_pilot(ws: Workspace, stage: Stage) -> StageAgreement:
    """The same on the newest pilot batch of a stage."""
    with ws.store.read() as conn:
        cast, batches = votes_cast(conn), assignments.pilot_batches(conn, stage)
    newest = max((batch.number for batch in batches.values()), default=1)
    return _measured(ws, stage, f"{PILOT}_{newest}", cast, batches)


def _measured(
    ws: Workspace,
    stage: Stage,
    part: str,
    cast: Iterable[CastVote],
    batches: Mapping[str, PilotBatch],
) -> StageAgreement:
    parts = {id_: f"{PILOT}_{batch.number}" for id_, batch in batches.items()}
    here = [v for v in cast if v.stage is stage and part in (ALL, parts.get(v.report, REST))]
    needed = ws.protocol.rule(stage).reviewers
    said = independent(here, needed, batches)
    things = by_thing(said)
    reports = tuple(sorted(str(one) for one in things))
    of_part = [batch for id_, batch in batches.items() if parts[id_] == part]
    needed = max([needed, *(len(batch.people) for batch in of_part)])
    together = fleiss(things) if len(said) > 2 else Measure(None)
    return StageAgreement(stage, needed, reports, tuple(pairs(said)), alpha(things), together, part)


def independent(
    cast: Sequence[CastVote], needed: int, batches: Mapping[str, PilotBatch] = {}
) -> dict[str, dict[Hashable, str]]:
    """Reviewer -> report -> what they said first, as long as they could not know more.

    A vote that was taken back before anybody else had voted was a slip and is passed over; one
    taken back later may have been by what others said, and counts.

    Args:
        cast: votes at one stage, in order of the log.
        needed: how many people vote blind; with fewer than two nobody does.
        batches: report -> its pilot batch, in which all who take part vote blind.
    """
    on: dict[str, list[CastVote]] = defaultdict(list)
    for vote in cast:
        on[vote.report].append(vote)
    names = {vote.person: vote.reviewer for vote in cast}
    said: dict[str, dict[Hashable, str]] = defaultdict(dict)
    for report, votes in on.items():
        for vote in _blind(_firsts(votes), needed, batches.get(report)):
            said[names[vote.person]][report] = vote.vote
    return dict(said)


def _blind(firsts: Sequence[CastVote], needed: int, batch: PilotBatch | None) -> list[CastVote]:
    """Those of the first votes on a report that were cast blind; none while somebody is to cast
    another, or where only one person is asked."""
    found = list(firsts[:needed])
    if batch is not None and batch.people:
        inside = [
            v for v in firsts
            if v.person in batch.people and (batch.end is None or v.seq < batch.end)
        ]  # fmt: skip
        if batch.end is None and batch.people - batch.gone - {v.person for v in inside}:
            return []
        found = max(inside, found, key=len)
    return found if len(found) >= max(needed, 2) else []


def _firsts(votes: Iterable[CastVote]) -> list[CastVote]:
    """The first vote of each person on a report, up to a final one, in order."""
    open_: list[CastVote] = []
    for vote in votes:
        if vote.final:
            break
        open_.append(vote)
    firsts: dict[str, CastVote] = {}
    for vote in open_:
        others = (v.seq for v in open_ if v.person != vote.person)
        slip = vote.undone is not None and not any(seq < vote.undone for seq in others)
        if not slip:
            firsts.setdefault(vote.person, vote)
    return list(firsts.values())


def headline(one: StageAgreement) -> str:
    """Agreement at a stage in a sentence."""
    stage = STAGES[one.stage].capitalize() + _part_words(one.part)
    if not one.compares:
        return f"{stage}: one vote a report is asked for, so there is nothing to compare."
    reports = f"{len(one.reports):,} report{'' if len(one.reports) == 1 else 's'}"
    if not one.reports:
        return f"{stage}: no report has {one.needed} independent votes yet."
    together = ""
    if len({name for pair in one.pairs for name in (pair.first, pair.second)}) > 2:
        together = f"; Krippendorff's alpha of all {measure_words(one.alpha)}"
        if one.fleiss.value is not None:
            together += f", Fleiss' kappa {measure_words(one.fleiss)}"
    votes = f"{one.needed} or more" if one.batches else f"{one.needed}"
    return f"{stage}: {reports} with {votes} independent votes{together}."


def _part_words(part: str) -> str:
    if part == ALL:
        return ""
    return ", beside pilot batches" if part == REST else f", pilot batch {part.rpartition('_')[2]}"


def pair_words(pair: PairAgreement) -> str:
    """``Ann and Ben: the same on 45 of 60 (75%); Cohen's kappa 0.52 (0.31 to 0.73); …``"""
    share = f" ({pair.share:.0%})" if pair.share is not None else ""
    little = told_little(pair)
    return (
        f"{pair.first} and {pair.second}: the same on {pair.agreed:,} of {pair.n:,}{share}; "
        f"Cohen's kappa {measure_words(pair.kappa)}; PABAK {measure_words(pair.pabak)}; "
        f"Gwet's AC1 {measure_words(pair.ac1)}{f' ({little})' if little else ''}"
    )


def agreement_json(found: Iterable[StageAgreement]) -> dict[str, Any]:
    """Agreement as plain JSON values; what is not defined is null."""
    return {str(one.stage): _stage_json(one) | _batches_json(one) for one in found}


def _batches_json(one: StageAgreement) -> dict[str, Any]:
    found = {batch.part: _stage_json(batch) for batch in one.batches}
    return {"batches": found} if found else {}


def _stage_json(one: StageAgreement) -> dict[str, Any]:
    return {
        "votes_needed": one.needed,
        "n": len(one.reports),
        "reports": list(one.reports),
        "alpha": one.alpha.value,
        "alpha_interval": list(one.alpha.interval) if one.alpha.interval else None,
        "fleiss": one.fleiss.value,
        "pairs": [_pair_json(pair) for pair in one.pairs],
    }


def _pair_json(pair: PairAgreement) -> Mapping[str, Any]:
    measures = {"kappa": pair.kappa, "pabak": pair.pabak, "ac1": pair.ac1}
    return {
        "reviewers": [pair.first, pair.second],
        "n": pair.n,
        "agreed": pair.agreed,
        "share": pair.share,
        "remark": told_little(pair),
        **{name: found.value for name, found in measures.items()},
        **{
            f"{name}_interval": list(found.interval) if found.interval else None
            for name, found in measures.items()
        },
    }
