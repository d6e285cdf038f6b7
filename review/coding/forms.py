"""Coding by several people: finishing one's form, comparing forms, settling what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from review import outdated
from review.coding.code_events import CodingTarget, named, words_behind
from review.coding.required import missing
from review.coding.value_lookup import dimension_named, value_named
from review.coding_rule import FINDING_FIELDS, CodingPlace
from review.errors import DecisionError
from review.events import CodesSettled, CodingFinished, Event, FindingsSettled
from review.events.double_coding import FINDINGS
from review.model import Finding, Tag
from review.outdated import Shown
from review.people import person_key, same_person
from review.protocol.codebook import Dimension
from review.store import Connection, active_decisions, coding_queue, log, reports
from review.store.coding_queue import Settled
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FormState:
    """Where a report is in coding by several people, as one of them sees it.

    Attributes:
        coders: how many code each report; with one there are no forms to finish.
        own: the event by which this person finished theirs; "" while they have not.
        disputed: dimensions on which the forms disagree; none before all have finished.
    """

    coders: int
    own: str
    place: CodingPlace
    disputed: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether this person may not change their codes of it any more."""
        return self.several and (bool(self.own) or self.place is not CodingPlace.CODING)

    @property
    def several(self) -> bool:
        """Whether several people code each report."""
        return self.coders > 1


@dataclass(frozen=True, slots=True)
class Compared:
    """One dimension of a report, form beside form.

    Attributes:
        given: name of each coder -> their tags; none where they gave no value.
        settled: the newest consensus on it.
        not_asked: coders to whose form it does not apply, by what else they gave.
    """

    dimension: Dimension
    given: Mapping[str, tuple[Tag, ...]]
    disputed: bool
    settled: Settled | None = None
    not_asked: frozenset[str] = frozenset()

    @property
    def agreed(self) -> tuple[str, ...]:
        """Values that all of them gave."""
        each = [[t.value for t in tags] for tags in self.given.values()]
        return tuple(v for v in dict.fromkeys(each[0]) if all(v in other for other in each[1:]))

    @property
    def any_given(self) -> tuple[str, ...]:
        """Values that somebody gave."""
        return tuple(dict.fromkeys(t.value for tags in self.given.values() for t in tags))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The finished forms of a report beside each other.

    Attributes:
        coders: names, first to finish first.
        findings: name -> findings; ``findings_disputed`` whether they differ and none are settled.
    """

    report: str
    coders: tuple[str, ...]
    dimensions: tuple[Compared, ...]
    findings: Mapping[str, tuple[Finding, ...]]
    findings_disputed: bool
    findings_settled: Settled | None = None


def form_state(conn: Connection, report: str, reviewer: str) -> FormState:
    """Where a report is in coding by several people, as one of them sees it."""
    coders = coding_queue.coders(conn)
    if coders < 2:
        return FormState(coders, "", CodingPlace.CODING)
    done = coding_queue.finishers(conn, report)
    own = next((event for name, event in done if same_person(name, reviewer)), "")
    return FormState(coders, own, *coding_queue.state(conn, report))


def refuse_finished(conn: Connection, report: str, reviewer: str) -> None:
    """See that a person's form of a report is still open to changes.

    Raises:
        DecisionError: they have finished it, or so many others have that nobody codes blind.
    """
    if why := coding_queue.closed_forms(conn, report).why_not(report, reviewer):
        raise DecisionError(why)


def finish(
    ws: Workspace, report: str, reviewer: str, *, shown: Shown | None = None
) -> Event[CodingFinished]:
    """Say that one's coding of a report is done; with the last of the coders it can be compared.

    Raises:
        DecisionError: one person codes each report here, the form is finished already, or a
            dimension that is required has no value.
        NotFoundError: no such report.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        if coding_queue.coders(conn) < 2:
            raise DecisionError(
                "One person codes each report here, so there is no form to finish; "
                "coding.reviewers_per_report in protocol.yaml says how many do."
            )
        refuse_finished(conn, target.report, who)
        codes = _codes(own_tags(conn, target.report, who))
        if lacking := missing(ws.protocol.codebook, codes):
            labels = ", ".join(d.label for d in lacking)
            raise DecisionError(f"Before {target.report} is finished it needs: {labels}.")
        done = CodingFinished(record=target.record, report=target.report, reviewer=who, codes=codes)
        (event,) = log.append(conn, who, [done], protocol=outdated.version_read(ws, shown))
    return event


