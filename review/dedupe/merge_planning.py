"""From pairs to merges: which reports to join, given what is joined or kept apart already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from review.dedupe.cluster import cluster
from review.dedupe.pair_verdicts import HELD_APART
from review.dedupe.pairs import (
    APART,
    PAIR_COLUMNS,
    PLAUSIBLE,
    SAME,
    UNSURE,
    allowance,
    ask_once,
    find_pairs,
    with_reasons,
)


@dataclass(frozen=True, slots=True)
class Join:
    """One merge to write: ``other`` joins the report of ``first``, its smallest record."""

    first: str
    other: str
    score: float
    why: str


def with_contradictions(
    records: pd.DataFrame, found: pd.DataFrame, home: Mapping[str, str]
) -> pd.DataFrame:
    """Add to the pairs of new records the contradictions between old ones that they would join.

    A comparison of new records with all others does not look at pairs of old ones. Where a new
    record would bring old ones together, those are compared as well, so that adding records bit by
    bit keeps apart what adding them at once keeps apart.

    Args:
        records: all records, as `find_pairs` takes them.
        found: pairs with at least one new record, as `find_pairs` gives them.
        home: record -> smallest record of the report that holds it now.
    """
    roots = cluster(sorted(set(home.values())), _contracted(found, home))
    sizes: dict[str, set[str]] = defaultdict(set)
    for root in {home[r] for r in {*found["id_a"], *found["id_b"]}}:
        sizes[roots[root]].add(root)
    growing = {root for members in sizes.values() if len(members) > 2 for root in members}
    if not growing:
        return found
    inside = records[records["id"].map(home).isin(growing)]
    against = find_pairs(inside)
    against = against[against["verdict"] == APART]
    return pd.concat([found, against]).drop_duplicates(["id_a", "id_b"])


def joins(
    pairs: pd.DataFrame, home: Mapping[str, str], apart: Iterable[tuple[str, str]]
) -> list[Join]:
    """Decide which reports become one.

    Args:
        pairs: as `find_pairs` gives them.
        home: record -> smallest record of the report that holds it now; one entry a record.
        apart: pairs of records that the rules must never join.

    Returns:
        The merges to write: a star from the smallest record of each new cluster, so that taking
        one back frees exactly one of its parts.
    """
    contracted = _contracted(pairs, home)
    kept_apart = [
        (home[a], home[b]) for a, b in apart if a in home and b in home and home[a] != home[b]
    ]
    roots = cluster(sorted(set(home.values())), contracted, kept_apart)
    sure = contracted[contracted["verdict"] == SAME]
    best: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for row in sure.itertuples(index=False):
        a, b = str(row.id_a), str(row.id_b)
        if roots[a] == roots[b]:
            best[a].append((float(str(row.score)), b, str(row.why)))
            best[b].append((float(str(row.score)), a, str(row.why)))
    return [
        _join(root, other, best[other]) for other, root in sorted(roots.items()) if other != root
    ]


def within_studies(
    made: Iterable[Join], study: Mapping[str, str], different: Collection[frozenset[str]]
) -> list[Join]:
    """Leave out the joins that would make one study of two that a person holds to be different.

    Args:
        made: joins as `joins` gives them; the surest are kept where not all can be.
        study: record -> study that its report belongs to now.
        different: pairs of studies, each a set of two.
    """
    whole = {name: {name} for name in study.values()}
    kept: list[Join] = []
    for join in sorted(made, key=lambda join: (-join.score, join.other)):
        first, other = whole[study[join.first]], whole[study[join.other]]
        if first is not other and any(frozenset((a, b)) in different for a in first for b in other):
            continue
        first |= other
        whole.update(dict.fromkeys(first, first))
        kept.append(join)
    return kept


def left_open(pairs: pd.DataFrame, home: Mapping[str, str]) -> pd.DataFrame:
    """The pairs that a person has to look at, the likeliest first.

    Their records are in two reports after all merges. A review asks about no more pairs of reports
    than `allowance` tells for its size; all pairs between two such reports are kept, as a merge
    may be taken back.
    """
    asked = ask_once(pairs, home, allowance(len(home)))
    between = _reports(asked[asked["verdict"] == UNSURE], home)
    left = pairs[_reports(pairs, home).isin(between) & (pairs["score"] >= PLAUSIBLE)]
    left = with_reasons(left, pairs, home)
    return left.assign(verdict=UNSURE, score=left["score"].clip(upper=HELD_APART))


def _reports(pairs: pd.DataFrame, home: Mapping[str, str]) -> pd.Series:
    """The two reports of each pair, as one text."""
    ends = [pairs[side].map(home) for side in ("id_a", "id_b")]
    first = ends[0].where(ends[0] < ends[1], ends[1])
    second = ends[1].where(ends[0] < ends[1], ends[0])
    return first + " " + second


def after(home: Mapping[str, str], made: Collection[Join]) -> dict[str, str]:
    """Where every record is once the merges are written."""
    moved = {join.other: join.first for join in made}
    return {record: moved.get(root, root) for record, root in home.items()}


def _contracted(pairs: pd.DataFrame, home: Mapping[str, str]) -> pd.DataFrame:
    """The same pairs between reports instead of records; pairs inside one report fall away."""
    between = pairs.assign(id_a=pairs["id_a"].map(home), id_b=pairs["id_b"].map(home))
    between = between.dropna(subset=["id_a", "id_b"])  # records that have left meanwhile
    return between[between["id_a"] != between["id_b"]][list(PAIR_COLUMNS)]


def _join(root: str, other: str, links: list[tuple[float, str, str]]) -> Join:
    direct = [link for link in links if link[1] == root]
    score, through, why = max(direct or links, key=lambda link: (link[0], link[1]))
    return Join(root, other, score, why if through == root else f"{why} (through {through})")
