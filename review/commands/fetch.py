"""The command that completes reports by look-ups."""

from __future__ import annotations

from typing import Annotated

import typer

from review.commands.common import (
    As,
    Db,
    Json,
    actor,
    counted,
    opened,
    print_json,
    run_json,
    say,
    stop_on_signal,
    tenths,
    warn,
)
from review.progress import Watch

LARGE = 100
"""Reports from which on the way is told."""


def fetch(
    missing: Annotated[
        str,
        typer.Option(
            "--missing",
            metavar="FIELD,...",
            help="What the reports lack that are asked for: abstract, doi, pmid, journal, type; "
            "open_copy or retraction: those that the source asked has not told of yet.",
        ),
    ] = "abstract",
    again: Annotated[
        bool, typer.Option("--again", help="Ask for those as well that were asked for before.")
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Complete reports by free single look-ups, each by its own identifiers (DOI, PMID).

    What is found becomes another record of the report. A run that stops is gone on with.
    """
    from review.search import service

    fields = [name for part in missing.split(",") if (name := part.strip())]
    with opened(db) as ws, stop_on_signal() as cancelled:
        done = service.complete(
            ws, fields, actor=actor(by), again=again,
            watch=Watch(tenths(LARGE), cancelled).step("reports asked for"),
        )  # fmt: skip
    if as_json:
        ids = {name: [one.id for one in getattr(done, name)] for name in ("unknown", "differing")}
        run = run_json(done.run) if done.run else None
        print_json({"run": run, "completed": done.completed, **ids})
    elif done.run is None:
        say("Nothing to ask for: no report lacks that and has an identifier not yet asked by.")
    else:
        say(f"{counted(done.completed, 'report')} completed, {done.run.status} ({done.run.id}).")
    for one in done.unknown:
        warn(f"Not known there: {one.id} {one.lead.title}")
    for one in done.differing:
        warn(f"Another work has its identifier: {one.id} {one.lead.title}")
    if done.run is not None and done.run.status in ("failed", "cancelled"):
        warn(done.run.why)
        raise typer.Exit(1)
