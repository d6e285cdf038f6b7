"""What pages and commands ask of coding: tags, findings, suggestions, and what to code next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from review import outdated
from review.coding.code_events import (
    PAIRED,
    CodingTarget,
    answer_with,
    answered,
    finding_written,
    findings_removed,
    named,
    pairing,
    read_finding,
    replaced_by,
    tag_given,
    tags_removed,
)
from review.coding.csv_io import (
    FINDING_COLUMNS,
    TAG_COLUMNS,
    export_findings,
    export_tags,
    import_findings,
    import_tags,
    target_in,
    target_of,
)
from review.coding.finding_suggestions import propose_findings
from review.coding.suggestions import add_suggestions, refresh_suggestions
from review.coding.value_lookup import dimension_named, value_named
from review.errors import DecisionError
from review.events import (
    Event,
    FindingRemoved,
    FindingWritten,
    SuggestionAnswered,
    TagGiven,
    TagRemoved,
)
from review.model import Answer, Direction, Finding, Report, Suggestion, Tag
from review.outdated import Shown
from review.people import same_person
from review.protocol.codebook import Codebook
from review.screening.service import Imported
from review.store import Connection, active_decisions, evidence, log, reports, suggestions
from review.workspace import Workspace

T = TypeVar("T")

NEEDED = ("study_design", "outcome")
"""Roles of the dimensions without which a report has no place on the gap map."""

UNDOABLE = (TagGiven, TagRemoved, FindingWritten, FindingRemoved, SuggestionAnswered)
"""Steps of coding, as `undo_last` takes them back."""


@dataclass(frozen=True, slots=True)
class CodingSheet:
    """All that is coded and proposed of one report.

    Attributes:
        tags: by people, oldest first.
        open_suggestions: dimension -> suggestions to answer, best first. Values that are tagged,
            or that someone said no to, are not among them, whoever proposes them.
        answered_suggestions: dimension -> the other suggestions, each with its newest answer
            (None when its value was tagged or rejected without it).
        proposed_findings: not stored; a person confirms them with `add_finding`.
    """

    report: Report
    tags: tuple[Tag, ...]
    open_suggestions: Mapping[str, tuple[Suggestion, ...]]
    answered_suggestions: Mapping[str, tuple[tuple[Suggestion, Answer | None], ...]]
    findings: tuple[Finding, ...]
    proposed_findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CodingProgress:
    """How far coding is.

    Attributes:
        total: reports that are not excluded.
        included: those that full text has included.
        coded: reports of ``total`` with a confirmed study design and a confirmed outcome.
        included_coded: the same of ``included``.
        tags, findings: how many stand, in the whole review.
        open_suggestions: suggestions nobody has answered.
    """

    total: int
    included: int
    coded: int
    included_coded: int
    tags: int
    findings: int
    open_suggestions: int

    @property
    def waiting(self) -> int:
        """Reports still to code."""
        return self.total - self.coded


def tag(
    ws: Workspace,
    report: str,
    dimension: str,
    value: str,
    reviewer: str,
    quote: str = "",
    suggestion: str = "",
    *,
    shown: Shown | None = None,
) -> Event:
    """Give a report a codebook value; it is on disk when this returns.

    In a dimension with one answer the reviewer's earlier value gives way. Giving a value that
    stands already changes nothing and returns the event that gave it.

    Args:
        dimension: id, other name or label of a dimension; ``value`` likewise.
        suggestion: id of the suggestion that is answered: accepted when it proposed this value,
            else changed. An accepted suggestion's quote is kept when no other is given.
        shown: what the page showed, where it may be old; the tag is kept under the version of the
            codebook that was read. So in all that follows.

    Raises:
        OutdatedError: the report is not what was ``shown`` any more, or another person has answered
            the suggestion since. So in all that follows.
        DecisionError: unknown dimension or value, no reviewer, or a suggestion for something else.
        NotFoundError: no such report or suggestion.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
            chosen = value_named(asked, value)
        offer = _offered(conn, target, suggestion) if suggestion else None
        answers = (offer[0].id, answer_with(offer[0], asked, chosen)) if offer else None
        own = _own_tags(conn, target, asked.id, who)
        same = [t for t in own if t.value == chosen]
        version = outdated.version_read(ws, shown)
        if offer and shown is not None and not same:
            _refuse_answered(conn, target, offer[0], who)
        if same and (not quote or quote == same[-1].quote):
            if offer and answers and not offer[1]:
                said = answered(target, *answers, who)
                log.append(conn, who, [said], protocol=version)
            return log.get(conn, same[-1].event)
        if offer and not quote and offer[0].value == chosen:
            quote = offer[0].quote
        given = tag_given(
            target, asked, chosen, who, quote=quote, answers=answers,
            replaces=replaced_by(own, asked, chosen),
        )  # fmt: skip
        (done,) = log.append(conn, who, [given], protocol=version)
    return done


