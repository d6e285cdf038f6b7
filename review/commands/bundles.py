"""Commands that take the whole review along in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import (
    As,
    Db,
    Json,
    actor,
    counted,
    holds_blind_votes,
    opened,
    print_json,
    say,
    stop_on_signal,
    tenths,
    warn,
)
from review.progress import Watch


def bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", dir_okay=False, help="Where to.")],
    full_texts: Annotated[
        bool,
        typer.Option(
            "--full-texts/--no-full-texts", help="Whether the PDFs go along, which few may hand on."
        ),
    ] = True,
    as_: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write the whole review into one file of plain formats; `restore` makes a review of it."""
    from review.reporting.bundle import service

    with opened(db) as ws, stop_on_signal() as stopped:
        watch = Watch(tenths(large=5_000), stopped)
        made = service.write(ws, file, actor(as_), watch, full_texts=full_texts)
        held = holds_blind_votes(ws)
    if as_json:
        print_json({"file": str(made.path), "bytes": made.size, "events": made.events})
    else:
        say(
            f"The whole review is in {made.path} ({counted(made.events, 'event')}, "
            f"{counted(made.size, 'byte')}). It holds the votes of everybody."
        )
    if held:
        warn(held)
