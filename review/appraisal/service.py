"""What pages and commands ask of risk of bias: forms, judgements of people, and what is agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from review import outdated
from review.appraisal import results
from review.appraisal.forms import OVERALL, Form
from review.appraisal.judging import (
    Appraised,
    Judged,
    Settled,
    appraised,
    begun_in_sight,
    in_sight,
    suggested,
    suggested_overall,
)
from review.appraisal.reading import (
    by_report,
    each,
    form,
    forms,
    judged_of,
    needed,
    overall_judgements,
    settled,
)
from review.coding import quotes
from review.coding.code_events import named
from review.errors import DecisionError
from review.events import DomainJudged, Event
from review.events.appraisal import result_key
from review.model import Report
from review.outdated import Shown
from review.people import same_person
from review.protocol.codebook import Codebook
from review.store import Connection, appraisals, evidence, log, reports
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AppraisalTask:
    """A report, or one result of it, and the form that its study design asks for.

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
    """One report, or one result of it, and one form, as one assessor sees them.

    Attributes:
        results: what an assessment with this form may be of: ``""`` for the whole report, the
            outcomes it is coded with, and results that were begun, as far as their names are in
            sight (`judging.begun_in_sight`).
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
    results: tuple[str, ...] = (results.WHOLE,)

    @property
    def result(self) -> str:
        """What of the report is judged; ``""`` for all of it."""
        return self.state.result


def tasks(ws: Workspace, reviewer: str) -> list[AppraisalTask]:
    """Reports that are not excluded and whose confirmed study design asks for a form.

    Reports that were judged with another form are among them. A report of which results are judged
    is there once for each of them, and not as a whole unless that is judged too. Included ones come
    first, and of these what the reviewer has not judged yet.
    """
    known = forms(ws)
    design = ws.protocol.codebook.dimension("study_design")
    with ws.store.read() as conn:
        rows = evidence.unexcluded_reports(conn)
        tagged = evidence.tag_values(conn)
        said = by_report(appraisals.said(conn))
    found = []
    for row in rows:
        designs = sorted(tagged.get(row.id, {}).get(design.id, ()))
        fitting = [f.id for f in known.values() if f.is_for(designs, design)]
        here = said.get(row.id, {})
        for id_, form_ in known.items():
            states = _states(ws, row.id, form_, here.get(id_, {}))
            begun = begun_in_sight(states, reviewer)
            if not begun and id_ in fitting:
                begun = (results.WHOLE,)
            for result in begun:
                state = states.get(result) or appraised(row.id, form_, (), needed(ws), result)
                done = any(same_person(who, reviewer) for who in state.complete)
                seen = in_sight(state, reviewer)
                title, included = row.title, bool(row.included)
                found.append(AppraisalTask(row.id, title, included, form_, seen, done))
    return sorted(found, key=lambda task: (not task.included, task.done, task.report))


def sheet(
    ws: Workspace, report: str, form_id: str, reviewer: str, *, result: str = results.WHOLE
) -> AppraisalSheet:
    """One report and one form, as one assessor may see them.

    Args:
        form_id: ``""`` for the form that its study design asks for; the first of all without one.
        result: an outcome of the codebook or own words, where only that result is judged.

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
        of = _result(ws, chosen, result)
        rows = appraisals.said(conn, found.id, chosen.id)
        said = by_report(rows).get(found.id, {}).get(chosen.id, {})
        begun = begun_in_sight(_states(ws, found.id, chosen, said), reviewer)
        state = _state(conn, ws, found.id, chosen, of)
    coded = tagged.get(ws.protocol.codebook.id_of("outcome"), ()) if chosen.per_result else ()
    own = next((said for who, said in state.by.items() if same_person(who, reviewer)), {})
    return AppraisalSheet(
        report=found,
        form=chosen,
        fitting=tuple(fitting),
        state=in_sight(state, reviewer),
        own=own,
        comparing=len(state.complete) >= state.needed,
        results=results.offered(coded, [*begun, of]),
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
    result: str = results.WHOLE,
    shown: Shown | None = None,
) -> Event:
    """Answer a signalling question; the same answer again takes it off.

    Args:
        result: as of `sheet`. So in all that follows.
        shown: what the page showed, where it may be old. So in all that follows.

    Raises:
        DecisionError: there is no such form, domain, question or answer, or no reviewer; or the
            form is for whole reports and a result is named.
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

    return _write(ws, report, asked, domain, reviewer, change, shown, result)


def judge(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    judgement: str,
    reviewer: str,
    *,
    result: str = results.WHOLE,
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

    return _write(ws, report, asked, domain, reviewer, change, shown, result)


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
    result: str = results.WHOLE,
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

    return _write(ws, report, asked, domain, reviewer, change, shown, result)


def agree(
    ws: Workspace,
    report: str,
    form_id: str,
    domain: str,
    judgement: str,
    reviewer: str,
    *,
    note: str = "",
    result: str = results.WHOLE,
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

    return _write(ws, report, asked, domain, reviewer, change, shown, result, consensus=True)


def undo_last(ws: Workspace, reviewer: str) -> Event | None:
    """Take back this reviewer's newest step that still counts; None when there is none."""
    with ws.store.write() as conn:
        return log.undo_newest(conn, named(reviewer), (DomainJudged,))


