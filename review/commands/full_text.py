"""Commands of full texts: attach files, say where a full text is, list them."""

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
    warn,
)

if TYPE_CHECKING:
    from review.fulltext.service import Placed

full_text = group("Full texts: attach files, say where one is, list them.")


@full_text.command("attach")
def attach(
    files: Annotated[list[Path], typer.Argument(metavar="FILE ...")],
    report: Annotated[
        str, typer.Option("--report", help="Of which report (default: found by the file).")
    ] = "",
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Attach PDFs: to one report, or each to the report that its name and text plainly name."""
    from review.fulltext import service

    with opened(db) as ws:
        who = actor(by)
        if report:
            for file in files:
                done = service.attach_file(ws, report, file, who)
                said = {"file": file.name, "report": done.data.report, "sha256": done.data.sha256}
                print_json(said) if as_json else say(f"{file.name}: {done.data.report}.")
            return
        placed = service.attach_many(ws, [(file.name, file) for file in files], who)
    _tell(placed, as_json)


@full_text.command("folder")
def folder(
    directory: Annotated[Path, typer.Argument(metavar="DIR")],
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Attach all PDFs of a folder, each to the report that its name and text plainly name."""
    from review.fulltext import service

    with opened(db) as ws:
        placed = service.attach_many(ws, service.in_folder(directory), actor(by))
    _tell(placed, as_json)


@full_text.command("list")
def list_(db: Db = None, as_json: Json = False) -> None:
    """Where the full text of each report is, and the files attached."""
    from review.fulltext import service

    with opened(db) as ws:
        standings = service.standings(ws)
        found = service.attachments(ws)
        where = service.where_kept(ws)
    if as_json:
        print_json(
            {
                "states": [
                    {"report": s.report, "state": str(s.state), "why": s.why} for s in standings
                ],
                "files": [
                    {
                        "report": a.report, "name": a.name, "sha256": a.sha256, "bytes": a.bytes,
                        "pages": a.pages, "path": str(a.path), "here": a.is_here,
                    }
                    for a in found
                ],
            }
        )  # fmt: skip
        return
    for s in standings:
        say(f"{s.report}  {s.state}" + (f" ({s.why})" if s.why else ""))
    for a in found:
        say(f"{a.report}  {a.name}  {a.sha256[:12]}" + ("" if a.is_here else "  not here"))
    say(where)


@full_text.command("state")
def state(
    report: str,
    said: Annotated[
        str,
        typer.Argument(
            metavar="STATE",
            help="sought, open_copy, on_paper, ordered, language, ongoing or not_retrieved.",
        ),
    ],
    why: Annotated[str, typer.Option("--why", help="From whom, which language, why not.")] = "",
    db: Db = None,
    by: As = None,
) -> None:
    """Say how a full text was got, what it waits for, or that it cannot be had (a vote)."""
    from review.errors import DecisionError
    from review.events.full_text import Said
    from review.fulltext import service

    with opened(db) as ws:
        if said == "not_retrieved":
            service.not_retrieved(ws, report, actor(by), why)
        elif said in list(Said):
            service.state(ws, report, Said(said), actor(by), why)
        else:
            words = ", ".join([*Said, "not_retrieved"])
            raise DecisionError(f"'{said}' is no state of a full text: {words}.")
        (now,) = service.standings(ws, report)
    say(f"{now.report}: {now.state}.")


@full_text.command("purge")
def purge(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; nothing brings the files back.")],
    db: Db = None,
) -> None:
    """Remove the files that no report has: those taken back, or never given to one."""
    from review.fulltext import service

    with opened(db) as ws:
        gone = service.purge(ws) if yes else 0
    say(f"{counted(gone, 'file')} removed.")


def _tell(placed: list[Placed], as_json: bool) -> None:
    """What became of each file; exit code 1 where one could not be attached."""
    if as_json:
        print_json(
            [
                {
                    "file": p.name, "report": p.match.report, "how": p.match.how,
                    "candidates": list(p.match.candidates), "problem": p.problem,
                    "sha256": p.sha256,
                }
                for p in placed
            ]
        )  # fmt: skip
    else:
        for p in placed:
            if p.done:
                say(f"{p.name}: {p.match.report}, by {p.match.how}.")
            elif not p.problem:
                maybe = f" It may be {', '.join(p.match.candidates)}." if p.match.candidates else ""
                warn(f"{p.name}: its report is not plain; name it with --report.{maybe}")
    for p in placed:
        if p.problem:
            warn(p.problem)
    if any(not p.done for p in placed):
        raise typer.Exit(1)
