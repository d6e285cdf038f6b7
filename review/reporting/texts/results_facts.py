"""What the log knows of what came out, each thing in sentences with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.appraisal import reading as appraisal
from review.gaps import ledger_state
from review.gaps import service as gaps
from review.gaps.implications import UNDER
from review.reporting import flows
from review.reporting.coverage import coded_reports, coverage
from review.reporting.flow_boxes import Choices, reason_words
from review.reporting.flows import Kind
from review.reporting.prisma import NO_REASON, REASONS_DIFFER, Flow
from review.reporting.texts.words import NOTHING, Fact, count, joined
from review.store import active_decisions
from review.versions import service as versions
from review.versions.differences import sentences
from review.workspace import Workspace


def flow(ws: Workspace) -> Fact:
    """The flow of records and reports."""
    found = flows.flow(ws)
    identified = any(found.source_ids.values()) or any(found.other_source_ids.values())
    done = identified and not any(found.awaiting.values())
    return Fact(flow_words(ws, found), "Report, flow diagram", done)


def flow_words(ws: Workspace, found: Flow) -> str:
    """The flow diagram in sentences; the numbers are those of its boxes."""
    b, waits = found.boxes, found.awaiting
    labels = Choices({reason.id: reason.label for reason in ws.protocol.reasons})
    identified = b["database_results"] + b["register_results"]
    others = b["citations_results"] + b["website_results"] + b["organisation_results"]
    if not identified + others:
        return "No record has been identified yet."
    said = [
        f"Searches of databases and registers identified {count(identified, 'record')}; "
        f"{count(b['duplicates'], 'duplicate was', 'duplicates were')} removed."
    ]
    if others:
        copies = len(found.other_duplicates)
        gone = f", {copies:,} of them {'a duplicate' if copies == 1 else 'duplicates'}"
        said.append(
            f"Other methods alone identified {count(others, 'record')}{gone if copies else ''}."
        )
    first, second = waits["title_abstract"], waits["full_text"]
    excluded = count(b["records_excluded"], "was", "were")
    still = f"; {first:,} still await a decision" if first else ""
    said.append(
        f"Of {count(b['records_screened'], 'record')} to screen, {excluded} excluded on title and "
        f"abstract{still}."
        if first
        else f"{count(b['records_screened'], 'record was', 'records were')} screened, and "
        f"{excluded} excluded on title and abstract."
    )
    left = b["records_not_screened"] + b["other_not_screened"]
    if left:
        said.append(
            f"{count(left, 'more was', 'more were')} not screened, as screening was stopped."
        )
    sought = b["dbr_sought_reports"] + b["other_sought_reports"]
    lost = b["dbr_notretrieved_reports"] + b["other_notretrieved_reports"]
    out = b["dbr_excluded"] + b["other_excluded"]
    if sought:
        said.append(
            f"{count(sought, 'report was', 'reports were')} sought"
            f"{f', of which {lost:,} could not be retrieved' if lost else ''}; {out:,} "
            f"{'of the others ' if lost else ''}{'was' if out == 1 else 'were'} excluded on full "
            f"text{f', and {second:,} still await a decision' if second else ''}."
        )
    reasons: dict[str, int] = {}
    for counts in (found.reasons, found.other_reasons):
        for reason, n in counts.items():
            reasons[reason] = reasons.get(reason, 0) + n
    if reasons:
        ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
        told = "; ".join(f"{reason_words(r, labels)} ({n:,})" for r, n in ordered)
        said.append(f"Reasons: {told}.")
    so_far = " so far" if first or second else ""
    said.append(
        f"{count(b['new_studies'], 'study', 'studies')} in {count(b['new_reports'], 'report')} "
        f"{'is' if b['new_studies'] == 1 else 'are'} included{so_far}."
    )
    return " ".join(said)


def flow_since(ws: Workspace) -> Fact:
    """What came since the newest version."""
    known = versions.versions(ws)
    if not known:
        return NOTHING
    found = flows.drawing(ws, Kind.UPDATED, known[-1].number).flow
    b = found.boxes
    others = b["citations_results"] + b["website_results"] + b["organisation_results"]
    chased = f", {others:,} by other methods alone" if others else ""
    gone = count(len(found.gone_studies), "study", "studies")
    lost = f"; {gone} of before no longer included" if found.gone_studies else ""
    identified = b["database_results"] + b["register_results"]
    new = count(b["new_studies"], "new study was", "new studies were")
    text = (
        f"Since version {known[-1].number}, which included "
        f"{count(b['previous_studies'], 'study', 'studies')}, {count(identified, 'record')} came "
        f"in by searches{chased}, and {new} included{lost}; {b['total_studies']:,} in all."
    )
    return Fact(text, "Report, flow diagram of an updated review; Versions")


def changed_since(ws: Workspace) -> Fact:
    """What is different in papers, decisions, map and claims since the newest version."""
    known = versions.versions(ws)
    if not known:
        return NOTHING
    before = versions.moment(ws, str(known[-1].number))
    found = versions.difference(ws, before, versions.moment(ws, "now"))
    return Fact(" ".join(sentences(found)), "Versions, what changed; diff")


def excluded(ws: Workspace) -> Fact:
    """Reports excluded at full text."""
    found = flows.flow(ws)
    b = found.boxes
    out = b["dbr_excluded"] + b["other_excluded"]
    lost = b["dbr_notretrieved_reports"] + b["other_notretrieved_reports"]
    if not out + lost:
        return NOTHING
    unsaid = sum(
        reasons.get(one, 0)
        for reasons in (found.reasons, found.other_reasons)
        for one in (REASONS_DIFFER, NO_REASON)
    )
    why = f"{out - unsaid:,} of them with a reason that is agreed" if unsaid else (
        "each with its reason" if out > 1 else "with its reason"
    )  # fmt: skip
    said = (
        [f"{count(out, 'report was', 'reports were')} excluded on full text, {why}"] if out else []
    )
    said += [f"{count(lost, 'report')} could not be retrieved"] if lost else []
    return Fact(f"{'; '.join(said)}.", "Report, tables, excluded at full text")


def unfinished(ws: Workspace) -> Fact:
    """How much was looked at: what is still to do limits the review."""
    return Fact(f"{coverage(ws).sentence}.", "Overview, coverage")


def characteristics(ws: Workspace) -> Fact:
    """The included reports, and how many of them are coded."""
    found = flows.flow(ws)
    b, included = found.boxes, set(found.ids["new_reports"])
    if not included:
        return NOTHING
    coded = len(included.intersection(coded_reports(ws)))
    text = (
        f"{count(b['new_studies'], 'included study', 'included studies')} in "
        f"{count(len(included), 'report')}; {coded:,} of the reports "
        f"{'is' if coded == 1 else 'are'} coded."
    )
    return Fact(text, "Report, tables, characteristics", coded == len(included))


def risk_of_bias(ws: Workspace) -> Fact:
    """How many judgements of risk of bias are settled."""
    said, judged = [], set()
    for form in appraisal.forms(ws).values():
        held = {one.report for one in appraisal.settled(ws, form.id)}
        if held:
            judged |= held
            said.append(f"{count(len(held), 'report')} by {form.name}")
    if not said:
        return NOTHING
    included = set(flows.flow(ws).ids["new_reports"])
    text = (
        f"Risk of bias is settled for {joined(said)}: for {len(included & judged):,} of "
        f"{count(len(included), 'included report')}."
    )
    return Fact(text, "Risk of bias; export robvis", bool(included) and included <= judged)


def findings(ws: Workspace) -> Fact:
    """What was written down of single studies."""
    with ws.store.read() as conn:
        found = active_decisions.findings(conn)
    if not found:
        return NOTHING
    reports = {one.report for one in found}
    included = set(flows.flow(ws).ids["new_reports"])
    quoted = sum(1 for one in found if one.quote)
    text = (
        f"{count(len(found), 'finding')} of {count(len(reports), 'report')}, {quoted:,} with a "
        f"quote; {len(reports & included):,} of {count(len(included), 'included report')} "
        f"{'has' if len(reports & included) == 1 else 'have'} any."
    )
    return Fact(text, "Code, findings; Report, tables, findings", included <= reports)


def directions(ws: Workspace) -> Fact:
    """How findings are told: by their direction."""
    with ws.store.read() as conn:
        found = active_decisions.findings(conn)
    if not found:
        return NOTHING
    text = (
        "Each finding has a direction (better, worse, no difference, mixed, not stated), and its "
        "effect with unit and interval as the report has them; effects were not pooled."
    )
    return Fact(text, "Code, findings")


def map_counts(ws: Workspace) -> Fact:
    """What the gap map holds."""
    found = gaps.matrix(ws)
    filled = sum(1 for cell in found.cells if cell.confirmed)
    text = (
        f"The map holds {count(found.confirmed_total, 'confirmed study', 'confirmed studies')} and "
        f"{found.suggested_total:,} that are only suggested; {filled:,} of {len(found.cells):,} "
        "cells hold a confirmed one."
    )
    return Fact(text, "Gap map", _all_coded(ws))


def _all_coded(ws: Workspace) -> bool:
    included = set(flows.flow(ws).ids["new_reports"])
    return bool(included) and included <= set(coded_reports(ws))


def claim_levels(ws: Workspace) -> Fact:
    """At which level the claims stand."""
    states = gaps.claims(ws)
    if not states:
        return NOTHING
    levels: dict[int | None, int] = {}
    for state in states:
        levels[state.level] = levels.get(state.level, 0) + 1
    said = [
        f"{n:,} {'that cannot be tested' if level is None else f'at level {level}'}"
        for level, n in sorted(levels.items(), key=lambda one: (one[0] is None, one[0] or 0))
    ]
    text = (
        f"{count(len(states), 'claim')} of the protocol by the evidence for them: {joined(said)}."
    )
    return Fact(text, "Claims")


def open_gaps(ws: Workspace) -> Fact:
    """How many gaps are open."""
    found = ledger_state.ledger(ws)
    text = (
        f"The ledger has {count(len(found.open), 'open gap')} of {count(len(found.rows), 'row')}."
    )
    return Fact(text, "Gaps; Implications for research")


def robustness(ws: Workspace) -> Fact:
    """How many gaps stay under each stricter bar."""
    found = ledger_state.ledger(ws)
    held = [row for row in found.open if row.evidence.studies]
    if not held:
        return NOTHING
    bars = [
        f"{sum(1 for row in held if row.bars.get(bar) is row.gap):,} stay the same {words}"
        for bar, words in UNDER.items()
    ]
    text = f"Of {count(len(held), 'open gap')} with some evidence, {joined(bars)}."
    return Fact(text, "Gaps, stricter bars")


def availability(ws: Workspace) -> Fact:
    """What can be handed on."""
    text = (
        "Log, records, protocol versions, codebook and figures can be handed on as one bundle of "
        "plain formats with checksums, from which the review can be restored."
    )
    return Fact(text, "Report, bundle")


RESULTS: Mapping[str, Callable[[Workspace], Fact]] = {
    "flow": flow,
    "flow_since": flow_since,
    "changed_since": changed_since,
    "excluded": excluded,
    "unfinished": unfinished,
    "characteristics": characteristics,
    "risk_of_bias": risk_of_bias,
    "findings": findings,
    "directions": directions,
    "map_counts": map_counts,
    "claim_levels": claim_levels,
    "gaps": open_gaps,
    "robustness": robustness,
    "availability": availability,
}
"""Name -> how it is worked out; checklists and texts ask by these names."""
