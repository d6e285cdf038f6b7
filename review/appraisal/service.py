"""What pages and commands ask of risk of bias: forms, judgements of people, and what is agreed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from review import author_names, outdated
from review.appraisal import forms as form_files
from review.appraisal.forms import OVERALL, Form, Level
from review.appraisal.judging import (
    Appraised,
    Judged,
    Settled,
    appraised,
    in_sight,
    suggested,
    suggested_overall,
)
from review.coding import quotes
from review.coding.code_events import named
from review.errors import DecisionError
from review.events import DomainJudged, Event
from review.model import Record, Report
from review.outdated import Shown
from review.people import same_person
from review.store import Connection, appraisals, evidence, log, reports
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AppraisalTask:
    """A report and the form that its study design asks for.

    Attributes:
        state: as the reviewer who asks may see it.
        done: whether that reviewer has judged it overall.
    """

    report: str
    title: str
    included: bool
    form: Form
    state: Appraised
    done: bool


@dataclass(frozen=True, slots=True)
class AppraisalSheet:
    """One report and one form, as one assessor sees them.

    Attributes:
        fitting: ids of the forms that the study's design asks for.
        own: domain -> what the assessor said.
        comparing: whether enough have judged it for a consensus.
    """

    report: Report
    form: Form
    fitting: tuple[str, ...]
    state: Appraised
    own: Mapping[str, Judged]
    comparing: bool


def forms(ws: Workspace) -> dict[str, Form]:
    """The forms there are, by id.

    Raises:
        FormError: a form has mistakes; all are named.
    """
    return form_files.load(ws.config.data)


def form(ws: Workspace, id_: str) -> Form:
    """One form.

    Raises:
        DecisionError: there is none of that id.
    """
    found = forms(ws)
    if id_ not in found:
        raise DecisionError(f"There is no form '{id_}'. Choose one of: {', '.join(found)}.")
    return found[id_]


def tasks(ws: Workspace, reviewer: str) -> list[AppraisalTask]:
    """Reports that are not excluded and whose confirmed study design asks for a form.

    Reports that were judged with another form are among them. Included ones come first, and of
    these what the reviewer has not judged yet.
    """
    known = forms(ws)
    design = ws.protocol.codebook.dimension("study_design")
    with ws.store.read() as conn:
        rows = evidence.unexcluded_reports(conn)
        tagged = evidence.tag_values(conn)
        said = _by_report(appraisals.said(conn))
    found = []
    for row in rows:
        designs = sorted(tagged.get(row.id, {}).get(design.id, ()))
        fitting = [f.id for f in known.values() if f.is_for(designs, design)]
        used = [f for f in known if (row.id, f) in said]
        for id_ in dict.fromkeys([*fitting, *used]):
            state = appraised(row.id, known[id_], said.get((row.id, id_), ()), _needed(ws))
            done = any(same_person(who, reviewer) for who in state.complete)
            seen = in_sight(state, reviewer)
            title, included = row.title, bool(row.included)
            found.append(AppraisalTask(row.id, title, included, known[id_], seen, done))
    return sorted(found, key=lambda task: (not task.included, task.done, task.report))


def sheet(ws: Workspace, report: str, form_id: str, reviewer: str) -> AppraisalSheet:
    """One report and one form, as one assessor may see them.

    Args:
        form_id: ``""`` for the form that its study design asks for; the first of all without one.

    Raises:
        NotFoundError: no such report.
        DecisionError: no such form.
    """
    known = forms(ws)
    design = ws.protocol.codebook.dimension("study_design")
    with ws.store.read() as conn:
        found = reports.get(conn, reports.resolve(conn, report))
        tagged = evidence.tag_values(conn, [found.id]).get(found.id, {})
        fitting = [
            f.id for f in known.values() if f.is_for(sorted(tagged.get(design.id, ())), design)
        ]
        chosen = form(ws, form_id or next(iter([*fitting, *known])))
        state = _state(conn, ws, found.id, chosen)
    own = next((said for who, said in state.by.items() if same_person(who, reviewer)), {})
    return AppraisalSheet(
        report=found,
        form=chosen,
        fitting=tuple(fitting),
        state=in_sight(state, reviewer),
        own=own,
        comparing=len(state.complete) >= state.needed,
    )


def answer(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    question: str,
    said: str,
    reviewer: str,
    *,
    shown: Shown | None = None,
) -> Event:
    """Answer a signalling question; the same answer again takes it off.

    Args:
        shown: what the page showed, where it may be old. So in all that follows.

    Raises:
        DecisionError: there is no such form, domain, question or answer, or no reviewer.
        OutdatedError: the report is not what was ``shown`` any more. So in all that follows.
        NotFoundError: no such report.
    """
    asked = form(ws, form_id)
    _domain(asked, domain)
    try:
        known = asked.domain(domain).question(question)
    except KeyError:
        raise DecisionError(f"{asked.label} has no question {question} in {domain}.") from None
    allowed = known.answers or tuple(a.id for a in asked.answers)
    if said not in allowed:
        raise DecisionError(f"'{said}' is no answer to {question}. Choose: {', '.join(allowed)}.")

    def change(now: Judged) -> Judged:
        answers = {**now.answers, question: said}
        if now.answers.get(question) == said:
            del answers[question]
        return replace(now, answers=answers)

    return _write(ws, report, asked, domain, reviewer, change, shown)


def judge(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    judgement: str,
    reviewer: str,
    *,
    shown: Shown | None = None,
) -> Event:
    """Judge a domain, or `OVERALL`; the same judgement again takes it off.

    Raises:
        DecisionError: there is no such form, domain or judgement, or no reviewer.
        NotFoundError: no such report.
    """
    asked = form(ws, form_id)
    _domain(asked, domain)
    _judgement(asked, domain, judgement)

    def change(now: Judged) -> Judged:
        return replace(now, judgement="" if now.judgement == judgement else judgement)

    return _write(ws, report, asked, domain, reviewer, change, shown)


def explain(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    reviewer: str,
    *,
    quote: str = "",
    quote_place: str = "",
    note: str = "",
    shown: Shown | None = None,
) -> Event:
    """Say why a domain is judged so: words of the paper, where they stand, and a note.

    Raises:
        DecisionError: there is no such form or domain, or no reviewer.
        NotFoundError: no such report.
    """
    asked = form(ws, form_id)
    _domain(asked, domain)

    def change(now: Judged) -> Judged:
        return replace(now, quote=quote.strip(), quote_place=quote_place, note=note.strip())

    return _write(ws, report, asked, domain, reviewer, change, shown)


def agree(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    judgement: str,
    reviewer: str,
    *,
    note: str = "",
    shown: Shown | None = None,
) -> Event:
    """Keep what assessors agreed on, having compared.

    Raises:
        DecisionError: fewer have judged the report than the protocol asks for, or there is no such
            form, domain or judgement.
        NotFoundError: no such report.
    """
    asked = form(ws, form_id)
    _domain(asked, domain)
    _judgement(asked, domain, judgement)

    def change(now: Judged) -> Judged:
        return replace(now, judgement=judgement, note=note.strip())

    return _write(ws, report, asked, domain, reviewer, change, shown, consensus=True)


def undo_last(ws: Workspace, reviewer: str) -> Event | None:
    """Take back this reviewer's newest step that still counts; None when there is none."""
    with ws.store.write() as conn:
        return log.undo_newest(conn, named(reviewer), (DomainJudged,))


