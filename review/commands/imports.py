"""The command that imports a file of references, with the votes inside it."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Mapping
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
    mistakes_json,
    opened,
    print_json,
    run_json,
    say,
    stop_on_signal,
    tell_mistakes,
    tenths,
    warn,
)
from review.errors import UnknownColumns
from review.model import RunStatus
from review.progress import Watch

if TYPE_CHECKING:
    from review.search.importing import ImportResult

LARGE = 5_000
"""Lines or records from which on it is said how far the work is."""


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="F",
            help="ris, csv, bibtex, ... (default: found by content; an unknown one lists all).",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Where the records come from. What people found otherwise than by a search begins "
            "with 'Websites: ', 'Organisations: ' or 'Citation searching: '.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="HEAD=FIELD,...",
            help="Which column of a table holds which field, where its header does not say; "
            "HEAD= leaves a column out. Without it, a table of unknown columns is not read and "
            "its columns are named.",
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option(
            "--reviewer",
            metavar="NAME",
            help="Whose votes those are that the file holds without a name (default: whoever is "
            "working).",
        ),
    ] = None,
    no_votes: Annotated[
        bool,
        typer.Option(
            "--no-votes",
            help="Leave out the votes that the file holds, and tags, findings and notes of ours.",
        ),
    ] = False,
    db: Db = None,
    by: As = None,
    as_json: Json = False,
) -> None:
    """Import a file of references, and the votes inside it if another screening tool wrote it:
    ASReview, Rayyan, Covidence, EPPI-Reviewer or Colandr. Our own exports as csv, xlsx, ris and
    json bring votes, tags, findings and notes.

    Importing a file again adds only what is missing. Ctrl-C stops between two parts.
    """
    from review.search import service
    from review.search.importing import VotesWanted

    named = read_columns(columns)
    with opened(db) as ws, stop_on_signal() as cancelled:
        try:
            result = service.import_file(
                ws, file, format, source, columns=named,
                votes=VotesWanted(not no_votes, reviewer or ""),
                actor=actor(by), watch=Watch(tenths(LARGE), cancelled),
            )  # fmt: skip
        except UnknownColumns as error:
            raise UnknownColumns(_with_example(error, file, named), error.columns) from error
    if as_json:
        print_json(_json(result))
    else:
        _tell(result, file)
    tell_mistakes(result.mistakes)
    if result.run.status in (RunStatus.FAILED, RunStatus.CANCELLED):
        raise typer.Exit(1)


def read_columns(text: str | None) -> dict[str, str]:
    """Read ``HEAD=FIELD,HEAD=FIELD``; a head that holds a comma stands in double quotes, as in CSV.

    Raises:
        BadParameter: a part has no ``=``.
    """
    found: dict[str, str] = {}
    for part in next(csv.reader([text or ""], skipinitialspace=True), []):
        head, equals, field = part.rpartition("=")
        if part.strip() and not (equals and head.strip()):
            raise typer.BadParameter(f"--columns: '{part}' is not of the form HEAD=FIELD.")
        if equals:
            found[head.strip()] = field.strip().lower()
    return found


def write_columns(columns: Mapping[str, str]) -> str:
    """The same mapping as `read_columns` reads it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(f"{h}={f}" for h, f in columns.items())
    return out.getvalue()


def _with_example(error: UnknownColumns, file: Path, named: Mapping[str, str]) -> str:
    """The error with the columns of the file and a call that would read it."""
    from review.sources.file_preview import preview
    from review.sources.file_reading import bytes_of
    from review.sources.table_headers import COLUMNS, plain

    there = {plain(name) for name in error.columns}
    wrong = next((name for name in named if plain(name) not in there), "")
    lacks = f"no column '{wrong}'" if wrong else "no column named 'title'"
    guessed = preview(bytes_of(file), file.name).fields
    if "title" not in guessed.values():
        guessed = {error.columns[0]: "title"}
    call = ["python", "-m", "review", "import", str(file), "--columns", write_columns(guessed)]
    return (
        f"{file.name} has {lacks}. Its columns: {', '.join(error.columns)}.\n"
        f"Say what they hold, for instance:\n  {shlex.join(call)}\n"
        f"Fields: {', '.join(COLUMNS)}."
    )


def _tell(result: ImportResult, file: Path) -> None:
    from review.screening.votes import import_summary

    say(
        f"{file.name}: {counted(result.new, 'new record')}, {result.known:,} known before "
        f"({result.run.id})."
    )
    for sentence in (*import_summary(result.votes), *result.brought.sentences()):
        say(sentence)
    for sentence in (result.counts, *result.account.sentences()):
        if sentence:
            say(sentence)
    if result.run.status is RunStatus.CANCELLED:
        warn(result.run.why)
    if result.unsuggested:
        warn(
            f"{counted(result.unsuggested, 'record')} without suggestions so far: "
            "python -m review init works them out."
        )


def _json(result: ImportResult) -> dict[str, object]:
    taken = result.votes
    # Not `asdict`, which before Python 3.12 counts the pairs of a Counter.
    votes = {
        "reviewers": dict(taken.reviewers),
        "stages": dict(taken.stages),
        "known": taken.known,
        "kept": list(taken.kept),
        "reasons": dict(taken.reasons),
        "added": taken.added,
    }
    return {
        "run": run_json(result.run),
        "new": result.new,
        "known": result.known,
        "votes": votes,
        "brought": dict(result.brought.added),
        "unsuggested": result.unsuggested,
        "mistakes": mistakes_json(result.mistakes),
        "file": asdict(result.account),
    }
