"""Reports to look at again, as a value they were given was retired from the codebook."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from review import outdated
from review.coding.code_events import (
    PAIRED,
    CodingTarget,
    named,
    tag_given,
    tags_removed,
    words_behind,
)
from review.coding.codebook_edits import recodes
from review.coding.value_lookup import dimension_named, value_named
from review.errors import DecisionError
from review.events import (
    CodesSettled,
    Event,
    EventData,
    FindingRemoved,
    FindingsSettled,
    FindingWritten,
    RecodingKept,
)
from review.events.double_coding import FINDINGS
from review.model import Finding, Tag
from review.outdated import Shown
from review.people import same_person
from review.protocol.codebook import Codebook, Dimension
from review.store import (
    Connection,
    active_decisions,
    coding_queue,
    evidence,
    kept_values,
    log,
    visible_codes,
)
from review.workspace import Workspace

KEEP = "keep"
REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class ToRecode:
    """One value of one report that the codebook does not offer any more.

    Attributes:
        tags, findings: those that say it, as far as the reviewer may see them.
        becomes: values that are offered in its place; all that the dimension offers when none.
        settled: whether all coders have finished, so that the answer is a consensus.
    """

    report: str
    dimension: Dimension
    value: str
    tags: tuple[Tag, ...]
    findings: tuple[Finding, ...]
    becomes: tuple[str, ...]
    settled: bool = False


def queue(ws: Workspace, reviewer: str) -> list[ToRecode]:
    """What is to be recoded, in order of report; each is in it until it is answered."""
    with ws.store.read() as conn:
        return _queue(ws.protocol.codebook, conn, reviewer)


def _queue(
    codebook: Codebook, conn: Connection, reviewer: str, report: str | None = None
) -> list[ToRecode]:
    stale = _Stale(codebook)
    given = kept_values.given(conn)
    if not any(stale.is_stale(codebook.id_of(name), value) for name, value in given):
        return []
    several = coding_queue.coders(conn) > 1
    open_ = {home: set(on) for home, on in coding_queue.to_compare(conn)} if several else {}
    seen = visible_codes.sight(conn, reviewer if several else None, report)
    tags: dict[tuple[str, str, str], list[Tag]] = defaultdict(list)
    findings: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for one in _answerable(conn, seen, reviewer, report):
        disputed = one.dimension in open_.get(one.report, ())  # settling it asks no less
        if stale.is_stale(one.dimension, one.value) and not disputed:
            tags[one.report, one.dimension, one.value].append(one)
    for finding in _answerable_findings(conn, seen, reviewer, report):
        if FINDINGS in open_.get(finding.report, ()):
            continue
        for name in PAIRED:
            id_, value = codebook.id_of(name), getattr(finding, name)
            if stale.is_stale(id_, value):
                findings[finding.report, id_, value].append(finding)
    kept = kept_values.kept(conn)
    found = [
        ToRecode(
            report=home,
            dimension=codebook.dimension(dimension),
            value=value,
            tags=tuple(tags.get((home, dimension, value), ())),
            findings=tuple(findings.get((home, dimension, value), ())),
            becomes=stale.becomes(dimension, value),
            settled=several and not seen.is_blind(home),
        )
        for home, dimension, value in sorted({*tags, *findings})
        if (home, dimension, value, stale.becomes(dimension, value)) not in kept
    ]
    there = {row.id for row in evidence.unexcluded_reports(conn, {one.report for one in found})}
    return [one for one in found if one.report in there]


def _answerable(
    conn: Connection, seen: visible_codes.CodeSight, reviewer: str, report: str | None
) -> list[Tag]:
    """Tags whose recoding this reviewer can answer: those that count; where coders have still to
    finish, their own."""
    counting = active_decisions.tags(conn, report)
    if seen.coders < 2:
        return counting
    given = active_decisions.tags(conn, report, given=True)
    own = [
        t
        for t in given
        if seen.is_blind(t.report) and same_person(t.reviewer, reviewer) and not t.settles
    ]
    return [*counting, *own]


def _answerable_findings(
    conn: Connection, seen: visible_codes.CodeSight, reviewer: str, report: str | None
) -> list[Finding]:
    """The same of findings."""
    counting = active_decisions.findings(conn, report)
    if seen.coders < 2:
        return counting
    given = active_decisions.findings(conn, report, given=True)
    own = [f for f in given if seen.is_blind(f.report) and same_person(f.reviewer, reviewer)]
    return [*counting, *own]


class _Stale:
    """Which values are not offered any more, and what may take their place."""

    def __init__(self, codebook: Codebook) -> None:
        self._values = {d.id: {v.id: v for v in d.values} for d in codebook.dimensions}

    def is_stale(self, dimension: str, value: str) -> bool:
        if dimension not in self._values:
            return False
        found = self._values[dimension].get(value)
        return found is None or found.retired

    def becomes(self, dimension: str, value: str) -> tuple[str, ...]:
        found = self._values[dimension].get(value)
        return found.becomes if found else ()


def recode(
    ws: Workspace,
    report: str,
    dimension: str,
    value: str,
    answer: str,
    reviewer: str,
    *,
    shown: Shown | None = None,
) -> list[Event]:
    """Answer for one report what becomes of a retired value; the older codes stay in the log.

    Args:
        answer: `KEEP`, `REMOVE`, or the value that takes its place.

    Raises:
        OutdatedError: the report is not what was ``shown`` any more.
        DecisionError: it is not to be recoded, or the answer is no value that is offered.
        NotFoundError: no such report.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        target = CodingTarget(on.report, on.lead)
        with outdated.words_of_now(conn, ws, shown):
            asked = dimension_named(ws.protocol.codebook, dimension)
            chosen = answer if answer in (KEEP, REMOVE) else value_named(asked, answer)
        if chosen in asked.retired:
            raise DecisionError(f"{chosen} is retired itself; choose a value that is offered.")
        waiting = _queue(ws.protocol.codebook, conn, who, target.report)
        one = next((w for w in waiting if (w.dimension.id, w.value) == (asked.id, value)), None)
        if one is None:
            raise DecisionError(
                f"{target.report} waits for no recoding of {value}; it may have been answered."
            )
        version, now = outdated.version_read(ws, shown), datetime.now(UTC)
        if one.settled and one.findings and chosen != KEEP:
            kept = _findings_anew(conn, one, target, chosen, who)
            written = log.append(conn, who, kept.new, protocol=version, at=now)
            settled = kept.settled(tuple(event.id for event in written))
            said = [*_said(conn, one, target, chosen, who), settled]
            return [*written, *log.append(conn, who, said, protocol=version, at=now)]
        said = _said(conn, one, target, chosen, who)
        return list(log.append(conn, who, said, protocol=version, at=now))


