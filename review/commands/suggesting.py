"""Commands on suggestions: how often they were right, what other rules would change."""

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
    say,
    stop_on_signal,
    tenths,
)
from review.progress import Watch

LARGE = 1_000
"""Records from which on it is said how far reading them is."""


def suggestions(
    make_anew: Annotated[
        bool,
        typer.Option("--make-anew", help="Make those of changed rules or another model anew."),
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Suggestions by source and version, how often people agreed, and what would change today."""
    from review.coding import suggestion_account, suggestion_changes

    with opened(db) as ws, stop_on_signal() as stop:
        watch = Watch(tenths(LARGE), stop).step("records read")
        if make_anew:
            changes = suggestion_changes.make_anew(ws, actor(by), watch)
        else:
            changes = suggestion_changes.would_change(ws, watch)
        found = suggestion_account.account(ws)
        paragraph = found.paragraph(ws.protocol.codebook)
    if as_json:
        print_json(
            {
                **found.to_json(),
                "paragraph": paragraph,
                "changed" if make_anew else "would_change": {
                    "suggestions": changes.number,
                    "records": changes.records,
                    "new": changes.new,
                    "gone": changes.gone,
                    "altered": changes.altered,
                    "kept": changes.kept,
                    "by_source": dict(changes.by_source),
                },
            }
        )
        return
    for source in found.sources:
        version = source.version or "version not kept"
        say(f"{counted(source.suggestions, 'suggestion')} by {source.source} ({version})")
    for p in found.by_value:
        low, high = p.interval
        say(
            f"{p.source}, {p.dimension}, {p.value}, coded {p.sight}: {p.confirmed} of {p.judged} "
            f"agreed ({p.share:.0%}, {low:.0%} to {high:.0%}); {p.rejected} rejected, "
            f"{p.overruled} overruled"
        )
    done = "were made anew" if make_anew else "would change under the rules and the model of now"
    say(
        f"{counted(changes.number, 'suggestion')} {done}: {changes.new:,} new, "
        f"{changes.gone:,} gone, {changes.altered:,} altered; {changes.kept:,} answered ones kept."
    )


def train_designs(
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Go back to the model that ships.")
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Fit the model of study designs to the review's confirmed tags; used only if it is better."""
    from review.coding import own_model

    with opened(db) as ws, stop_on_signal() as stop:
        if shipped:
            own_model.use_shipped(ws, actor(by))
            if as_json:
                print_json({"version": "shipped"})
            else:
                say("The model that ships is in use again. No suggestion was changed.")
            return
        found = own_model.train(ws, actor(by), Watch(tenths(LARGE), stop))
    if as_json:
        print_json(found.to_json())
        return
    before, after = found.comparison.before, found.comparison.after
    say(f"{counted(found.comparison.papers, 'report')} with a confirmed design.")
    say(f"Most likely design right: before {before.right:.1%}, trained {after.right:.1%}.")
    say(f"Mean F1 of the designs: before {before.mean_f1:.3f}, trained {after.mean_f1:.3f}.")
    for name, (n, f1) in after.by_class.items():
        say(f"  {name} ({n}): before {before.by_class[name][1]:.3f}, trained {f1:.3f}")
    if found.used:
        say("The trained model is in use; `suggestions` says what it would change.")
    else:
        say("It is no better on them, so it is not used.")
