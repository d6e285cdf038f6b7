"""The command `gap-ledger`: the ledger of gaps, and what the team says of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from review.commands.common import (
    As,
    Columns,
    Db,
    Json,
    Rows,
    actor,
    counted,
    opened,
    print_json,
    say,
)
from review.commands.filter_options import Asked, with_filters

if TYPE_CHECKING:
    from review.gaps.ledger import GapRow
    from review.workspace import Workspace


@with_filters
def gap_ledger(
    *,
    asked: Asked,
    rows: Rows = "outcome",
    columns: Columns = "study_design",
    status: Annotated[
        str, typer.Option("--status", metavar="WORDS", help="Only gaps with this status.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="Only of rows, cells or claims.")
    ] = "",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it as a table.")
    ] = None,
    implications: Annotated[
        Path | None,
        typer.Option("--implications", metavar="FILE", help="Write it as a text (Markdown)."),
    ] = None,
    priority: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--priority",
            metavar="ID WORD",
            help="Say how urgent a gap is: high, medium, low or none.",
        ),
    ] = None,
    note: Annotated[
        tuple[str, str] | None,
        typer.Option("--note", metavar="ID TEXT", help="Write a note on a gap."),
    ] = None,
    set_aside: Annotated[
        tuple[str, str] | None,
        typer.Option("--set-aside", metavar="ID WHY", help="Set a gap aside."),
    ] = None,
    reopen: Annotated[
        str, typer.Option("--reopen", metavar="ID", help="Open a gap that was set aside.")
    ] = "",
    undo: Annotated[
        str, typer.Option("--undo", metavar="EVENT", help="Take one of these words back.")
    ] = "",
    show: Annotated[
        str, typer.Option("--show", metavar="ID", help="One gap, with all that was said of it.")
    ] = "",
    as_: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """The ledger of gaps: why each is one, whether it stays, who looked, and how urgent it is."""
    from review.gaps import ledger_state
    from review.gaps.ledger import GapStatus, PlaceKind, in_order
    from review.gaps.ledger_table import to_json
    from review.reporting import gap_text
    from review.reporting.coverage import coverage

    _one_of(status, [str(one) for one in GapStatus], "status")
    _one_of(kind, [str(one) for one in PlaceKind], "kind")
    with opened(db) as ws:
        who = actor(as_)
        done = [
            *([ledger_state.prioritise(ws, *priority, who)] if priority else []),
            *([ledger_state.note(ws, *note, who)] if note else []),
            *([ledger_state.set_aside(ws, *set_aside, who)] if set_aside else []),
            *([ledger_state.reopen(ws, reopen, who)] if reopen else []),
            *([ledger_state.take_back(ws, undo, who)] if undo else []),
        ]
        if done:
            if as_json:
                print_json({"events": [one.id for one in done]})
            else:
                say(f"Kept as {', '.join(one.id for one in done)}.")
            return
        filters = asked(ws)
        found = ledger_state.ledger(ws, rows, columns, filters)
        if show:
            _show(ws, ledger_state.row_of(found, show))
            return
        kept = [r for r in found.rows if status in ("", r.status) and kind in ("", r.place.kind)]
        found = ledger_state.narrowed(found, in_order(kept))
        looked = coverage(ws).words
        if csv:
            ledger_state.write_csv_of(found, csv)
        if implications:
            gap_text.write(ws, implications, rows, columns, filters)
    if as_json:
        print_json(to_json(found))
    elif csv or implications:
        written = " and ".join(str(file) for file in (csv, implications) if file)
        say(f"{counted(len(found.rows), 'gap')} written to {written}. {looked}.")
    else:
        say(f"{counted(len(found.open), 'gap')} open of {len(found.rows):,} rows. {looked}.")
        for row in found.rows:
            urgent = f" [{row.priority}]" if row.priority else ""
            said = row.gap or f"closed by {', '.join(row.closed_by) or 'evidence'}"
            aside = "" if row.status == GapStatus.OPEN else f" ({row.status})"
            say(f"{row.id}{urgent}: {said}{aside}. {row.rule}".rstrip())


def _show(ws: Workspace, row: GapRow) -> None:
    from review.gaps import ledger_state
    from review.gaps.implications import robustness

    say(f"{row.id}: {row.label}")
    say(f"{row.gap or 'no gap'}, {row.status}. {row.rule} {robustness(row)}".strip())
    for one in row.looked:
        say(f"search {one.search}: {f'{one.when:%Y-%m-%d}, {one.who}' if one.when else 'never'}")
    for word in ledger_state.history(ws, row.id):
        gone = "" if word.active else " (replaced or taken back)"
        text = " ".join(part for part in (word.value, word.text) if part)
        say(f"{word.event} {word.when:%Y-%m-%d} {word.who}: {word.aspect} {text}{gone}")


def _one_of(word: str, known: list[str], what: str) -> None:
    if word and word not in known:
        raise typer.BadParameter(f"There is no {what} '{word}'. Choose one of: {', '.join(known)}.")
