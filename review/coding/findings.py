"""Findings as people write them, write them anew and take them off, with the tags they say."""

from __future__ import annotations

from review import outdated
from review.coding import forms
from review.coding.code_events import (
    finding_written,
    findings_removed,
    named,
    pairing,
    read_finding,
    says_the_same,
)
from review.coding.confirmed_tags import tags_said
from review.coding.csv_io import target_in, target_of
from review.coding.placing import Placing
from review.errors import DecisionError
from review.events import Event
from review.model import Direction
from review.outdated import Shown
from review.store import log, people, suggestions, visible_codes, visible_suggestions
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
    dose: str = "",
    timing: str = "",
    direction: Direction | str = Direction.NOT_STATED,
    n: int | str | None = None,
    effect: str = "",
    effect_unit: str = "",
    effect_interval: str = "",
    quote: str = "",
    quote_place: str = "",
    replaces: str = "",
    shown: Shown | None = None,
) -> Event:
    """Code one tested pairing; it is on disk when this returns.

    The reviewer's earlier finding of the same pairing gives way; the same finding again changes
    nothing and returns the event that gave it. What it says is tagged too, where nobody has.

    Args:
        n: how many were analysed, as a number or in digits; nothing where it is not stated.
        quote_place: where the quote stands in the full text. A quote of the title or the abstract
            is found there by itself.
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
        "duration": duration, "dose": dose, "timing": timing, "direction": str(direction),
        "n": "" if n is None else str(n), "effect": effect, "effect_unit": effect_unit,
        "effect_interval": effect_interval, "quote": quote, "quote_place": quote_place,
        "reviewer": reviewer,
    }  # fmt: skip
    with ws.store.write() as conn:
        target = target_in(outdated.membership(conn, report, shown))
        with outdated.words_of_now(conn, ws, shown):
            finding = read_finding(ws.protocol.codebook, target.report, said)
        forms.refuse_finished(conn, target.report, finding.reviewer)
        placing = Placing(conn)
        finding = placing.of_finding(finding)
        current = visible_codes.findings(conn, finding.reviewer, target.report)
        old = [f for f in current if f.event == replaces]
        if replaces and not old:
            on = outdated.membership(conn, report, None)
            raise outdated.removed_meanwhile(conn, replaces, on)
        earlier = [f for f in current if pairing(f) == pairing(finding)]
        for newest in (old or earlier)[-1:]:
            if pairing(newest)[1:] == pairing(finding)[1:] and says_the_same(finding, newest):
                return log.get(conn, newest.event)
        taken_over = dict.fromkeys(f.event for f in [*old, *earlier])
        written = finding_written(target, finding, replaces=list(taken_over))
        version = outdated.version_read(ws, shown)
        (done,) = log.append(conn, finding.reviewer, [written], protocol=version)
        who = finding.reviewer
        tags = [t for t in visible_codes.tags(conn, who, target.report) if not t.settles]
        blind = visible_codes.sight(conn, who, target.report).is_blind(target.report)
        by = people.spellings(conn, who) if blind else None
        seen = visible_suggestions.sight(conn, target.report, who, ws.protocol)
        offered = suggestions.of_report(conn, target.report, by)
        open_ = [s for s, answer in offered if not answer and seen.shows(s.dimension)]
        said_too = tags_said(
            ws.protocol.codebook,
            target,
            finding,
            done.id,
            tags,
            open_,
            placing.place,
            shown=seen.shows,
        )
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
