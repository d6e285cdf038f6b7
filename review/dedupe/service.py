"""Deduplicating a review: what the rules merge, what they leave to a person, where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from review.dedupe.decided import MERGES
from review.dedupe.joining import (
    after,
    joins,
    left_open,
    with_contradictions,
    within_studies,
)
from review.dedupe.judging import questions
from review.dedupe.links import Entry as LinkEntry
from review.dedupe.links import find_links, sample_words
from review.dedupe.pairs import find_pairs
from review.dedupe.registries import DATABANKS, databanks
from review.model import EventKind
from review.store import Connection, Entry, log, records, spoken, whole
from review.store import pairs as stored_pairs
from review.store.pairs import Pair
from review.workspace import Workspace

RULES = "dedupe rules 3"
"""Name and version of the rules, kept with every merge they make."""


@dataclass(frozen=True, slots=True)
class DedupeResult:
    """What a run came to.

    Attributes:
        merged: merges written.
        unsure: pairs open for a person, from this and earlier runs.
        compared: records compared for the first time under these rules.
    """

    merged: int
    unsure: int
    compared: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where deduplication stands.

    Attributes:
        compared: whether the rules have ever compared the records of this review.
        new: records that they have not compared yet.
        pairs: possible duplicates that wait for a person, the most doubtful first.
        links: reports that may come from one study, the likeliest first.
        merges: merges that count.
        linked: links that count.
    """

    compared: bool
    new: int
    pairs: tuple[Pair, ...]
    links: tuple[Pair, ...]
    merges: int
    linked: int


def dedupe(ws: Workspace, actor: str = RULES, *, everything: bool = False) -> DedupeResult:
    """Find and merge the duplicates of the review, and propose links between reports.

    Records compared earlier under the same rules are compared with new ones only, and nothing is
    merged that a person set apart or whose merge was taken back. So a second run adds nothing.

    Args:
        actor: whose name stands beside the merges.
        everything: compare all records again.
    """
    with ws.store.read() as conn:
        last, skipped = (0, set()) if everything else _compared(conn)
        new = records.later_than(conn, last, skipped)
        if not new:
            return DedupeResult(0, len(questions(conn)), 0)
        rows = records.rows_for_dedupe(conn)
        raw = records.raw_without_abstract(conn)
        registered = records.entries_naming(conn, DATABANKS)
        home = _homes(conn)
    frame = pd.DataFrame(rows)
    found = find_pairs(frame, new if last else None)
    if last:
        found = with_contradictions(frame, found, home)
    numbers = {_number(str(row["id"])) for row in rows}
    newest = max(last, *numbers)
    # Records of runs withdrawn at the moment may come back, and must be compared then.
    skipped = (skipped | set(range(last + 1, newest + 1))) - numbers
    with ws.store.write() as conn:
        # Someone may have decided while the records were compared: what stands now counts.
        home = _homes(conn)
        made = joins(found, home, spoken.out_of_bounds(conn))
        if different := spoken.between(conn, spoken.UNLINKED).keys():
            made = within_studies(made, whole.studies(conn), different)
        entries = [
            Entry(
                EventKind.MERGE,
                {"records": [join.first, join.other], "score": join.score, "why": join.why},
            )
            for join in made
        ]
        home = after(home, made)
        open_pairs = left_open(found, home).to_dict("records")
        stored_pairs.replace(
            conn, new if last else None, ({str(k): v for k, v in row.items()} for row in open_pairs)
        )
        log.append(conn, actor, entries)
        stored_pairs.replace_links(conn, _proposals(rows, raw, registered, home))
        left = len(questions(conn))
        done = {
            "rules": RULES,
            "last": newest,
            "skipped": sorted(skipped),
            "compared": len(new),
            "merged": len(made),
            "unsure": left,
        }
        log.append(conn, actor, [Entry(EventKind.DEDUPED, done)])
    return DedupeResult(len(made), left, len(new))


def standing(ws: Workspace) -> Standing:
    """Where deduplication stands now."""
    with ws.store.read() as conn:
        last, skipped = _compared(conn)
        pairs = questions(conn)
        return Standing(
            compared=last > 0,
            new=records.count_later(conn, last, skipped),
            pairs=tuple(pairs),
            links=tuple(stored_pairs.waiting_links(conn, pairs)),
            merges=whole.count_edges(conn, MERGES, active=True),
            linked=whole.count_edges(conn, ["link"], active=True),
        )


def _homes(conn: Connection) -> dict[str, str]:
    """Record -> smallest record of its report, after which the report is named."""
    return {record: "R" + report[1:] for record, _source, report in whole.memberships(conn)}


def _number(record_id: str) -> int:
    return int(record_id[1:])


def _compared(conn: Connection) -> tuple[int, set[int]]:
    """What these rules have compared: all records up to a number, but for some numbers."""
    done = [e for e in log.events(conn, [EventKind.DEDUPED]) if e.payload["rules"] == RULES]
    if not done:
        return 0, set()
    return int(done[-1].payload["last"]), set(done[-1].payload["skipped"])


def _proposals(
    rows: Sequence[Mapping[str, Any]],
    raw: Mapping[str, Mapping[str, Any]],
    registered: Mapping[str, str],
    home: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Links to propose between reports, each under the smallest record of its reports."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        said = row["abstract"] or sample_words(raw.get(row["id"], {}))
        texts[home.get(row["id"], "")] += [said, databanks(registered.get(row["id"], ""))]
    entries = [
        LinkEntry(
            id=row["id"],
            title=row["title"],
            authors=row["author"],
            year=int(row["year"]) if row["year"] else None,
            journal=row["journal"],
            volume=row["volume"],
            issue=row["number"],
            doi=row["doi"],
            type=row["entrytype"],
            text="\n".join(texts[row["id"]]),
        )
        for row in rows
        if home.get(row["id"]) == row["id"]
    ]
    return [{"id_a": p.a, "id_b": p.b, "score": p.score, "why": p.why} for p in find_links(entries)]
