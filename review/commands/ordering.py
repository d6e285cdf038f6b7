"""The command that orders what waits for votes."""

from __future__ import annotations

from typing import Annotated

import typer

from review.commands.common import As, Db, Json, actor, counted, opened, print_json, say
from review.model import Stage
from review.progress import Watch


def order(
    stage: Annotated[
        Stage, typer.Option("--stage", help="The stage that is meant.")
    ] = Stage.TITLE_ABSTRACT,
    only_if_due: Annotated[
        bool, typer.Option("--if-due", help="Only once enough votes or new reports are there.")
    ] = False,
    by: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Order what waits for votes by the protocol's rule and the votes so far, as the app does."""
    from review.commands.common import stop_on_signal
    from review.screening import ordering

    with opened(db) as ws, stop_on_signal() as cancelled:
        if not only_if_due or ordering.is_due(ws, stage):
            ordering.bring_up_to_date(ws, stage, actor(by), Watch(cancelled=cancelled))
        found = ordering.account(ws, stage)
    if as_json:
        print_json(found.to_json())
        return
    say(found.words)
    if found.model:
        say(f"{counted(found.reports, 'report')} in order; model: {found.model}.")
