"""What pages and commands ask of coding: tags, findings, suggestions, and what to code next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from review import outdated
from review.coding import forms, placing, quote_places, recoding, suggestion_order
from review.coding.code_events import (
    FINDING_COLUMNS,
    TAG_COLUMNS,
    CodingTarget,
    answer_with,
    answered,
    named,
    replaced_by,
    tag_given,
    tags_removed,
)
from review.coding.csv_io import (
    export_findings,
    export_tags,
    import_findings,
    import_tags,
    target_in,
)
from review.coding.finding_suggestions import propose_findings
from review.coding.findings import add_finding, remove_finding
from review.coding.forms import FormState
from review.coding.steps import newest_step
from review.coding.suggestions import add_suggestions, refresh_suggestions
from review.coding.value_lookup import dimension_named, value_named
from review.coding_rule import CodingPlace
from review.errors import DecisionError
from review.events import (
    CodesSettled,
    CodingFinished,
    Event,
    FindingRemoved,
    FindingsSettled,
    FindingWritten,
    RecodingKept,
    SuggestionAnswered,
    TagGiven,
    TagRemoved,
)
from review.model import Answer, Finding, Report, Suggestion, Tag
from review.outdated import Shown
from review.people import same_person
from review.protocol.codebook import Codebook
from review.screening.service import Imported
from review.store import (
    Connection,
    coding_queue,
    evidence,
    log,
    people,
    reports,
    suggestions,
    visible_codes,
    visible_suggestions,
)
from review.store.suggestions import RecordText
from review.workspace import Workspace

T = TypeVar("T")

UNDOABLE = (
    TagGiven, TagRemoved, FindingWritten, FindingRemoved, SuggestionAnswered, CodingFinished,
    CodesSettled, FindingsSettled, RecodingKept,
)  # fmt: skip
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
        places: suggestion id -> where its words stand: ``title``, ``abstract, sentence 3``. Those
            without words, or whose words are there no more, are left out.
        in_sight: dimensions whose suggestions the reviewer may see; None for all.
        form: where the report is in coding by several people.
        settled: values of a consensus.
    """

    report: Report
    tags: tuple[Tag, ...]
    open_suggestions: Mapping[str, tuple[Suggestion, ...]]
    answered_suggestions: Mapping[str, tuple[tuple[Suggestion, Answer | None], ...]]
    findings: tuple[Finding, ...]
    proposed_findings: tuple[Finding, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    in_sight: frozenset[str] | None = None
    form: FormState = FormState(1, "", CodingPlace.CODING)
    settled: tuple[Tag, ...] = ()


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
    quote_place: str = "",
    shown: Shown | None = None,
) -> Event:
    """Give a report a codebook value; it is on disk when this returns.

    In a dimension with one answer the reviewer's earlier value gives way. Giving a value that
    stands already changes nothing and returns the event that gave it.

    Args:
        dimension: id, other name or label of a dimension; ``value`` likewise.
        suggestion: id of the suggestion that is answered: accepted when it proposed this value,
            else changed. An accepted suggestion's quote is kept when no other is given.
        quote_place: where the quote stands in the full text. A quote of the title or the abstract
            is found there by itself.
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
        target = target_in(outdated.membership(conn, report, shown))
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
            chosen = value_named(asked, value)
        seen = visible_suggestions.sight(conn, target.report, who, ws.protocol).shows(asked.id)
        offer = _offered(conn, target, suggestion) if suggestion and seen else None
        answers = (offer[0].id, answer_with(offer[0], asked, chosen)) if offer else None
        forms.refuse_finished(conn, target.report, who)
        own = forms.own_tags(conn, target.report, who, asked.id)
        same = [t for t in own if t.value == chosen]
        version = outdated.version_read(ws, shown)
        if offer and shown is not None and not same:
            _refuse_answered(conn, target, offer[0], who)
        one = offer[0] if offer and offer[0].value == chosen else None
        words = quote or (one.words if one else "")
        own_words = one if one and words == one.words else None
        place = placing.Placing(conn).place(target.report, words, quote_place, own_words)
        if same and (not quote or (quote, place) == (same[-1].quote, same[-1].quote_place)):
            if offer and answers and not offer[1]:
                said = answered(target, *answers, who)
                log.append(conn, who, [said], protocol=version)
            return log.get(conn, same[-1].event)
        blind = _given_blind(conn, same, not seen)
        given = tag_given(
            target, asked, chosen, who, quote=words, quote_place=place, answers=answers,
            replaces=replaced_by(own, asked, chosen), blind=blind,
        )  # fmt: skip
        (done,) = log.append(conn, who, [given], protocol=version)
    return done


def _given_blind(conn: Connection, same: Sequence[Tag], now: bool) -> bool | None:
    """Whether a value was given blind; other words for one that stands do not change that."""
    before = log.get(conn, same[-1].event).data if same else None
    return before.blind if isinstance(before, TagGiven) else now


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
        target = target_in(outdated.membership(conn, report, shown))
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
        forms.refuse_finished(conn, target.report, who)
        given = [
            t
            for t in visible_codes.tags(conn, who, target.report)
            if t.dimension == asked.id and t.value == value and not t.settles
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
        target = target_in(outdated.membership(conn, report, shown))
        forms.refuse_finished(conn, target.report, who)
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
        recoded = recoding.step_of(conn, last)
        if len(recoded) > 1:
            log.undo(conn, who, recoded[-1].id, [event.id for event in recoded[:-1]])
            return recoded[-1]
        first, *with_it = newest_step(conn, ws.protocol.codebook, last)
        log.undo(conn, who, first, with_it)
        return log.get(conn, first)


def sheet(ws: Workspace, report: str, reviewer: str | None = None) -> CodingSheet:
    """All that is coded and proposed of one report.

    Args:
        reviewer: who will see it. Where several people code, what others gave is not in it before
            all have finished; where coding is blind to suggestions, those for what this person has
            not coded are not in it. None for whoever may see all.

    Raises:
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        found = reports.get(conn, reports.resolve(conn, report))
        codes = visible_codes.sight(conn, reviewer, found.id)
        given = visible_codes.tags(conn, reviewer, found.id)
        tags = tuple(t for t in given if not t.settles)
        findings = tuple(visible_codes.findings(conn, reviewer, found.id))
        by = people.spellings(conn, reviewer or "") if codes.is_blind(found.id) else None
        seen = visible_suggestions.sight(conn, found.id, reviewer, ws.protocol)
        offers = [(s, Answer(said) if said else None)
                  for s, said in suggestions.of_report(conn, found.id, by)
                  if seen.shows(s.dimension)]  # fmt: skip
        texts = suggestions.texts(conn, {s.record for s, _ in offers})
        form = forms.form_state(conn, found.id, reviewer or "")
    tagged = {(t.dimension, t.value) for t in tags}
    rejected = {(s.dimension, s.value) for s, said in offers if said is Answer.REJECTED}
    settled = tagged | rejected
    retired = {(d.id, v) for d in ws.protocol.codebook.dimensions for v in d.retired}
    open_: dict[str, list[Suggestion]] = defaultdict(list)
    answered: dict[str, list[tuple[Suggestion, Answer | None]]] = defaultdict(list)
    answers = {offer.id: said for offer, said in offers}
    for offer in suggestion_order.best_first([offer for offer, _ in offers]):
        said = answers[offer.id]
        if (offer.dimension, offer.value) in retired:
            continue
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
        places=_places([s for s, _ in offers], texts),
        in_sight=seen.coded,
        form=form,
        settled=tuple(t for t in given if t.settles),
    )


