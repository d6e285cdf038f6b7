"""Commands that copy the review and bring a copy back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import Db, Json, counted, opened, print_json, say, settings


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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` wrote.")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Put a copy in the place of the review; what stands there is copied before."""
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
