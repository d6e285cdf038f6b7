"""Tags and findings as events of the log, checked against the codebook. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from review import field_limits
from review.coding.value_lookup import dimension_named, direction_named, find_value, value_named
from review.errors import DecisionError
from review.events import FindingRemoved, FindingWritten, SuggestionAnswered, TagGiven, TagRemoved
from review.model import Answer, Finding, Suggestion, Tag
from review.people import person_key
from review.protocol.codebook import Codebook, Dimension

PAIRED = ("exposure", "population", "outcome", "study_design")
"""Fields of a finding that must be values of the codebook."""

NOTED = ("instrument", "comparator", "duration", "dose", "timing")
"""Fields of a finding that may be empty, and part two findings of one pairing."""

RESULT = ("effect", "effect_unit", "effect_interval")
"""What came of it, as the report has it; with direction, n and quote, what a finding says."""

TAG_COLUMNS = ("report", "dimension", "value", "reviewer", "quote", "time", "quote_place")
"""Columns of tags in files; those after ``value`` and ``reviewer`` may be missing."""

FINDING_COLUMNS = (
    "report", "exposure", "population", "outcome", "instrument", "study_design", "comparator",
    "duration", "direction", "quote", "reviewer", "time",
    "dose", "timing", "n", *RESULT, "quote_place",
)  # fmt: skip
"""Columns of findings in files; those after ``time`` may be missing."""

LARGEST_N = 2_000_000_000


@dataclass(frozen=True, slots=True)
class CodingTarget:
    """What a code hangs on: a report, and the record it is shown by."""

    report: str
    record: str


def named(reviewer: str) -> str:
    """The reviewer's name, tidied.

    Raises:
        DecisionError: there is none, or it is too long.
    """
    name = reviewer.strip()
    if not name:
        raise DecisionError("A code needs a reviewer's name.")
    if len(name) > field_limits.NAME:
        raise DecisionError(
            f"The reviewer's name has {len(name):,} signs; up to {field_limits.NAME} are kept."
        )
    return name


def tag_given(
    target: CodingTarget,
    dimension: Dimension,
    value: str,
    reviewer: str,
    *,
    quote: str = "",
    quote_place: str = "",
    time: str = "",
    answers: tuple[str, Answer] | None = None,
    replaces: Sequence[str] = (),
    finding: str = "",
    blind: bool | None = None,
) -> TagGiven:
    """A tag about to be written.

    Args:
        value: id of a value of the dimension.
        answers: the suggestion that the tag answers, and how.
        replaces: events of tags that it takes the place of.
        finding: event of the finding that says it.
        blind: whether suggestions for it were out of the reviewer's sight; None where unknown.
    """
    suggestion, answer = answers or ("", Answer.ACCEPTED)
    return TagGiven(
        record=target.record,
        report=target.report,
        dimension=dimension.id,
        value=value,
        quote=quote,
        quote_place=quote_place,
        reviewer=reviewer,
        single=not dimension.many,
        suggestion=suggestion,
        answer=answer,
        replaces=tuple(replaces),
        finding=finding,
        blind=blind,
        time=time,
    )


def replaced_by(current: Sequence[Tag], dimension: Dimension, value: str) -> list[str]:
    """Events of this reviewer's tags that a new value takes the place of.

    Args:
        current: the reviewer's tags on the report in this dimension.
    """
    return [tag.event for tag in current if not dimension.many or tag.value == value]


def words_behind(tags: Iterable[Tag], dimension: str = "") -> dict[str, tuple[str, str]]:
    """Value -> its words and their place, of the first of some tags that has any.

    Args:
        dimension: only of this one.
    """
    found: dict[str, tuple[str, str]] = {}
    for tag in tags:
        if tag.quote and dimension in ("", tag.dimension):
            found.setdefault(tag.value, (tag.quote, tag.quote_place))
    return found


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

    Comparator, duration and timing become codebook ids where they name one; else they stay as
    written, as "zolpidem 10 mg".

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
        known = codebook.find(name)
        named_in = known if known and known.role == name else None
        values[name] = (find_value(named_in, text) if named_in and text else None) or text
    return Finding(
        report=report,
        exposure=values["exposure"],
        population=values["population"],
        outcome=values["outcome"],
        study_design=values["study_design"],
        instrument=values["instrument"],
        comparator=values["comparator"],
        duration=values["duration"],
        dose=values["dose"],
        timing=values["timing"],
        direction=direction_named(said.get("direction", "")),
        n=_number(said.get("n", "")),
        effect=said.get("effect", "").strip(),
        effect_unit=said.get("effect_unit", "").strip(),
        effect_interval=said.get("effect_interval", "").strip(),
        quote=said.get("quote", ""),
        quote_place=said.get("quote_place", "").strip(),
        reviewer=named(said.get("reviewer", "")),
    )


def _number(text: str) -> int | None:
    """How many were analysed; None for a blank.

    Raises:
        DecisionError: it is no whole number.
    """
    digits = re.sub(r"(?<=\d)[,\s](?=\d{3}\b)", "", text.strip())
    if not digits:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", digits) or int(digits) > LARGEST_N:
        raise DecisionError(f"n is a whole number such as 48, not '{text.strip()}'.")
    return int(digits)


_TEXTS = (*PAIRED, *NOTED, *RESULT, "quote", "quote_place", "reviewer")


def finding_written(
    target: CodingTarget, finding: Finding, *, time: str = "", replaces: Sequence[str] = ()
) -> FindingWritten:
    """A finding about to be written."""
    return FindingWritten(
        record=target.record,
        report=target.report,
        **{name: getattr(finding, name) for name in _TEXTS},
        direction=finding.direction,
        n=finding.n,
        replaces=tuple(replaces),
        time=time,
    )


def pairing(finding: Finding) -> tuple[str, ...]:
    """What makes two findings of one reviewer the same one, whatever they say of it."""
    fields = ("report", *PAIRED, *NOTED)
    return (person_key(finding.reviewer), *(getattr(finding, name) for name in fields))


def says_the_same(new: Finding, old: Finding, *, blank_is_same: bool = False) -> bool:
    """Whether a finding says of its pairing all that another one of the same pairing does.

    Args:
        blank_is_same: what ``new`` leaves out it does not deny, as rows of files.
    """
    if new.direction is not old.direction:
        return False
    for name in ("n", *RESULT, "quote", "quote_place"):
        said = getattr(new, name)
        blank = blank_is_same and said in ("", None)
        if not blank and said != getattr(old, name):
            return False
    return True


def answered(
    target: CodingTarget, suggestion: str, said: Answer, reviewer: str
) -> SuggestionAnswered:
    """An answer to a suggestion, without a tag."""
    return SuggestionAnswered(
        record=target.record,
        report=target.report,
        suggestion=suggestion,
        answer=said,
        reviewer=reviewer,
    )


def tags_removed(target: CodingTarget, events: Sequence[str], reviewer: str) -> TagRemoved:
    """The taking off of the tags that these events gave."""
    return TagRemoved(
        record=target.record, report=target.report, reviewer=reviewer, replaces=tuple(events)
    )


def findings_removed(target: CodingTarget, events: Sequence[str], reviewer: str) -> FindingRemoved:
    """The taking off of the findings that these events gave."""
    return FindingRemoved(
        record=target.record, report=target.report, reviewer=reviewer, replaces=tuple(events)
    )