def reopen(ws: Workspace, report: str, reviewer: str, *, shown: Shown | None = None) -> Event:
    """Open one's finished form again, as long as nobody has seen it.

    Raises:
        DecisionError: it is not finished, or all coders have finished theirs.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        target = _target(conn, report, shown)
        found = form_state(conn, target.report, who)
        if not found.own:
            raise DecisionError(f"{who} has not finished coding {target.report}.")
        if found.place is not CodingPlace.CODING:
            raise DecisionError(
                f"All coders have finished {target.report} and can see each other's codes; what "
                "differs is settled by comparing them."
            )
        return log.undo(conn, who, found.own)


def own_tags(conn: Connection, report: str, reviewer: str, dimension: str = "") -> list[Tag]:
    """The tags that one person gave a report, whether they count or not."""
    return [
        t
        for t in active_decisions.tags(conn, report, given=True)
        if same_person(t.reviewer, reviewer) and not t.settles and dimension in ("", t.dimension)
    ]


def to_compare(ws: Workspace) -> list[tuple[str, tuple[str, ...]]]:
    """Reports whose finished forms disagree, each with the dimensions; in order of id."""
    with ws.store.read() as conn:
        return coding_queue.to_compare(conn)


def places(ws: Workspace) -> dict[CodingPlace, int]:
    """How many reports that are not excluded are to code, to compare and coded by all."""
    with ws.store.read() as conn:
        return coding_queue.counts(conn)


def comparison(ws: Workspace, report: str) -> Comparison:
    """The finished forms of a report, dimension by dimension.

    Raises:
        DecisionError: not all of its coders have finished, so nobody may see their codes yet.
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        return _comparison(ws, conn, reports.resolve(conn, report))


def _comparison(ws: Workspace, conn: Connection, report: str) -> Comparison:
    place, disputed = coding_queue.state(conn, report)
    if place is CodingPlace.CODING:
        raise DecisionError(f"Not all coders of {report} have finished; it cannot be compared yet.")
    names = _names(coding_queue.finishers(conn, report))
    given = [t for t in active_decisions.tags(conn, report, given=True) if not t.settles]
    found = active_decisions.findings(conn, report, given=True)
    settled = {s.dimension: s for s in coding_queue.settled(conn, report)}
    codes = {n: _codes([t for t in given if same_person(t.reviewer, n)]) for n in names}
    left = {n: ws.protocol.codebook.not_asked(codes[n]) for n in names}
    rows = []
    for dimension in ws.protocol.codebook.dimensions:
        here = [t for t in given if t.dimension == dimension.id]
        by_name = {n: tuple(t for t in here if same_person(t.reviewer, n)) for n in names}
        if any(by_name.values()) or dimension.id in settled:
            without = frozenset(n for n in names if dimension in left[n])
            consensus = settled.get(dimension.id)
            rows.append(Compared(dimension, by_name, dimension.id in disputed, consensus, without))
    return Comparison(
        report=report,
        coders=tuple(names),
        dimensions=tuple(rows),
        findings={n: tuple(f for f in found if same_person(f.reviewer, n)) for n in names},
        findings_disputed=FINDINGS in disputed,
        findings_settled=settled.get(FINDINGS),
    )


def _codes(tags: Iterable[Tag]) -> dict[str, tuple[str, ...]]:
    """Dimension -> values, each once."""
    said: dict[str, dict[str, None]] = {}
    for tag in tags:
        said.setdefault(tag.dimension, {})[tag.value] = None
    return {dimension: tuple(values) for dimension, values in said.items()}


def _names(finishers: Sequence[tuple[str, str]]) -> list[str]:
    """Names of people, each once, though merged records may hold a form each."""
    once: dict[str, str] = {}
    for name, _ in finishers:
        once.setdefault(person_key(name), name)
    return list(once.values())