def overall_judgements(ws: Workspace) -> dict[str, Level]:
    """Report -> how its overall judgement counts on the map.

    A report judged with several forms counts with the gravest. One of which nothing is settled is
    left out, which means `Level.NONE`.
    """
    known = forms(ws)
    with ws.store.read() as conn:
        said = _by_report(appraisals.said(conn, domain=OVERALL))
    found: dict[str, Level] = {}
    for (report, form_id), those in said.items():
        if form_id in known:
            level = appraised(report, known[form_id], those, _needed(ws)).overall
            if level is not Level.NONE:
                found[report] = max(found.get(report, level), level, key=_GRAVER.index)
    return found


_GRAVER = (Level.NONE, Level.LOW, Level.SOME, Level.HIGH)


def settled(ws: Workspace, form_id: str) -> list[Settled]:
    """The reports with a settled judgement of one form, for tables and pictures."""
    asked = form(ws, form_id)
    with ws.store.read() as conn:
        return settled_in(conn, asked, _needed(ws))


def settled_in(conn: Connection, asked: Form, needed: int) -> list[Settled]:
    """The same within a transaction."""
    said = _by_report(appraisals.said(conn, form=asked.id))
    kept = {row.id for row in evidence.unexcluded_reports(conn, [r for r, _ in said])}
    states = [appraised(r, asked, those, needed) for (r, _), those in said.items() if r in kept]
    states = [state for state in states if state.settled]
    leads = {r.id: r.lead for r in reports.by_ids(conn, sorted(s.report for s in states))}
    names = {id_: _study(lead) for id_, lead in leads.items()}
    often = Counter(names.values())
    return [
        Settled(
            state.report,
            f"{name} ({state.report})" if often[name := names[state.report]] > 1 else name,
            state.settled,
        )
        for state in sorted(states, key=lambda state: state.report)
    ]


def used_forms(conn: Connection, known: Mapping[str, Form]) -> list[Form]:
    """The forms with which something was judged, in their order."""
    used = {row.form for row in appraisals.said(conn)}
    return [one for one in known.values() if one.id in used]


