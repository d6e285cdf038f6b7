"""Commands that report on a review: prisma, gaps, claims and export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from review.commands.common import (
    As,
    At,
    Columns,
    Db,
    Json,
    Rows,
    ToFile,
    Viewer,
    actor,
    aligned,
    counted,
    holds_blind_votes,
    opened,
    opened_at,
    print_json,
    say,
    warn,
)
from review.commands.filter_options import Asked, with_filters

if TYPE_CHECKING:
    from review.workspace import Workspace


Since = Annotated[
    int | None, typer.Option(metavar="N", help="An updated review: what came since version N.")
]
Living = Annotated[
    bool, typer.Option("--living", help="A living review: up to the version, and since.")
]
Reasons = Annotated[
    bool, typer.Option("--screening-reasons", help="Reasons at title and abstract too.")
]
WithoutEmpty = Annotated[
    bool, typer.Option("--without-empty", help="Leave out lines and layers without anything.")
]


def prisma(
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write it for the PRISMA2020 R package."),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Write it as a picture.")
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Write it as a picture of pixels.")
    ] = None,
    docx: Annotated[
        Path | None, typer.Option("--docx", metavar="FILE", help="Write it as a Word document.")
    ] = None,
    ids: Annotated[
        Path | None, typer.Option("--ids", metavar="FILE", help="Write what is behind each box.")
    ] = None,
    since: Since = None,
    living: Living = False,
    reasons: Reasons = False,
    without_empty: WithoutEmpty = False,
    words: Annotated[
        tuple[str, str] | None,
        typer.Option("--words", metavar="BOX TEXT", help="Put a box in other words; '' undoes it."),
    ] = None,
    at: At = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """The PRISMA 2020 flow diagram as it stands."""
    from review.reporting import flow_files, flows
    from review.reporting.coverage import coverage

    if words is not None:
        if at is not None:
            raise typer.BadParameter("--words changes the review as it is, so it takes no --at.")
        with opened(db) as ws:
            flows.word_box(ws, actor(by), *words)
    wanted = flows.Wanted(since, living, reasons, without_empty)
    with opened_at(db, at) as ws:
        drawing = wanted.drawing(ws)
        looked = coverage(ws)
    writers = {
        csv: flow_files.write_table,
        svg: flow_files.write_svg,
        png: flow_files.write_png,
        docx: flow_files.write_word,
        ids: flow_files.write_ids,
    }
    written = {file: write for file, write in writers.items() if file is not None}
    for file, write in written.items():
        write(drawing, file)
    flow = drawing.flow
    if as_json:
        print_json(flow.to_json() | (flow.update_json() if flow.since else {}))
    elif written:
        say(f"Written to {' and '.join(map(str, written))}.")
    else:
        say(f"{looked.sentence}.")
        say(aligned({name: n for name, n in flow.boxes.items() if n or name in _ALWAYS}))
        waiting = {f"awaiting {stage}": n for stage, n in flow.awaiting.items()}
        say(aligned(waiting))
        if flow.reasons:
            say("\nReports excluded, by reason\n" + aligned(flow.reasons))
    for sentence in flow.failed_sums:
        warn(sentence)


_ALWAYS = {"database_results", "duplicates", "records_screened", "records_excluded", "new_reports"}


@with_filters
def gaps(
    *,
    asked: Asked,
    rows: Rows = "outcome",
    columns: Columns = "study_design",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the list of gaps.")
    ] = None,
    at: At = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """The gap map: how many studies each cell holds, and the gaps."""
    from review.gaps import service
    from review.gaps.filters import words as filter_words
    from review.reporting.coverage import coverage

    with opened_at(db, at) as ws:
        filters = asked(ws)
        found = service.matrix(ws, rows, columns, filters)
        looked = coverage(ws)
        under = filter_words(filters, ws.protocol.codebook)
        written = service.write_gaps_csv(found, ws.protocol.codebook, csv) if csv else 0
    if as_json:
        print_json(service.to_json(found) | {"coverage": looked.to_json()})
        return
    if csv:
        say(f"{counted(written, 'gap')} written to {csv}. {looked.sentence}.")
        return
    say(
        f"{found.row_dimension} x {found.column_dimension}: {found.confirmed_total:,} confirmed, "
        f"{found.suggested_total:,} suggested. {looked.sentence}."
    )
    _say_filters(under, len(found.hidden))
    if found.forms:
        say(f"{counted(len(found.forms), 'more report')} only as news, abstract or thesis.")
    if found.outside:
        say(f"{counted(len(found.outside), 'more report')} without the exposure of the question.")
    if found.not_applicable:
        say(
            f"{counted(found.not_applicable, 'cell')} not applicable: the codebook says that "
            "there can be no such evidence."
        )
    for cell in found.cells:
        if cell.confirmed or cell.suggested:
            say(f"{cell.row} x {cell.column}: {cell.confirmed} (+{cell.suggested} suggested)")
    for row, (gap, rule) in found.row_gaps.items():
        say(f"gap: {row}: {gap}. {rule}")


def _say_filters(under: str, hidden: int) -> None:
    """What was asked for, and how many reports that hides; nothing where nothing was."""
    if under:
        say(f"Filters: {under}. {counted(hidden, 'report')} hidden by them.")


@with_filters
def claims(*, asked: Asked, at: At = None, db: Db = None, as_json: Json = False) -> None:
    """Where every claim of the protocol stands."""
    from review.gaps import service
    from review.gaps.filters import words as filter_words
    from review.reporting.coverage import coverage

    with opened_at(db, at) as ws:
        filters = asked(ws)
        states = service.claims(ws, filters)
        outside = service.outside_frame(ws, filters)
        looked = coverage(ws).sentence
        under = filter_words(filters, ws.protocol.codebook)
    if as_json:
        told = service.claims_json(states)
        print_json([one | {"coverage": looked, "filters": under} for one in told])
        return
    say(f"{looked}.")
    _say_filters(under, len(set().union(*(state.hidden_reports for state in states))))
    for state in states:
        level = "not testable" if state.level is None else f"level {state.level}"
        number = counted(len(state.reports), "report")
        says = f", {state.direction}" if state.direction else ""
        say(f"{state.claim.id}  {level}{says}  {number}  {state.claim.text}")
    if outside:
        say(f"{counted(len(outside), 'more report')} without the exposure of the question.")


def agreement(
    coding: Annotated[
        bool, typer.Option("--coding", help="On codes, dimension by dimension, instead of votes.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """How far reviewers agree, by what each said first: on all of a stage, and batch by batch."""
    from review.screening import reviewer_agreement as measured

    with opened(db) as ws:
        if coding:
            _coding_agreement(ws, as_json)
            return
        found = measured.agreement(ws)
    if as_json:
        print_json(measured.agreement_json(found))
        return
    for one in (part for whole in found for part in whole.in_parts):
        say(measured.headline(one))
        for pair in one.pairs:
            say(f"  {measured.pair_words(pair)}")


def _coding_agreement(ws: Workspace, as_json: bool) -> None:
    from review.coding import coding_agreement
    from review.screening import reviewer_agreement as measured

    found = coding_agreement.agreement(ws)
    if as_json:
        print_json(coding_agreement.agreement_json(found))
        return
    for one in found:
        if one.reports:
            say(coding_agreement.headline(one))
            for pair in one.pairs:
                say(f"  {measured.pair_words(pair)}")
    if not any(one.reports for one in found):
        say("No report was coded by several people apart yet.")


def _among(status: str, words: str) -> Callable[[Workspace], list[str] | None]:
    """What finds the reports that are asked for; None stands for all."""
    if not status and not words:
        return lambda _ws: None
    from review.records import service as records

    if status and status not in records.STATUSES:
        known = ", ".join(records.STATUSES)
        raise typer.BadParameter(f"There is no status '{status}'. Choose one of: {known}.")
    search = records.ReportFilter(text=words, status=status)
    return lambda ws: records.ids(ws, search)


@with_filters
def export(
    *,
    format: Annotated[str, typer.Argument(metavar="FORMAT")],
    file: ToFile,
    asked: Asked,
    status: Annotated[
        str,
        typer.Option(metavar="WORDS", help="Only reports with this status, such as 'included'."),
    ] = "",
    words: Annotated[
        str, typer.Option(metavar="WORDS", help="Only reports that have all of these words.")
    ] = "",
    with_names: Annotated[
        bool,
        typer.Option(
            "--with-names", help="Let html-map name coders and hold the team's notes on gaps."
        ),
    ] = False,
    since: Since = None,
    living: Living = False,
    reasons: Reasons = False,
    without_empty: WithoutEmpty = False,
    reviewer: Viewer = None,
    at: At = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Write the review to a file; an unknown FORMAT lists those there are.

    With a filter, what it leaves of the reports that map and claims look at. The offline map names
    nobody, and holds no note of the team, unless it is asked to. The flow diagram, and that of the
    manuscript, can be that of an updated or a living review.
    """
    from review.reporting import flows, service
    from review.reporting.coverage import coverage
    from review.reporting.exports import EXPORTS
    from review.reporting.offline.service import MAP_EXPORTS

    name = format.strip().lower()
    if name not in {*EXPORTS, *MAP_EXPORTS}:
        known = ", ".join([*EXPORTS, *MAP_EXPORTS])
        raise typer.BadParameter(f"There is no export '{format}'. Choose one of: {known}.")
    wanted = flows.Wanted(since, living, reasons, without_empty)
    if wanted != flows.Wanted() and not (name in EXPORTS and EXPORTS[name].of_flow):
        drawn = ", ".join(one for one, export in EXPORTS.items() if export.of_flow)
        raise typer.BadParameter(
            f"--since, --living, --screening-reasons and --without-empty are for: {drawn}."
        )
    among = _among(status, words)
    with opened_at(db, at) as ws:
        if name in MAP_EXPORTS:
            number, held = MAP_EXPORTS[name].write(ws, file, team=with_names), ""
        else:
            number = service.export(
                ws, name, file, among(ws), viewer=reviewer, filters=asked(ws), drawn=wanted
            )
            all_votes = EXPORTS[name].of_votes and reviewer is None
            held = holds_blind_votes(ws) if all_votes else ""
            if held and not at:
                service.note_taken(ws, actor(by), name, file)
        looked = coverage(ws)
    if as_json:
        told = {"format": name, "file": str(file), "reports": number}
        print_json(told | {"coverage": looked.to_json()})
    else:
        of_reports = name not in EXPORTS or EXPORTS[name].of_lists
        what = f"{counted(number, 'report')} written" if of_reports else "Written"
        say(f"{what} to {file}. {looked.sentence}.")
    if held:
        warn(held)


