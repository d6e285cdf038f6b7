"""The command `look-again`: a ready query for what a gap lacks, and works like it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from review.commands.common import As, Db, Json, actor, counted, opened, print_json, run_json, say


def look_again(
    gap: Annotated[str, typer.Argument(metavar="ID", help="Id of a gap of the ledger.")],
    query: Annotated[
        str, typer.Option("--query", metavar="TEXT", help="Another query than the ready one.")
    ] = "",
    add: Annotated[
        bool, typer.Option("--add", help="Add the query to the searches of the protocol.")
    ] = False,
    like: Annotated[
        bool, typer.Option("--like", help="Bring in the works most like it, by meaning.")
    ] = False,
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="Other words for --like.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask about the price.")] = False,
    as_: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """A query to look again for what a gap lacks; it is priced and run by `pull --query`."""
    from review.gaps import cell_opening, ledger_state
    from review.search import adding_searches, similar

    with opened(db) as ws:
        ready = cell_opening.look_again(ws, ledger_state.place_of(ws.protocol, gap))
        if like:
            price = similar.estimate(ws, text or ready.like)
            if not yes:
                typer.confirm(
                    f"Up to {counted(price.count, 'work')}, {price.price_usd:.4f} USD. Go on?",
                    abort=True, err=True,
                )  # fmt: skip
            run = similar.find_similar(ws, text or ready.like, ready.what, actor=actor(as_))
            if as_json:
                print_json(run_json(run))
            else:
                say(f"{run.id} {run.search}: {run.status}, {counted(run.added, 'new record')}.")
            if run.status in ("failed", "cancelled"):
                say(run.why)
                raise typer.Exit(1)
            return
        if add:
            added = adding_searches.add_search(
                ws, f"{ready.what}, again", query or ready.query, ready.covers, actor(as_),
                why="none; for a gap of the map",
            )  # fmt: skip
            if as_json:
                print_json({"search": added.name, "query": added.query})
            else:
                say(f"The protocol has the search {added.name} now. Run it: pull --search NAME.")
            return
    if as_json:
        print_json(asdict(ready))
    else:
        say(ready.query)