def _said(
    conn: Connection, one: ToRecode, target: CodingTarget, chosen: str, who: str
) -> list[EventData]:
    """The events that answer; the last is undone with the others."""
    on = {"record": target.record, "report": target.report, "reviewer": who}
    if chosen == KEEP:
        return [RecodingKept(**on, dimension=one.dimension.id, value=one.value,
                             becomes=one.becomes)]  # fmt: skip
    marker = recodes(one.dimension.id, one.value)
    new = [] if chosen == REMOVE else [chosen]
    if one.settled and not one.tags:
        return []
    if one.settled:
        counting = [t.value for t in active_decisions.tags(conn, target.report)
                    if t.dimension == one.dimension.id and t.value != one.value]  # fmt: skip
        values = tuple(dict.fromkeys([*counting, *new]))
        why = f"Recoded, as {one.value} was retired"
        behind = words_behind(active_decisions.tags(conn, target.report), one.dimension.id)
        if one.value in behind:
            behind = dict.fromkeys(new, behind[one.value]) | behind
        quotes = {v: behind[v] for v in values if v in behind}
        return [CodesSettled(**on, dimension=one.dimension.id, values=values, why=why,
                             quotes=quotes, recodes=marker)]  # fmt: skip
    said: list[EventData] = []
    for finding in one.findings:
        old = log.get(conn, finding.event).data
        if not new or not isinstance(old, FindingWritten):
            said.append(FindingRemoved(**on, replaces=(finding.event,), recodes=marker))
            continue
        anew = _written_anew(old, one, target, chosen, who)
        said.append(anew.model_copy(update={"replaces": (finding.event,)}))
    events = [t.event for t in one.tags]
    if new:
        quote, place = next(((t.quote, t.quote_place) for t in one.tags if t.quote), ("", ""))
        given = tag_given(
            target, one.dimension, chosen, who, quote=quote, quote_place=place, replaces=events
        )
        said.append(given.model_copy(update={"recodes": marker}))
    elif events:
        off = tags_removed(target, events, who)
        said.append(off.model_copy(update={"recodes": marker}))
    return said


def _written_anew(
    old: FindingWritten, one: ToRecode, target: CodingTarget, chosen: str, who: str
) -> FindingWritten:
    """A finding with another value in place of the retired one."""
    field = {name: chosen for name in PAIRED if one.dimension.name == name}
    on = {"record": target.record, "report": target.report, "reviewer": who, "replaces": ()}
    marker = recodes(one.dimension.id, one.value)
    return FindingWritten.model_validate({**old.written(), **field, **on, "recodes": marker})


@dataclass(frozen=True, slots=True)
class _Anew:
    """Findings of a consensus with another value; the coders' own stay on their forms.

    Attributes:
        new: to be written.
        others: events of the findings that count as they are.
        blank: the settlement, without its findings.
    """

    new: tuple[FindingWritten, ...]
    others: tuple[str, ...]
    blank: FindingsSettled

    def settled(self, written: tuple[str, ...]) -> FindingsSettled:
        """The settlement, once the new ones are written."""
        return self.blank.model_copy(update={"kept": (*self.others, *written)})


def _findings_anew(
    conn: Connection, one: ToRecode, target: CodingTarget, chosen: str, who: str
) -> _Anew:
    stale = {f.event for f in one.findings}
    others = [f.event for f in active_decisions.findings(conn, target.report)
              if f.event not in stale]  # fmt: skip
    olds = [log.get(conn, f.event).data for f in one.findings] if chosen != REMOVE else []
    blank = FindingsSettled(
        record=target.record, report=target.report, reviewer=who,
        why=f"Recoded, as {one.value} was retired", recodes=recodes(one.dimension.id, one.value),
    )  # fmt: skip
    new = tuple(
        _written_anew(old, one, target, chosen, who)
        for old in olds
        if isinstance(old, FindingWritten)
    )
    return _Anew(new, tuple(others), blank)


def step_of(conn: Connection, last: Event) -> list[Event]:
    """The events that were written with one answer to a recoding, the newest last."""
    marker = getattr(last.data, "recodes", "")
    if not marker:
        return [last]
    return [
        event
        for event, counts in log.about(conn, last.data.about)
        if counts and event.at == last.at and getattr(event.data, "recodes", "") == marker
    ]
