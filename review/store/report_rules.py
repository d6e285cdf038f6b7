"""What the protocol in force says about deciding and sharing, as the log has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.store.rule_table import rules


@dataclass(frozen=True, slots=True)
class Rules:
    """What the protocol in force says about deciding."""

    version: str
    reviewers: Mapping[str, int]
    not_retrieved: tuple[str, ...]
    coders: int = 1
    assigning: str = "everyone"


def current_rules(conn: Connection) -> Rules:
    """Rules of the newest protocol version; one reviewer a stage before there is any."""
    row = conn.execute(select(rules).order_by(rules.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        return Rules("", {}, ())
    return Rules(row.version, row.reviewers, tuple(row.not_retrieved), row.coders,
                 row.assigning)  # fmt: skip
