"""Judgements of risk of bias from and to CSV files, and the pictures of what is settled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from review.appraisal import pictures, reading, results, robvis, service
from review.appraisal.forms import OVERALL, Form
from review.appraisal.judging import Judged
from review.coding.code_events import named
from review.errors import DecisionError, Mistake, ReviewError
from review.events import DomainJudged
from review.events.appraisal import result_key
from review.people import person_key
from review.protocol.codebook import Codebook
from review.screening.service import Imported
from review.spreadsheet import read_csv, read_time, whole_file, write_csv
from review.store import appraisals, log, reports
from review.workspace import Workspace

COLUMNS = (
    "report", "form", "domain", "judgement", "answers", "quote", "quote_place", "note",
    "consensus", "reviewer", "time", "result",
)  # fmt: skip
"""One row a domain, or `OVERALL`; answers as ``1.1=y; 1.2=pn``, consensus ``yes`` or blank;
``result`` an outcome or own words where only that was judged."""


def export_judgements(ws: Workspace, path: Path, viewer: str | None = None) -> int:
    """Write all that counts; returns how many rows.

    Args:
        viewer: who will read it: what is out of their sight is not in it. None for whoever holds
            the database itself.
    """
    with ws.store.read() as conn:
        rows = appraisals.said(conn)
        hidden: set[str] = set()
        if viewer is not None and ws.protocol.appraisal.assessors > 1:
            for report in {row.report for row in rows}:
                hidden |= service.hidden_events(conn, ws, report, viewer)
        said = [reading.judged_of(row) for row in rows if row.event not in hidden]
    return write_csv(path, COLUMNS, [_row(one) for one in said if not one.empty])


def import_judgements(ws: Workspace, path: Path, actor: str) -> Imported:
    """Read judgements from a CSV file with the columns `COLUMNS`.

    A row equal to what stands adds nothing; another one of the same person and domain takes its
    place. Bad rows are named, good rows go in, all in one transaction.

    Raises:
        FileError: the file cannot be read or lacks a column.
    """
    rows = list(read_csv(path, ("report", "form", "domain", "judgement", "reviewer")))
    known = service.forms(ws)
    mistakes: list[Mistake] = []
    written: list[DomainJudged] = []
    unchanged = 0
    with ws.store.write() as conn:
        places = reports.memberships(conn, [row["report"] for _, row in rows])
        current = {_key(one): one for one in map(reading.judged_of, appraisals.said(conn))}
        lines: dict[tuple[str, ...], int] = {}
        for line, row in rows:
            try:
                home = reports.found(places, row["report"])
                form = known.get(row["form"].strip())
                if form is None:
                    raise DecisionError(
                        f"There is no form '{row['form']}'. Choose one of: {', '.join(known)}."
                    )
                said = replace(_read(ws.protocol.codebook, form, row), report=home.report)
                time = read_time(row.get("time", ""))
                if (first := lines.setdefault(_key(said), line)) != line:
                    raise DecisionError(f"line {first} judges the same domain for the same person.")
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            if (now := current.get(_key(said))) and _content(now) == _content(said):
                unchanged += 1
                continue
            written.append(service.event_of(ws.protocol.codebook, form, home.lead, said, time))
        log.append(conn, actor, written, protocol=ws.protocol.version)
    return Imported(len(written), unchanged, tuple(mistakes))


def write_picture(ws: Workspace, form_id: str, kind: str, path: Path) -> int:
    """Write the picture of one form as SVG; returns how many reports are in it.

    Args:
        kind: ``traffic-light`` or ``summary``.
    """
    form = service.form(ws, form_id)
    found = service.settled(ws, form_id)
    draw = pictures.summary if kind == "summary" else pictures.traffic_light
    with whole_file(path) as temporary:
        temporary.write_text(draw(form, found), encoding="utf-8", newline="")
    return len(found)


def write_robvis(ws: Workspace, form_id: str, path: Path) -> int:
    """Write one form's settled judgements for robvis; returns the number of rows."""
    return robvis.write(service.form(ws, form_id), service.settled(ws, form_id), path)


def _row(one: Judged) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in COLUMNS},
        "answers": "; ".join(f"{number}={said}" for number, said in sorted(one.answers.items())),
        "consensus": "yes" if one.consensus else "",
        "time": one.time.isoformat() if one.time else "",
    }


def _read(codebook: Codebook, form: Form, row: dict[str, str]) -> Judged:
    domain = row["domain"].strip()
    if domain != OVERALL and domain not in {d.id for d in form.domains}:
        raise DecisionError(f"{form.label} has no domain '{domain}'.")
    result = results.named(codebook, row.get("result", ""))
    if result and not form.per_result:
        raise DecisionError(f"{form.label} judges a report as a whole, not its results.")
    judgement = row["judgement"].strip()
    labels = {j.label.casefold(): j.id for j in form.choices(domain)}
    judgement = labels.get(judgement.casefold(), judgement)
    if judgement and form.judgement(domain, judgement) is None:
        raise DecisionError(f"'{judgement}' is no judgement of {domain}: {', '.join(labels)}.")
    return Judged(
        report="",
        form=form.id,
        domain=domain,
        result=result,
        reviewer=named(row["reviewer"]),
        answers=_answers(form, domain, row.get("answers", "")),
        judgement=judgement,
        quote=row.get("quote", ""),
        quote_place=row.get("quote_place", ""),
        note=row.get("note", ""),
        consensus=row.get("consensus", "").strip().lower() in ("yes", "true", "1"),
    )


def _answers(form: Form, domain: str, text: str) -> dict[str, str]:
    questions = {} if domain == OVERALL else {q.id: q for q in form.domain(domain).questions}
    found: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        number, _, said = (p.strip() for p in part.partition("="))
        allowed = {a.id for a in form.answers}
        if number not in questions or said not in (questions[number].answers or allowed):
            raise DecisionError(f"'{part}' is no answer to a question of {form.label}, {domain}.")
        found[number] = said
    return found


def _key(one: Judged) -> tuple[str, ...]:
    who = "" if one.consensus else person_key(one.reviewer)
    return (one.report, one.form, result_key(one.result), one.domain, who)


def _content(one: Judged) -> tuple[object, ...]:
    return (dict(one.answers), one.judgement, one.quote, one.quote_place, one.note)
