"""Commands that begin a review and search for it: init and pull; and check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
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
    settings,
    stop_on_signal,
    tenths,
    upgrading,
    warn,
)
from review.errors import Cancelled
from review.progress import Progress, Watch
from review.search.run_progress import RunProgress

if TYPE_CHECKING:
    from review.model import SearchRun
    from review.search.service import Estimated


def init(
    new: Annotated[
        bool,
        typer.Option(
            "--new",
            help="Make a new, empty review where one was and is lost; one that is there stays.",
        ),
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Create the review from the data folder (protocol and library); safe to repeat.

    A later edition of the library comes in as an update; nothing that people decided is touched.
    """
    from review.initialise import initialise
    from review.workspace import keep_log

    found = settings(db)
    keep_log(found)
    begun = initialise(found, actor(by), watch=upgrading(), new=new)
    for sentence in begun.interrupted:
        warn(sentence)
    if as_json:
        print_json(asdict(begun))
        return
    say(f"Review: {begun.database}")
    say(f"Protocol {begun.protocol} {'is now in force' if begun.adopted else 'is in force'}.")
    edition = f", {begun.edition}" if begun.edition else ""
    changed = f" {begun.changed:,} of them changed." if begun.changed else ""
    say(f"Library{edition}: {begun.new:,} new records, {begun.known:,} known.{changed}")
    if begun.changed:
        say(f"`runs --show {begun.run}` lists what is new and what changed.")
    say(f"{counted(begun.suggestions, 'new suggestion')}.")


def pull(
    search: Annotated[
        list[str] | None,
        typer.Option("--search", metavar="NAME", help="A search of the protocol; may be repeated."),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="TEXT", help="An ad-hoc search instead.")
    ] = None,
    filters: Annotated[
        str | None,
        typer.Option("--filter", metavar="K:V,...", help="The source's filters, ad hoc."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="The source of the ad-hoc search; that of the protocol's first search otherwise.",
        ),
    ] = None,
    citations: Annotated[
        str | None,
        typer.Option(
            "--citations",
            metavar="DIRECTION",
            help="Follow citations of included reports instead: citing, cited or both.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew where a stopped run could be taken up.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask about the price.")] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Run the protocol's searches, or an ad-hoc one.

    A run that stopped on its way is taken up where it stopped.
    """
    from review.search import service

    wanted = _filters(filters)
    if citations is not None and (search or query is not None or wanted or fresh):
        raise typer.BadParameter(
            "--citations follows the included reports; it cannot be combined with --search, "
            "--query, --filter or --fresh."
        )
    if citations is not None and citations not in ("citing", "cited", "both"):
        raise typer.BadParameter("--citations takes citing, cited or both.")
    if source is not None and query is None and not wanted:
        raise typer.BadParameter("--source goes with --query or --filter.")
    if search and (query is not None or wanted):
        raise typer.BadParameter("Name searches of the protocol, or give --query, not both.")
    with opened(db) as ws:
        unknown = set(search or ()) - {s.name for s in ws.protocol.searches}
        if unknown:
            known = ", ".join(s.name for s in ws.protocol.searches)
            raise typer.BadParameter(f"No search '{min(unknown)}'. The protocol has: {known}.")
        if not yes:
            _ask(
                service.estimate(ws, search or (), query, wanted or None, source=source)
                if citations is None
                else service.estimate_citations(ws, citations).searches
            )
        with stop_on_signal() as cancelled:
            if citations is None:
                runs = service.pull(
                    ws, search or (), query, wanted or None, source=source,
                    actor=actor(by), watch=Watch(_show, cancelled), fresh=fresh,
                )  # fmt: skip
            else:
                runs = service.pull_citations(
                    ws, citations, actor=actor(by), watch=Watch(_show, cancelled)
                )
        told = [service.differences(ws, run.id) for run in runs]
        gone = service.retracted(ws)
        lost = service.left_out(ws, [run.id for run in runs])
    if as_json:
        pairs = zip(runs, told, strict=True)
        print_json([{**run_json(run), "differences": asdict(d)} for run, d in pairs])
    for run, d in zip(runs, told, strict=True):
        _tell_run(run, quiet=as_json)
        if not as_json and d.earlier:
            changed = len({a.record for a in d.changed})
            say(
                f"  since {d.earlier}: {len(d.new):,} new, {changed:,} changed, "
                f"{len(d.renamed):,} under another id, {len(d.vanished):,} vanished, "
                f"{len(d.retracted):,} newly retracted"
            )
    for report in lost:
        warn(f"Not known to the source, so not followed: {report.id} {report.lead.title}")
    for report in gone:
        warn(f"Included and retracted: {report.id} {report.lead.title}")
    if any(run.status in ("failed", "cancelled") for run in runs):
        raise typer.Exit(1)


def check(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.zip]", help="A bundle to check instead of the review."),
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Replay the log on a copy and compare it with the state; nothing is changed.

    Of a bundle: its checksums, and every number in it worked out anew from its log.
    """
    from review.reporting.bundle import service as bundles

    with stop_on_signal() as cancelled:
        watch = Watch(tenths(large=200 if file else 1), cancelled)
        try:
            events, problems = bundles.check(file, watch) if file else _check_review(db, watch)
        except Cancelled:
            raise Cancelled("The check was stopped; nothing was changed.") from None
    if as_json:
        print_json({"ok": not problems, "events": events, "problems": problems})
    else:
        for problem in problems:
            say(problem)
        if not problems:
            agree = "every number of the bundle follows" if file else "log and state agree"
            say(f"{counted(events, 'event')} replayed: {agree}.")
    if problems:
        raise typer.Exit(1)