def untag(
    ws: Workspace,
    report: str,
    dimension: str,
    value: str,
    reviewer: str,
    *,
    anyones: bool = False,
    shown: Shown | None = None,
) -> Event:
    """Take a value off a report.

    Args:
        anyones: whoever gave it; only this reviewer's own tag otherwise.

    Raises:
        DecisionError: there is no such tag to take off.
        NotFoundError: no such report.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
        given = [
            t
            for t in active_decisions.tags(conn, target.report)
            if t.dimension == asked.id and t.value == value
        ]
        mine = given if anyones else [t for t in given if same_person(t.reviewer, who)]
        if not mine:
            others = ", ".join(sorted({t.reviewer for t in given}))
            hint = f" {others} has." if others else ""
            raise DecisionError(f"{who} has not tagged {target.report} with {value}.{hint}")
        off = tags_removed(target, [t.event for t in mine], who)
        (done,) = log.append(conn, who, [off], protocol=outdated.version_read(ws, shown))
    return done


def reject(
    ws: Workspace,
    suggestion_id: str,
    report: str,
    reviewer: str,
    *,
    shown: Shown | None = None,
) -> Event:
    """Say no to a suggestion; the same value proposed by others is then not offered either.

    Raises:
        DecisionError: the suggestion is for another report.
        NotFoundError: no such suggestion or report.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        offer, _ = _offered(conn, target, suggestion_id)
        if shown is not None:
            _refuse_answered(conn, target, offer, who)
        said = answered(target, suggestion_id, Answer.REJECTED, who)
        (done,) = log.append(conn, who, [said], protocol=outdated.version_read(ws, shown))
    return done


def undo_last(ws: Workspace, reviewer: str) -> Event | None:
    """Take back this reviewer's newest step of coding that still counts.

    A finding goes with the tags that were confirmed by it.

    Returns:
        What was taken back; None when there is nothing.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        last = log.last_of(conn, who, UNDOABLE)
        if last is None:
            return None
        step = _step_of(conn, last)
        for event in step:
            log.undo(conn, who, event.id)
    return step[-1]


def sheet(ws: Workspace, report: str) -> CodingSheet:
    """All that is coded and proposed of one report.

    Raises:
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        found = reports.get(conn, reports.resolve(conn, report))
        tags = tuple(active_decisions.tags(conn, found.id))
        findings = tuple(active_decisions.findings(conn, found.id))
        offers = [(s, Answer(said) if said else None)
                  for s, said in suggestions.of_report(conn, found.id)]  # fmt: skip
    tagged = {(t.dimension, t.value) for t in tags}
    rejected = {(s.dimension, s.value) for s, said in offers if said is Answer.REJECTED}
    settled = tagged | rejected
    open_: dict[str, list[Suggestion]] = defaultdict(list)
    answered: dict[str, list[tuple[Suggestion, Answer | None]]] = defaultdict(list)
    for offer, said in sorted(offers, key=lambda o: (o[0].rank, -o[0].confidence, o[0].value)):
        if said is None and (offer.dimension, offer.value) not in settled:
            open_[offer.dimension].append(offer)
        else:
            answered[offer.dimension].append((offer, said))
    return CodingSheet(
        report=found,
        tags=tags,
        open_suggestions=_in_order(ws.protocol.codebook, open_),
        answered_suggestions=_in_order(ws.protocol.codebook, answered),
        findings=findings,
        proposed_findings=tuple(
            propose_findings(
                ws.protocol.codebook,
                tags,
                [s for those in open_.values() for s in those],
                findings,
                report=found.id,
            )
        ),
    )


