"""Reading risk of bias: forms, what was said of each report and result, and what is settled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from review import author_names
from review.appraisal import forms as form_files
from review.appraisal import results
from review.appraisal.forms import OVERALL, Form, Level
from review.appraisal.judging import Judged, Settled, appraised
from review.errors import DecisionError
from review.events.appraisal import result_key
from review.store import Connection, appraisals, evidence, reports
from review.workspace import Workspace


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


def needed(ws: Workspace) -> int:
    """How many assessors the protocol asks for."""
    return ws.protocol.appraisal.assessors


def judged_of(row: Any) -> Judged:
    """A row of the store as plain data."""
    return Judged(
        report=row.report,
        time=row.at,
        event=row.event,
        **{name: getattr(row, name) for name in appraisals.COLUMNS},
    )


Said = dict[str, dict[str, dict[str, list[Judged]]]]
"""Report -> form -> result -> what was said, oldest first."""


def by_report(rows: Sequence[Any]) -> Said:
    """Rows of the store by what they are of; a result goes by the name it was given first."""
    found: Said = defaultdict(lambda: defaultdict(dict))
    names: dict[tuple[str, str, str], str] = {}
    for row in rows:
        name = names.setdefault((row.report, row.form, result_key(row.result)), row.result)
        found[row.report][row.form].setdefault(name, []).append(judged_of(row))
    return found


def each(said: Said) -> Iterator[tuple[str, str, str, list[Judged]]]:
    """Report, form, result, and what was said of it."""
    for report, by_form in said.items():
        for form_id, by_result in by_form.items():
            for result, those in by_result.items():
                yield report, form_id, result, those


def overall_judgements(ws: Workspace) -> dict[str, Level]:
    """Report -> how its overall judgement counts on the map.

    A report judged with several forms, or in several results, counts with the gravest. One of which
    nothing is settled is left out, which means `Level.NONE`.
    """
    return {report: results.gravest(of.values()) for report, of in result_judgements(ws).items()}


def result_judgements(ws: Workspace) -> dict[str, dict[str, Level]]:
    """Report -> result -> how its overall judgement counts, of several forms the gravest; ``""``
    for the whole report. What is not settled is left out."""
    known = forms(ws)
    with ws.store.read() as conn:
        said = by_report(appraisals.said(conn, domain=OVERALL))
    found: dict[str, dict[str, Level]] = defaultdict(dict)
    for report, form_id, result, those in each(said):
        if form_id in known:
            level = appraised(report, known[form_id], those, needed(ws)).overall
            if level is not Level.NONE:
                earlier = found[report].get(result, level)
                found[report][result] = results.gravest((earlier, level))
    return dict(found)


def settled(ws: Workspace, form_id: str) -> list[Settled]:
    """The reports with a settled judgement of one form, for tables and pictures."""
    asked = form(ws, form_id)
    with ws.store.read() as conn:
        return settled_in(conn, asked, ws)


def settled_in(conn: Connection, asked: Form, ws: Workspace) -> list[Settled]:
    """The same within a transaction: one for each report, or each result of it that was judged."""
    said = by_report(appraisals.said(conn, form=asked.id))
    kept = {row.id for row in evidence.unexcluded_reports(conn, list(said))}
    states, newest = [], {}
    for report, _, result, those in each(said):
        if report in kept:
            states.append(appraised(report, asked, those, needed(ws), result))
            newest[report, result] = those[-1]
    states = [state for state in states if state.settled]
    leads = {r.id: r.lead for r in reports.by_ids(conn, sorted(s.report for s in states))}
    names = {
        id_: author_names.study_name(lead.authors, lead.title, lead.year)
        for id_, lead in leads.items()
    }
    often = Counter(names.values())
    found: list[Settled] = []
    for state in sorted(states, key=lambda state: (state.report, state.result)):
        name = names[state.report]
        name = f"{name} ({state.report})" if often[name] > 1 else name
        of = f", {results.label(ws.protocol.codebook, state.result)}" if state.result else ""
        last = newest[state.report, state.result]
        called = f"{name}{of}"
        found.append(
            Settled(state.report, called, state.settled, state.result, last.reviewer, last.time)
        )
    return found


def used_forms(conn: Connection, known: Mapping[str, Form]) -> list[Form]:
    """The forms with which something was judged, in their order."""
    used = {row.form for row in appraisals.said(conn)}
    return [one for one in known.values() if one.id in used]
