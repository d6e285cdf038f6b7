"""Commands of the end of screening: where it stands, the stop, the check, looking back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from review.commands.common import (
    As,
    Db,
    Json,
    actor,
    counted,
    group,
    opened,
    print_json,
    say,
    stop_on_signal,
    tenths,
)
from review.progress import Watch

screening = group("The end of title and abstract screening: stop it, check the rest, look back.")


def stopping(db: Db = None, as_json: Json = False) -> None:
    """How far title and abstract screening is from where it may stop, and who has stopped it."""
    from review.screening import stop_outlook, stopping_state

    with opened(db) as ws:
        found = stop_outlook.outlook(ws)
        work = stop_outlook.work_words(ws, found.now, "")
    if as_json:
        print_json(stop_outlook.to_json(found))
        return
    for sentence in (*stopping_state.words(found.now), work, stopping_state.assumed(found.now)):
        if sentence:
            say(sentence)
    if found.sample is not None:
        say(stop_outlook.sample_words(found.sample, found.now))
    for one in found.stops:
        say(f"{one.event}: {stop_outlook.stop_words(one)}")
        if one.check is not None:
            say(stop_outlook.check_words(one.check, len(one.unscreened)))


@screening.command("stop")
def stop(
    why: Annotated[str, typer.Option(help="Kept beside it in the log.")] = "",
    by: As = None,
    db: Db = None,
) -> None:
    """End title and abstract screening: what nobody has voted on leaves the queues, not screened.

    A person decides that; the test of 'stopping' only advises. 'screening undo' takes it back.
    """
    from review.screening import stops as service

    with opened(db) as ws:
        done = service.stop(ws, actor(by), why)
    say(f"{done.id}: {counted(done.data.reports, 'report')} not screened: stopped.")


@screening.command("check")
def check(
    size: Annotated[int, typer.Argument(metavar="N", help="How many reports to draw.")] = 100,
    event: Annotated[
        str, typer.Option("--stop", metavar="EVENT", help="Of which stop (default: the newest).")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Of the draw (default: made up).", min=0)] = None,
    by: As = None,
    db: Db = None,
) -> None:
    """Draw reports at random from those not screened; they are in the queue again."""
    from review.errors import NotFoundError
    from review.screening import stops as service

    with opened(db) as ws:
        if not event:
            made = service.in_force(ws)
            if not made:
                raise NotFoundError("Screening is not stopped, so there is no rest to check.")
            event = made[-1].event
        done = service.draw_check(ws, event, size, actor(by), seed)
    say(f"{done.id}: {counted(size, 'report')} drawn with seed {done.data.seed}.")


@screening.command("undo")
def undo(
    event: Annotated[str, typer.Argument(metavar="EVENT")], by: As = None, db: Db = None
) -> None:
    """Take back a stop or the draw of a check."""
    from review.screening import stops as service

    with opened(db) as ws:
        service.take_back(ws, event, actor(by))
    say(f"{event} taken back.")


@screening.command("look-back")
def look_back(by: As = None, db: Db = None, as_json: Json = False) -> None:
    """List decisions that a model which has not seen them finds unlikely, to be looked at again.

    Those of the team, and the own votes of who asks; others' open votes are not in it.
    """
    from review.screening import second_looks as service

    with opened(db) as ws, stop_on_signal() as cancelled:
        found = service.look_back(ws, actor(by), Watch(tenths(5), cancelled))
    if as_json:
        looks = [asdict(one) | {"decision": str(one.decision)} for one in found.looks]
        print_json(
            {"model": service.MODEL, "learned_from": found.learned_from,
             "included": found.included, "looks": looks}
        )  # fmt: skip
        return
    if not found.enough:
        say(service.TOO_FEW)
    for one in found.looks:
        say(f"{one.report}: {service.words(one)} {one.title}")
    say(f"{counted(len(found.looks), 'decision')} to look at again, by {service.MODEL}.")


@screening.command("keep")
def keep(
    report: Annotated[str, typer.Argument(metavar="REPORT")], by: As = None, db: Db = None
) -> None:
    """Stand by the decision on a report that 'look-back' lists; it leaves the list."""
    from review.errors import NotFoundError
    from review.screening import second_looks as service

    with opened(db) as ws:
        who = actor(by)
        found = [one for one in service.look_back(ws, who).looks if one.report == report.strip()]
        if not found:
            raise NotFoundError(f"{report.strip()} is not among the decisions to look at again.")
        done = service.confirm(ws, found[0], who)
    say(f"{done.id}: kept.")
