"""The words of the tracker as plain data.

Nothing here knows a database, a page or the network. All values are frozen; times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from review import retraction

_REGISTER = re.compile(
    r"""(?:the\s+|u\.?s\.?\s+|nih\s+|nlm\s+|eu\s+|who\W+|jprn\W+)*
    (?:clinical\W{0,3}trials?\W{0,3}gov | ct\W{0,3}gov | ctg | clinicaltrials
    | ictrp | trialsearch | isrctn | eu\W?ctr | eudra\W?ct | ctis | eu\W?pas | anzctr | actrn
    | chictr | ctri | irct | drks | jprn | jrct | umin\W?ctr | japicc?ti | pactr | rebec | rpcec
    | slctr | tctr | lbctr | phrr | nl\W?omon | cris\W+korea | itmctr | repec | prospero)
    (?![a-z])""",
    re.VERBOSE,
)
"""How the names of registers of studies begin, in small letters."""

_REGISTRY = re.compile(r"\bclinical trials? (?:regist(?:er|ry)|information system)")


@lru_cache(maxsize=4096)
def is_register(source: str) -> bool:
    """Whether a source registers studies rather than indexes publications, by its name."""
    name = " ".join(source.casefold().split())
    return _REGISTER.match(name) is not None or _REGISTRY.search(name) is not None


def citations_of(source: str) -> str:
    """What the log names the runs that follow citations at a source."""
    return f"{source} citations"


_OTHER_METHOD = re.compile(
    r"(?:(?P<website>web ?sites?)|(?P<organisation>organi[sz]ations?)"
    r"|(?P<citations>citation search(?:ing|es)?))(?:\s*:\s*|$)",
    re.IGNORECASE,
)
"""How the name of a source begins whose records people found by one of the other methods of PRISMA
2020: ``Websites: WHO``."""


def _found_by(source: str) -> str:
    said = _OTHER_METHOD.match(source.strip())
    return said.lastgroup or "" if said else ""


def without_method(source: str) -> str:
    """The name of a source without the method that it begins with."""
    return _OTHER_METHOD.sub("", source.strip(), count=1)


def is_organisation(source: str) -> bool:
    """Whether records came from organisations, by the name of their source."""
    return _found_by(source) == "organisation"


def is_citation_search(source: str) -> bool:
    """Whether records came from following citations, the flow diagram's other methods."""
    return source.endswith(citations_of("")) or _found_by(source) == "citations"


def similarity_of(source: str) -> str:
    """What the log names the runs that ask a source for works of a like meaning."""
    return f"{source} similarity"


def is_similarity_search(source: str) -> bool:
    """Whether records came from a ranked list of like works, which no one can repeat exactly."""
    return source.endswith(similarity_of(""))


def is_other_method(source: str) -> bool:
    """Whether records came by one of the flow diagram's other methods, not by a search."""
    return is_citation_search(source) or is_similarity_search(source) or bool(_found_by(source))


def look_ups_of(source: str) -> str:
    """What the log names the runs that look up at a source what known reports lack."""
    return f"{source} look-ups"


def is_look_up(source: str) -> bool:
    """Whether records came from looking up known reports, which identifies nothing new."""
    return source.endswith(look_ups_of(""))


PART_OF = " / "
"""Between a label and what it is part of: ``Pain / Opioids``."""


class Stage(StrEnum):
    """Where in screening a vote was cast."""

    TITLE_ABSTRACT = "title_abstract"
    FULL_TEXT = "full_text"


class Order(StrEnum):
    """In which order the reports of a stage are shown."""

    RELEVANCE = "relevance"
    SAMPLE_FIRST = "sample_then_relevance"
    UNCERTAIN = "uncertain"
    NEWEST = "newest"
    OLDEST = "oldest"
    ARRIVED = "arrived"

    @property
    def is_learned(self) -> bool:
        """Whether a model makes it."""
        return self in (Order.RELEVANCE, Order.SAMPLE_FIRST, Order.UNCERTAIN)


