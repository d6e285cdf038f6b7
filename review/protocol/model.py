"""The protocol as frozen data: what the two YAML files may hold, and in which form.

What needs the whole of a file, such as ids given twice, is checked in `review.protocol.checks`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from typing import Protocol as Interface

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from review.model import Order, Stage
from review.protocol.assignment import AssignmentRule
from review.protocol.codebook import Codebook
from review.protocol.extraction import Fields as ExtractionFields
from review.protocol.value_types import (
    CODEBOOK,
    EVERYTHING,
    SOURCES,
    Comparators,
    Designs,
    Durations,
    Exposures,
    Frozen,
    Id,
    Ids,
    KnownValues,
    Outcomes,
    Phrases,
    Populations,
    ReasonKey,
    SafetyTopics,
    Slug,
    StageName,
    Text,
    Timings,
    listed,
)


class Question(Frozen):
    """The review question in parts and in one sentence."""

    text: Text
    population: Text
    exposure: Text
    comparator: Text
    outcome: Text


class QueryRules(Interface):
    """What a source says of the searches that a protocol has for it."""

    scopes: ClassVar[tuple[str, ...]]

    @classmethod
    def query_mistakes(cls, text: str, scope: str) -> list[str]:
        """What is wrong with a search string, a clause a mistake."""

    @classmethod
    def filter_mistakes(cls, name: str, value: str) -> list[str]:
        """What is wrong with one filter, a clause a mistake."""


def _source(value: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get(SOURCES)
    if known is not None and value not in known:
        raise ValueError(f"there is no source {value!r}; write one of: {', '.join(known)}")
    return value


def _rules(info: ValidationInfo) -> type[QueryRules] | None:
    """The rules of the source of a search, where they are at hand."""
    known = (info.context or {}).get(SOURCES, {})
    rules: type[QueryRules] | None = known.get(info.data.get("source", ""))
    return rules


def _scope(value: str, info: ValidationInfo) -> str:
    rules = _rules(info)
    if rules is not None and value not in rules.scopes:
        raise ValueError(f"there is no scope {value!r}; write one of: {', '.join(rules.scopes)}")
    return value


def _query(value: str, info: ValidationInfo) -> str:
    rules = _rules(info)
    if rules and (found := rules.query_mistakes(value, info.data.get("scope", rules.scopes[0]))):
        raise ValueError("; ".join(found))
    return value


def _filters(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    rules = _rules(info)
    found = (
        [f"{k}: {text}" for k in value for text in rules.filter_mistakes(k, value[k])]
        if rules
        else []
    )
    if found:
        raise ValueError("; ".join(found))
    return value


def _covers(value: Any, info: ValidationInfo) -> Any:
    """Refuse dimensions, values and groups that the codebook lacks; read lists as tuples."""
    if not isinstance(value, dict):
        return value
    known: KnownValues | None = (info.context or {}).get(CODEBOOK)
    if known is not None:
        bad = [
            text
            for dimension, names in value.items()
            for text in _strangers(known, dimension, names)
        ]
        if bad:
            raise ValueError("; ".join(bad))
    return {dimension: listed(names) for dimension, names in value.items()}


def _strangers(known: KnownValues, dimension: str, names: Any) -> list[str]:
    if dimension not in known:
        return [f"the codebook has no dimension {dimension!r}"]
    names = names if isinstance(names, list) else []
    strange = [name for name in names if name != EVERYTHING and name not in known[dimension]]
    return [f"the codebook has no {dimension} value or group {name!r}" for name in strange]


class Search(Frozen):
    """One named strategy for one source, kept exactly as it is sent (PRISMA-S item 8).

    Attributes:
        source: name of the source.
        query: the search string, sent without a change.
        scope: the fields searched, as the source names them.
        filters: the source's own filters, name -> value.
        covers: what it was meant to find: dimension -> value ids, group names, or ``*`` for all.
            A cell of the gap map that no search covers is "not searched" rather than empty.
        limits: limits and why they were set (PRISMA-S items 9 and 10), or "none".
    """

    name: Slug
    label: Text
    source: Annotated[Slug, AfterValidator(_source)]
    scope: Annotated[Text, AfterValidator(_scope)] = "title_and_abstract"
    query: Annotated[Text, AfterValidator(_query)]
    filters: Annotated[dict[str, str], AfterValidator(_filters)] = Field(default_factory=dict)
    covers: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_covers)]
    limits: Text


class Criterion(Frozen):
    """One eligibility criterion."""

    kind: Literal["include", "exclude"]
    text: Text


class Reason(Frozen):
    """Why a report leaves the review.

    ``counts_as`` tells the flow diagram whether the report was read and excluded, or never got.
    """

    id: Slug
    label: Text
    key: ReasonKey
    stages: Annotated[tuple[StageName, ...], BeforeValidator(listed), Field(min_length=1)]
    counts_as: Literal["excluded", "not_retrieved"] = "excluded"


def _order(value: Any) -> Any:
    try:
        return None if value is None else Order(value)
    except ValueError:
        raise ValueError(f"an order is one of: {', '.join(Order)}") from None


class StageRule(Frozen):
    """How many people vote on a report at one stage, and which reports they see first.

    Attributes:
        order: None for that which suits the number of reports (`review.screening.queue_order`).
        sample: how many reports the random sample holds that comes first, where one does.
        seed: of its draw.
    """

    stage: StageName
    reviewers: int = Field(ge=1)
    order: Annotated[Order | None, BeforeValidator(_order)] = None
    sample: int = Field(default=200, ge=1)
    seed: int = Field(default=1, ge=0)


class CodingRule(Frozen):
    """How reports are coded.

    Attributes:
        blind: whether what machines suggest of a report is absent for each person until their own
            first coding of it, dimension by dimension; the map and claims count no suggestion then.
        reviewers_per_report: how many people code each report independently; with two or more,
            what they agree on or settle counts (`review.coding_rule`).
    """

    blind: bool = False
    reviewers_per_report: int = Field(default=1, ge=1)


class StoppingRule(Frozen):
    """What must hold before screening may stop with records left.

    Attributes:
        target: share of the relevant records that is to be found.
        confidence: how sure one must be of it.
        largest_bias: where a model makes the order, how many times as good as chance it is taken
            to be at the most, if the last relevant records show it (`review.screening.stopping`).
            1, an order taken to be chance, where the protocol says nothing.
    """

    target: float = Field(default=0.95, gt=0, le=1)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    largest_bias: float = Field(default=1, ge=1, le=10)


class AppraisalRule(Frozen):
    """How risk of bias is assessed.

    Attributes:
        assessors: people who judge a report independently; with two or more, what one said is out
            of the sight of another until they have judged it too.
    """

    assessors: int = Field(default=1, ge=1)


class ClaimGroup(Frozen):
    """A heading that claims are listed under; the protocol declares which there are."""

    id: Slug
    label: Text


Expected = Literal["better", "worse", "difference"]
"""What a study finds if a claim is right; ``difference`` is either way."""


class Claim(Frozen):
    """A statement of the source document, and what would count as evidence for it.

    A report bears on the claim when, for every list below that is not empty, it holds at least one
    of the listed values. In the file a list may name a group of the codebook; here its values
    stand in its place.

    Attributes:
        where: sections of the source document.
        group: id of one of the protocol's groups of claims; "" for none.
        kind: a claim to test, advice, or a choice of words.
        testable: whether a study could speak for or against it.
        outcome: outcomes of which one must be coded.
        outcome_and: a second set of outcomes of which one must be coded as well.
        expects: the direction of a finding that supports it; None where findings of the claim have
            no direction.
        designs: designs that would be the least to settle it.
        minimum: the same in words, with the conditions a design alone does not hold.
        papers: library ids named for it when the claims were written.
        needs: one sentence: which study would raise its level.
        picture: what was seen when the claims were written; a hint, not a finding.
        level_cap: the highest level (0 to 4) that this kind of claim can reach, if lower than 4.
    """

    id: Id
    where: Text
    group: Slug = ""
    kind: Literal["claim", "advice", "wording"] = "claim"
    testable: bool
    text: Text
    exposure: Exposures = ()
    population: Populations = ()
    outcome: Outcomes = ()
    outcome_and: Outcomes = ()
    safety: SafetyTopics = ()
    comparator: Comparators = ()
    timing: Timings = ()
    duration: Durations = ()
    expects: Expected | None = None
    designs: Designs = ()
    minimum: Text
    papers: Ids = ()
    needs: Text
    picture: Text
    level_cap: int | None = Field(default=None, ge=0, le=4)


class Frame(Frozen):
    """What the question counts by default on the gap map and for claims.

    Papers outside stay in the review and are counted apart. In the file a list may name a group of
    the codebook; here its values stand in its place.

    Attributes:
        exposure: exposures of which a report must have one; all when empty.
    """

    exposure: Exposures = ()


class Highlights(Frozen):
    """Words marked on the screening card, by what they speak of."""

    exposure: Phrases = ()
    outcome: Phrases = ()
    design: Phrases = ()
    exclude: Phrases = ()


class Protocol(Frozen):
    """One review's protocol and codebook, checked.

    Attributes:
        claim_groups: groups that claims are listed under, in this order; there may be none.
        extraction: fields of the extraction table.
        extractors: people who fill it in independently.
        known_items: library ids that a good search must find again.
        machine_help: whether machines may order what is screened and suggest codes; without it no
            model orders a queue and nobody is shown a suggestion.
        version: first 12 hex digits of the SHA-256 over the content of both files, comments aside.
        files: file name -> raw text.
    """

    title: Text
    question: Question
    frame: Frame = Frame()
    searches: Annotated[tuple[Search, ...], BeforeValidator(listed), Field(min_length=1)]
    criteria: Annotated[tuple[Criterion, ...], BeforeValidator(listed)]
    reasons: Annotated[tuple[Reason, ...], BeforeValidator(listed), Field(min_length=1)]
    stages: Annotated[tuple[StageRule, ...], BeforeValidator(listed)]
    coding: CodingRule = CodingRule()
    assignment: AssignmentRule = AssignmentRule()
    stopping: StoppingRule = StoppingRule()
    appraisal: AppraisalRule = AppraisalRule()
    extraction: ExtractionFields = ()
    extractors: int = Field(default=1, ge=1)
    highlights: Highlights
    claim_groups: Annotated[tuple[ClaimGroup, ...], BeforeValidator(listed)] = ()
    claims: Annotated[tuple[Claim, ...], BeforeValidator(listed)]
    known_items: Ids
    machine_help: bool = True
    codebook: Codebook
    version: str
    files: dict[str, str]

    @property
    def text(self) -> str:
        """Raw text of both files, one after the other, each under a line with its name."""
        return "\n".join(f"# ==== {name}\n{text}" for name, text in self.files.items())

    def search(self, name: str) -> Search:
        """Return the search of this name.

        Raises:
            KeyError: there is none.
        """
        return {search.name: search for search in self.searches}[name]

    def claim(self, id: str) -> Claim:
        """Return the claim with this id.

        Raises:
            KeyError: there is none.
        """
        return {claim.id: claim for claim in self.claims}[id]

    def reason(self, id: str) -> Reason:
        """Return the exclusion reason with this id.

        Raises:
            KeyError: there is none.
        """
        return {reason.id: reason for reason in self.reasons}[id]

    def rule(self, stage: Stage) -> StageRule:
        """Return how a stage is voted on.

        Raises:
            KeyError: the protocol has no rule for it.
        """
        return {rule.stage: rule for rule in self.stages}[stage]