@with_filters
def table(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    file: ToFile,
    asked: Asked,
    columns: Annotated[
        str, typer.Option("--columns", metavar="A,B,...", help="Only these columns, in this order.")
    ] = "",
    reviewer: Viewer = None,
    at: At = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Write one table of the review as csv, xlsx, docx, md or parquet, by the ending of FILE; an
    unknown NAME lists those there are.
    """
    from review.reporting import service
    from review.reporting.column_meanings import meaning
    from review.reporting.table_files import FORMATS as TABLE_FORMATS
    from review.reporting.table_list import TABLES

    wanted = tuple(filter(None, (one.strip() for one in columns.split(","))))
    if (ending := file.suffix.removeprefix(".").lower()) not in TABLE_FORMATS:
        known = ", ".join(TABLE_FORMATS)
        raise typer.BadParameter(
            f"A table cannot be written as '{ending}'. Choose one of: {known}."
        )
    chosen = name.strip().lower()
    if chosen not in TABLES:
        known = ", ".join(TABLES)
        raise typer.BadParameter(f"There is no table '{name}'. Choose one of: {known}.")
    with opened_at(db, at) as ws:
        filters = asked(ws)
        with service.table(ws, chosen, viewer=reviewer, filters=filters) as found:
            there = found.columns
        if unknown := [one for one in wanted if one not in there]:
            raise typer.BadParameter(
                f"The table has no column '{unknown[0]}'. It has: {', '.join(there)}."
            )
        service.write_table(ws, chosen, file, viewer=reviewer, columns=wanted, filters=filters)
        held = holds_blind_votes(ws) if chosen == "votes" and reviewer is None else ""
        if held and not at:
            service.note_taken(ws, actor(by), chosen, file)
    if as_json:
        said = {one: meaning(chosen, one) for one in wanted or there}
        print_json({"table": chosen, "file": str(file), "columns": said})
    else:
        say(f"{TABLES[chosen].label} written to {file}.")
    if held:
        warn(held)