class VoteValue(StrEnum):
    """What one reviewer said of one report at one stage."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"


class Standing(StrEnum):
    """What a vote that its reviewer has not replaced or taken back is worth, in words for screens
    and files (`review.decision_rule.standings`)."""

    COUNTS = "counts"
    SETTLED = "settled by a later final decision"
    AFTER = "after the settlement, does not count"
    FEW = "too few votes to stand against the final decision"
    APART = "settled records that are no longer merged, does not count"

    @property
    def is_idle(self) -> bool:
        """Whether it never counted while the final decision stood."""
        return self in (Standing.AFTER, Standing.APART)


class Decision(StrEnum):
    """The outcome of the votes on one report at one stage, under the protocol's rule.

    ``NOT_SCREENED`` holds on title and abstract where nobody has voted and a person ended the
    screening: nothing is awaited, and nothing was decided of the report.
    """

    AWAITING = "awaiting"
    INCLUDE = "include"
    EXCLUDE = "exclude"
    CONFLICT = "conflict"
    NOT_RETRIEVED = "not_retrieved"
    NOT_SCREENED = "not_screened"


class Place(StrEnum):
    """The one place of a report in the screening: a queue, a conflict, or finished.

    `review.decision_rule.place` says which. ``CLASSIFICATION`` holds the full texts on which all
    who voted said maybe (studies awaiting classification, MECIR R58), ``STOPPED`` the reports that
    a stop left unscreened.
    """

    TITLE_ABSTRACT = "awaiting title and abstract"
    FULL_TEXT = "awaiting full text"
    CLASSIFICATION = "awaiting classification"
    CONFLICT = "conflict"
    REASONS_DIFFER = "excluded, reasons differ"
    EXCLUDED = "excluded"
    INCLUDED = "included"
    STOPPED = "not screened: stopped"

    @property
    def left(self) -> bool:
        """Whether a report here is excluded, be it for one reason or for several."""
        return self in (Place.EXCLUDED, Place.REASONS_DIFFER)


QUEUES = {Stage.TITLE_ABSTRACT: Place.TITLE_ABSTRACT, Stage.FULL_TEXT: Place.FULL_TEXT}
"""Stage -> place of the reports that wait for votes there."""


class RunStatus(StrEnum):
    """How a search run or an import ended."""

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Direction(StrEnum):
    """What a finding says of the outcome under the exposure."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    MIXED = "mixed"
    NOT_STATED = "not_stated"


class Answer(StrEnum):
    """What a person said to a suggestion."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Record:
    """One bibliographic entry as one source gave it.

    ``source`` and ``key`` together are its identity: the same pair seen twice is the same record.
    ``raw`` is the entry unchanged; the other fields are what was read from it.
    ``doi`` is bare and lower case (``10.1000/x``), ``pmid`` digits, ``pmcid`` ``PMC…``,
    ``openalex_id`` ``W…``. ``authors`` are names as printed. ``labels`` are words that people gave
    the entry elsewhere, such as collections of Zotero (``Pain / Opioids``) or tags of Covidence.
    """

    source: str
    key: str
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    openalex_id: str = ""
    isbn: str = ""
    abstract: str = ""
    language: str = ""
    type: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    study_designs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    retracted: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A title that says so makes a record retracted, whatever its source knows of it."""
        if not self.retracted and retraction.in_title(self.title):
            object.__setattr__(self, "retracted", True)


@dataclass(frozen=True, slots=True)
class Report:
    """One publication: the records held to be the same text.

    ``lead`` is how it is shown: source and key of its lead record, each field from the record that
    `review.display_fields` or a person chose. ``full_text`` is what the votes at that stage come
    to; they count once ``title_abstract`` is include, and ``place`` is what follows from both.
    """

    id: str
    lead: Record
    record_ids: tuple[str, ...]
    study: str
    title_abstract: Decision
    full_text: Decision
    reason: str
    place: Place

    @property
    def included(self) -> bool:
        """Whether the report stands among the included ones."""
        return self.place is Place.INCLUDED

    @property
    def excluded(self) -> bool:
        """Whether the report left the review at either stage.

        A vote on the full text of a report that has not passed title and abstract waits: it
        excludes nothing.
        """
        return self.place.left

    @property
    def left_at(self) -> Stage:
        """The stage whose votes say where the report is."""
        passed = self.title_abstract is Decision.INCLUDE
        return Stage.FULL_TEXT if passed else Stage.TITLE_ABSTRACT


