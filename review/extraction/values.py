"""What may stand in a field, and what follows from what people took from a report. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from review.errors import DecisionError
from review.events.extraction import Extractable
from review.people import person_key, same_person
from review.protocol.extraction import ExtractionField

STATES = {
    Extractable.REPORTED: "Reported",
    Extractable.NOT_REPORTED: "Not reported",
    Extractable.NOT_APPLICABLE: "Does not apply",
}

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d{1,3})?")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")

Place = tuple[str, str]
"""Field and arm."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one person took from a report for one field and arm.

    Attributes:
        consensus: agreed on after comparing.
    """

    report: str
    field: str
    reviewer: str
    arm: str = ""
    value: str = ""
    unit: str = ""
    state: Extractable = Extractable.REPORTED
    quote: str = ""
    quote_place: str = ""
    note: str = ""
    consensus: bool = False
    time: datetime | None = None
    event: str = ""
    study: str = ""

    @property
    def place(self) -> Place:
        """What it is for."""
        return self.field, self.arm.casefold()

    @property
    def given(self) -> bool:
        """Whether it says something: a value, or that there is none."""
        return bool(self.value) or self.state is not Extractable.REPORTED

    @property
    def content(self) -> tuple[str, str, Extractable]:
        """What two people must say alike to agree."""
        return self.value.casefold(), self.unit.casefold(), self.state


def checked(field: ExtractionField, said: Extracted) -> Extracted:
    """A value in the form of its field: ``1,204`` as ``1204``, a label as the id of its choice.

    Raises:
        DecisionError: it is none of the field's kind, or the arm is missing or too many.
    """
    arm = " ".join(said.arm.split())
    if field.per == "arm" and not arm:
        raise DecisionError(f"{field.label} is asked of each arm: name the arm.")
    if field.per == "study" and arm:
        raise DecisionError(f"{field.label} is asked of the study, not of the arm '{arm}'.")
    if said.state is not Extractable.REPORTED:
        if said.value.strip():
            raise DecisionError(f"{field.label}: a value that is {said.state} has no words.")
        return replace(said, arm=arm, value="", unit="")
    value = said.value.strip()
    if value:
        value = _READ[field.kind](field, value)
    unit = (said.unit.strip() or field.unit) if field.kind == "number" and value else ""
    return replace(said, arm=arm, value=value, unit=unit)


def shown(field: ExtractionField, one: Extracted) -> str:
    """A value as a person reads it: ``12 mg``, ``Not reported``; "" for none."""
    if one.state is not Extractable.REPORTED:
        return STATES[one.state]
    label = next((c.label for c in field.choices if c.id == one.value), one.value)
    return " ".join(filter(None, (label, one.unit)))


@dataclass(frozen=True, slots=True)
class FieldState:
    """Where one field of one report and arm stands.

    Attributes:
        by: what each person said, by the name they gave last.
        settled: what holds: the consensus; else what as many people as are asked for say alike.
        differ: whether they differ and nothing was agreed.
    """

    by: Mapping[str, Extracted]
    consensus: Extracted | None
    settled: Extracted | None
    differ: bool


def states(said: Iterable[Extracted], needed: int) -> dict[Place, FieldState]:
    """Where the fields of one report stand.

    Args:
        said: oldest first; of one person, field and arm the newest counts.
        needed: people that the protocol asks for.
    """
    people: dict[Place, dict[str, Extracted]] = defaultdict(dict)
    agreed: dict[Place, Extracted] = {}
    for one in said:
        if one.consensus:
            agreed[one.place] = one
        else:
            people[one.place][person_key(one.reviewer)] = one
    found: dict[Place, FieldState] = {}
    for place in dict.fromkeys([*people, *agreed]):
        given = [one for one in people[place].values() if one.given]
        consensus = agreed.get(place)
        if consensus is not None and not consensus.given:
            consensus = None
        alike = len({one.content for one in given}) == 1
        enough = alike and len(given) >= needed
        if given or consensus:
            found[place] = FieldState(
                by={one.reviewer: one for one in given},
                consensus=consensus,
                settled=consensus or (given[0] if enough else None),
                differ=consensus is None and len(given) > 1 and not alike,
            )
    return found


def in_sight(said: Sequence[Extracted], reviewer: str, needed: int) -> list[Extracted]:
    """What one person may see of what was taken from one report.

    Where several are asked for, what another took for a field is absent until one has filled it in
    oneself, or enough others have.
    """
    if needed < 2:
        return list(said)
    found = states(said, needed)
    open_ = {
        place
        for place, state in found.items()
        if state.consensus
        or len(state.by) >= needed
        or any(same_person(who, reviewer) for who in state.by)
    }
    return [one for one in said if one.place in open_ or same_person(one.reviewer, reviewer)]


def _number(field: ExtractionField, value: str) -> str:
    text = value.replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        raise DecisionError(f"{field.label} is a number such as 12 or 0.5, not '{value}'.")
    return text.replace(",", "").lstrip("+")


def _date(field: ExtractionField, value: str) -> str:
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        words = f"{field.label} is a date such as 2026, 2026-01 or 2026-01-31, not '{value}'."
        raise DecisionError(words) from None
    return value


def _choice(field: ExtractionField, value: str) -> str:
    for one in field.choices:
        if value.casefold() in (one.id, one.label.casefold()):
            return one.id
    known = ", ".join(choice.label for choice in field.choices)
    raise DecisionError(f"{field.label} is one of {known}, not '{value}'.")


def _text(_field: ExtractionField, value: str) -> str:
    return value


_READ = {"number": _number, "date": _date, "choice": _choice, "text": _text}
