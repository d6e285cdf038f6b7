"""Commands without a review: plain files in, plain files out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from review.commands.common import (
    Json,
    counted,
    print_json,
    say,
    stop_on_signal,
    tenths,
)
from review.progress import Watch

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


def rank_file(
    source: Annotated[Path, typer.Argument(metavar="LABELLED.csv")],
    seed: Annotated[
        int, typer.Option(min=0, help="Draws the two records that are known beforehand.")
    ] = 0,
    question: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Begin with what the review asks, no record known."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Play the screening of labelled records through, in the order of relevance.

    Tells WSS@95, recall at 10% and loss; the file has id,title,abstract,label.
    """
    from review.screening.plain_files import rank_file as run

    with stop_on_signal() as stop:
        result = run(source, seed=seed, question=question, watch=Watch(tenths(5_000), stop))
    if as_json:
        measures = asdict(result.measures) if result.measures else {}
        names = ("wss95", "recall10", "loss", "atd", "ndcg", "last")
        values = asdict(result)
        del values["measures"]
        print_json({**{name: measures.get(name) for name in names}, **values})
        return
    say(f"{counted(result.records, 'record')}, {result.relevant:,} relevant, seed {seed}.")
    if result.unlabelled:
        say(f"{counted(result.unlabelled, 'record')} without a label left aside.")
    if not result.records:
        say("Nothing to measure: no record has a label.")
        return
    if result.measures is None:
        say("Nothing to measure: no relevant record, or none but the one known beforehand.")
        return
    m = result.measures
    say(
        f"WSS@95 {m.wss95:.3f}, recall at 10% {m.recall10:.3f}, loss {m.loss:.4f}; "
        f"all found after {m.last:.1%} of the records."
    )
