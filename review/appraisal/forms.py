"""Forms for risk of bias as YAML: what they may hold, and every mistake in one with its line.

A form has domains; a domain has signalling questions, or is one question itself. Answers and
judgements are declared by the form. Rules of a domain suggest its judgement from the answers, rules
of the form the overall judgement from those of the domains; people decide.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from review.errors import FormError, Mistake
from review.protocol.codebook import Dimension
from review.protocol.validation import validate
from review.protocol.value_types import Frozen, Ids, Key, Slug, Text, listed
from review.protocol.yaml_reading import YamlPath, YamlSource, read_yaml

SHIPPED = Path(__file__).parent / "tools"
FOLDER = "forms"
"""Folder beside the protocol that holds a review's own forms."""

OVERALL = "overall"
"""What stands for a domain where all of them together are judged."""


class Level(StrEnum):
    """How a judgement of any form counts on the map."""

    LOW = "low"
    SOME = "some"
    HIGH = "high"
    NONE = "none"


LevelName = Annotated[Level, BeforeValidator(lambda value: _level(value))]
Number = Annotated[str, BeforeValidator(lambda value: _number(value))]
"""What a question goes by, such as ``1.2``; YAML reads it as a number."""


def _level(value: Any) -> Level:
    if value in set(Level):
        return Level(value)
    raise ValueError(f"a level is one of {', '.join(Level)}, not {value!r}")


