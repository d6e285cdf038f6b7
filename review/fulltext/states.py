"""Where the full text of a report is: one rule for pages, commands and the flow diagram. Pure."""

from __future__ import annotations

from enum import StrEnum

from review.events.full_text import Said
from review.model import Decision, Place


class FullTextState(StrEnum):
    """The one state of a report's full text, in words for screens and files."""

    NOT_SOUGHT = "not sought"
    SOUGHT = "sought"
    OPEN_COPY = "retrieved: open copy"
    OWN_PDF = "retrieved: own PDF"
    ON_PAPER = "retrieved: on paper"
    READ = "retrieved: not said how"
    NOT_RETRIEVED = "not retrieved"
    ORDERED = "awaiting: ordered"
    LANGUAGE = "awaiting: language"
    ONGOING = "awaiting: ongoing study"
    CLASSIFICATION = "awaiting classification"


_RETRIEVED = {Said.OPEN_COPY: FullTextState.OPEN_COPY, Said.ON_PAPER: FullTextState.ON_PAPER}
_AWAITING = {
    Said.ORDERED: FullTextState.ORDERED,
    Said.LANGUAGE: FullTextState.LANGUAGE,
    Said.ONGOING: FullTextState.ONGOING,
}


def state_of(
    title_abstract: Decision,
    full_text: Decision,
    place: Place,
    said: Said | None,
    has_file: bool,
) -> FullTextState:
    """The state of one report.

    Decisions go before statements, so that "not retrieved" here is the flow diagram's box, and all
    but "not sought" are its reports sought for retrieval. "Awaiting" ends with a decision.

    Args:
        said: the newest statement that counts; None where there is none.
        has_file: whether a file is attached.
    """
    if title_abstract is not Decision.INCLUDE:
        return FullTextState.NOT_SOUGHT
    if full_text is Decision.NOT_RETRIEVED:
        return FullTextState.NOT_RETRIEVED
    if place is Place.CLASSIFICATION:
        return FullTextState.CLASSIFICATION
    decided = full_text in (Decision.INCLUDE, Decision.EXCLUDE)
    has_come = has_file and said is Said.ORDERED
    if said in _AWAITING and not decided and not has_come:
        return _AWAITING[said]
    if has_file:
        return FullTextState.OWN_PDF
    if said in _RETRIEVED:
        return _RETRIEVED[said]
    return FullTextState.READ if decided else FullTextState.SOUGHT


def is_said(state: FullTextState, said: Said) -> bool:
    """Whether a state is the one that a statement names, so that its remark is about it."""
    named = {**_RETRIEVED, **_AWAITING, Said.SOUGHT: FullTextState.SOUGHT}
    return named[said] is state