@dataclass(frozen=True, slots=True)
class Vote:
    """One reviewer's vote. ``report`` is the report that holds the record it was cast on.

    ``run`` is the import that brought the vote with a file of records, ``""`` for one cast here.
    ``final`` is the vote that settles a conflict. ``reason`` is the one that counts; ``also`` holds
    further ones.
    """

    report: str
    stage: Stage
    reviewer: str
    vote: VoteValue
    reason: str = ""
    note: str = ""
    time: datetime | None = None
    event: str = ""
    run: str = ""
    record: str = ""
    final: bool = False
    standing: Standing = Standing.COUNTS
    also: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """All reasons of an exclusion, the one that counts first."""
        return tuple(filter(None, (self.reason, *self.also)))


@dataclass(frozen=True, slots=True)
class Tag:
    """A codebook value given to a report by a person.

    ``settles`` marks a value of a consensus, given by who settled it. ``quote_place`` is as of
    `Finding`.
    """

    report: str
    dimension: str
    value: str
    reviewer: str
    quote: str = ""
    time: datetime | None = None
    event: str = ""
    settles: bool = False
    quote_place: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One tested pairing, coded by a person: a cell of the gap map counts its study.

    Attributes:
        dose, timing: of the exposure. A timing, like a comparator and a duration, is a value of the
            codebook or the words of the report; a dose is as the report has it.
        n: how many people, animals or samples were analysed; None where that is not written down.
        effect, effect_unit, effect_interval: as the report has them: ``-1.2``, ``points of 10``,
            ``95% CI -2.0 to -0.4``.
        quote_place: where the quote stands (`review.coding.quotes`): ``abstract 120-184``, or the
            words of a person, such as ``Table 2, p. 5``.
    """

    report: str
    exposure: str
    population: str
    outcome: str
    study_design: str
    instrument: str = ""
    comparator: str = ""
    duration: str = ""
    direction: Direction = Direction.NOT_STATED
    quote: str = ""
    reviewer: str = ""
    time: datetime | None = None
    event: str = ""
    dose: str = ""
    timing: str = ""
    n: int | None = None
    effect: str = ""
    effect_unit: str = ""
    effect_interval: str = ""
    quote_place: str = ""


CODEBOOK_TRIGGERS = "codebook triggers"
WORDING_RULES = "wording rules"
SHIPPED_MODEL = "shipped model"
READERS = frozenset({CODEBOOK_TRIGGERS, WORDING_RULES, SHIPPED_MODEL})
"""Sources of suggestions that read the title and the abstract, and so quote them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A machine's (or a starter coding's) proposal of a tag: never a decision by itself.

    ``source`` says who proposes, ``confidence`` is 0..1. ``quote`` is what fired: words of the
    paper, or the code that another system gave it. ``version`` is that of the source when it
    proposed this; ``""`` where that was not kept.
    """

    id: str
    record: str
    dimension: str
    value: str
    confidence: float
    source: str
    quote: str = ""
    rank: int = 1
    version: str = ""

    @property
    def words(self) -> str:
        """The paper's own words that fired; ``""`` where a source has a code and no words."""
        return self.quote if self.source in READERS else ""

    @property
    def code(self) -> str:
        """The code of another system; ``""`` where the paper's words fired."""
        return "" if self.source in READERS else self.quote


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion on a report that somebody coded or answered something of."""

    id: str
    report: str
    dimension: str
    value: str
    source: str
    rank: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Given:
    """A tag of one person, whether it counts or not.

    Attributes:
        blind: as in `review.events.TagGiven`.
        seq: its place in the log.
    """

    report: str
    dimension: str
    value: str
    reviewer: str
    blind: bool | None
    active: bool
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that counts."""

    suggestion: str
    reviewer: str
    answer: str


@dataclass(frozen=True, slots=True)
class SearchRun:
    """One execution of a search, or one import of a file.

    ``received`` counts distinct entries, ``resumed`` how often it was taken up after a stop.
    """

    id: str
    search: str
    source: str
    request: str
    started: datetime
    actor: str
    finished: datetime | None = None
    promised: int | None = None
    received: int = 0
    added: int = 0
    cost_usd: float = 0.0
    status: RunStatus = RunStatus.RUNNING
    why: str = ""
    resumed: int = 0

    @property
    def online(self) -> bool:
        """Whether the run asked a source over the network; the others read a file."""
        return self.request.startswith(("http://", "https://"))

    @property
    def charged_usd(self) -> float | None:
        """What the source charged, in US dollars; None where no source was asked."""
        return self.cost_usd if self.online else None
