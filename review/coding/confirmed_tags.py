"""The tags that a finding says, for the report it is written on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.coding.code_events import PAIRED, CodingTarget, tag_given
from review.coding.suggestion_order import best_first, with_words
from review.events import TagGiven
from review.model import Answer, Finding, Suggestion, Tag
from review.people import same_person
from review.protocol.codebook import Codebook


def tags_said(
    codebook: Codebook,
    target: CodingTarget,
    finding: Finding,
    event: str,
    tags: Sequence[Tag],
    open_suggestions: Sequence[Suggestion],
    place: Callable[[str, str, str, Suggestion | None], str],
    *,
    shown: Callable[[str], bool] | None = None,
    time: str = "",
) -> list[TagGiven]:
    """The tags that a finding says and that nobody has given, each with the words of a suggestion.

    Where one value is asked for and the reviewer has given another, the tag is left as it is.

    Args:
        event: that of the finding.
        tags: that count on the report.
        open_suggestions: on the report.
        place: finds the place of a quote, as `review.coding.placing.Placing.place`.
        shown: dimension -> whether the reviewer could see suggestions in it; None where unknown.
        time: when the finding was written, where that is not now.
    """
    found = []
    for name in PAIRED:
        dimension, value = codebook.dimension(name), str(getattr(finding, name))
        given = [t for t in tags if t.dimension == dimension.id]
        own = [t for t in given if same_person(t.reviewer, finding.reviewer)]
        if any(t.value == value for t in given) or (own and not dimension.many):
            continue
        offers = [s for s in open_suggestions if s.dimension == dimension.id]
        offer = with_words(best_first(offers), value)
        quote = offer.words if offer else ""
        found.append(
            tag_given(
                target, dimension, value, finding.reviewer, finding=event, time=time,
                quote=quote, quote_place=place(target.report, quote, "", offer),
                answers=(offer.id, Answer.ACCEPTED) if offer else None,
                blind=None if shown is None else not shown(dimension.id),
            )
        )  # fmt: skip
    return found