def next_to_code(
    ws: Workspace, reviewer: str, after: str | None = None, only_included: bool = False
) -> str | None:
    """The report to code next: included ones first, those that others have begun last.

    A report waits as long as it lacks a confirmed study design or a confirmed outcome.

    Args:
        after: the report just seen; the one behind it is given, and the first at the end.

    Returns:
        A report id; None when nothing waits.
    """
    with ws.store.read() as conn:
        return evidence.next_to_code(
            conn, _needed(ws), reviewer, after, only_included=only_included
        )


def coding_progress(ws: Workspace) -> CodingProgress:
    """How far coding is."""
    with ws.store.read() as conn:
        counted = evidence.count_coded(conn, _needed(ws))
        tags, findings = evidence.count_codes(conn)
        open_ = suggestions.count_open(conn)
    (included, included_coded), (others, others_coded) = counted[True], counted[False]
    return CodingProgress(
        total=included + others,
        included=included,
        coded=included_coded + others_coded,
        included_coded=included_coded,
        tags=tags,
        findings=findings,
        open_suggestions=open_,
    )


def add_finding(
    ws: Workspace,
    report: str,
    *,
    exposure: str,
    population: str,
    outcome: str,
    study_design: str,
    reviewer: str,
    instrument: str = "",
    comparator: str = "",
    duration: str = "",
    direction: Direction | str = Direction.NOT_STATED,
    quote: str = "",
    replaces: str = "",
    shown: Shown | None = None,
) -> Event:
    """Code one tested pairing; it is on disk when this returns.

    The reviewer's earlier finding of the same pairing gives way; the same finding again changes
    nothing and returns the event that gave it. What it says is tagged too, where nobody has.

    Args:
        replaces: `review.model.Finding.event` of the finding that is written anew, whoever wrote
            it; the older wording stays in the log.

    Raises:
        OutdatedError: the finding that it ``replaces`` does not count any more.
        DecisionError: a value is missing or not of the codebook, or there is no reviewer.
        NotFoundError: no such report.
    """
    said = {
        "exposure": exposure, "population": population, "outcome": outcome,
        "study_design": study_design, "instrument": instrument, "comparator": comparator,
        "duration": duration, "direction": str(direction), "quote": quote, "reviewer": reviewer,
    }  # fmt: skip
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        with outdated.words_of_now(conn, ws, shown):
            finding = read_finding(ws.protocol.codebook, target.report, said)
        current = active_decisions.findings(conn, target.report)
        old = [f for f in current if f.event == replaces]
        if replaces and not old:
            on = outdated.membership(conn, report, None)
            raise outdated.removed_meanwhile(conn, replaces, on)
        earlier = [f for f in current if pairing(f) == pairing(finding)]
        if _says_the_same(old or earlier, finding):
            return log.get(conn, (old or earlier)[-1].event)
        taken_over = dict.fromkeys(f.event for f in [*old, *earlier])
        written = finding_written(target, finding, replaces=list(taken_over))
        version = outdated.version_read(ws, shown)
        (done,) = log.append(conn, finding.reviewer, [written], protocol=version)
        said_too = _tags_said(conn, ws.protocol.codebook, target, finding, done.id)
        log.append(conn, finding.reviewer, said_too, protocol=version)
    return done


