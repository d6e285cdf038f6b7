"""Commands that tell how searching went: recall of known papers, and the search log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import Db, Json, opened, print_json, say


def recall(
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask OpenAlex why papers are missed.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Tell which of the papers that must be found the searches found, and why others not."""
    from review.search import service

    with opened(db) as ws:
        found = service.recall(ws, ask=not offline)
    if as_json:
        print_json([{**asdict(one), "total": one.total} for one in found])
        return
    for one in found:
        name = one.search or "all"
        if not one.ran:
            say(f"{name}: has not run")
            continue
        say(f"{name}: {len(one.found)} of {one.total} known papers")
        for missed in one.missed:
            say(f"  {missed.item} {missed.title}")
            if missed.why:
                say(f"    {missed.why}")


def search_log(
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the log as CSV.")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show the search log by the sixteen items of PRISMA-S."""
    from review.search import logbook, service
    from review.spreadsheet import whole_file

    with opened(db) as ws:
        lines = service.search_log(ws)
    if csv is not None:
        with whole_file(csv) as temporary:
            temporary.write_text(logbook.to_csv(lines), encoding="utf-8", newline="")
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    if csv is not None:
        say(f"{csv}: {len(lines)} lines")
        return
    for line in lines:
        about = f" [{line.about}]" if line.about else ""
        say(f"{line.item:>2}  {line.name}{about}: {line.value or line.known}")
