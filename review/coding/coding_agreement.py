"""How far coders agree on each dimension, by what each gave before seeing the other's form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from review.agreement import (
    Measure,
    PairAgreement,
    alpha,
    masi,
    measure_words,
    pairs,
    set_alpha,
)
from review.protocol.codebook import Dimension
from review.store import coding_queue
from review.store.coding_queue import FinishedForm
from review.workspace import Workspace

NOT_CODED = ""
"""Stands among the answers for a coder who gave none where another gave one."""


@dataclass(frozen=True, slots=True)
class DimensionAgreement:
    """How far coders agree on one dimension.

    Attributes:
        reports: those that at least one of the coders gave a value here; what nobody coded says
            nothing of agreement and is left out.
        agreed: on how many all gave the same values.
        pairs: coders two by two, where the dimension has one answer.
        alpha: Krippendorff's alpha of all coders together: of names where the dimension has one
            answer, of sets with the distance MASI where it has many.
    """

    dimension: Dimension
    reports: tuple[str, ...]
    agreed: int
    pairs: tuple[PairAgreement, ...]
    alpha: Measure


def agreement(ws: Workspace) -> list[DimensionAgreement]:
    """Agreement on each dimension that was coded by several people apart."""
    with ws.store.read() as conn:
        needed = coding_queue.coders(conn)
        finished = coding_queue.forms_finished(conn)
    firsts = independent(finished, needed)
    found = []
    for dimension in ws.protocol.codebook.dimensions:
        said: dict[str, dict[Hashable, frozenset[str]]] = defaultdict(dict)
        for report, on_it in firsts.items():
            values = {form.reviewer: form.codes.get(dimension.id, []) for form in on_it}
            if any(values.values()):
                for name, given in values.items():
                    said[name][report] = frozenset(given)
        found.append(_measured(dimension, said))
    return found


def independent(
    finished: Sequence[FinishedForm], needed: int
) -> dict[str, tuple[FinishedForm, ...]]:
    """Report -> the forms that were finished when first so many were at once; nobody had seen
    another's before that moment.

    Args:
        finished: in order of the log.
        needed: how many people code each report; with fewer than two nobody codes blind.
    """
    if needed < 2:
        return {}
    on: dict[str, list[FinishedForm]] = defaultdict(list)
    for form in finished:
        on[form.report].append(form)
    found: dict[str, tuple[FinishedForm, ...]] = {}
    for report, all_forms in on.items():
        for at in all_forms:
            standing: dict[str, FinishedForm] = {}
            for form in all_forms:
                if form.seq <= at.seq and (form.undone is None or form.undone > at.seq):
                    standing[form.person] = form
            if len(standing) >= needed:
                found[report] = tuple(standing.values())
                break
    return found


def _measured(
    dimension: Dimension, said: dict[str, dict[Hashable, frozenset[str]]]
) -> DimensionAgreement:
    by_report: dict[Hashable, list[frozenset[str]]] = defaultdict(list)
    for answers in said.values():
        for report, values in answers.items():
            by_report[report].append(values)
    reports = tuple(sorted(map(str, by_report)))
    agreed = sum(len(set(values)) == 1 for values in by_report.values())
    if dimension.many:
        return DimensionAgreement(dimension, reports, agreed, (), set_alpha(by_report, masi))
    names = {
        coder: {report: "+".join(sorted(values)) or NOT_CODED for report, values in given.items()}
        for coder, given in said.items()
    }
    units = {r: ["+".join(sorted(v)) or NOT_CODED for v in values] for r, values in
             by_report.items()}  # fmt: skip
    return DimensionAgreement(dimension, reports, agreed, tuple(pairs(names)), alpha(units))


def headline(one: DimensionAgreement) -> str:
    """``Outcome: the same on 8 of 10 reports (80%); Krippendorff's alpha (MASI) 0.71 (0.40 to
    0.93)``, the 95% interval in brackets."""
    n = len(one.reports)
    if not n:
        return f"{one.dimension.label}: no report was coded by several people yet."
    kind = "alpha (MASI)" if one.dimension.many else "alpha"
    reports = "report" if n == 1 else "reports"
    return (
        f"{one.dimension.label}: the same on {one.agreed:,} of {n:,} {reports} "
        f"({one.agreed / n:.0%}); Krippendorff's {kind} {measure_words(one.alpha)}"
    )


def agreement_json(found: Iterable[DimensionAgreement]) -> dict[str, Any]:
    """Agreement as plain JSON values; what is not defined is null."""
    return {
        one.dimension.id: {
            "n": len(one.reports),
            "reports": list(one.reports),
            "agreed": one.agreed,
            "share": one.agreed / len(one.reports) if one.reports else None,
            "many": one.dimension.many,
            "distance": "masi" if one.dimension.many else "nominal",
            "alpha": one.alpha.value,
            "alpha_interval": list(one.alpha.interval) if one.alpha.interval else None,
            "kappa": [
                {
                    "reviewers": [p.first, p.second],
                    "n": p.n,
                    "value": p.kappa.value,
                    "interval": list(p.kappa.interval) if p.kappa.interval else None,
                }
                for p in one.pairs
            ],
        }
        for one in found
    }