def settle(
    ws: Workspace,
    report: str,
    dimension: str,
    values: Sequence[str],
    reviewer: str,
    why: str,
    *,
    shown: Shown | None = None,
) -> Event[CodesSettled]:
    """Write down the consensus on one dimension; it counts in place of what the forms say.

    Args:
        values: what counts from now on; none where the coders agree that none fits.
        why: how it was come to.

    Raises:
        DecisionError: the forms are not all finished, a value is not of the codebook, several are
            given where one is asked for, or nobody says why.
    """
    who, reason = named(reviewer), _reason(why)
    with ws.store.write() as conn:
        target = _comparable(ws, conn, report, shown)
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
            chosen = tuple(dict.fromkeys(value_named(asked, value) for value in values))
        if len(chosen) > 1 and not asked.many:
            raise DecisionError(f"{asked.label} has one value; {len(chosen)} are given.")
        given = active_decisions.tags(conn, target.report, given=True)
        behind = words_behind(given, asked.id)
        done = CodesSettled(
            record=target.record, report=target.report, reviewer=who,
            dimension=asked.id, values=chosen, why=reason,
            quotes={value: behind[value] for value in chosen if value in behind},
        )  # fmt: skip
        (event,) = log.append(conn, who, [done], protocol=outdated.version_read(ws, shown))
    return event


def settle_findings(
    ws: Workspace,
    report: str,
    kept: Sequence[str],
    reviewer: str,
    why: str,
    *,
    shown: Shown | None = None,
) -> Event[FindingsSettled]:
    """Write down which findings count, of all on the forms.

    Args:
        kept: `review.model.Finding.event` of each.

    Raises:
        DecisionError: as for `settle`, or a finding is on none of the forms.
    """
    who, reason = named(reviewer), _reason(why)
    with ws.store.write() as conn:
        target = _comparable(ws, conn, report, shown)
        there = {f.event for f in active_decisions.findings(conn, target.report, given=True)}
        if strange := sorted(set(kept) - there):
            raise DecisionError(f"There is no finding {strange[0]}; it may have been removed.")
        done = FindingsSettled(
            record=target.record, report=target.report, reviewer=who,
            kept=tuple(dict.fromkeys(kept)), why=reason,
        )  # fmt: skip
        (event,) = log.append(conn, who, [done], protocol=outdated.version_read(ws, shown))
    return event


def _reason(why: str) -> str:
    if not why.strip():
        raise DecisionError("A consensus needs a reason: say how it was come to.")
    return why.strip()


def _comparable(ws: Workspace, conn: Connection, report: str, shown: Shown | None) -> CodingTarget:
    target = _target(conn, report, shown)
    _comparison(ws, conn, target.report)
    return target


def _target(conn: Connection, report: str, shown: Shown | None) -> CodingTarget:
    found = outdated.membership(conn, report, shown)
    return CodingTarget(found.report, found.lead)


def ready(ws: Workspace, reviewer: str) -> list[str]:
    """Reports whose open forms of this person hold all that is required."""
    who = named(reviewer)
    with ws.store.read() as conn:
        closed = coding_queue.closed_forms(conn)
        codes: dict[str, dict[str, list[str]]] = {}
        for tag in active_decisions.tags(conn, given=True):
            if same_person(tag.reviewer, who) and not tag.settles:
                codes.setdefault(tag.report, {}).setdefault(tag.dimension, []).append(tag.value)
    return sorted(
        report
        for report, given in codes.items()
        if not closed.why_not(report, who) and not missing(ws.protocol.codebook, given)
    )


def comparison_json(found: Comparison) -> dict[str, object]:
    """A comparison as plain JSON values."""

    def settled(one: Settled | None) -> dict[str, object] | None:
        if one is None:
            return None
        return {
            "values": list(one.kept), "reviewer": one.reviewer, "why": one.why,
            "time": one.time.isoformat(),
        }  # fmt: skip

    return {
        "report": found.report,
        "coders": list(found.coders),
        "dimensions": {
            row.dimension.id: {
                "given": {name: [t.value for t in tags] for name, tags in row.given.items()},
                "does_not_apply": sorted(row.not_asked),
                "agreed": list(row.agreed),
                "disputed": row.disputed,
                "settled": settled(row.settled),
            }
            for row in found.dimensions
        },
        "findings": {
            "given": {
                name: [
                    {"event": f.event, **{name: getattr(f, name) for name in FINDING_FIELDS}}
                    for f in those
                ]
                for name, those in found.findings.items()
            },
            "disputed": found.findings_disputed,
            "settled": settled(found.findings_settled),
        },
    }  # fmt: skip