def _places(offers: Sequence[Suggestion], texts: Sequence[RecordText]) -> dict[str, str]:
    """Where the words of suggestions stand in their records, by id of the suggestion."""
    by_record = {text.id: quote_places.Sentences(text.title, text.abstract) for text in texts}
    found = {s.id: by_record[s.record].place_of(s.words) for s in offers if s.record in by_record}
    return {id_: place.words for id_, place in found.items() if place is not None}


def next_to_code(
    ws: Workspace, reviewer: str, after: str | None = None, only_included: bool = False
) -> str | None:
    """The report to code next: included ones first, those that others have begun last.

    A report waits as long as it lacks a confirmed study design or a confirmed outcome; where
    several people code each, as long as this one has not finished and others are missing.

    Args:
        after: the report just seen; the one behind it is given, and the first at the end.

    Returns:
        A report id; None when nothing waits.
    """
    with ws.store.read() as conn:
        if coding_queue.coders(conn) > 1:
            return coding_queue.next_to_code(conn, reviewer, after, only_included=only_included)
        return evidence.next_to_code(
            conn, needed(ws.protocol.codebook), reviewer, after, only_included=only_included
        )


def coding_progress(ws: Workspace) -> CodingProgress:
    """How far coding is."""
    with ws.store.read() as conn:
        counted = evidence.count_coded(conn, needed(ws.protocol.codebook))
        tags, findings = evidence.count_codes(conn)
        open_ = suggestions.count_open(conn) if ws.protocol.machine_help else 0
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


def needed(codebook: Codebook) -> dict[str, dict[str, frozenset[str]]]:
    """Dimensions without a value of which a report is not coded, and where that holds only of some.

    Returns:
        As `review.store.evidence.Needed`; the finer values of those that ask are among them.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for dimension in codebook.required:
        asks: dict[str, frozenset[str]] = {}
        for name, values in dimension.shown_if.items():
            other = codebook.dimension(name)
            asks[other.id] = frozenset(
                v.id for v in other.values if other.with_parents([v.id]) & other.named(values)
            )
        found[dimension.id] = asks
    return found


def _refuse_answered(
    conn: Connection, target: CodingTarget, offer: Suggestion, reviewer: str
) -> None:
    """See that no other person has spoken of a proposed value since it was shown as open."""
    if visible_codes.sight(conn, reviewer, target.report).is_blind(target.report):
        return
    alike = {
        s.id
        for s, _ in suggestions.of_report(conn, target.report)
        if (s.dimension, s.value) == (offer.dimension, offer.value)
    }
    on = reports.membership(conn, target.report)
    outdated.refuse_answered(conn, on, offer.id, alike, reviewer)


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
