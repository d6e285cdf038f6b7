"""Reviews of a given size, and the codes that tests put into them."""

from __future__ import annotations

from pathlib import Path

from review.coding.service import add_suggestions
from review.model import Record, RunStatus, Stage, Suggestion, VoteValue
from review.screening.service import cast
from review.store import records
from review.store.suggestions import id_of
from review.workspace import Workspace
from tests.reviews import add, workspace


def make_workspace(tmp_path: Path, db_url: str, papers: int) -> tuple[Workspace, list[str]]:
    """A review with this many made-up papers of 2001, 2002, …; returns their report ids as well."""
    ws = workspace(tmp_path, db_url)
    found = add(ws, [paper(n) for n in range(1, papers + 1)])
    return ws, ["P" + record[1:] for record in found]


def paper(n: int, *, retracted: bool = False, abstract: str = "") -> Record:
    return Record(
        source="made-up",
        key=f"m{n}",
        title=f"Paper number {n}",
        year=2000 + n,
        doi=f"10.1/{n}",
        abstract=abstract,
        retracted=retracted,
    )


def suggest(
    ws: Workspace,
    report: str,
    dimension: str,
    *values: str,
    source: str = "codebook triggers",
    confidence: float = 0.6,
) -> list[str]:
    """Store suggestions for a report of one record; returns their ids."""
    record = "R" + report[1:]
    found = [
        Suggestion(
            id=id_of(record, dimension, value, source),
            record=record,
            dimension=dimension,
            value=value,
            confidence=confidence,
            source=source,
            quote=f"words for {value}",
            rank=rank,
        )
        for rank, value in enumerate(values, start=1)
    ]
    add_suggestions(ws, found)
    return [s.id for s in found]


def exclude(ws: Workspace, report: str, reviewer: str = "Ann") -> None:
    """Exclude at title and abstract, where the shipped protocol asks for one vote."""
    cast(ws, report, Stage.TITLE_ABSTRACT, reviewer, VoteValue.EXCLUDE, replace=True)


def include(ws: Workspace, report: str, reviewer: str = "Ann") -> None:
    """Include at both stages."""
    for stage in Stage:
        cast(ws, report, stage, reviewer, VoteValue.INCLUDE, replace=True)


def run_search(ws: Workspace, name: str, outcome: RunStatus = RunStatus.COMPLETE) -> None:
    """Log an execution of one of the protocol's searches."""
    with ws.store.write() as conn:
        run = records.start_run(conn, "Ann", name, "openalex")
        records.finish_run(conn, "Ann", run, outcome)
