"""Sharing reports out by the protocol: whom a report is drawn for follows from its number. Pure.

A permuted-block draw, as trials are randomised: in every block of as many reports as there are
people, each person comes first once, second once and so on, in an order that a seed decides. So
whatever number of people a stage asks for, the shares differ by a few reports at most; what comes
in later needs no new draw, and the same records are shared alike wherever the log is replayed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from review.people import person_key

SHARED = "shared"
"""The mode of `review.protocol.assignment.AssignmentRule` that draws."""

BLOCKS = 60
"""Blocks until the draw begins anew."""


def orders(people: Sequence[str], seed: int) -> list[list[str]]:
    """The orders in which people are asked for a report, one after the other through the reports.

    Args:
        people: keys of people; how they are sorted makes no difference.

    Returns:
        `BLOCKS` blocks of as many orders as there are people.
    """
    draw = random.Random(seed)
    found: list[list[str]] = []
    for _ in range(BLOCKS):
        first = draw.sample(sorted(people), len(people))
        turned = [first[n:] + first[:n] for n in range(len(first))]
        found += draw.sample(turned, len(turned))
    return found


def draws(seq: int, people: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """Rows of the table of draws for a protocol.

    Args:
        seq: its place in the log.
        people: their names.
    """
    names = {person_key(name): name.strip() for name in people if name.strip()}
    found = orders(list(names), seed) if names else []
    return [
        {
            "seq": seq, "place": place, "rank": rank, "places": len(found), "person": person,
            "reviewer": names[person],
        }
        for place, order in enumerate(found)
        for rank, person in enumerate(order)
    ]  # fmt: skip
