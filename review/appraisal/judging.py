"""From answers to judgements, and from judgements of people to what is agreed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from review.appraisal.forms import (
    OVERALL,
    Form,
    FormDomain,
    Level,
    OverallRule,
    SignallingQuestion,
)
from review.people import person_key


@dataclass(frozen=True, slots=True)
class Judged:
    """What one person said of one domain of one report, or of `OVERALL`.

    Attributes:
        result: what of the report is judged: an outcome of the codebook or own words; ``""`` for
            all of it.
        answers: number of a signalling question -> answer.
        judgement: ``""`` as long as there are answers only.
        note: why.
        consensus: said for all, when the assessors had compared.
    """

    report: str
    form: str
    domain: str
    reviewer: str
    answers: Mapping[str, str] = field(default_factory=dict)
    judgement: str = ""
    quote: str = ""
    quote_place: str = ""
    note: str = ""
    consensus: bool = False
    form_version: str = ""
    result: str = ""
    time: datetime | None = None
    event: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is said in it: it was cleared."""
        return not (self.answers or self.judgement or self.quote or self.note)


def asked(domain: FormDomain, answers: Mapping[str, str]) -> list[SignallingQuestion]:
    """The questions that are to be answered, given the answers so far."""
    found: list[SignallingQuestion] = []
    shown: dict[str, str] = {}
    for question in domain.questions:
        if _holds(question.only_if, shown) and (not question.or_if or _any(question.or_if, shown)):
            found.append(question)
            if said := answers.get(question.id, ""):
                shown[question.id] = said
    return found


def suggested(domain: FormDomain, answers: Mapping[str, str]) -> str:
    """The judgement that the form's rules make of the answers.

    Returns:
        ``""`` where the form has no rules, or a question that is to be answered is not.
    """
    questions = asked(domain, answers)
    shown = {q.id: answers[q.id] for q in questions if answers.get(q.id)}
    if not domain.suggest or len(shown) < len(questions):
        return ""
    return next((rule.judgement for rule in domain.suggest if _holds(rule.when, shown)), "")


def suggested_overall(form: Form, judgements: Mapping[str, str]) -> str:
    """The overall judgement that the form's rules make of those of the domains.

    Args:
        judgements: domain -> judgement.

    Returns:
        ``""`` where the form has no rules, or a domain is not judged.
    """
    if any(not judgements.get(domain.id) for domain in form.domains):
        return ""
    return next((r.judgement for r in form.overall.suggest if _fits(form, r, judgements)), "")


@dataclass(frozen=True, slots=True)
class Appraised:
    """Where the assessment of one report, or one result of it, with one form stands.

    Attributes:
        result: as in `Judged`.
        by: person -> domain -> what they said; people by the name they gave last.
        consensus: domain -> what was agreed after comparing.
        settled: domain -> judgement that holds: the consensus; else what as many people as are
            asked for have said alike.
        differing: domains on which assessors differ and nothing was agreed.
        needed: assessors asked for.
    """

    report: str
    form: Form
    by: Mapping[str, Mapping[str, Judged]]
    consensus: Mapping[str, Judged]
    settled: Mapping[str, str]
    differing: tuple[str, ...]
    needed: int
    result: str = ""

    @property
    def complete(self) -> tuple[str, ...]:
        """People who have judged it overall."""
        return tuple(who for who, said in self.by.items() if _judged(said, OVERALL))

    @property
    def overall(self) -> Level:
        """How it counts on the map; `Level.NONE` as long as nothing is settled."""
        found = self.form.judgement(OVERALL, self.settled.get(OVERALL, ""))
        return found.level if found else Level.NONE

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        if found := self.form.judgement(OVERALL, self.settled.get(OVERALL, "")):
            return found.label
        if self.differing and len(self.complete) >= self.needed:
            return "assessors differ"
        return f"{len(self.complete)} of {self.needed} assessed" if self.by else "not assessed"


