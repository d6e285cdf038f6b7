"""What the evidence says of each claim of the source document. Pure: facts in, levels out.

Levels are the project's own, after the OCEBM 2011 levels of evidence:

0  no primary study confirmed
1  only mechanism or animal studies
2  people, but without a control, or their own report
3  one controlled study
4  several controlled studies

Reviews and primary studies are kept apart: a review is listed, and gives no level by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.gaps.directions import ReportDirections, Side, SideStudies, by_side, overall
from review.gaps.model import DESIGN, FINDING_DIMENSIONS, ReportEvidence
from review.model import Finding
from review.protocol.codebook import Codebook
from review.protocol.model import Claim

BESIDE_FINDINGS = ("safety", "comparator", "timing", "duration")
"""Dimensions of a claim that a report's tags answer, whichever finding meets the rest."""

STRENGTH = ("none", "synthesis", "product", "mechanism", "uncontrolled", "controlled")
"""Kinds of evidence, weakest first."""

NEXT = (
    "one primary study, confirmed",
    "a study in people",
    "a controlled study in people",
    "a second controlled study",
)
"""Level -> what would give the next one."""

Lists = dict[str, frozenset[str]]
Weight = tuple[ReportEvidence, str | None, str | None, tuple[Finding, ...]]
"""A report's evidence, the kind of evidence it is for a claim by what is confirmed and by all, and
its findings on the claim."""
Weighed = dict[str, Weight]
"""Report -> its weight for one claim."""
Values = Callable[[str], frozenset[str]]
"""The values a report holds of a dimension."""


@dataclass(frozen=True, slots=True)
class ClaimState:
    """Where a claim stands.

    Attributes:
        level: 0 to 4 by confirmed evidence; None when the claim cannot be tested.
        suggested_level: what the level would be if all open suggestions were confirmed too.
        reports: confirmed primary studies' reports behind the level.
        suggested_reports: primary studies' reports that only suggestions bring to the claim.
        reviews, suggested_reviews: reviews that speak to it.
        outside_reports: reports that would bear on it, but lie outside the frame of the question;
            they are counted in no level.
        named_reports: reports of the library that were named when the claim was written;
            ``missing_papers`` are the library ids of those that are not in the review.
        needs: the study that would raise the level.
        rule: the sentence of the level's rule that fired.
        sides: the confirmed primary studies by where they stand towards the claim; empty where the
            claim says of no direction that it supports it.
        direction: what they say as a whole; None where there are none.
        findings: what people wrote down that bears on it, in the order of the reports.
        hidden_reports: reports that bear on it, and that the filters hide.
        retracted_reports: retracted reports that would bear on it; they are counted in no level.
        excluded_reports: those of ``named_reports`` that were excluded.
        top: the highest level that there can be.
    """

    claim: Claim
    level: int | None
    suggested_level: int | None
    reports: tuple[str, ...]
    suggested_reports: tuple[str, ...]
    reviews: tuple[str, ...]
    suggested_reviews: tuple[str, ...]
    named_reports: tuple[str, ...]
    needs: str
    rule: str
    outside_reports: tuple[str, ...] = ()
    sides: Mapping[Side, SideStudies] = field(default_factory=dict)
    direction: Side | None = None
    findings: tuple[Finding, ...] = ()
    missing_papers: tuple[str, ...] = ()
    hidden_reports: tuple[str, ...] = ()
    retracted_reports: tuple[str, ...] = ()
    excluded_reports: tuple[str, ...] = ()
    top: int = 4

    @property
    def only_suggested(self) -> bool:
        """Whether all that bears on it is suggested."""
        return bool(self.bearing) and not (self.reports or self.reviews)

    @property
    def next_level(self) -> str:
        """What the rule of the levels asks for the next one; "" where there is no higher."""
        if self.level is None or self.level >= self.top:
            return ""
        asked = f"For G{self.level + 1}: {NEXT[self.level]}."
        if self.suggested_level is not None and self.suggested_level > self.level:
            n = len(self.suggested_reports)
            reports = "report" if n == 1 else "reports"
            asked += (
                f" Confirming what is suggested ({n} {reports}) would give G{self.suggested_level}."
            )
        return asked

    @property
    def bearing(self) -> frozenset[str]:
        """All reports that are listed for it, confirmed or suggested, studies or reviews."""
        return frozenset(
            (*self.reports, *self.suggested_reports, *self.reviews, *self.suggested_reviews)
        )


