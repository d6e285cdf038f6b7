"""How often people agreed with what was suggested: by source, value, and what they had in sight.

A dimension with one answer is judged by the value a person gave: each source stands for the best it
suggested. A person whose first value was given blind is judged by that value. In a dimension with
many answers a value that was not given says nothing by itself; only a value given with the
suggestion in sight, or an answer to it, is a judgement. Where several code each report, what counts
is the form of each as it was when all had first finished (`at_first`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from review.model import Answer, Given, Offered, Said
from review.people import person_key


class Sight(StrEnum):
    """Whether a person coded without or with the suggestion in sight."""

    BLIND = "blind"
    SEEING = "seeing"
    UNKNOWN = "not known"


class Judgement(StrEnum):
    """What a person's coding says of a suggestion."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's judgement of one suggestion."""

    source: str
    dimension: str
    value: str
    sight: Sight
    judgement: Judgement
    report: str


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people agreed with one source on one value.

    Attributes:
        value: ``""`` for all values of the source.
        reports: those where they did not agree, to be looked at.
    """

    source: str
    dimension: str
    value: str
    sight: Sight
    confirmed: int
    rejected: int
    overruled: int
    reports: tuple[str, ...] = ()

    @property
    def judged(self) -> int:
        """How many suggestions were judged."""
        return self.confirmed + self.rejected + self.overruled

    @property
    def share(self) -> float:
        """The share that people agreed with."""
        return self.confirmed / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson)."""
        n, p, z = self.judged, self.share, 1.959964
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def judged(
    many: Mapping[str, bool],
    offered: Sequence[Offered],
    given: Sequence[Given],
    said: Sequence[Said],
) -> list[Judged]:
    """Every judgement that people's codes and answers hold.

    Args:
        many: dimension -> whether it has many answers; suggestions in others are left out.
        given, said: oldest first.
    """
    answers: dict[tuple[str, str], Answer] = {
        (one.suggestion, person_key(one.reviewer)): Answer(one.answer) for one in said
    }
    coded: dict[tuple[str, str], dict[str, list[Given]]] = defaultdict(lambda: defaultdict(list))
    for tag in given:
        coded[tag.report, tag.dimension][person_key(tag.reviewer)].append(tag)
    spoke: dict[str, set[str]] = defaultdict(set)
    for suggestion, person in answers:
        spoke[suggestion].add(person)
    found: list[Judged] = []
    seen: set[tuple[str, str, str, str, str]] = set()
    for one in _best(many, offered):
        people = coded.get((one.report, one.dimension), {})
        for person in sorted({*people, *spoke[one.id]}):
            key = (one.report, one.dimension, one.value, one.source, person)
            judge = _of_many if many[one.dimension] else _of_one
            verdict = judge(one.value, people.get(person, ()), answers.get((one.id, person)))
            if verdict is not None and key not in seen:
                seen.add(key)
                found.append(
                    Judged(one.source, one.dimension, one.value, *verdict, report=one.report)
                )
    return found


def at_first(
    given: Sequence[Given],
    said: Sequence[Said],
    offered: Sequence[Offered],
    forms: Mapping[str, Mapping[str, tuple[int, Mapping[str, Sequence[str]]]]],
) -> tuple[list[Given], list[Said]]:
    """What several coders gave and answered before any of them had seen another's form.

    A report that is still being coded is left out, for everybody: who looks at the figures learns
    nothing of what the others give it.

    Args:
        forms: report -> person -> where their form was finished in the log, and what was on it.
    """
    kept: list[Given] = []
    for one in given:
        at, codes = forms.get(one.report, {}).get(person_key(one.reviewer), (0, {}))
        if one.seq < at:
            kept.append(replace(one, active=one.value in codes.get(one.dimension, ())))
    home = {one.id: one.report for one in offered}
    answered = [
        one
        for one in said
        if person_key(one.reviewer) in forms.get(home.get(one.suggestion, ""), ())
    ]
    return kept, answered


def _best(many: Mapping[str, bool], offered: Sequence[Offered]) -> Iterable[Offered]:
    """The suggestions that are judged: of a dimension with one answer the best of each source."""
    taken: set[tuple[str, str, str]] = set()
    for one in sorted(offered, key=lambda o: (o.report, o.rank, -o.confidence, o.id)):
        if one.dimension not in many:
            continue
        key = (one.report, one.dimension, one.source)
        if not many[one.dimension] and key in taken:
            continue
        taken.add(key)
        yield one


Verdict = tuple[Sight, Judgement] | None


def _sight(blind: bool | None) -> Sight:
    return Sight.UNKNOWN if blind is None else Sight.BLIND if blind else Sight.SEEING


def _of_one(value: str, tags: Sequence[Given], answer: Answer | None) -> Verdict:
    """What one person's tags say of a value in a dimension with one answer."""
    first = next((t for t in tags if t.blind), None)
    deciding = first or next((t for t in reversed(tags) if t.active), None)
    if deciding is None:
        return (Sight.SEEING, Judgement.REJECTED) if answer is Answer.REJECTED else None
    sight = _sight(deciding.blind)
    if deciding.value == value:
        return sight, Judgement.CONFIRMED
    if first is None and answer is Answer.REJECTED:
        return Sight.SEEING, Judgement.REJECTED
    return sight, Judgement.OVERRULED


def _of_many(value: str, tags: Sequence[Given], answer: Answer | None) -> Verdict:
    """The same in a dimension with many answers."""
    own = [t for t in tags if t.active and t.value == value]
    if own:
        blind = own[-1].blind
        return None if blind else (_sight(blind), Judgement.CONFIRMED)
    if answer is Answer.REJECTED:
        return Sight.SEEING, Judgement.REJECTED
    return (Sight.SEEING, Judgement.OVERRULED) if answer is Answer.CHANGED else None


def precision(found: Iterable[Judged], *, by_value: bool = True) -> list[Precision]:
    """Judgements counted by source, dimension, value and sight, in that order.

    Args:
        by_value: apart for each value; else all values of a dimension together.
    """
    groups: dict[tuple[str, str, str, Sight], list[Judged]] = defaultdict(list)
    for one in found:
        groups[one.source, one.dimension, one.value if by_value else "", one.sight].append(one)

    def count(those: Sequence[Judged], judgement: Judgement) -> int:
        return sum(one.judgement is judgement for one in those)

    return [
        Precision(
            *key,
            count(those, Judgement.CONFIRMED),
            count(those, Judgement.REJECTED),
            count(those, Judgement.OVERRULED),
            tuple(sorted({j.report for j in those if j.judgement is not Judgement.CONFIRMED})),
        )
        for key, those in sorted(groups.items())
    ]
