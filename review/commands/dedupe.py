"""Commands on duplicates and studies: dedupe, merges, links."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from review.dedupe.decision_list import Decided
    from review.workspace import Workspace

LARGE = 5_000
"""Records or pairs from which on it is said how far the work is."""


def dedupe(
    everything: Annotated[
        bool, typer.Option("--all", help="Compare all records again, not only new ones.")
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Deduplicate the review; what a person decided stays.

    Ctrl-C ends it with nothing merged.
    """
    from review.dedupe import service

    with opened(db) as ws, stop_on_signal() as cancelled:
        result = service.dedupe(
            ws, by or service.DEDUPE_RULES, everything=everything,
            watch=Watch(tenths(LARGE), cancelled),
        )  # fmt: skip
    if as_json:
        print_json(asdict(result))
        return
    say(f"{counted(result.compared, 'record')} compared, {result.merged:,} merged.")
    if result.unsure:
        say(f"{counted(result.unsure, 'pair')} left for a person: see the page Duplicates.")


def merges(
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="ID", help="Take this merge back.")
    ] = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """List the merges, or take one back."""
    from review.dedupe import decision_list, manual_decisions

    with opened(db) as ws:
        if undo:
            manual_decisions.undo(ws, undo, actor(by), manual_decisions.OF_TEXTS)
        found = decision_list.decided(ws)
    if as_json:
        print_json([{"id": one.event, **asdict(one)} for one in found])
        return
    if undo:
        say(f"{undo} is taken back; the rules will not merge these records again.")
        return
    for one in found:
        state = "" if one.active else "  (taken back)"
        say(f"{one.event}  {' + '.join(one.records)}  {one.actor}  {one.why}{state}")
    if not found:
        say("There are no merges.")


def links(
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="ID", help="This suggestion is one study.")
    ] = None,
    reject: Annotated[
        str | None,
        typer.Option("--reject", metavar="ID", help="This suggestion is two studies."),
    ] = None,
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="ID", help="Take such a decision back.")
    ] = None,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """List suggested and decided links between reports of one study, or decide on one.

    A link keeps both reports; the gap map and the flow diagram count their study once.
    """
    from review.dedupe import manual_decisions
    from review.events import ReportsLinked, ReportsNotLinked

    if sum(map(bool, (confirm, reject, undo))) > 1:
        raise typer.BadParameter("Give one of --confirm, --reject and --undo.")
    with opened(db) as ws:
        if confirm:
            manual_decisions.answer(ws, confirm, ReportsLinked, actor(by))
        elif reject:
            manual_decisions.answer(ws, reject, ReportsNotLinked, actor(by))
        elif undo:
            manual_decisions.undo(ws, undo, actor(by), manual_decisions.OF_STUDIES)
        found = _links(ws)
    if as_json:
        print_json(found)
    elif done := confirm or reject or undo:
        words = (
            "linked as one study" if confirm else "kept as two studies" if reject else "taken back"
        )
        say(f"{done} is {words}.")
    else:
        for one in found:
            say(f"{one['id']}  {one['state']:10}  {' + '.join(one['reports'])}  {one['why']}")
        if not found:
            say("There are no links, and none is suggested.")


def _links(ws: Workspace) -> list[dict[str, Any]]:
    """Suggestions, the likeliest first, then what was decided, newest first."""
    from review.dedupe import decision_list, manual_decisions

    suggested = [
        {
            "id": one.id,
            "state": "suggested",
            "reports": [one.left.report, one.right.report],
            "records": [one.left.id, one.right.id],
            "score": one.score,
            "why": one.why,
        }
        for one in manual_decisions.proposed_links(ws)
    ]
    return suggested + [
        {
            "id": one.event,
            "state": _state(one),
            "reports": one.reports,
            "records": one.records,
            "score": one.score,
            "why": one.why,
            "actor": one.actor,
            "time": one.time,
        }
        for one in decision_list.decided(ws, decision_list.LINKS)
    ]


def _state(one: Decided) -> str:
    if not one.active:
        return "taken back"
    return "confirmed" if one.kind == "link" else "rejected"
