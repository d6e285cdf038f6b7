"""Which records are registrations of studies, and under which numbers.

A registration is no report: it is never one text with an article of its trial, and two with
different numbers are two. What belongs together is linked as one study (`review.dedupe.links`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.dedupe.registries import registry_numbers
from review.model import is_register
from review.publication_types import REGISTRATION

FIELDS = ("pages", "number", "volume", "journal", "url", "doi")
"""Short fields in which an entry of a register has its own number; some databases that index
registers too have it as the journal."""


def own_numbers(row: Mapping[str, Any]) -> frozenset[str] | None:
    """The numbers under which a record registers a study; None for a record of a report.

    Args:
        row: a record under the column names that deduplication reads; any may be missing.
    """

    def said(name: str) -> str:
        value = row.get(name)
        return value.strip() if isinstance(value, str) else ""

    fields = [said(name) for name in FIELDS]
    if registry_numbers("\n.\n".join(fields)):
        return next(numbers for text in fields if (numbers := registry_numbers(text)))
    of_register = is_register(said("source")) or is_register(said("journal"))
    if of_register or said("entrytype") == REGISTRATION:
        other = said("pages").casefold()  # of a registry whose numbers nobody tells by their form
        return frozenset({other} if other else ())
    return None