def hidden_events(conn: Connection, ws: Workspace, report: str, reviewer: str) -> set[str]:
    """Events on a report that an assessor may not see yet (`judging.in_sight`)."""
    known = forms(ws)
    hidden: set[str] = set()
    for (_, form_id), those in _by_report(appraisals.said(conn, report)).items():
        if form_id not in known:
            continue
        state = appraised(report, known[form_id], those, _needed(ws))
        seen = in_sight(state, reviewer)
        if seen is not state:
            hidden.add(form_id)
    if not hidden:
        return set()
    return {
        e.id
        for e, _ in log.history(conn, report)
        if isinstance(e.data, DomainJudged)
        and e.data.form in hidden
        and not same_person(e.data.reviewer, reviewer)
    }


def judged_of(row: Any) -> Judged:
    """A row of the store as plain data."""
    return Judged(
        report=row.report,
        time=row.at,
        event=row.event,
        **{name: getattr(row, name) for name in appraisals.COLUMNS},
    )


def words_for(asked: Form, domain: str, judgement: str) -> str:
    """Form, domain and judgement in words: ``RoB 2, Missing outcome data: Low``."""
    label = asked.overall.label if domain == OVERALL else asked.domain(domain).label
    found = asked.judgement(domain, judgement)
    return f"{asked.label}, {label}: {found.label if found else 'not judged'}"


def _needed(ws: Workspace) -> int:
    return ws.protocol.appraisal.assessors


def _state(conn: Connection, ws: Workspace, report: str, asked: Form) -> Appraised:
    said = [judged_of(row) for row in appraisals.said(conn, report, asked.id)]
    return appraised(report, asked, said, _needed(ws))


def _by_report(rows: Sequence[Any]) -> dict[tuple[str, str], list[Judged]]:
    found: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for row in rows:
        found[row.report, row.form].append(judged_of(row))
    return found


def _write(
    ws: Workspace,
    report: str,
    asked: Form,
    domain: str,
    reviewer: str,
    change: Callable[[Judged], Judged],
    seen: Shown | None,
    *,
    consensus: bool = False,
) -> Event:
    who = named(reviewer)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, seen)
        state = _state(conn, ws, on.report, asked)
        if consensus and len(state.complete) < state.needed:
            raise DecisionError(
                f"{len(state.complete)} of {state.needed} have judged {on.report} overall; agree "
                "when all have."
            )
        own = next((said for name, said in state.by.items() if same_person(name, who)), {})
        now = (state.consensus if consensus else own).get(domain)
        blank = Judged(on.report, asked.id, domain, who, consensus=consensus)
        new = change(now or blank)
        lead = reports.get(conn, on.report).lead
        place = quotes.placed(new.quote, new.quote_place, lead.title, lead.abstract)
        new = replace(new, reviewer=who, quote_place=place)
        if now is not None and new == now:
            return log.get(conn, now.event)
        said = event_of(asked, on.lead, new)
        (done,) = log.append(conn, who, [said], protocol=outdated.version_read(ws, seen))
    return done


def event_of(asked: Form, record: str, said: Judged, time: str = "") -> DomainJudged:
    """What is to be written of a judgement.

    Args:
        time: when it was given, where that is not now.
    """
    return DomainJudged(
        record=record,
        report=said.report,
        reviewer=said.reviewer,
        form=asked.id,
        form_version=asked.version,
        domain=said.domain,
        answers=dict(said.answers),
        judgement=said.judgement,
        label=words_for(asked, said.domain, said.judgement),
        quote=said.quote,
        quote_place=said.quote_place,
        note=said.note,
        consensus=said.consensus,
        time=time,
    )


def _domain(asked: Form, domain: str) -> None:
    ids = [d.id for d in asked.domains]
    if domain != OVERALL and domain not in ids:
        raise DecisionError(f"{asked.label} has no domain '{domain}': {', '.join(ids)}, {OVERALL}.")


def _judgement(asked: Form, domain: str, judgement: str) -> None:
    if asked.judgement(domain, judgement) is None:
        known = ", ".join(j.id for j in asked.choices(domain))
        raise DecisionError(f"'{judgement}' is no judgement of {domain}. Choose: {known}.")


def _study(lead: Record) -> str:
    """First author and year, as robvis and reviewers name a study; else how the title begins."""
    people = author_names.people(lead.authors)
    name = (author_names.parts(people[0])[0] or people[0]) if people else ""
    name = name or " ".join(lead.title.split()[:5])
    return " ".join(filter(None, (name, str(lead.year or "")))) or "Without a title"


__all__ = [
    "AppraisalSheet",
    "AppraisalTask",
    "Settled",
    "agree",
    "answer",
    "explain",
    "form",
    "forms",
    "judge",
    "overall_judgements",
    "settled",
    "sheet",
    "suggested",
    "suggested_overall",
    "tasks",
    "undo_last",
]
