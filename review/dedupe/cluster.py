"""Join pairs of the same publication into clusters."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from review.dedupe.identifier_rules import APART, SAME

Enemies = dict[str, set[str]]


def cluster(
    ids: Iterable[str], pairs: pd.DataFrame, apart: Collection[tuple[str, str]] = ()
) -> dict[str, str]:
    """Return the cluster of every record.

    Clusters are the connected components of the pairs with verdict ``same``, joined from the
    surest pair to the least sure.  A join is left out if it would bring together two records
    that a person has set apart, or that contradict each other.

    Args:
        ids: The records, N of them.
        pairs: Columns ``id_a``, ``id_b``, ``score`` and ``verdict``, as
            `review.dedupe.pairs.find_pairs` gives them; pairs with other ids are ignored.
        apart: Pairs of ids that are never in one cluster, in either order.

    Returns:
        Each id with its cluster's label, the smallest id in it.
    """
    root = {record: record for record in ids}
    members = {record: [record] for record in root}
    enemies: Enemies = {}
    contradicted = pairs[pairs["verdict"] == APART]
    for first, second in [*apart, *zip(contradicted["id_a"], contradicted["id_b"], strict=True)]:
        enemies.setdefault(first, set()).add(second)
        enemies.setdefault(second, set()).add(first)
    sure = pairs[pairs["verdict"] == SAME]
    sure = sure.sort_values(["score", "id_a", "id_b"], ascending=[False, True, True])
    for first, second in zip(sure["id_a"], sure["id_b"], strict=True):
        if first not in root or second not in root:
            continue
        kept, merged = sorted((root[first], root[second]))
        if kept == merged or _clash(members[kept], members[merged], enemies, root):
            continue
        for record in members[merged]:
            root[record] = kept
        members[kept] += members.pop(merged)
    return root


def _clash(left: list[str], right: list[str], enemies: Enemies, root: dict[str, str]) -> bool:
    """Tell whether two clusters hold records that must stay apart."""
    few, others = (left, right) if len(left) < len(right) else (right, left)
    label = root[others[0]]
    return any(root.get(enemy) == label for record in few for enemy in enemies.get(record, ()))
