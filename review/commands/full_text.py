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
    stop_on_signal,
    tenths,
    warn,
)
from review.progress import Watch

if TYPE_CHECKING:
    from review.fulltext.service import Placed
    from review.workspace import Workspace

full_text = group("Full texts: attach files, say where one is, list them.")

LARGE = 20
"""Files from which on the way is told."""


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
            told = []
            for file in files:
                done = service.attach_file(ws, report, file, who).data
                told.append({"file": file.name, "report": done.report, "sha256": done.sha256})
                if not as_json:
                    say(f"{file.name}: {done.report}.")
            if as_json:
                print_json(told)
            return
        placed = _attached(ws, [(file.name, file) for file in files], who)
    _tell(placed, len(files), as_json)


@full_text.command("folder")
def folder(
    directory: Annotated[Path, typer.Argument(metavar="DIR")],
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Attach all PDFs of a folder, each to the report that its name and text plainly name."""
    from review.fulltext import service

    found = service.in_folder(directory)
    with opened(db) as ws:
        placed = _attached(ws, found, actor(by))
    _tell(placed, len(found), as_json)


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
            on = service.not_retrieved(ws, report, actor(by), why).data.report
        elif said in list(Said):
            on = service.state(ws, report, Said(said), actor(by), why).data.report
        else:
            words = ", ".join([*Said, "not_retrieved"])
            raise DecisionError(f"'{said}' is no state of a full text: {words}.")
        (now,) = service.standings(ws, on)
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


def _attached(ws: Workspace, files: list[tuple[str, bytes | Path]], who: str) -> list[Placed]:
    """Attach files, telling on stderr how far it is; Ctrl-C ends it between two of them."""
    from review.fulltext import service

    with stop_on_signal() as stopped:
        return service.attach_many(
            ws, files, who, Watch(tenths(LARGE), stopped).step("files looked at")
        )


def _tell(placed: list[Placed], given: int, as_json: bool) -> None:
    """What became of each file; exit code 1 where one could not be attached or was not come to."""
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
                say(f"{p.name}: {p.done.data.report}, by {p.match.how}.")
            elif not p.problem:
                maybe = f" It may be {', '.join(p.match.candidates)}." if p.match.candidates else ""
                warn(f"{p.name}: its report is not plain; name it with --report.{maybe}")
    for p in placed:
        if p.problem:
            warn(p.problem)
    if len(placed) < given:
        warn(
            f"{counted(given - len(placed), 'file')} not come to. What was attached stays; the "
            "same command goes on with the rest."
        )
    if len(placed) < given or any(not p.done for p in placed):
        raise typer.Exit(1)
