"""Events of coding: tags, findings, and answers to suggestions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AliasChoices, Field

from review.events.base import Moment, Names, OnRecord, key_of
from review.model import Answer, Direction, Finding
from review.people import person_key

Replaced = Annotated[tuple[str, ...], Field(validation_alias=AliasChoices("replaces", "cancels"))]
"""Events that one takes the place of; logs of earlier versions call the list ``cancels``."""


class _Code(OnRecord):
    """What is coded of a report hangs on the record that the report was shown by.

    ``recodes`` is the value of the codebook that it takes the place of, where that was retired.
    """

    undoable: ClassVar[bool] = True
    recounts: ClassVar[bool] = True

    record: str = ""
    replaces: Replaced = ()
    recodes: str = ""

    @property
    def taken_over(self) -> tuple[str, ...]:
        return self.replaces


class TagGiven(_Code):
    """A codebook value given to a report.

    Attributes:
        single: the dimension has one answer, so that this reviewer's newest value counts; None in
            older logs, which name what it took the place of.
        quote_place: where the quote stands, as of `review.model.Finding`.
        suggestion, answer: the suggestion that it answers, and how.
        finding: the event of the finding that was confirmed with it; one undo takes both back.
        blind: whether suggestions for it were out of the reviewer's sight; None where that is not
            known, as in older logs and for tags that came with a file.
    """

    kind: ClassVar[str] = "tag"

    dimension: str
    value: str
    quote: str = ""
    single: bool | None = None
    suggestion: str = ""
    answer: Answer = Answer.ACCEPTED
    finding: str = ""
    blind: bool | None = None
    time: Moment = None
    quote_place: str = ""

    @property
    def key(self) -> str | None:
        if self.single is None:
            return None
        value = "" if self.single else self.value
        return key_of("tag", self.record, self.dimension, value, person_key(self.reviewer))

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        return f"Tagged {names.tagged(self.dimension, self.value)}"


class TagRemoved(_Code):
    """Tags taken off a report."""

    kind: ClassVar[str] = "untag"

    def words(self, names: Names) -> str:
        return "Took a tag away"


class FindingWritten(_Code):
    """One tested pairing; the fields are those of `review.model.Finding`."""

    kind: ClassVar[str] = "finding"

    exposure: str
    population: str
    outcome: str
    study_design: str
    instrument: str = ""
    comparator: str = ""
    duration: str = ""
    direction: Direction = Direction.NOT_STATED
    quote: str = ""
    time: Moment = None
    dose: str = ""
    timing: str = ""
    n: int | None = None
    effect: str = ""
    effect_unit: str = ""
    effect_interval: str = ""
    quote_place: str = ""

    @property
    def key(self) -> str:
        paired = (self.exposure, self.population, self.outcome, self.study_design)
        noted = (self.instrument, self.comparator, self.duration, self.dose, self.timing)
        return key_of("finding", self.record, person_key(self.reviewer), *paired, *noted)

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        return f"Wrote a finding: {pairing_words(self, names)}"


def pairing_words(finding: FindingWritten | Finding, names: Names) -> str:
    """What was tested on what, and what came of it: ``Tea, adults, sleep: better, n = 48``."""
    pairs = (
        ("exposure", finding.exposure),
        ("population", finding.population),
        ("outcome", finding.outcome),
    )
    parts = [names.value(dimension, value) for dimension, value in pairs if value]
    return f"{', '.join(parts)}: {finding.direction.replace('_', ' ')}{_result(finding)}"


def result_words(finding: FindingWritten | Finding) -> list[str]:
    """How many were looked at and what was measured: ``n = 48``, ``effect -1.2 points (...)``."""
    said = [f"n = {finding.n:,}"] if finding.n is not None else []
    effect = " ".join(filter(None, (finding.effect, finding.effect_unit)))
    interval = f"({finding.effect_interval})" if finding.effect_interval else ""
    if effect or interval:
        said.append(" ".join(filter(None, ("effect", effect, interval))))
    return said


def _result(finding: FindingWritten | Finding) -> str:
    return "".join(f", {said}" for said in result_words(finding))


class FindingRemoved(_Code):
    """Findings taken off a report."""

    kind: ClassVar[str] = "finding_removed"

    def words(self, names: Names) -> str:
        return "Took a finding away"


class SuggestionAnswered(OnRecord):
    """An answer to a suggestion, without a tag."""

    kind: ClassVar[str] = "answer"
    undoable: ClassVar[bool] = True

    record: str = ""
    suggestion: str
    answer: Answer

    def words(self, names: Names) -> str:
        return f"Answered a suggestion: {self.answer}"
