"""Commands that copy the review, and bring one back from a copy or a bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import (
    Db,
    Json,
    counted,
    everywhere,
    opened,
    print_json,
    say,
    settings,
    stop_on_signal,
    tenths,
    warn,
)
from review.progress import Watch

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        "--db",
        metavar="URL",
        help="Where the review is put: a file, sqlite:/// or postgresql:// URL.",
    ),
]


def backup(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Where to (default: data/local/backups)."),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Copy the whole review into one file, while others go on working."""
    from review.backups import back_up

    with opened(db) as ws:
        made = back_up(ws, folder)
    if as_json:
        print_json({"file": str(made.path), "bytes": made.size})
    else:
        say(f"The review is copied to {made.path} ({counted(made.size, 'byte')}).")


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A copy that `backup` wrote, or a bundle that `bundle` wrote."
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]",
            help="Of a bundle: a new data folder for it, with protocol, codebook and database.",
        ),
    ] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Put the review of a copy or a bundle in the place of the review, or into a new folder.

    What stands there is copied before.
    """
    from review.reporting.bundle.archive import is_archive

    if is_archive(file):
        _restore_bundle(file, folder, db, as_json)
    elif folder is not None:
        raise typer.BadParameter(
            f"{file} is no bundle, and a copy holds no protocol to make a folder with. "
            "Leave the folder out, or name a file that `bundle` wrote."
        )
    else:
        _restore_copy(file, db, as_json)


def _restore_copy(file: Path, db: str | None, as_json: bool) -> None:
    from review.backups import restore as bring_back
    from review.workspace import keep_log

    found = settings(db)
    keep_log(found)
    earlier = bring_back(found, file)
    if as_json:
        print_json({"restored": str(file), "before": str(earlier.path) if earlier else ""})
        return
    say(f"The review is again as in {file}.")
    if earlier:
        say(f"What stood there before is kept in {earlier.path}.")


def _restore_bundle(file: Path, folder: Path | None, db: str | None, as_json: bool) -> None:
    from review.reporting.bundle import service
    from review.workspace import keep_log

    with stop_on_signal() as stopped:
        watch = Watch(tenths(large=5_000), stopped)
        if folder is not None:
            place = db or everywhere.get()
            made = service.restore(file, folder=folder, database=place, watch=watch)
        else:
            found = settings(db)
            keep_log(found)
            made = service.restore(file, config=found, watch=watch)
    for line in made.differences:
        warn(f"This version of the program counts otherwise. {line}")
    if as_json:
        told = {"restored": str(file), "before": str(made.before or ""), "events": made.events}
        print_json(told | {"data": str(made.data), "differences": list(made.differences)})
        return
    same = "" if made.differences else ", every number the same"
    say(f"The review is as in {file}: {counted(made.events, 'event')}{same}.")
    if made.before:
        say(f"What stood there before is kept in {made.before}.")
    if folder is not None:
        say(f"To open it: {_environment(made.data, db)}python -m review.start")


def _environment(data: Path, db: str | None) -> str:
    """What is to be set so that the next command is about a review in a folder of its own."""
    other = f"REVIEW_DB={db} " if db else ""
    if not db and os.environ.get("REVIEW_DB"):
        other = "REVIEW_DB= "
    return f"REVIEW_DATA={data} {other}"
