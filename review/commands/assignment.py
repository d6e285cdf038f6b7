"""Commands of who votes on what: assignment, people who have left, pilot batches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
)
from review.model import Stage

if TYPE_CHECKING:
    from review.screening.assignment import Workload

At = Annotated[Stage, typer.Option("--stage", help="The stage that is meant.")]
Seed = Annotated[int | None, typer.Option(help="Of the draw (default: the protocol's).", min=0)]
Why = Annotated[str, typer.Option(help="Kept beside it in the log.")]

assignment = group("Who votes on what.")
pilot = group("A pilot batch: the same reports for everyone before the rest opens.")


@assignment.command("list")
def list_(stage: At = Stage.TITLE_ABSTRACT, db: Db = None, as_json: Json = False) -> None:
    """Who is assigned how much at a stage, and what waits for them."""
    from review.screening import assignment as service

    with opened(db) as ws:
        found = service.workloads(ws, stage)
    if as_json:
        print_json([_json(one) for one in found])
        return
    for one in found:
        left = " (has left)" if one.left else ""
        say(f"{one.reviewer}{left}: {counted(one.assigned, 'report')} assigned, "
            f"{one.waiting:,} waiting")  # fmt: skip
    if not found:
        say("Nothing is assigned: everyone sees all.")


@assignment.command("share")
def share(
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NAME", help="Whom; the protocol's people.")
    ] = None,
    seed: Seed = None,
    stage: At = Stage.TITLE_ABSTRACT,
    by: As = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Share what lacks people evenly; what is assigned stays, so it can be done again."""
    from review.screening import assignment as service

    with opened(db) as ws:
        done = service.share(ws, stage, actor(by), to or (), seed)
    if as_json:
        print_json([{"event": e.id, "reviewer": e.data.reviewer, "reports": len(e.data.records),
                     "seed": e.data.seed} for e in done])  # fmt: skip
        return
    for event in done:
        say(f"{event.id}: {counted(len(event.data.records), 'report')} for {event.data.reviewer}.")
    if not done:
        say("Nothing lacks people.")


@assignment.command("give")
def give(
    reviewer: Annotated[str, typer.Argument(metavar="NAME")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Ids of reports, one a line.", exists=True)
    ],
    stage: At = Stage.TITLE_ABSTRACT,
    by: As = None,
    db: Db = None,
) -> None:
    """Assign a list of reports to a person."""
    from review.screening import assignment as service

    named = file.read_text(encoding="utf-8-sig", errors="replace").split()
    with opened(db) as ws:
        done = service.assign(ws, stage, reviewer, named, actor(by))
    say(f"{done.id}: {counted(len(done.data.records), 'report')} for {done.data.reviewer}.")


@assignment.command("left")
def left(
    reviewer: Annotated[str, typer.Argument(metavar="NAME")],
    why: Why = "",
    by: As = None,
    db: Db = None,
) -> None:
    """Say that a person has left: what waited for them waits for the others."""
    from review.screening import assignment as service

    with opened(db) as ws:
        done = service.leave(ws, reviewer, actor(by), why)
    say(f"{done.id}: {reviewer} has left. What was assigned to them waits for everybody else; "
        "'assignment share' shares it out again.")  # fmt: skip


@assignment.command("undo")
def undo(
    event: Annotated[str, typer.Argument(metavar="EVENT")], by: As = None, db: Db = None
) -> None:
    """Take back an assignment, a departure or a pilot batch."""
    from review.screening import assignment as service

    with opened(db) as ws:
        service.undo(ws, event, actor(by))
    say(f"{event} taken back.")


@pilot.command("draw")
def draw(
    size: Annotated[int, typer.Argument(metavar="N")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="NAME", help="Who takes part; the protocol's people."),
    ] = None,
    seed: Seed = None,
    stage: At = Stage.TITLE_ABSTRACT,
    by: As = None,
    db: Db = None,
) -> None:
    """Draw a batch that all who take part vote on; the rest waits until it is opened."""
    from review.screening import pilot as service

    with opened(db) as ws:
        done = service.draw(ws, stage, size, actor(by), seed, to or ())
    people = ", ".join(done.data.people)
    say(f"{done.id}: a pilot batch of {counted(size, 'report')} for {people}.")


@pilot.command("show")
def show(stage: At = Stage.TITLE_ABSTRACT, db: Db = None, as_json: Json = False) -> None:
    """How far the batch is, and how far people agree on it."""
    from review.screening import pilot as service
    from review.screening import reviewer_agreement as words

    with opened(db) as ws:
        now, agreed = service.under_way(ws, stage), service.agreement(ws, stage)
    if as_json:
        print_json({
            "under_way": now is not None,
            "reports": list(now.reports) if now else [],
            "waiting": len(now.waiting) if now else 0,
            "voted": now.voted if now else {},
            "agreement": words.agreement_json([agreed])[str(stage)],
        })  # fmt: skip
        return
    if now:
        say(f"{len(now.reports) - len(now.waiting):,} of {len(now.reports):,} have their votes.")
        for name, n in now.voted.items():
            say(f"{name}: {n:,} of {len(now.reports):,}")
    else:
        say("No pilot batch is under way.")
    say(words.headline(agreed))
    for pair in agreed.pairs:
        say(words.pair_words(pair))


@pilot.command("end")
def end(why: Why = "", stage: At = Stage.TITLE_ABSTRACT, by: As = None, db: Db = None) -> None:
    """Open the rest of the stage."""
    from review.screening import pilot as service

    with opened(db) as ws:
        done = service.end(ws, stage, actor(by), why)
    say(f"{done.id}: the rest is open.")


def _json(one: Workload) -> dict[str, object]:
    return {"reviewer": one.reviewer, "assigned": one.assigned, "voted": one.voted,
            "waiting": one.waiting, "left": bool(one.left)}  # fmt: skip
