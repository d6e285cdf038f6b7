"""Commands on versions of the review, and on what changed between two times of it."""

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
    opened,
    print_json,
    say,
    stop_on_signal,
    tenths,
)
from review.progress import Watch

LARGE = 20_000
"""Rows or events from which on it is told how far the work is."""


def version(
    trigger: Annotated[
        str, typer.Option("--trigger", metavar="TEXT", help="Why this version is made.")
    ],
    who: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Make the review as it stands its next version, dated and numbered."""
    from review.versions import service

    with opened(db) as ws:
        made = service.make(ws, actor(who), trigger)
    if as_json:
        print_json(service.versions_json([made])[0])
    else:
        say(f"This is version {made.number} of the review, {made.at.astimezone():%Y-%m-%d %H:%M}.")


def versions(db: Db = None, as_json: Json = False) -> None:
    """The versions of the review, oldest first."""
    from review.versions import service

    with opened(db) as ws:
        found = service.versions(ws)
    if as_json:
        print_json(service.versions_json(found))
        return
    if not found:
        say('The review has no version yet. Make one with: version --trigger "why"')
    for one in found:
        say(f"{one.number}  {one.at.astimezone():%Y-%m-%d %H:%M}  {one.by}  {one.trigger}")


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Version, date, run:ID or now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same of the later time.")] = "now",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it as a table.")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """What is different between two times: papers, decisions, cells of the map and claims."""
    from review.versions import differences, service

    with opened(db) as ws, stop_on_signal() as stopped:
        watch = Watch(tenths(large=LARGE), stopped)
        found = service.difference(ws, service.moment(ws, old), service.moment(ws, new), watch)
        written = service.write_difference(found, csv) if csv else 0
    if as_json:
        print_json(differences.to_json(found))
        return
    for sentence in differences.sentences(found):
        say(sentence)
    if csv:
        say(f"{counted(written, 'row')} written to {csv}.")
        return
    for cell in found.cells:
        say(
            f"{cell.move}: {cell.words}: {differences.cell_words(cell.before)} -> "
            f"{differences.cell_words(cell.after)}"
        )
    for claim in found.claims:
        say(f"claim {claim.id}: {differences.claim_words(claim)}")
    for one in found.decisions:
        say(f"{one.report}: {one.before or 'new'} -> {one.after}  {one.title}")
