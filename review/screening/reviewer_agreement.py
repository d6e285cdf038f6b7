"""Agreement of the reviewers of a review, from what each said first and without knowing better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.agreement import Measure, PairAgreement, alpha, by_thing, pairs
from review.events.screening import STAGES
from review.model import Stage
from review.store.first_votes import CastVote, votes_cast
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StageAgreement:
    """How far reviewers agree at one stage.

    Attributes:
        needed: votes that the stage asks for; with one, nobody votes without the other's vote in
            sight, and there is nothing to compare.
        reports: ids of the reports that so many have voted on independently.
        pairs: reviewers two by two.
        alpha: of all of them together.
    """

    stage: Stage
    needed: int
    reports: tuple[str, ...]
    pairs: tuple[PairAgreement, ...]
    alpha: Measure


def agreement(ws: Workspace) -> list[StageAgreement]:
    """Agreement at each stage.

    Only first votes count, and of each report only those of the first people that the stage asks
    for, since whoever votes after them sees theirs. Votes on reports that are still blind for
    somebody are left out.
    """
    with ws.store.read() as conn:
        cast = votes_cast(conn)
    return [_agreement_at(ws, stage, cast) for stage in Stage]


def agreement_among(ws: Workspace, stage: Stage, batch: Collection[str]) -> StageAgreement:
    """The same at one stage on some reports alone, such as a pilot batch."""
    with ws.store.read() as conn:
        cast = votes_cast(conn)
    return _agreement_at(ws, stage, [v for v in cast if v.report in set(batch)])


def _agreement_at(ws: Workspace, stage: Stage, cast: Iterable[CastVote]) -> StageAgreement:
    needed = ws.protocol.rule(stage).reviewers
    said = independent([v for v in cast if v.stage is stage], needed)
    things = by_thing(said)
    reports = tuple(sorted(str(one) for one in things))
    return StageAgreement(stage, needed, reports, tuple(pairs(said)), alpha(things))


def independent(cast: Sequence[CastVote], needed: int) -> dict[str, dict[Hashable, str]]:
    """Reviewer -> report -> what they said first, as long as they could not know more.

    A vote that was taken back before anybody else had voted was a slip and is passed over; one
    taken back later may have been by what others said, and counts.

    Args:
        cast: votes at one stage, in order of the log.
        needed: how many people vote blind; with fewer than two nobody does.
    """
    if needed < 2:
        return {}
    on: dict[str, list[CastVote]] = defaultdict(list)
    for vote in cast:
        on[vote.report].append(vote)
    names = {vote.person: vote.reviewer for vote in cast}
    said: dict[str, dict[Hashable, str]] = defaultdict(dict)
    for report, votes in on.items():
        firsts = _firsts(votes)
        if len(firsts) >= needed:
            for vote in firsts[:needed]:
                said[names[vote.person]][report] = vote.vote
    return dict(said)


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
    stage = STAGES[one.stage].capitalize()
    if one.needed < 2:
        return f"{stage}: one vote a report is asked for, so there is nothing to compare."
    reports = f"{len(one.reports):,} report{'' if len(one.reports) == 1 else 's'}"
    if not one.reports:
        return f"{stage}: no report has {one.needed} independent votes yet."
    together = ""
    if len({name for pair in one.pairs for name in (pair.first, pair.second)}) > 2:
        together = f"; Krippendorff's alpha of all {measure_words(one.alpha)}"
    return f"{stage}: {reports} with {one.needed} independent votes{together}."


def pair_words(pair: PairAgreement) -> str:
    """``Ann and Ben: the same on 45 of 60 (75%); Cohen's kappa 0.52 (0.31 to 0.73); …``"""
    share = f" ({pair.share:.0%})" if pair.share is not None else ""
    return (
        f"{pair.first} and {pair.second}: the same on {pair.agreed:,} of {pair.n:,}{share}; "
        f"Cohen's kappa {measure_words(pair.kappa)}; PABAK {measure_words(pair.pabak)}; "
        f"Gwet's AC1 {measure_words(pair.ac1)}"
    )


def measure_words(found: Measure) -> str:
    """``0.52 (0.31 to 0.73)``, the 95% interval in brackets."""
    if found.value is None:
        return "not defined"
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.interval[0]:.2f} to {found.interval[1]:.2f})"


def agreement_json(found: Iterable[StageAgreement]) -> dict[str, Any]:
    """Agreement as plain JSON values; what is not defined is null."""
    return {
        str(one.stage): {
            "votes_needed": one.needed,
            "n": len(one.reports),
            "reports": list(one.reports),
            "alpha": one.alpha.value,
            "pairs": [_pair_json(pair) for pair in one.pairs],
        }
        for one in found
    }


def _pair_json(pair: PairAgreement) -> Mapping[str, Any]:
    measures = {"kappa": pair.kappa, "pabak": pair.pabak, "ac1": pair.ac1}
    return {
        "reviewers": [pair.first, pair.second],
        "n": pair.n,
        "agreed": pair.agreed,
        "share": pair.share,
        **{name: found.value for name, found in measures.items()},
        **{
            f"{name}_interval": list(found.interval) if found.interval else None
            for name, found in measures.items()
        },
    }