def _check_review(db: str | None, watch: Watch) -> tuple[int, list[str]]:
    from review.reporting import service as reporting
    from review.store.integrity import check as check_store

    with opened(db) as ws:
        checked = check_store(ws.store, watch)
        failed_sums = reporting.flow(ws).failed_sums
    return checked.events, [*checked.differences, *checked.problems, *failed_sums]


def _filters(text: str | None) -> dict[str, str]:
    """Read ``K:V,K:V``; a value that holds a comma stands in double quotes."""
    found: dict[str, str] = {}
    for part in re.findall(r'(?:[^,"]|"[^"]*")+', text or ""):
        name, colon, value = part.strip().partition(":")
        if not (name and colon and value):
            raise typer.BadParameter(f"'{part}' is not of the form NAME:VALUE.")
        found[name] = value
    return found


def _ask(estimates: Sequence[Estimated]) -> None:
    """Say what the searches bring and cost, and stop unless the answer is yes."""
    for one in estimates:
        e = one.estimate
        warn(
            f"{one.search}: {counted(e.count, 'work')}, {e.pages:,} requests, {e.price_usd:.4f} USD"
        )
    total = sum(one.estimate.price_usd for one in estimates)
    left = min(
        (e.estimate.remaining_usd for e in estimates if e.estimate.remaining_usd is not None),
        default=None,
    )
    budget = "" if left is None else f" of {left:.4f} USD left today"
    typer.confirm(f"Run for {total:.4f} USD{budget}?", abort=True, err=True)


def _show(now: Progress) -> None:
    promised = "?" if now.total is None else f"{now.total:,}"
    waiting = f". {now.waiting}" if now.waiting else ""
    search = now.search if isinstance(now, RunProgress) else now.step
    warn(f"{search}: {now.done:,} of {promised} works{waiting}")


def _tell_run(run: SearchRun, quiet: bool) -> None:
    if not quiet:
        new = f"{run.added:,} new of {run.received:,} received"
        say(f"{run.search}: {run.status}, {new}, {run.cost_usd:.4f} USD ({run.id})")
    if run.why:
        warn(f"{run.search}: {run.why}")