def hidden_events(conn: Connection, ws: Workspace, report: str, reviewer: str) -> set[str]:
    """Events on a report that an assessor may not see yet (`judging.in_sight`)."""
    known = forms(ws)
    hidden: set[tuple[str, str]] = set()
    for _, form_id, result, those in each(by_report(appraisals.said(conn, report))):
        if form_id not in known:
            continue
        state = appraised(report, known[form_id], those, needed(ws), result)
        seen = in_sight(state, reviewer)
        if seen is not state:
            hidden.add((form_id, result_key(result)))
    if not hidden:
        return set()
    return {
        e.id
        for e, _ in log.history(conn, report)
        if isinstance(e.data, DomainJudged)
        and (e.data.form, result_key(e.data.result)) in hidden
        and not same_person(e.data.reviewer, reviewer)
    }


def words_for(asked: Form, domain: str, judgement: str, result: str = "") -> str:
    """Form, domain and judgement in words: ``RoB 2, Missing outcome data: Low``.

    Args:
        result: as a person reads it; ``""`` for the whole report.
    """
    label = asked.overall.label if domain == OVERALL else asked.domain(domain).label
    found = asked.judgement(domain, judgement)
    of = f" of {result}" if result else ""
    return f"{asked.label}{of}, {label}: {found.label if found else 'not judged'}"


def _result(ws: Workspace, asked: Form, words: str) -> str:
    """A result as it is kept.

    Raises:
        DecisionError: the form is for whole reports, or the name is too long.
    """
    result = results.named(ws.protocol.codebook, words)
    if result and not asked.per_result:
        raise DecisionError(f"{asked.label} judges a report as a whole, not its results.")
    return result


def _states(
    ws: Workspace, report: str, asked: Form, said: Mapping[str, Sequence[Judged]]
) -> dict[str, Appraised]:
    """Result -> where it stands, of one report and form."""
    return {
        result: appraised(report, asked, those, needed(ws), result)
        for result, those in said.items()
    }


def _state(conn: Connection, ws: Workspace, report: str, asked: Form, result: str) -> Appraised:
    rows = appraisals.said(conn, report, asked.id)
    said = [judged_of(row) for row in rows if result_key(row.result) == result_key(result)]
    return appraised(report, asked, said, needed(ws), result)


def _write(
    ws: Workspace,
    report: str,
    asked: Form,
    domain: str,
    reviewer: str,
    change: Callable[[Judged], Judged],
    seen: Shown | None,
    result: str,
    *,
    consensus: bool = False,
) -> Event:
    who = named(reviewer)
    of = _result(ws, asked, result)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, seen)
        state = _state(conn, ws, on.report, asked, of)
        if consensus and len(state.complete) < state.needed:
            raise DecisionError(
                f"{len(state.complete)} of {state.needed} have judged {on.report} overall; agree "
                "when all have."
            )
        own = next((said for name, said in state.by.items() if same_person(name, who)), {})
        now = (state.consensus if consensus else own).get(domain)
        blank = Judged(on.report, asked.id, domain, who, consensus=consensus, result=of)
        new = change(now or blank)
        lead = reports.get(conn, on.report).lead
        place = quotes.placed(new.quote, new.quote_place, lead.title, lead.abstract)
        new = replace(new, reviewer=who, quote_place=place)
        if now is not None and new == now:
            return log.get(conn, now.event)
        said = event_of(ws.protocol.codebook, asked, on.lead, new)
        (done,) = log.append(conn, who, [said], protocol=outdated.version_read(ws, seen))
    return done


def event_of(
    codebook: Codebook, asked: Form, record: str, said: Judged, time: str = ""
) -> DomainJudged:
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
        result=said.result,
        answers=dict(said.answers),
        judgement=said.judgement,
        label=words_for(
            asked,
            said.domain,
            said.judgement,
            results.label(codebook, said.result) if said.result else "",
        ),  # fmt: skip
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
