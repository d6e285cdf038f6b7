"""How many studies were published each year, by kind of evidence. Pure: facts in, counts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from review.gaps.claims import STRENGTH
from review.gaps.filters import Filters
from review.gaps.model import DESIGN, ReportEvidence
from review.gaps.narrowing import apply, wanted
from review.protocol.codebook import Codebook

UNCODED = "not coded"
"""Kind of a study of which nobody has said or suggested a design."""

KINDS = {
    "controlled": "controlled",
    "uncontrolled": "uncontrolled",
    "mechanism": "mechanism",
    "product": "products",
    "synthesis": "reviews",
    UNCODED: UNCODED,
}
"""Kinds of evidence in words, the strongest first."""

IN_WORDS = (
    "Controlled and uncontrolled studies are in people; mechanism is animals, cells and models. A "
    "study counts once, by its best kind, whether confirmed or only suggested."
)
"""What the kinds are, in a sentence under a chart of them."""


@dataclass(frozen=True, slots=True)
class YearCount:
    """The studies of one year and one kind of evidence.

    Attributes:
        year: in which the study's first report came out; None where none says.
        confirmed, suggested: reports of studies whose kind people, or only machines, have said;
            those not coded are among the suggested.
        studies: how many studies both are, together.
    """

    year: int | None
    kind: str
    confirmed: tuple[str, ...]
    suggested: tuple[str, ...]
    studies: int


def by_year(
    facts: Sequence[ReportEvidence],
    codebook: Codebook,
    filters: Filters,
    frame: Collection[str] = (),
) -> list[YearCount]:
    """Count studies by year and kind; each counts once, by its best kind.

    Args:
        facts: reports that are not excluded; retracted ones count nowhere.
        frame: exposures that the question is about; all when empty.

    Returns:
        In order of year, those without one first, then of `KINDS`.
    """
    want = wanted(filters, codebook, frame)
    designs = {v.id: v.evidence for v in codebook.dimension(DESIGN).values}
    studies: dict[str, list[ReportEvidence]] = defaultdict(list)
    for one in apply(facts, want):
        if want.within(one) is not False and not one.retracted:
            studies[one.study].append(one)
    found: dict[tuple[int | None, str], tuple[list[str], list[str], set[str]]] = {}
    for study, reports in studies.items():
        judged = [_kind(one, designs, forms=filters.forms) for one in reports]
        known = [kind for kind in judged if kind is not None]
        if not known:
            continue
        sure = any(confirmed for _, confirmed in known)
        kinds = [kind for kind, confirmed in known if confirmed or not sure]
        kind = max(kinds, key=lambda kind: STRENGTH.index(kind) if kind != UNCODED else -1)
        year = min((one.year for one in reports if one.year), default=None)
        sides = found.setdefault((year, kind), ([], [], set()))
        (sides[0] if sure else sides[1]).extend(one.id for one in reports)
        sides[2].add(study)
    order = list(KINDS)
    return [
        YearCount(year, kind, tuple(sorted(sure)), tuple(sorted(open_)), len(held))
        for (year, kind), (sure, open_, held) in sorted(
            found.items(), key=lambda one: (one[0][0] or 0, order.index(one[0][1]))
        )
    ]


def _kind(
    one: ReportEvidence, designs: Mapping[str, str | None], *, forms: bool
) -> tuple[str, bool] | None:
    """The best kind of evidence that a report is, and whether that is confirmed.

    None for what is only a publication form, unless these are counted: as not coded.
    """
    values, confirmed = one.values(DESIGN)
    if not values:
        return UNCODED, False
    kinds = {designs.get(value) or "none" for value in values} & set(KINDS)
    if kinds:
        return max(kinds, key=STRENGTH.index), confirmed
    return (UNCODED, False) if forms else None