@dataclass(slots=True)
class Bearing:
    """Reports that bear on a claim: the best kind of evidence of each study, and the reports."""

    kinds: dict[str, str] = field(default_factory=dict)
    primary: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)
    directions: list[ReportDirections] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, facts: ReportEvidence, kind: str, found: Sequence[Finding]) -> None:
        """Add one report with the kind of evidence it is for this claim, and what it found."""
        self.findings += found
        if kind == "synthesis":
            self.reviews.append(facts.id)
        elif kind != "none":
            self.primary.append(facts.id)
            said = frozenset(one.direction for one in found)
            self.directions.append(ReportDirections(facts.id, facts.study, said))
            before = self.kinds.get(facts.study, "none")
            self.kinds[facts.study] = max(before, kind, key=STRENGTH.index)

    def count(self, kind: str) -> int:
        """Number of studies whose best kind this is."""
        return sum(1 for k in self.kinds.values() if k == kind)


class ClaimAssessor:
    """Weighs claims against one review's evidence, which it reads through once."""

    def __init__(
        self,
        codebook: Codebook,
        facts: Sequence[ReportEvidence],
        named: Mapping[str, str] | None = None,
        subject: Collection[str] = (),
        weighed: dict[str, Weighed] | None = None,
        *,
        beyond: bool = False,
    ) -> None:
        """Index the evidence.

        Args:
            facts: reports that are not excluded; retracted ones are left out here.
            named: library id -> report that holds it.
            subject: exposures that the review is about; all when empty.
            weighed: claim -> what is known of reports whose evidence is the same object still,
                under the same protocol; what is found out is added.
            beyond: whether claims that name no exposure are met by any, of the subject or not.
        """
        self._weighed: dict[str, Weighed] = {} if weighed is None else weighed
        self._named = named or {}
        self._kinds = {v.id: v.evidence or "none" for v in codebook.dimension(DESIGN).values}
        self._outcomes = codebook.dimension("outcome")
        exposures = codebook.dimension("exposure")
        self._unspecified = exposures.meaning("unspecified")
        self._framed = bool(subject) and not beyond
        self._subject = frozenset(subject or (v.id for v in exposures.values))
        self._facts = [one for one in facts if not one.retracted]
        self._retracted = [one for one in facts if one.retracted]
        self._places: dict[tuple[str, str], set[int]] | None = None

    def judge(self, claim: Claim) -> ClaimState:
        """Find what bears on a claim, and the level it gives."""
        sure, likely = Bearing(), Bearing()
        lists = self._lists(claim)
        weighed = self._weighed.setdefault(claim.id, {})
        for one in self._candidates(lists):
            known = weighed.get(one.id)
            if known is None or known[0] is not one:
                known = weighed[one.id] = self._weigh(lists, one)
            _, confirmed, kind, found = known
            if confirmed is not None:
                sure.add(one, confirmed, found)
            if kind is not None:
                likely.add(one, kind, found)
        testable = claim.testable
        level, rule = self._level(claim, sure)
        named, missing = self.papers(claim)
        sides = by_side(claim.expects, sure.directions) if testable and claim.expects else {}
        return ClaimState(
            claim=claim,
            level=level if testable else None,
            suggested_level=self._level(claim, likely)[0] if testable else None,
            reports=tuple(sure.primary),
            suggested_reports=_beyond(likely.primary, sure.primary),
            reviews=tuple(sure.reviews),
            suggested_reviews=_beyond(likely.reviews, sure.reviews),
            outside_reports=self._outside(lists, {*likely.primary, *likely.reviews}),
            named_reports=named,
            needs=claim.needs,
            rule=rule if testable else f"Not tested: it is {_KINDS[claim.kind]}.",
            sides=sides,
            direction=overall(sides),
            findings=tuple(sure.findings),
            retracted_reports=self._of_retracted(lists),
            top=self._top(claim),
            missing_papers=missing,
        )

    def papers(self, claim: Claim) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The reports that hold the papers named with a claim, and the papers that none holds."""
        held = {self._named[p] for p in claim.papers if p in self._named}
        return tuple(sorted(held)), tuple(p for p in claim.papers if p not in self._named)

    def may_bear(self, claim: Claim, reports: Iterable[ReportEvidence]) -> bool:
        """Whether a claim may stand elsewhere without one of these: if not, it surely does not.

        Exposures are not looked at: a report on another one is told beside the claim.
        """
        asked = {n: values for n, values in self._lists(claim).items() if n != "exposure"}
        return any(
            all(any((_dimension(name), v) in held for v in values)
                for name, values in asked.items())
            for held in (_index([one]) for one in reports)
        )  # fmt: skip

    def _weigh(self, lists: Lists, one: ReportEvidence) -> Weight:
        """What a report is for a claim."""
        judged = (one.tags or one.findings) and one.sure
        sure = self._kind(lists, one, one.confirmed) if judged else None
        likely = sure if sure is not None else self._kind(lists, one, one.likely)
        beside = _beside(lists, one.confirmed)
        both = lists.get("outcome", frozenset()) | lists.get("outcome_and", frozenset())
        asked = lists | {"outcome": both} if both else lists
        found = tuple(f for f in one.findings if _finding_meets(asked, f, beside))
        return one, sure, likely, found

    def _lists(self, claim: Claim) -> Lists:
        """The claim's lists that are not empty, under the names of their dimensions."""
        names = ("exposure", "population", "outcome", "outcome_and", *BESIDE_FINDINGS)
        lists = {name: frozenset(getattr(claim, name)) for name in names if getattr(claim, name)}
        # A claim on the subject in general is met by any form of it.
        if self._unspecified & lists.get("exposure", frozenset()):
            lists["exposure"] |= self._subject
        return lists

    def _candidates(self, lists: Lists) -> list[ReportEvidence]:
        """Reports within the frame with a value of every list; see `_holding`."""
        found = self._holding(lists)
        if "exposure" in lists or not self._framed:
            return found
        # As on the map: a report that is on something else is out, one that nobody coded is not.
        return [f for f in found if not (e := f.exposures) or e & self._subject]

    def _of_retracted(self, lists: Lists) -> tuple[str, ...]:
        """Retracted reports within the frame that would bear on the claim."""
        return tuple(
            one.id
            for one in self._retracted
            if self._kind(lists, one, one.likely) not in (None, "none")
            and (not self._framed or not one.exposures or one.exposures & self._subject)
        )

    def _outside(self, lists: Lists, counted: Collection[str]) -> tuple[str, ...]:
        """Reports outside the frame that meet every list but the exposures."""
        rest = {name: values for name, values in lists.items() if name != "exposure"}
        if not rest or not self._framed:
            return ()
        return tuple(
            f.id
            for f in self._holding(rest)
            if (e := f.exposures)
            and not e & self._subject
            and f.id not in counted
            and self._kind(rest, f, f.likely) not in (None, "none")
        )

    def _holding(self, lists: Lists) -> list[ReportEvidence]:
        """Reports with a value of every list, in order; whether they go together is not said."""
        if self._places is None:
            self._places = _index(self._facts)
        places = self._places
        left: set[int] | None = None
        for name, values in lists.items():
            having = set().union(*(places.get((_dimension(name), v), ()) for v in values))
            left = having if left is None else left & having
        return [self._facts[i] for i in sorted(left or ())]

    def _kind(self, lists: Lists, one: ReportEvidence, values: Values) -> str | None:
        """The kind of evidence a report is for a claim; None when it does not bear on it.

        Findings answer for the outcomes they cover, tags for the others. Where tags hold several
        designs the weakest counts, since nothing says which of them goes with the claim.
        """
        covered = {f.outcome for f in one.written}
        beside = _beside(lists, values)
        second = lists.get("outcome_and")
        if second and not second & (values("outcome") | covered):
            return None
        kinds = [
            self._kinds.get(f.study_design, "none")
            for f in one.findings
            if _finding_meets(lists, f, beside)
        ]
        if kinds:
            return max(kinds, key=STRENGTH.index)
        if not all(lists[name] & found for name, found in beside.items()):
            return None
        if not all(lists[n] & values(n) for n in ("exposure", "population") if n in lists):
            return None
        if "outcome" in lists and not lists["outcome"] & (values("outcome") - covered):
            return None
        designs = {self._kinds.get(d, "none") for d in values(DESIGN)}
        return min(designs - {"none"} or designs, key=STRENGTH.index) if designs else None

    def _level(self, claim: Claim, bearing: Bearing) -> tuple[int, str]:
        """Level and the sentence of the rule that gives it."""
        controlled, uncontrolled = bearing.count("controlled"), bearing.count("uncontrolled")
        product, mechanism = bearing.count("product"), bearing.count("mechanism")
        on_products = self._on_products(claim)
        if controlled > 1:
            level, rule = 4, f"Several controlled studies ({controlled})."
        elif controlled:
            level, rule = 3, "One controlled study; sample size is not weighed."
        elif uncontrolled:
            level, rule = 2, f"People, but without a control or by own report ({uncontrolled})."
        elif product and on_products:
            level, rule = 2, f"Products were examined, as the claim asks ({product})."
        elif mechanism or product:
            level, rule = 1, f"Only animals, cells, models or products ({mechanism + product})."
        elif bearing.reviews:
            level, rule = 0, "Reviews only, and a review gives no level by itself."
        else:
            level, rule = 0, "No study is confirmed."
        if level and level == self._highest(claim, on_products):
            rule += " The codebook says that there can be no stronger evidence of its outcomes."
        if claim.level_cap is not None and level > claim.level_cap:
            rule += f" This kind of claim goes no higher than G{claim.level_cap}."
            level = claim.level_cap
        return level, rule

    def _on_products(self, claim: Claim) -> bool:
        """Whether the claim asks for products to be examined."""
        return bool(claim.designs) and all(self._kinds.get(d) == "product" for d in claim.designs)

    def _top(self, claim: Claim) -> int:
        """The highest level a claim can have, by what there can be and by its kind."""
        highest = self._highest(claim, self._on_products(claim))
        tops = [top for top in (4, highest, claim.level_cap) if top is not None]
        return min(tops)

    def _highest(self, claim: Claim, on_products: bool) -> int | None:
        """The level beyond which there can be no evidence of the claim's outcomes, if any."""
        kinds = set[str]().union(*(self._outcomes.kinds(outcome) for outcome in claim.outcome))
        if not kinds or "controlled" in kinds:
            return None
        return 2 if "uncontrolled" in kinds or on_products else 1