def appraised(
    report: str, form: Form, said: Sequence[Judged], needed: int, result: str = ""
) -> Appraised:
    """Where the assessment of a report, or one result of it, stands.

    Args:
        said: of this report and result with this form, oldest first; of one person and domain the
            newest counts.
        needed: assessors that the protocol asks for.
    """
    names: dict[str, str] = {}
    by: dict[str, dict[str, Judged]] = defaultdict(dict)
    consensus: dict[str, Judged] = {}
    for one in said:
        if one.consensus:
            consensus[one.domain] = one
            continue
        names[person_key(one.reviewer)] = one.reviewer
        by[person_key(one.reviewer)][one.domain] = one
    settled: dict[str, str] = {}
    differing: list[str] = []
    for domain in (*(d.id for d in form.domains), OVERALL):
        if domain in consensus and consensus[domain].judgement:
            settled[domain] = consensus[domain].judgement
            continue
        people = [person[domain] for person in by.values() if domain in person]
        given = [said.judgement for said in people if said.judgement]
        if len(set(given)) > 1:
            differing.append(domain)
        elif len(given) >= needed:
            settled[domain] = given[0]
    told = {
        names[key]: {d: one for d, one in those.items() if not one.empty}
        for key, those in by.items()
    }
    return Appraised(
        report,
        form,
        {who: those for who, those in told.items() if those},
        {d: one for d, one in consensus.items() if not one.empty},
        settled,
        tuple(differing),
        needed,
        result,
    )


def in_sight(found: Appraised, reviewer: str) -> Appraised:
    """The same as one assessor may see it.

    As long as several are asked for and one has not judged all themselves, what others said is not
    in it, and neither is whether they said anything.
    """
    own = {who: s for who, s in found.by.items() if person_key(who) == person_key(reviewer)}
    done = any(_judged(said, OVERALL) for said in own.values())
    if found.needed < 2 or done or found.consensus or len(found.complete) >= found.needed:
        return found
    said = [one for domains in own.values() for one in domains.values()]
    return appraised(found.report, found.form, said, found.needed, found.result)


def begun_in_sight(states: Mapping[str, Appraised], reviewer: str) -> tuple[str, ...]:
    """The results of one report, judged with one form, whose names one assessor may see.

    That another began a result tells what they thought worth judging. So it is absent, as what they
    said of it is, until the assessor has judged one overall, or the whole report, or enough have.

    Args:
        states: result -> where it stands, all people's judgements in it.
    """
    me = person_key(reviewer)
    done = any(person_key(who) == me for state in states.values() for who in state.complete)
    return tuple(
        result
        for result, state in states.items()
        if done
        or any(person_key(who) == me for who in state.by)
        or in_sight(state, reviewer) is state
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds of one report, or one result of it, with one form.

    Attributes:
        study: first author and year, with the report's id where several are called so, and with the
            result that it is of.
        result: as in `Judged`.
        judgements: domain -> judgement; not settled ones are left out.
        by, at: who judged last, and when.
    """

    report: str
    study: str
    judgements: Mapping[str, str]
    result: str = ""
    by: str = ""
    at: datetime | None = None


def _judged(said: Mapping[str, Judged], domain: str) -> bool:
    return domain in said and bool(said[domain].judgement)


def _holds(conditions: Mapping[str, Sequence[str]], answers: Mapping[str, str]) -> bool:
    return all(answers.get(id_, "") in given for id_, given in conditions.items())


def _any(conditions: Mapping[str, Sequence[str]], answers: Mapping[str, str]) -> bool:
    return any(answers.get(id_, "") in given for id_, given in conditions.items())


def _fits(form: Form, rule: OverallRule, judgements: Mapping[str, str]) -> bool:
    if not rule.judged:
        return True
    among = [
        domain.id
        for domain in form.domains
        if rule.domains == "any" or domain.critical == (rule.domains == "critical")
    ]
    return sum(judgements[id_] in rule.judged for id_ in among) >= rule.at_least
