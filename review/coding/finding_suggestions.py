"""Findings that tags already say, for a person to confirm."""

from __future__ import annotations

from collections.abc import Sequence

from review.coding.suggestion_order import with_words
from review.model import Finding, Suggestion, Tag
from review.protocol.codebook import Codebook, Dimension

PAIRED = ("exposure", "population", "study_design")
"""Dimensions of a finding that must have one value before an outcome can be paired with it."""


def propose_findings(
    codebook: Codebook,
    tags: Sequence[Tag],
    suggestions: Sequence[Suggestion] = (),
    findings: Sequence[Finding] = (),
    *,
    report: str = "",
) -> list[Finding]:
    """Propose a finding for each outcome where nothing is left to choose.

    A dimension with tags goes by its tags, else by its suggestions; outcomes go by both, since a
    report may have many. Only with exactly one
    exposure, one population and one design is it certain what an outcome belongs to; otherwise
    nothing is proposed and a person has to say.

    Args:
        tags: of one report.
        suggestions: open ones of the same report, best first within a dimension.
        findings: coded already; their outcomes are not proposed again.
        report: the report's id.

    Returns:
        Findings without reviewer, in the order of the outcomes.
    """
    single: dict[str, str] = {}
    for name in PAIRED:
        values = _values(codebook.dimension(name), tags, suggestions)
        if len(values) != 1:
            return []
        single[name] = next(iter(values))
    done = {finding.outcome for finding in findings}
    outcomes = codebook.dimension("outcome")
    offered = _offered([s for s in suggestions if s.dimension == outcomes.id])
    paired = _values(outcomes, tags, ()) | offered
    return [
        Finding(
            report=report,
            exposure=single["exposure"],
            population=single["population"],
            outcome=outcome,
            study_design=single["study_design"],
            quote=quote,
        )
        for outcome, quote in paired.items()
        if outcome not in done
    ]


def _values(
    dimension: Dimension, tags: Sequence[Tag], suggestions: Sequence[Suggestion]
) -> dict[str, str]:
    """Values of a dimension with the words behind each; tags go before suggestions."""
    tagged = {t.value: t.quote for t in tags if t.dimension == dimension.id}
    if tagged:
        return tagged
    offered = [s for s in suggestions if s.dimension == dimension.id]
    if dimension.role == "study_design":
        offered = offered[:1]
    return _offered(offered)


def _offered(suggestions: Sequence[Suggestion]) -> dict[str, str]:
    """Values with their words, the best first."""
    found = {s.value: with_words(suggestions, s.value) for s in suggestions}
    return {value: one.words if one else "" for value, one in found.items()}
