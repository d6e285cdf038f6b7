"""Commands that carry votes, tags and findings between a review and CSV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from review.commands.common import (
    As,
    Db,
    Json,
    Viewer,
    actor,
    counted,
    group,
    holds_blind_votes,
    mistakes_json,
    opened,
    print_json,
    say,
    tell_mistakes,
    warn,
)

if TYPE_CHECKING:
    from review.screening.service import Imported
    from review.workspace import Workspace

Importer = Callable[["Workspace", Path, str], "Imported"]
Exporter = Callable[["Workspace", Path, str | None], int]
Csv = Annotated[Path, typer.Argument(metavar="FILE.csv", dir_okay=False)]


def exchange(noun: str, columns: str, load: Callable[[], tuple[Importer, Exporter]]) -> typer.Typer:
    """A pair of commands, import and export.

    Args:
        noun: what the rows are, in the singular.
        columns: columns of the file, for the help.
        load: gives the two services; called only when a command runs.
    """
    app = group(f"Import or export {noun}s as CSV: {columns}.")

    @app.command("import", help=f"Read {noun}s from a CSV file with the columns {columns}.")
    def import_(file: Csv, db: Db = None, by: As = None, as_json: Json = False) -> None:
        with opened(db) as ws:
            result = load()[0](ws, file, actor(by))
        if as_json:
            print_json(
                {
                    "added": result.added,
                    "unchanged": result.unchanged,
                    "mistakes": mistakes_json(result.mistakes),
                }
            )
        else:
            say(f"{counted(result.added, noun)} added, {result.unchanged:,} known already.")
            if result.late:
                from review.model import Standing

                say(f"{counted(result.late, noun)} of these: {Standing.AFTER}.")
        tell_mistakes(result.mistakes)
        if result.mistakes and not (result.added or result.unchanged):
            raise typer.Exit(1)

    @app.command("export", help=f"Write all {noun}s that count to a CSV file.")
    def export(
        file: Csv, reviewer: Viewer = None, db: Db = None, by: As = None, as_json: Json = False
    ) -> None:
        with opened(db) as ws:
            number = load()[1](ws, file, reviewer)
            held = _taken(ws, file, by) if noun == "vote" and reviewer is None else ""
        if as_json:
            print_json({"file": str(file), "rows": number})
        else:
            say(f"{counted(number, noun)} written to {file}.")
        if held:
            warn(held)

    return app


def _taken(ws: Workspace, file: Path, by: str | None) -> str:
    """Say in the log that all votes were taken along, and return what is to be known of that."""
    from review.reporting import service as reporting

    if held := holds_blind_votes(ws):
        reporting.note_taken(ws, actor(by), "votes", file)
    return held


def _votes() -> tuple[Importer, Exporter]:
    from review.screening import service

    return service.import_votes, service.export_votes


def _tags() -> tuple[Importer, Exporter]:
    from review.coding import csv_io

    return csv_io.import_tags, csv_io.export_tags


def _findings() -> tuple[Importer, Exporter]:
    from review.coding import csv_io

    return csv_io.import_findings, csv_io.export_findings


def _appraisals() -> tuple[Importer, Exporter]:
    from review.appraisal import files

    return files.import_judgements, files.export_judgements


def _extraction() -> tuple[Importer, Exporter]:
    from review.extraction import service

    return service.import_values, service.export_values


votes = exchange("vote", "report,stage,reviewer,vote,reason,note,time", _votes)


@votes.command("history")
def votes_history(file: Csv, db: Db = None, by: As = None, as_json: Json = False) -> None:
    """Write every vote ever cast, replaced and undone ones too, and whether it counts."""
    from review.screening import service

    with opened(db) as ws:
        number = service.export_votes_ever(ws, file)
        held = _taken(ws, file, by)
    if as_json:
        print_json({"file": str(file), "rows": number})
    else:
        say(f"{counted(number, 'vote')} written to {file}, replaced and undone ones among them.")
    if held:
        warn(held)


@votes.command("discussion")
def votes_discussion(
    file: Csv, reviewer: Viewer = None, db: Db = None, as_json: Json = False
) -> None:
    """Write the notes on conflicts: who said what on which report, and when."""
    from review.screening import discussion

    with opened(db) as ws:
        number = discussion.export(ws, file, reviewer)
    if as_json:
        print_json({"file": str(file), "rows": number})
    else:
        say(f"{counted(number, 'note')} written to {file}.")


tags = exchange("tag", "report,dimension,value,reviewer,quote,time,quote_place", _tags)
findings = exchange(
    "finding",
    "report,exposure,population,outcome,instrument,study_design,comparator,duration,direction,"
    "quote,reviewer,time,dose,timing,n,effect,effect_unit,effect_interval,quote_place",
    _findings,
)
appraisals = exchange(
    "judgement",
    "report,form,domain,judgement,answers,quote,quote_place,note,consensus,reviewer,time,result",
    _appraisals,
)
extraction = exchange(
    "value",
    "report,study,arm,field,value,unit,state,quote,quote_place,note,consensus,reviewer,time",
    _extraction,
)
