"""The command line: ``python -m review COMMAND``.

Exit codes: 0 ok, 1 failed, 2 bad usage. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import logging
import signal
import sys
from typing import TextIO

import typer

from review import disk, garbage_collection
from review.commands import (
    assignment,
    backups,
    bundles,
    checklists,
    codebook,
    coding,
    decisions,
    dedupe,
    fetch,
    full_text,
    gap_ledger,
    imports,
    init_pull,
    look_again,
    ordering,
    plain_files,
    reporting,
    search_history,
    stopping,
    suggesting,
    versions,
)
from review.commands.common import Db, PlainErrors, everywhere

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="review",
    cls=PlainErrors,
    help="A systematic review from question to visible gap. A literature tool, not advice.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def everything(db: Db = None) -> None:
    """Remember the review that is meant, for all commands."""
    everywhere.set(db)


app.command("init")(init_pull.init)
app.command("pull")(init_pull.pull)
app.command("fetch")(fetch.fetch)
app.command("recall")(search_history.recall)
app.command("search-log")(search_history.search_log)
app.command("runs")(search_history.runs)
app.command("import")(imports.import_)
app.command("dedupe")(dedupe.dedupe)
app.command("merges")(dedupe.merges)
app.command("links")(dedupe.links)
app.add_typer(decisions.votes, name="votes")
app.add_typer(decisions.tags, name="tags")
app.add_typer(decisions.findings, name="findings")
app.command("suggestions")(suggesting.suggestions)
app.command("train-designs")(suggesting.train_designs)
app.add_typer(decisions.appraisals, name="appraisals")
app.add_typer(decisions.extraction, name="extraction")
app.add_typer(coding.coding, name="coding")
app.add_typer(codebook.codebook, name="codebook")
app.add_typer(codebook.recode, name="recode")
app.add_typer(full_text.full_text, name="full-text")
app.command("prisma")(reporting.prisma)
app.command("gaps")(reporting.gaps)
app.command("claims")(reporting.claims)
app.command("gap-ledger")(gap_ledger.gap_ledger)
app.command("look-again")(look_again.look_again)
app.add_typer(assignment.assignment, name="assignment")
app.add_typer(assignment.pilot, name="pilot")
app.command("agreement")(reporting.agreement)
app.command("order")(ordering.order)
app.command("stopping")(stopping.stopping)
app.add_typer(stopping.screening, name="screening")
app.command("export")(reporting.export)
app.command("table")(reporting.table)
app.command("checklist")(checklists.checklist)
app.command("versions")(versions.versions)
app.command("version")(versions.version)
app.command("diff")(versions.diff)
app.command("check")(init_pull.check)
app.command("backup")(backups.backup)
app.command("bundle")(bundles.bundle)
app.command("restore")(backups.restore)
app.command("dedupe-file")(plain_files.dedupe_file)
app.command("suggest-file")(plain_files.suggest_file)
app.command("rank-file")(plain_files.rank_file)


def main() -> None:
    """Run one command and end the process with its exit code; a traceback goes to the log file."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    # Ended from outside, a command clears up as after Ctrl-C: no half file stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    garbage_collection.seldom()
    garbage_collection.not_at_the_end()
    try:
        app(prog_name="python -m review")
    except OSError as error:
        logger.exception("file or disk")
        typer.echo(f"Error: {disk.sentence(error)}", err=True)
        sys.exit(1)
    except Exception as error:
        logger.exception("unexpected")
        typer.echo(
            f"Error: this should not happen: {type(error).__name__}: {error}. "
            "Nothing of this step was stored. Details are in review.log in the local data folder.",
            err=True,
        )
        sys.exit(1)


def _speak_utf8(stream: TextIO) -> None:
    """Let titles in any script be printed, wherever the output goes."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
