"""What all commands share: options, opening the review, printing, and errors as one sentence."""

from __future__ import annotations

import getpass
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from review import config
from review.errors import Mistake, ReviewError, StoreError
from review.progress import Progress, Watch

if TYPE_CHECKING:
    from review.model import SearchRun
    from review.workspace import Workspace

Db = Annotated[
    str | None,
    typer.Option(
        "--db", metavar="URL", help="The review: a file, sqlite:/// or postgresql:// URL."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")
]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="NAME", help="Who is working (default: REVIEW_REVIEWER, or your login)."
    ),
]

Viewer = Annotated[
    str | None,
    typer.Option(
        "--reviewer",
        metavar="NAME",
        help="Write what this person may see instead: their own, and of others what is not blind.",
    ),
]

ToFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)]
Rows = Annotated[str, typer.Option("--rows", metavar="DIM", help="Codebook dimension of the rows.")]
Columns = Annotated[
    str, typer.Option("--columns", metavar="DIM", help="Codebook dimension of the columns.")
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="WHEN",
        help="As it was: a version's number, a date such as 2026-11-01, or run:ID.",
    ),
]

logger = logging.getLogger(__name__)

everywhere: ContextVar[str | None] = ContextVar("everywhere", default=None)
"""The ``--db`` given before the command, for commands that are given none."""

MOST_MISTAKES = 20
"""Mistakes of a file printed one by one; the rest is counted."""


class PlainErrors(TyperGroup):
    """Commands whose errors are one sentence on stderr and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except ReviewError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(1) from None


def group(what: str) -> typer.Typer:
    """A command that has commands of its own.

    Args:
        what: its help.
    """
    return typer.Typer(cls=PlainErrors, help=what, no_args_is_help=True, rich_markup_mode=None)


def settings(db: str | None = None) -> config.Config:
    """Settings for one command."""
    return config.from_environment(db=db or everywhere.get())


@contextmanager
def opened(db: str | None) -> Iterator[Workspace]:
    """The review for one command; closed afterwards."""
    from review.workspace import keep_log, open_workspace

    found = settings(db)
    keep_log(found)
    ws = open_workspace(found, watch=upgrading())
    try:
        tell_interrupted(ws)
        yield ws
    finally:
        ws.store.close()


@contextmanager
def opened_at(db: str | None, at: str | None) -> Iterator[Workspace]:
    """The review for one command that changes nothing, as it was at a time; as it is when None."""
    if at is None:
        with opened(db) as ws:
            yield ws
        return
    from review.versions import service

    with opened(db) as ws, stop_on_signal() as stopped:
        watch = Watch(tenths(large=20_000), stopped)
        with service.as_it_was(ws, service.moment(ws, at), watch) as then:
            yield then


def tell_interrupted(ws: Workspace) -> None:
    """Close the runs that a crash or a full disk left open, and say which."""
    from review.search.runs import close_interrupted, interrupted_words

    try:
        for run in close_interrupted(ws):
            warn(interrupted_words(ws, run))
    except StoreError:
        logger.exception("runs left open could not be closed")


def actor(name: str | None) -> str:
    """Whose name stands beside what a command does."""
    return (name or os.environ.get("REVIEW_REVIEWER") or _login()).strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, as in some containers
        return "command line"


def say(text: str) -> None:
    """Print a line for a person."""
    typer.echo(text)


def warn(text: str) -> None:
    """Print a line on stderr."""
    typer.echo(text, err=True)


def print_json(value: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def holds_blind_votes(ws: Workspace) -> str:
    """What is to be known of a file with all votes of a review, in a line; "" for nothing."""
    from review.screening.service import votes_still_blind

    blind = votes_still_blind(ws)
    if not blind:
        return ""
    votes = "vote is" if blind == 1 else "votes are"
    return (
        f"The file holds every vote: {blind:,} {votes} on reports that somebody has still to vote "
        "on blind. Keep it from them."
    )


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end long work between two of its steps, as work that was cancelled."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop.is_set
        return
    before = {s: signal.signal(s, lambda *_: stop.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tenths(large: int) -> Callable[[Progress], None]:
    """Say on stderr how far the steps of long work are, each tenth of the way.

    Args:
        large: steps that count less are over before one could read of them.
    """
    told: dict[str, int] = {}

    def tell(now: Progress) -> None:
        total = now.total or 0
        tenth = 10 * now.done // max(total, 1)
        if total >= large and told.get(now.step) != tenth:
            told[now.step] = tenth
            warn(f"{now.done:,} of {total:,} {now.step}")

    return tell


def upgrading() -> Watch:
    """Say on stderr how far the upgrade of a review is that an earlier version made."""
    return Watch(tenths(large=1)).step("events replayed to upgrade the review")


def tell_mistakes(mistakes: Sequence[Mistake]) -> None:
    """Name the mistakes of a file on stderr."""
    for mistake in mistakes[:MOST_MISTAKES]:
        warn(str(mistake))
    if rest := mistakes[MOST_MISTAKES:]:
        warn(f"... and {counted(len(rest), 'more mistake')}.")


def mistakes_json(mistakes: Sequence[Mistake]) -> list[dict[str, Any]]:
    """Mistakes as plain JSON values."""
    return [{"file": m.file, "line": m.line, "key": m.key, "message": m.message} for m in mistakes]


def counted(n: int, noun: str) -> str:
    """``1 record``, ``1,200 records``."""
    return f"{n:,} {noun if n == 1 else noun + 's'}"


def aligned(numbers: Mapping[str, object]) -> str:
    """Lines of words and numbers, the numbers under each other."""
    wide = max(map(len, numbers), default=0)
    return "\n".join(f"{name:<{wide}}  {value:>7}" for name, value in numbers.items())


def run_json(run: SearchRun) -> dict[str, Any]:
    """A run as plain JSON values; files name its status ``outcome``."""
    times = {"started": run.started.isoformat()}
    times["finished"] = run.finished.isoformat() if run.finished else ""
    values = {"outcome" if name == "status" else name: v for name, v in asdict(run).items()}
    return {**values, "outcome": str(run.status), **times}
