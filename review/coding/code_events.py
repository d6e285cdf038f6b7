"""Tags and findings as payloads of the log (shapes: `review.store.projection`), checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.coding.value_lookup import dimension_named, direction_named, find_value, value_named
from review.errors import DecisionError
from review.model import Answer, Finding, Suggestion, Tag
from review.protocol import Codebook, Dimension

PAIRED = ("exposure", "population", "outcome", "study_design")
"""Fields of a finding that must be values of the codebook."""

NOTED = ("instrument", "comparator", "duration")
"""Fields of a finding that may be empty."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a code hangs on: a report, and the record it is shown by."""

    report: str
    record: str


def named(reviewer: str) -> str:
    """The reviewer's name, tidied.

    Raises:
        DecisionError: there is none.
    """
    name = reviewer.strip()
    if not name:
        raise DecisionError("A code needs a reviewer's name.")
    return name


def tag_payload(
    place: Place,
    dimension: Dimension,
    value: str,
    reviewer: str,
    *,
    quote: str = "",
    time: str = "",
    answers: tuple[str, Answer] | None = None,
    replaces: list[str] | None = None,
) -> dict[str, Any]:
    """A tag about to be written.

    Args:
        value: id of a value of the dimension.
        answers: the suggestion that the tag answers, and how.
        replaces: events of tags that it takes the place of.
    """
    payload: dict[str, Any] = {
        "record": place.record,
        "report": place.report,
        "dimension": dimension.id,
        "value": value,
        "quote": quote,
        "reviewer": reviewer,
    }
    if answers is not None:
        payload |= {"suggestion": answers[0], "answer": str(answers[1])}
    if replaces:
        payload["cancels"] = replaces
    return payload | ({"time": time} if time else {})


def replaced_by(standing: Sequence[Tag], dimension: Dimension, value: str) -> list[str]:
    """Events of this reviewer's tags that a new value takes the place of.

    Args:
        standing: the reviewer's tags on the report in this dimension.
    """
    return [tag.event for tag in standing if not dimension.many or tag.value == value]


def answer_with(suggestion: Suggestion, dimension: Dimension, value: str) -> Answer:
    """How a tag answers the suggestion that was shown with it.

    Raises:
        DecisionError: the suggestion is of another dimension.
    """
    if suggestion.dimension != dimension.id:
        raise DecisionError(
            f"{suggestion.id} suggests a {suggestion.dimension}; "
            f"it cannot be answered with a {dimension.id}."
        )
    return Answer.ACCEPTED if suggestion.value == value else Answer.CHANGED


def read_finding(codebook: Codebook, report: str, said: Mapping[str, str]) -> Finding:
    """A finding from the words of a form or a file.

    Comparator and duration become codebook ids where they name one; else they stay as written,
    as "zolpidem 10 mg".

    Args:
        said: the fields of `review.model.Finding` as text; all but `PAIRED` may be missing.

    Raises:
        DecisionError: a value is missing or not of the codebook.
    """
    values: dict[str, str] = {}
    for name in PAIRED:
        given = said.get(name, "")
        if not given.strip():
            raise DecisionError(f"A finding needs {'an' if name[0] in 'eo' else 'a'} {name}.")
        values[name] = value_named(dimension_named(codebook, name), given)
    for name in NOTED:
        text = said.get(name, "").strip()
        known = {d.id: d for d in codebook.dimensions}.get(name)
        values[name] = (find_value(known, text) if known and text else None) or text
    return Finding(
        report=report,
        exposure=values["exposure"],
        population=values["population"],
        outcome=values["outcome"],
        study_design=values["study_design"],
        instrument=values["instrument"],
        comparator=values["comparator"],
        duration=values["duration"],
        direction=direction_named(said.get("direction", "")),
        quote=said.get("quote", ""),
        reviewer=named(said.get("reviewer", "")),
    )


def finding_payload(
    place: Place, finding: Finding, *, time: str = "", replaces: list[str] | None = None
) -> dict[str, Any]:
    """A finding about to be written."""
    payload: dict[str, Any] = {
        "record": place.record,
        "report": place.report,
        **{name: getattr(finding, name) for name in (*PAIRED, *NOTED, "quote", "reviewer")},
        "direction": str(finding.direction),
    }
    if replaces:
        payload["cancels"] = replaces
    return payload | ({"time": time} if time else {})


def pairing(finding: Finding) -> tuple[str, ...]:
    """What makes two findings of one reviewer the same one, whatever they say of it."""
    fields = ("report", "reviewer", *PAIRED, *NOTED)
    return tuple(getattr(finding, name) for name in fields)


def answer_payload(place: Place, suggestion: str, said: Answer, reviewer: str) -> dict[str, Any]:
    """An answer to a suggestion, without a tag."""
    return {
        "record": place.record,
        "report": place.report,
        "suggestion": suggestion,
        "answer": str(said),
        "reviewer": reviewer,
    }


def cancel_payload(place: Place, events: Sequence[str], reviewer: str) -> dict[str, Any]:
    """The taking off of the tags or findings that these events gave."""
    return {
        "record": place.record,
        "report": place.report,
        "reviewer": reviewer,
        "cancels": list(events),
    }
