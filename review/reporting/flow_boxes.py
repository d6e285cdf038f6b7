"""What each box of the flow diagram says, in words and numbers, before anything is drawn. Pure.

Boxes, their order and their heads are those of the PRISMA 2020 template for new and for updated
reviews (Page et al. 2021, https://doi.org/10.1136/bmj.n71, figure 1). A living review shows two
numbers in each box, up to the version before and since (Kahale et al. 2022,
https://doi.org/10.12688/f1000research.51723.3: latest update separately, all before combined).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from review.model import (
    Stage,
    citations_of,
    is_register,
    is_similarity_search,
    without_method,
)
from review.reporting.prisma import NO_REASON, REASONS_DIFFER, Flow, way

NOT_SCREENED = "Records not screened: stopped"
"""What the diagram calls the reports that were left when a person ended the screening."""

WORDS: Mapping[str, str] = {
    "previous_studies": "Studies included in previous version of review",
    "previous_reports": "Reports of studies included in previous version of review",
    "identified": "Records identified",
    "database_results": "Databases",
    "register_results": "Registers",
    "website_results": "Websites",
    "organisation_results": "Organisations",
    "citations_results": "Citation searching",
    "other_identified": "Records identified only from",
    "removed": "Records removed before screening",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "other_duplicates": "Duplicate records removed",
    "records_not_screened": NOT_SCREENED,
    "other_not_screened": NOT_SCREENED,
    "carried": "Carried over from the version before",
    "other_carried": "Carried over from the version before",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded",
    "other_set_aside": "Reports not sought",
    "other_sought_reports": "Reports sought for retrieval",
    "other_notretrieved_reports": "Reports not retrieved",
    "other_assessed": "Reports assessed for eligibility",
    "other_excluded": "Reports excluded",
    "new_studies": "New studies included in review",
    "new_reports": "Reports of new included studies",
    "gone_studies": "Studies of the version before that are no longer included",
    "total_studies": "Total studies included in review",
    "total_reports": "Reports of total included studies",
}
"""Box -> the words in it; each can be put in other words, its number cannot."""

FIRST: Mapping[str, str] = {
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
}
"""Words of boxes where no version came before."""

REASONS: Mapping[str, str] = {
    REASONS_DIFFER: "Reasons differ between reviewers",
    NO_REASON: "No reason given",
}
"""What stands for a reason -> the words for it."""

SIMILAR = "Lists of similar works"

UNFINISHED: Mapping[str, tuple[Stage, str]] = {
    "records_screened": (Stage.TITLE_ABSTRACT, "Records to screen"),
    "dbr_assessed": (Stage.FULL_TEXT, "Reports to assess for eligibility"),
    "other_assessed": (Stage.FULL_TEXT, "Reports to assess for eligibility"),
}
"""Box -> the stage that ends what it says, and the words while some still wait there: nothing is
called done of which some is still to do."""

AWAITING = "Awaiting a decision"
MOST_SOURCES = 8
"""Sources named one by one; the smaller rest is counted together."""

LAYERS = ("identification", "screening", "retrieval", "eligibility")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a diagram shows, and in which words.

    Attributes:
        reasons: exclusion reason -> words for it.
        sources: source -> how people read its name; the name itself where it is not there.
        words: box -> own words in place of those of `WORDS`.
        screening_reasons: list the reasons at title and abstract too.
        without_empty: leave out lines, and the layer of retrieval, in which there is nothing.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    screening_reasons: bool = False
    without_empty: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram that is to be drawn or written.

    Attributes:
        flow: from the beginning, or since a version (an updated review).
        before: the diagram up to that version, for a living review.
        title: of the review.
    """

    flow: Flow
    choices: Choices
    before: Flow | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box.

    Attributes:
        key: which number it is; `ids_of` lists what is behind it.
        n: its number; two where the diagram is of a living review; empty for a head.
        part: it is one of a list under the line before.
    """

    key: str
    words: str
    n: tuple[int, ...] = ()
    part: bool = False


Box = tuple[Line, ...]
"""The lines of one rectangle; none where there is no rectangle."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way in which studies were identified.

    Attributes:
        rows: layer -> its main box, and the boxes beside it.
    """

    head: str
    rows: Mapping[str, tuple[Box, tuple[Box, ...]]]


@dataclass(frozen=True, slots=True)
class Diagram:
    """All that is drawn.

    Attributes:
        layers: those that are not left out.
        previous: box of the version before, where its studies are counted apart.
        columns: heads of the two numbers of each line of a living review.
    """

    layers: tuple[str, ...]
    arms: tuple[Arm, ...]
    included: Box
    total: Box = ()
    previous: Box = ()
    columns: tuple[str, ...] = ()


def diagram(drawing: Drawing) -> Diagram:
    """What the diagram of a review says."""
    return _Writer(drawing).diagram()


def words_of(flow: Flow, choices: Choices, box: str) -> str:
    """The words of a box; while some of it is still to do, those that say so."""
    stage, unfinished = UNFINISHED.get(box, (None, ""))
    if stage is not None:
        others = len(flow.other_awaiting_ids.get(stage, ()))
        waits = others if box.startswith("other_") else flow.awaiting[stage] - others
        if waits:
            return unfinished
    if not flow.since and box in FIRST:
        return choices.words.get(box) or FIRST[box]
    return choices.words.get(box) or WORDS[box]


class _Writer:
    """Writes the lines of one diagram."""

    def __init__(self, drawing: Drawing) -> None:
        self.flow, self.choices = drawing.flow, drawing.choices
        before = drawing.before
        self.flows = (before, self.flow) if before is not None else (self.flow,)

    def diagram(self) -> Diagram:
        """All of it."""
        ways = [n for name in _OTHER_WAYS for n in self._box(name)]
        other = any(ways) or any(f.other_carried for f in self.flows)
        arms = [self._databases(), *([self._others()] if other else [])]
        layers = [
            name
            for name in LAYERS
            if not (name == "retrieval" and self.choices.without_empty and not self._lost())
        ]
        update = bool(self.flow.since)
        living = len(self.flows) > 1
        included = (self._line("new_studies"), self._line("new_reports"))
        return Diagram(
            layers=tuple(layers),
            arms=tuple(arms),
            included=included,
            total=self._total() if update else (),
            previous=(self._line("previous_studies"), self._line("previous_reports"))
            if update and not living
            else (),
            columns=(f"to {self.flow.since}", "since") if living else (),
        )

    def _databases(self) -> Arm:
        removed = [
            self._line(name, part=True)
            for name in ("duplicates", "excluded_automatic", "excluded_other")
            if not self.choices.without_empty or any(self._box(name))
        ]
        side: Box = (Line("removed", f"{self._words('removed')}:"), *removed) if removed else ()
        first, second = (self._waiting(stage, other=False) for stage in Stage)
        screening = (
            self._reasons("screening_reason", lambda f: f.screening_reason_ids)
            if self.choices.screening_reasons
            else ()
        )
        out = self._reasons("reason", lambda f: f.reason_ids)
        carried = self._if_any("carried", lambda f: len(f.carried), part=False)
        return Arm(
            f"Identification of {self._new}studies via databases and registers",
            {
                "identification": (
                    (*self._identified(), *carried),
                    _boxes(side, self._left("records_not_screened")),
                ),
                "screening": (
                    (self._line("records_screened"),),
                    _boxes((self._line("records_excluded"), *screening, *first)),
                ),
                "retrieval": (
                    (self._line("dbr_sought_reports"),),
                    _boxes((self._line("dbr_notretrieved_reports"),)),
                ),
                "eligibility": (
                    (self._line("dbr_assessed"),),
                    _boxes((self._line("dbr_excluded"), *out, *second)),
                ),
            },
        )

    def _others(self) -> Arm:
        first, second = (self._waiting(stage, other=True) for stage in Stage)
        ways = self._ways()
        aside = self._if_any("other_set_aside", lambda f: len(f.other_set_aside), part=False)
        out = self._reasons("other_reason", lambda f: f.other_reason_ids)
        carried = self._if_any("other_carried", lambda f: len(f.other_carried), part=False)
        copies = self._if_any("other_duplicates", lambda f: len(f.other_duplicates), part=False)
        found = Line("other_identified", f"{self._words('other_identified')}:")
        return Arm(
            f"Identification of {self._new}studies via other methods",
            {
                "identification": ((found, *ways, *carried), _boxes(copies)),
                "screening": (
                    (),
                    _boxes((*aside, *first), self._left("other_not_screened")),
                ),
                "retrieval": (
                    (self._line("other_sought_reports"),),
                    _boxes((self._line("other_notretrieved_reports"),)),
                ),
                "eligibility": (
                    (self._line("other_assessed"),),
                    _boxes((self._line("other_excluded"), *out, *second)),
                ),
            },
        )

    @property
    def _new(self) -> str:
        return "new " if self.flow.since else ""

    def _identified(self) -> Box:
        """Databases and registers, each with its sources, the largest first."""
        both = tuple(
            a + b
            for a, b in zip(self._box("database_results"), self._box("register_results"),
                            strict=True)
        )  # fmt: skip
        lines = [Line("identified", self._words("identified"), both)]
        names = {source for f in self.flows for source in f.source_ids}
        for box, kind in (("database_results", False), ("register_results", True)):
            own = [name for name in names if is_register(name) is kind]
            if own or not self.choices.without_empty:
                lines.append(self._line(box))
            lines += self._sources("source", own, lambda f: f.source_ids)
        return tuple(lines)

    def _ways(self) -> list[Line]:
        """Other methods, each with its sources where they have names of their own."""
        names = {source for f in self.flows for source in f.other_source_ids}
        lines = []
        for box in _OTHER_WAYS:
            if sum(self._box(box)):
                lines.append(self._line(box))
                own = [n for n in names if way(n) == box and source_words(n, self.choices)]
                lines += self._sources("other_source", own, lambda f: f.other_source_ids)
        return lines

    def _sources(
        self, kind: str, names: Sequence[str], of: Callable[[Flow], Mapping[str, Sequence[str]]]
    ) -> list[Line]:
        counts = {name: tuple(len(of(f).get(name, ())) for f in self.flows) for name in names}
        ordered = sorted(counts.items(), key=lambda one: (-sum(one[1]), one[0]))
        shown = [
            Line(f"{kind}:{name}", source_words(name, self.choices), n, part=True)
            for name, n in ordered[:MOST_SOURCES]
        ]
        if rest := ordered[MOST_SOURCES:]:
            added = tuple(sum(n) for n in zip(*(n for _, n in rest), strict=True))
            shown.append(Line("", f"{len(rest)} other sources", added, part=True))
        return shown

    def _reasons(self, kind: str, of: Callable[[Flow], Mapping[str, Sequence[str]]]) -> Box:
        keys = {reason: 0 for f in self.flows for reason in of(f)}
        counts = {r: tuple(len(of(f).get(r, ())) for f in self.flows) for r in keys}
        ordered = sorted(counts.items(), key=lambda one: (-sum(one[1]), one[0]))
        return tuple(
            Line(f"{kind}:{reason}", reason_words(reason, self.choices), n, part=True)
            for reason, n in ordered
        )

    def _waiting(self, stage: Stage, *, other: bool) -> Box:
        def waits(f: Flow) -> int:
            apart = len(f.other_awaiting_ids.get(stage, ()))
            return apart if other else f.awaiting[stage] - apart

        n = self._each(waits)
        key = f"{'other_' if other else ''}awaiting:{stage}"
        return (Line(key, AWAITING, n),) if sum(n) else ()

    def _left(self, name: str) -> Box:
        """What a person ended the screening with; the template has no box for it."""
        return (self._line(name),) if any(self._box(name)) else ()

    def _total(self) -> Box:
        gone = len(self.flow.gone_studies)
        lost = (Line("gone_studies", self._words("gone_studies"), (gone,)),) if gone else ()
        boxes = self.flow.boxes
        totals = (
            Line(name, self._words(name), (boxes[name],))
            for name in ("total_studies", "total_reports")
        )
        return (*lost, *totals)

    def _lost(self) -> int:
        return sum(self._box("dbr_notretrieved_reports") + self._box("other_notretrieved_reports"))

    def _if_any(self, key: str, of: Callable[[Flow], int], part: bool = True) -> Box:
        n = self._each(of)
        return (Line(key, self._words(key), n, part),) if any(n) else ()

    def _line(self, name: str, part: bool = False) -> Line:
        return Line(name, self._words(name), self._box(name), part)

    def _words(self, name: str) -> str:
        return words_of(self.flow, self.choices, name)

    def _box(self, name: str) -> tuple[int, ...]:
        return self._each(lambda f: len(f.ids[name]))

    def _each(self, of: Callable[[Flow], int]) -> tuple[int, ...]:
        return tuple(of(f) for f in self.flows)


def source_words(name: str, choices: Choices) -> str:
    """What a source is called; "" for one of another method that has no name beside the method."""
    if is_similarity_search(name):
        return SIMILAR
    plain = without_method(name.removesuffix(citations_of("")))
    return choices.sources.get(plain, plain)


def reason_words(reason: str, choices: Choices) -> str:
    """The words for a reason."""
    return choices.reasons.get(reason) or REASONS.get(reason, reason)


def _boxes(*boxes: Box) -> tuple[Box, ...]:
    """Those that say something."""
    return tuple(box for box in boxes if box)


_OTHER_WAYS = ("website_results", "organisation_results", "citations_results")


def ids_of(flow: Flow, key: str) -> list[str]:
    """What is behind a line: records, reports or studies, as its box counts."""
    kind, _, name = key.partition(":")
    lists: Mapping[str, Mapping[str, list[str]]] = {
        "source": flow.source_ids,
        "other_source": flow.other_source_ids,
        "reason": flow.reason_ids,
        "other_reason": flow.other_reason_ids,
        "screening_reason": flow.screening_reason_ids,
        "other_awaiting": flow.other_awaiting_ids,
    }
    if kind in lists:
        return lists[kind].get(name, [])
    if kind == "awaiting":
        apart = set(flow.other_awaiting_ids.get(name, ()))
        return [p for p in flow.awaiting_ids.get(name, []) if p not in apart]
    if key == "identified":
        return sorted(flow.ids["database_results"] + flow.ids["register_results"])
    alone = {
        "carried": flow.carried,
        "other_carried": flow.other_carried,
        "other_set_aside": flow.other_set_aside,
        "other_duplicates": flow.other_duplicates,
        "gone_studies": flow.gone_studies,
    }
    return alone.get(key) or flow.ids.get(key, [])


REPORTS_OF: Mapping[str, str] = {
    "previous_studies": "previous_reports",
    "new_studies": "new_reports",
    "total_studies": "total_reports",
}
"""Box of studies -> the box with their reports."""


def papers_of(flow: Flow, key: str) -> list[str]:
    """What is behind a line as records or reports; of studies their reports."""
    if key == "gone_studies":
        return flow.gone_reports
    return ids_of(flow, REPORTS_OF.get(key, key))


def lines(drawn: Diagram) -> list[Line]:
    """All lines with a number, from the first box to the last."""
    boxes = [drawn.previous]
    for arm in drawn.arms:
        for layer in drawn.layers:
            main, sides = arm.rows[layer]
            boxes += [main, *sides]
    boxes += [drawn.included, drawn.total]
    return [line for box in boxes for line in box if line.n and line.key]
