"""The command for checklists of reporting guidelines."""

from __future__ import annotations

from typing import Annotated

import typer

from review.commands.common import As, At, Db, Json, actor, opened, opened_at, print_json, say


def checklist(
    name: Annotated[str, typer.Argument(metavar="NAME")] = "prisma2020",
    state: Annotated[
        tuple[str, str] | None,
        typer.Option("--state", metavar="ITEM TEXT", help="Write an item in your own words."),
    ] = None,
    none: Annotated[
        str | None,
        typer.Option("--none", metavar="ITEM", help="State that there is nothing to report."),
    ] = None,
    back: Annotated[
        str | None,
        typer.Option("--take-back", metavar="ITEM", help="Take back what was written last."),
    ] = None,
    at: At = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Show a reporting checklist as the log fills it, or write what only people know.

    NAME is prisma2020, prisma-s, prisma-scr, prisma-lsr or swim.
    """
    from review.reporting.texts import service

    if sum(given is not None for given in (state, none, back)) > 1:
        raise typer.BadParameter("Give one of --state, --none and --take-back.")
    if at is not None and (state, none, back) != (None, None, None):
        raise typer.BadParameter("An earlier state is only looked at: leave --at out.")
    if (state, none, back) != (None, None, None):
        with opened(db) as ws:
            if state is not None:
                service.write_item(ws, name, state[0], actor(by), state[1])
            elif none is not None:
                service.write_item(ws, name, none, actor(by), none=True)
            elif back is not None:
                service.take_back(ws, name, back, actor(by))
    with opened_at(db, at) as ws:
        found = service.answers(ws, name)
    if as_json:
        print_json([service.answer_json(one) for one in found])
        return
    for one in found:
        told = " ".join(fact.text for fact in one.facts)
        said = f" | {one.written.by}: {one.written.text or 'none'}" if one.written else ""
        say(f"{one.item.number:>3}  {one.item.topic} ({one.state}): {told}{said}".rstrip(": "))
    done = sum(1 for one in found if not one.waits)
    waiting = ", ".join(one.item.number for one in found if one.waits)
    say(f"{done} of {len(found)} items answered" + (f"; open: {waiting}." if waiting else "."))
