"""Commands that tell how searching went: recall of known papers, runs, and the search log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    warn,
)
from review.errors import DecisionError
from review.search.prisma_s import PEER_REVIEW

if TYPE_CHECKING:
    from review.search.service import ItemLog, RunDifferences


def recall(
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask the sources why papers are missed.")
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
    stated: Annotated[
        tuple[int, str] | None,
        typer.Option(
            "--state",
            metavar="ITEM TEXT",
            help="State what was done for an item; for 14, with --reviewed-by, what was changed.",
        ),
    ] = None,
    none: Annotated[
        int | None,
        typer.Option("--none", metavar="ITEM", help="State that none was done for an item."),
    ] = None,
    reviewed_by: Annotated[
        str | None,
        typer.Option(
            "--reviewed-by", metavar="NAME", help="Who reviewed the search strategy (item 14)."
        ),
    ] = None,
    reviewed_on: Annotated[
        datetime | None,
        typer.Option("--reviewed-on", formats=["%Y-%m-%d"], help="When they did (item 14)."),
    ] = None,
    back: Annotated[
        int | None,
        typer.Option(
            "--take-back", metavar="ITEM", help="Take back what was stated last for an item."
        ),
    ] = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Show the search log by the sixteen items of PRISMA-S, or state what only a person knows."""
    from review.search import service
    from review.spreadsheet import whole_file

    if sum(given is not None for given in (stated, none, back)) > 1:
        raise typer.BadParameter("Give one of --state, --none and --take-back.")
    if (reviewed_by or reviewed_on) and (stated is None or stated[0] != PEER_REVIEW):
        raise typer.BadParameter("--reviewed-by and --reviewed-on go with --state 14.")
    with opened(db) as ws:
        if stated is not None:
            review = None
            if reviewed_by is not None:
                on = reviewed_on.date() if reviewed_on else None
                review = service.PeerReview(reviewed_by, on, stated[1])
            service.state(ws, stated[0], actor(by), stated[1], review=review)
        elif none is not None:
            service.state(ws, none, actor(by), none=True)
        elif back is not None:
            service.take_back(ws, _statement(service.search_items(ws), back), actor(by))
        items = service.search_items(ws)
    lines = [line for item in items for line in item.lines]
    if csv is not None:
        with whole_file(csv) as temporary:
            temporary.write_text(service.to_csv(lines), encoding="utf-8", newline="")
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    if csv is not None:
        say(f"{csv}: {counted(len(lines), 'line')}")
        return
    for line in lines:
        about = f" [{line.about}]" if line.about else ""
        who = f" ({line.by}, {line.at[:10]})" if line.by else ""
        say(f"{line.item:>2}  {line.name}{about}: {line.value or line.known}{who}")
    open_ = ", ".join(f"{i.item.number} {i.item.name}" for i in items if not i.answered)
    answered = sum(i.answered for i in items)
    say(f"{answered} of {len(items)} items answered" + (f"; open: {open_}." if open_ else "."))


def runs(
    withdraw: Annotated[
        str | None,
        typer.Option("--withdraw", metavar="ID", help="Withdraw a run with all it brought."),
    ] = None,
    restore: Annotated[
        str | None, typer.Option("--restore", metavar="ID", help="Restore a withdrawn run.")
    ] = None,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Why the run is withdrawn.")
    ] = "",
    show: Annotated[
        str | None,
        typer.Option(
            "--show",
            metavar="ID",
            help="List what a run brought that its search had not brought before, and changed.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Withdraw without asking whether to.")
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """List the search runs and imports, newest first; withdraw one, restore it, or look into it."""
    from review.search import service

    if sum(given is not None for given in (withdraw, restore, show)) > 1:
        raise typer.BadParameter("Give one of --withdraw, --restore and --show.")
    if show is not None:
        with opened(db) as ws:
            differences = service.differences(ws, show)
        if as_json:
            print_json(asdict(differences))
        else:
            _tell(differences)
        return
    with opened(db) as ws:
        if withdraw:
            warn(service.leaving_words(service.leaving(ws, withdraw)))
            if not yes:
                typer.confirm(f"Withdraw {withdraw}?", abort=True, err=True)
            service.withdraw(ws, withdraw, actor(by), why)
        elif restore:
            service.bring_back(ws, restore, actor(by))
        found = service.searches(ws)
    if as_json:
        print_json(
            [
                {**run_json(one.run), "platform": one.platform, "withdrawn": one.withdrawn}
                for one in found
            ]
        )
        return
    if withdraw:
        say(f"{withdraw} is withdrawn; `runs --restore {withdraw}` brings it back.")
        return
    if restore:
        say(f"{restore} counts again, with all that was decided on its records.")
        return
    for one in found:
        r = one.run
        charged = "" if r.charged_usd is None else f", {r.charged_usd:.4f} USD"
        state = "  withdrawn" if one.withdrawn else ""
        say(
            f"{r.id}  {r.started:%Y-%m-%d %H:%M} UTC  {r.search}: {r.status}, {r.received:,} "
            f"received, {r.added:,} new{charged}{state}"
        )
    if not found:
        say("Nothing has run yet.")


def _tell(found: RunDifferences) -> None:
    """What a run brought, a record or a changed field a line."""
    from review.events.base import value_words
    from review.records.event_sentences import field_words

    changed = sorted({one.record for one in found.changed})
    say(f"{len(found.new):,} new, {len(changed):,} changed, {len(found.vanished):,} vanished.")
    for id_ in found.new:
        say(f"{id_}  new")
    for one in found.changed:
        was, now = value_words(one.old), value_words(one.new)
        say(f"{one.record}  {field_words(one.field)}: was {was}, is {now}")
    for id_ in found.vanished:
        say(f"{id_}  vanished")


def _statement(items: Sequence[ItemLog], number: int) -> str:
    """The event that states an item now."""
    stated = next((i.stated for i in items if i.item.number == number), None)
    if stated is None:
        raise DecisionError(f"Nobody has stated item {number}.")
    return stated.event
