"""Commands that change the codebook in mid-review, and code the reports anew that this touches."""

from __future__ import annotations

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
)

codebook = group(
    "Change the codebook: its file is edited; the log keeps who, when and the text before."
)
recode = group("Reports whose values the codebook does not offer any more: list and answer them.")


@codebook.command("add")
def add(
    dimension: str,
    label: str,
    definition: Annotated[str, typer.Option("--definition", help="When to give it.")] = "",
    id_: Annotated[str, typer.Option("--id", help="Made of the label without it.")] = "",
    beside: Annotated[str, typer.Option("--beside", help="A value of the same group.")] = "",
    db: Db = None,
    by: As = None,
) -> None:
    """Add a value to a dimension."""
    from review.coding import codebook_edits as edits

    with opened(db) as ws:
        value = edits.NewValue(label, definition, id_)
        edits.add(ws, dimension, value, actor(by), beside=beside)
    say(f"Added: {dimension}: {value.name}.")


@codebook.command("rename")
def rename(dimension: str, value: str, label: str, db: Db = None, by: As = None) -> None:
    """Call a value otherwise; its id and what was given it stay."""
    from review.coding import codebook_edits as edits

    with opened(db) as ws:
        edits.rename(ws, dimension, value, label, actor(by))
    say(f"Renamed: {dimension}: {value} is called {label}.")


@codebook.command("retire")
def retire(dimension: str, value: str, db: Db = None, by: As = None) -> None:
    """Offer a value no more; the reports that have it are to be recoded."""
    from review.coding import codebook_edits as edits
    from review.coding import recoding

    with opened(db) as ws:
        new = edits.retire(ws, dimension, value, actor(by))
        left = len(recoding.queue(new, actor(by)))
    say(f"Retired: {dimension}: {value}. {counted(left, 'value')} to recode.")


@codebook.command("split")
def split(
    dimension: str,
    value: str,
    into: Annotated[list[str], typer.Argument(metavar="LABEL LABEL ...")],
    db: Db = None,
    by: As = None,
) -> None:
    """Put finer values in place of one; the reports that have it are to be recoded."""
    from review.coding import codebook_edits as edits
    from review.coding import recoding

    with opened(db) as ws:
        values = [edits.NewValue(label) for label in into]
        new = edits.split(ws, dimension, value, values, actor(by))
        left = len(recoding.queue(new, actor(by)))
    names = ", ".join(one.name for one in values)
    say(f"Split: {dimension}: {value} into {names}. {counted(left, 'value')} to recode.")


@codebook.command("merge")
def merge(
    dimension: str,
    values: Annotated[list[str], typer.Argument(metavar="VALUE ...")],
    into: Annotated[str, typer.Option("--into", metavar="VALUE", help="The one that stays.")],
    db: Db = None,
    by: As = None,
) -> None:
    """Retire values in favour of another; the reports that have them are to be recoded."""
    from review.coding import codebook_edits as edits
    from review.coding import recoding

    with opened(db) as ws:
        new = edits.merge(ws, dimension, values, into, actor(by))
        left = len(recoding.queue(new, actor(by)))
    say(
        f"Merged: {dimension}: {', '.join(values)} into {into}. {counted(left, 'value')} to recode."
    )


@codebook.command("undo")
def undo(db: Db = None, by: As = None) -> None:
    """Put the codebook back as it was before its newest edit, and what was recoded since."""
    from review.coding import codebook_edits as edits

    with opened(db) as ws:
        edits.undo_edit(ws, actor(by))
    say("The codebook and the codes are as they were before its newest edit.")


@recode.command("list")
def list_(db: Db = None, by: As = None, as_json: Json = False) -> None:
    """What is to be recoded, with what is offered instead."""
    from review.coding import recoding

    with opened(db) as ws:
        found = recoding.queue(ws, actor(by))
    if as_json:
        print_json(
            [
                {
                    "report": one.report, "dimension": one.dimension.id, "value": one.value,
                    "becomes": list(one.becomes),
                    "reviewers": [t.reviewer for t in one.tags],
                    "findings": len(one.findings),
                }
                for one in found
            ]
        )  # fmt: skip
        return
    say(f"{counted(len(found), 'value')} to recode.")
    for one in found:
        offered = f" -> {' or '.join(one.becomes)}" if one.becomes else ""
        say(f"{one.report}  {one.dimension.id}: {one.value}{offered}")


@recode.command("answer")
def answer(
    report: str,
    dimension: str,
    value: str,
    becomes: Annotated[str, typer.Argument(metavar="VALUE|keep|remove")],
    db: Db = None,
    by: As = None,
) -> None:
    """Say what becomes of a retired value on one report."""
    from review.coding import recoding

    with opened(db) as ws:
        recoding.recode(ws, report, dimension, value, becomes, actor(by))
    say(f"{report}: {dimension}: {value} -> {becomes}.")
