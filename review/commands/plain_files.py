"""Commands without a review: plain files in, plain files out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import Json, counted, print_json, say

In = Annotated[Path, typer.Argument(metavar="IN.csv")]
Out = Annotated[Path, typer.Argument(metavar="OUT.csv")]


def dedupe_file(
    source: In,
    out: Out,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="PAIRS.csv", help="Write the pairs found and why."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Deduplicate a file of records: writes id,cluster."""
    from review.dedupe.plain_files import dedupe_file as run

    result = run(source, out, pairs)
    if as_json:
        print_json({**asdict(result), "duplicates": result.duplicates})
        return
    say(
        f"{counted(result.records, 'record')}, {result.clusters:,} different; "
        f"{counted(result.unsure_pairs, 'unsure pair')}."
    )


def suggest_file(source: In, out: Out, as_json: Json = False) -> None:
    """Suggest tags for a file of papers: writes id,dimension,value,confidence,rank,quote,source."""
    from review import protocol
    from review.coding.plain_files import suggest_file as run
    from review.commands.common import settings

    number = run(source, out, protocol.load(settings().data).codebook)
    if as_json:
        print_json({"suggestions": number})
    else:
        say(f"{counted(number, 'suggestion')} written to {out}.")