def _beside(lists: Lists, values: Values) -> dict[str, frozenset[str]]:
    """What a report's tags say where the claim asks for more than a finding holds."""
    return {name: values(name) for name in BESIDE_FINDINGS if name in lists}


def _finding_meets(lists: Lists, f: Finding, beside: Mapping[str, frozenset[str]]) -> bool:
    """Whether one finding, with what its report's tags say beside it, meets the lists."""
    own = {"comparator": {f.comparator}, "duration": {f.duration}}
    if not all(lists[name] & (found | own.get(name, set())) for name, found in beside.items()):
        return False
    return all(
        getattr(f, name) in lists[name]
        for name in ("exposure", "population", "outcome")
        if name in lists
    )


def _dimension(name: str) -> str:
    """The dimension whose values a list of a claim names."""
    return "outcome" if name == "outcome_and" else name


def _index(facts: Sequence[ReportEvidence]) -> dict[tuple[str, str], set[int]]:
    """(dimension, value) -> places of the reports that hold it, confirmed or suggested."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for i, one in enumerate(facts):
        for part in (one.tags, one.suggested):
            for dimension, values in part.items():
                for value in values:
                    found[dimension, value].add(i)
        for f in one.written:
            for name in (*FINDING_DIMENSIONS, "comparator", "duration"):
                found[name, getattr(f, name)].add(i)
    return found


def _beyond(more: Sequence[str], less: Sequence[str]) -> tuple[str, ...]:
    known = set(less)
    return tuple(id_ for id_ in more if id_ not in known)


_KINDS = {"claim": "a claim no study can settle", "advice": "advice", "wording": "wording"}