def _number(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _symbol(value: str) -> str:
    if len(value) != 1:
        raise ValueError(f"a symbol is one sign, not {value!r}")
    return value


class FormAnswer(Frozen):
    """What may be said to a signalling question."""

    id: Slug
    label: Text
    key: Key = None


class Judgement(Frozen):
    """What may be said of a domain, or of all.

    Attributes:
        level: how it counts on the map.
        symbol: one sign, by which it is known without colour.
        robvis: the word of the robvis program for it; the label when blank.
    """

    id: Slug
    label: Text
    level: LevelName
    symbol: Annotated[str, AfterValidator(_symbol)]
    key: Key = None
    robvis: str = ""


Conditions = dict[str, Annotated[tuple[str, ...], BeforeValidator(listed)]]
"""Number of a question -> answers of which one must be given to it."""


class DomainRule(Frozen):
    """A judgement that the answers suggest; the first rule of a domain that fits counts.

    Attributes:
        when: what must all hold; nothing makes the rule fit always.
    """

    judgement: Slug
    when: Conditions = Field(default_factory=dict)


class OverallRule(Frozen):
    """An overall judgement that those of the domains suggest; the first that fits counts.

    Attributes:
        judged: judgements that are counted.
        domains: in which domains they are counted.
        at_least: how many there must be. Without ``judged`` the rule fits always.
    """

    judgement: Slug
    judged: Ids = ()
    domains: Literal["any", "critical", "other"] = "any"
    at_least: int = Field(default=1, ge=1)


class SignallingQuestion(Frozen):
    """One signalling question.

    Attributes:
        only_if: it is asked only where each of these earlier questions has one of these answers.
        or_if: it is asked only where one of them has.
        answers: those that may be given to it; all of the form when empty.
    """

    id: Number
    text: Text
    only_if: Conditions = Field(default_factory=dict)
    or_if: Conditions = Field(default_factory=dict)
    answers: Ids = ()


class FormDomain(Frozen):
    """One domain.

    Attributes:
        help: what makes the difference between the judgements.
        critical: whether the form's rules give it more weight than others.
    """

    id: Annotated[str, AfterValidator(lambda value: _domain(value))]
    label: Text
    help: str = ""
    critical: bool = False
    questions: Annotated[tuple[SignallingQuestion, ...], BeforeValidator(listed)] = ()
    suggest: Annotated[tuple[DomainRule, ...], BeforeValidator(listed)] = ()

    def question(self, id_: str) -> SignallingQuestion:
        """The question of this number.

        Raises:
            KeyError: there is none.
        """
        return {question.id: question for question in self.questions}[id_]


def _domain(value: str) -> str:
    if value == OVERALL:
        raise ValueError(f"'{OVERALL}' is not the name of a domain")
    if not value or not value.replace("_", "").isalnum():
        raise ValueError("an id is letters, digits and _ only")
    return value


class OverallJudging(Frozen):
    """How all domains together are judged.

    Attributes:
        label: what the judgement is called.
        judgements: what may be said; those of the domains when empty.
        note: what is to be known before judging.
    """

    label: Text = "Overall risk of bias"
    note: str = ""
    judgements: Annotated[tuple[Judgement, ...], BeforeValidator(listed)] = ()
    suggest: Annotated[tuple[OverallRule, ...], BeforeValidator(listed)] = ()


class Form(Frozen):
    """One tool.

    Attributes:
        source: the publication that it follows, as a citation.
        about: what one assessment is of, such as one result.
        per_result: whether a report may be judged once for each of its results.
        designs: study designs that it is for: ids of the codebook, or what values are reported as.
        robvis: what robvis calls the tool; its generic form when blank.
        version: first 12 hex digits of the SHA-256 over its content.
    """

    id: Slug
    label: Text
    name: Text
    source: Text
    url: str = ""
    about: str = ""
    per_result: bool = False
    designs: Ids = ()
    robvis: Literal["ROB2", "ROBINS-I", "Generic"] = "Generic"
    answers: Annotated[tuple[FormAnswer, ...], BeforeValidator(listed)] = ()
    judgements: Annotated[tuple[Judgement, ...], BeforeValidator(listed), Field(min_length=1)]
    domains: Annotated[tuple[FormDomain, ...], BeforeValidator(listed), Field(min_length=1)]
    overall: OverallJudging = OverallJudging()
    version: str

    def domain(self, id_: str) -> FormDomain:
        """The domain with this id.

        Raises:
            KeyError: there is none.
        """
        return {domain.id: domain for domain in self.domains}[id_]

    def choices(self, domain: str) -> tuple[Judgement, ...]:
        """The judgements of a domain, or of `OVERALL`."""
        return self.overall.judgements or self.judgements if domain == OVERALL else self.judgements

    def judgement(self, domain: str, id_: str) -> Judgement | None:
        """A judgement of a domain, or of `OVERALL`; None for one that the form does not know."""
        return next((j for j in self.choices(domain) if j.id == id_), None)

    def is_for(self, designs: Sequence[str], dimension: Dimension) -> bool:
        """Whether it is the form for a study of these designs.

        Args:
            designs: ids of values.
            dimension: that of study designs.
        """
        names = {v.id: {v.id, v.reported_as} for v in dimension.values}
        return any(names.get(one, {one}) & set(self.designs) for one in designs)


def load(data: Path) -> dict[str, Form]:
    """The forms that ship and those of a review, by id; one of its own goes before one that ships.

    Args:
        data: the data folder; its own forms lie in `FOLDER`.

    Raises:
        FormError: with every mistake of every file, each with file, line and key.
    """
    folder = data / FOLDER
    own = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    marks = tuple((str(path), path.stat().st_mtime_ns) for path in own)
    return dict(_load(marks))


@lru_cache(maxsize=8)
def _load(own: tuple[tuple[str, int], ...]) -> Mapping[str, Form]:
    found: dict[str, Form] = {}
    mistakes: list[Mistake] = []
    for path in [*sorted(SHIPPED.glob("*.yaml")), *(Path(name) for name, _ in own)]:
        form, wrong = read(path)
        mistakes += wrong
        if form is not None:
            found[form.id] = form
    if mistakes:
        raise FormError(mistakes)
    return {id_: found[id_] for id_ in sorted(found, key=lambda one: _ORDER.get(one, len(_ORDER)))}


_ORDER = {
    id_: place
    for place, id_ in enumerate(
        ("rob2", "robins_i", "syrcle", "jbi_case_reports", "jbi_prevalence", "amstar2")
    )
}


def read(path: Path) -> tuple[Form | None, list[Mistake]]:
    """Read one form.

    Returns:
        The form and no mistakes, or None and every mistake.
    """
    source, mistakes = read_yaml(path)
    if source.data is None:
        return None, mistakes
    content = source.data
    if isinstance(content, dict):
        if "version" in content:
            words = "unknown key: this is worked out, not written"
            mistakes.append(source.mistake(("version",), words))
        content = {**content, "version": _version(content)}
    form, found = validate(Form, source, content, {})
    mistakes += found
    if form is not None:
        mistakes += _check(source, form)
    return (None if mistakes else form), mistakes


def _version(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check(source: YamlSource, form: Form) -> Iterator[Mistake]:
    """What only the whole form shows: names given twice, and names that nothing has."""
    answers = {answer.id for answer in form.answers}
    judged = {judgement.id for judgement in form.judgements}
    overall = {judgement.id for judgement in form.choices(OVERALL)}
    lists: list[tuple[YamlPath, str, Sequence[object]]] = [
        (("answers",), "id", form.answers),
        (("answers",), "key", form.answers),
        (("judgements",), "id", form.judgements),
        (("judgements",), "key", form.judgements),
        (("judgements",), "symbol", form.judgements),
        (("overall", "judgements"), "id", form.overall.judgements),
        (("overall", "judgements"), "symbol", form.overall.judgements),
        (("domains",), "id", form.domains),
    ]
    keys = Counter(a.key for a in form.answers if a.key)
    for i, one in enumerate(form.judgements):
        if one.key and keys[one.key]:
            yield source.mistake(("judgements", i, "key"), f"'{one.key}' is the key of an answer")
    for path, name, entries in lists:
        yield from _twice(source, path, name, [getattr(entry, name) for entry in entries])
    for i, domain in enumerate(form.domains):
        yield from _check_domain(source, ("domains", i), domain, answers, judged)
    for i, rule in enumerate(form.overall.suggest):
        path = ("overall", "suggest", i)
        yield from _strange(source, (*path, "judgement"), "judgement", [rule.judgement], overall)
        yield from _strange(source, (*path, "judged"), "judgement", rule.judged, judged)


def _check_domain(
    source: YamlSource, path: YamlPath, domain: FormDomain, answers: set[str], judged: set[str]
) -> Iterator[Mistake]:
    ids = [question.id for question in domain.questions]
    yield from _twice(source, (*path, "questions"), "id", ids)
    for j, question in enumerate(domain.questions):
        here = (*path, "questions", j)
        yield from _strange(source, (*here, "answers"), "answer", question.answers, answers)
        for name, asked in (("only_if", question.only_if), ("or_if", question.or_if)):
            yield from _conditions(source, (*here, name), asked, set(ids[:j]), answers)
    if domain.questions and not answers:
        yield source.mistake((*path, "questions"), "the form declares no answers")
    for j, rule in enumerate(domain.suggest):
        here = (*path, "suggest", j)
        yield from _strange(source, (*here, "judgement"), "judgement", [rule.judgement], judged)
        yield from _conditions(source, (*here, "when"), rule.when, set(ids), answers)


def _conditions(
    source: YamlSource, path: YamlPath, asked: Conditions, ids: set[str], answers: set[str]
) -> Iterator[Mistake]:
    for id_, given in asked.items():
        if id_ not in ids:
            words = f"there is no question {id_!r} before it in this domain"
            yield source.mistake((*path, id_), words)
        yield from _strange(source, (*path, id_), "answer", given, answers)


def _strange(
    source: YamlSource, path: YamlPath, noun: str, names: Sequence[str], known: set[str]
) -> Iterator[Mistake]:
    for name in names:
        if name not in known:
            words = f"the form has no {noun} {name!r}; it has {', '.join(sorted(known)) or 'none'}"
            yield source.mistake(path, words)


def _twice(
    source: YamlSource, path: YamlPath, name: str, given: Sequence[Hashable]
) -> Iterator[Mistake]:
    seen: set[Hashable] = set()
    for i, value in enumerate(given):
        if value is not None and value in seen:
            yield source.mistake((*path, i, name), f"{value!r} is given twice")
        seen.add(value)
