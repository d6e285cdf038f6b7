"""Findings as people write them, write them anew and take them off, with the tags they say."""

from __future__ import annotations

from collections.abc import Sequence

from review import outdated
from review.coding import forms
from review.coding.code_events import (
    PAIRED,
    CodingTarget,
    finding_written,
    findings_removed,
    named,
    pairing,
    read_finding,
    tag_given,
)
from review.coding.csv_io import target_in, target_of
from review.errors import DecisionError
from review.events import Event, TagGiven
from review.model import Answer, Direction, Finding
from review.outdated import Shown
from review.people import same_person
from review.protocol.codebook import Codebook
from review.store import Connection, log, people, suggestions, visible_codes
from review.workspace import Workspace


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
        target = target_in(outdated.membership(conn, report, shown))
        with outdated.words_of_now(conn, ws, shown):
            finding = read_finding(ws.protocol.codebook, target.report, said)
        forms.refuse_finished(conn, target.report, finding.reviewer)
        current = visible_codes.findings(conn, finding.reviewer, target.report)
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
        found = [f for f in visible_codes.findings(conn, who) if f.event == event]
        if not found and on is not None:
            raise outdated.removed_meanwhile(conn, event, on)
        if not found:
            raise DecisionError(f"There is no finding {event}; it may have been removed.")
        target = target_of(conn, found[0].report)
        forms.refuse_finished(conn, target.report, who)
        off = findings_removed(target, [event], who)
        (done,) = log.append(conn, who, [off], protocol=outdated.version_read(ws, shown))
    return done


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
    who = finding.reviewer
    tags = [t for t in visible_codes.tags(conn, who, target.report) if not t.settles]
    blind = visible_codes.sight(conn, who, target.report).is_blind(target.report)
    by = people.spellings(conn, who) if blind else None
    open_ = [s for s, said in suggestions.of_report(conn, target.report, by) if not said]
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
                quote=offer.words if offer else "",
                answers=(offer.id, Answer.ACCEPTED) if offer else None,
            )
        )  # fmt: skip
    return found