def remove_finding(
    ws: Workspace, event: str, reviewer: str, *, report: str = "", shown: Shown | None = None
) -> Event:
    """Take a finding off its report, whoever coded it.

    Args:
        event: `review.model.Finding.event` of the finding.
        report: the one it was ``shown`` on.

    Raises:
        DecisionError: no finding that counts was given by this event.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown) if shown is not None else None
        found = [f for f in active_decisions.findings(conn) if f.event == event]
        if not found and on is not None:
            raise outdated.removed_meanwhile(conn, event, on)
        if not found:
            raise DecisionError(f"There is no finding {event}; it may have been removed.")
        target = target_of(conn, found[0].report)
        off = findings_removed(target, [event], who)
        (done,) = log.append(conn, who, [off], protocol=outdated.version_read(ws, shown))
    return done


def _needed(ws: Workspace) -> list[str]:
    return [ws.protocol.codebook.id_of(role) for role in NEEDED]


def _target(conn: Connection, report: str, shown: Shown | None) -> CodingTarget:
    """The report a code hangs on, where it is still what a page showed."""
    return target_in(outdated.membership(conn, report, shown))


def _refuse_answered(
    conn: Connection, target: CodingTarget, offer: Suggestion, reviewer: str
) -> None:
    """See that no other person has spoken of a proposed value since it was shown as open."""
    alike = {
        s.id
        for s, _ in suggestions.of_report(conn, target.report)
        if (s.dimension, s.value) == (offer.dimension, offer.value)
    }
    on = reports.membership(conn, target.report)
    outdated.refuse_answered(conn, on, offer.id, alike, reviewer)


def _says_the_same(earlier: Sequence[Finding], finding: Finding) -> bool:
    """Whether the newest of these findings of one pairing says all that another one does."""
    if not earlier or pairing(earlier[-1])[1:] != pairing(finding)[1:]:
        return False
    return (earlier[-1].direction, earlier[-1].quote) == (finding.direction, finding.quote)


def _tags_said(
    conn: Connection, codebook: Codebook, target: CodingTarget, finding: Finding, event: str
) -> list[TagGiven]:
    """The tags that a finding says and that nobody has given, each with the words of a suggestion.

    Where one value is asked for and the reviewer has given another, the tag is left as it is.
    """
    tags = active_decisions.tags(conn, target.report)
    open_ = [s for s, said in suggestions.of_report(conn, target.report) if not said]
    found = []
    for name in PAIRED:
        dimension, value = codebook.dimension(name), str(getattr(finding, name))
        given = [t for t in tags if t.dimension == dimension.id]
        own = [t for t in given if same_person(t.reviewer, finding.reviewer)]
        if any(t.value == value for t in given) or (own and not dimension.many):
            continue
        offers = [s for s in open_ if (s.dimension, s.value) == (dimension.id, value)]
        offer = min(offers, key=lambda s: (s.rank, -s.confidence), default=None)
        found.append(
            tag_given(
                target, dimension, value, finding.reviewer, finding=event,
                quote=offer.quote if offer else "",
                answers=(offer.id, Answer.ACCEPTED) if offer else None,
            )
        )  # fmt: skip
    return found


def _step_of(conn: Connection, last: Event) -> list[Event]:
    """The events that were written together with one, what it was about last."""
    finding = last.data.finding if isinstance(last.data, TagGiven) else ""
    if not finding or not log.counts(conn, finding):
        return [last]
    with_it = [
        event
        for event, counts in log.about(conn, last.data.about)
        if counts and isinstance(event.data, TagGiven) and event.data.finding == finding
    ]
    return [*with_it, log.get(conn, finding)]


def _own_tags(conn: Connection, target: CodingTarget, dimension: str, reviewer: str) -> list[Tag]:
    return [
        t
        for t in active_decisions.tags(conn, target.report)
        if t.dimension == dimension and same_person(t.reviewer, reviewer)
    ]


def _offered(conn: Connection, target: CodingTarget, suggestion: str) -> tuple[Suggestion, str]:
    """A suggestion made for a report, and its newest answer.

    Raises:
        DecisionError: it is for another report.
        NotFoundError: no such suggestion.
    """
    home, found, said = suggestions.get(conn, suggestion)
    if home != target.report:
        raise DecisionError(f"{suggestion} is a suggestion for {home}, not {target.report}.")
    return found, said


def _in_order(codebook: Codebook, found: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    """Dimensions in codebook order."""
    names = [d.id for d in codebook.dimensions]
    return {name: tuple(found[name]) for name in sorted(found, key=names.index)}


__all__ = [
    "FINDING_COLUMNS",
    "TAG_COLUMNS",
    "CodingProgress",
    "CodingSheet",
    "Imported",
    "add_finding",
    "add_suggestions",
    "coding_progress",
    "export_findings",
    "export_tags",
    "import_findings",
    "import_tags",
    "next_to_code",
    "propose_findings",
    "refresh_suggestions",
    "reject",
    "remove_finding",
    "sheet",
    "tag",
    "undo_last",
    "untag",
]
