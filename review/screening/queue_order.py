"""The order of a queue, from scores, years or chance: which report is shown before which.

Reports of one study, and reports that may be one text, come one after another: the best place of
any of them is that of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from statistics import median

from review.model import Order

MANY = 500
"""Reports of a stage above which a random sample comes first where the protocol says nothing.

A sample shows how common relevant reports are before the model has chosen any, and makes stopping
rules safer (Repke et al. 2026, 10.1002/cesm.70068).
"""


def chosen(order: Order | None, reports: int, *, machine_help: bool = True) -> Order:
    """The order that a stage has.

    Args:
        order: what the protocol says; None for nothing.
        reports: how many the stage has.
        machine_help: whether a model may order.
    """
    found = order or (Order.SAMPLE_FIRST if reports > MANY else Order.RELEVANCE)
    return Order.ARRIVED if found.is_learned and not machine_help else found


def random_sample(reports: Iterable[str], size: int, seed: int) -> list[str]:
    """A random sample in the order of its draw; the same for everyone.

    Each report has a number by chance, and the smallest are drawn. So what is drawn stays a random
    sample of all when more reports come in, and most of it stays as it was.
    """

    def drawn(report: str) -> tuple[bytes, str]:
        return blake2b(f"{seed} {report}".encode(), digest_size=16).digest(), report

    return nsmallest(size, reports, key=drawn)


@dataclass(frozen=True, slots=True)
class Item:
    """A report that waits.

    Attributes:
        group: what it has in common with the reports it stands together with.
    """

    report: str
    year: int | None
    group: str


def arrange(
    items: Sequence[Item],
    order: Order,
    scores: Mapping[str, float],
    sample: Sequence[str] = (),
    begun: Collection[str] = (),
) -> list[str]:
    """Put reports in order.

    Args:
        items: in the order of their arrival, which decides between equals.
        scores: report -> the higher, the sooner; for orders of a model only.
        sample: reports that come before all others, in this order, but for their groups.
        begun: groups of which a report has been voted on; their others come at once after the
            sample.
    """
    drawn = {report: -n for n, report in enumerate(sample)}
    if order is Order.OLDEST:
        worth = {i.report: -i.year for i in items if i.year is not None}
    elif order is Order.NEWEST:
        worth = {i.report: i.year for i in items if i.year is not None}
    else:
        worth = {}
    value = worth if order in (Order.OLDEST, Order.NEWEST) else scores
    first = [i for i in items if i.report in drawn]
    rest = [i for i in items if i.report not in drawn]
    return [
        *_grouped(first, drawn, frozenset()),
        *_grouped(rest, value, frozenset() if order is Order.ARRIVED else frozenset(begun)),
    ]


def _grouped(
    items: Sequence[Item], worth: Mapping[str, float], begun: Collection[str]
) -> list[str]:
    """Groups by their best report, begun ones before all others; in a group the best first."""
    lowest = float("-inf")
    best: dict[str, float] = defaultdict(lambda: lowest)
    arrival: dict[str, int] = {}
    for n, item in enumerate(items):
        best[item.group] = max(best[item.group], worth.get(item.report, lowest))
        arrival.setdefault(item.group, n)

    def place(item: Item) -> tuple[bool, float, int, float]:
        own = worth.get(item.report, lowest)
        return item.group not in begun, -best[item.group], arrival[item.group], -own

    return [item.report for item in sorted(items, key=place)]


def groups(studies: Mapping[str, str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What reports stand together: those of one study, and those that may be one text.

    Args:
        studies: report -> its study.
        pairs: reports that may be one text.

    Returns:
        Report -> the name of its group.
    """
    parent: dict[str, str] = {study: study for study in studies.values()}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in pairs:
        if a in studies and b in studies:
            low, high = sorted((root(studies[a]), root(studies[b])))
            parent[high] = low
    return {report: root(study) for report, study in studies.items()}


def uncertainty(
    scores: Mapping[str, float], relevant: Collection[str], irrelevant: Collection[str]
) -> dict[str, float]:
    """How near each report is to the border between relevant and irrelevant; higher is nearer.

    The border lies half-way between the middle scores of what is known of either kind. While there
    is none of one kind there is no border, and the likeliest come first.
    """
    if not relevant or not irrelevant:
        return dict(scores)
    border = (median(scores[r] for r in relevant) + median(scores[r] for r in irrelevant)) / 2
    return {report: -abs(score - border) for report, score in scores.items()}
