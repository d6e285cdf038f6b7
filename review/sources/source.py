"""What is asked of a source, and what it answers, in plain data that every source shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.errors import Mistake
from review.model import Record


@dataclass(frozen=True, slots=True)
class Query:
    """One question to a source.

    Attributes:
        text: words, phrases and AND, OR, NOT; empty for filters alone.
        scope: where the words must be found, as the source names it.
        filters: the source's filter -> value, for instance ``publication_year: 2010-2020``.
    """

    text: str
    scope: str = "title_and_abstract"
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a query would bring and cost.

    Attributes:
        count: works the source promises.
        pages: requests a whole walk needs.
        price_usd: price of all of them.
        remaining_usd: budget left today, None when the source does not say.
        request: the first request as it would be sent; holds no key.
    """

    count: int
    pages: int
    price_usd: float
    remaining_usd: float | None
    request: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a walk ended with fewer works than the source promised."""

    promised: int | None
    received: int
    why: str

    def __str__(self) -> str:
        promised = "an unknown number" if self.promised is None else str(self.promised)
        return f"{self.received} of {promised} promised works were received: {self.why}"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a walk.

    Attributes:
        records: the works that could be read.
        ids: ids of all works of the answer, in its order, repeats included.
        cursor: the cursor that gave this page.
        next_cursor: where to go on, also in a later run; None at the end.
        promised: how many works the source says the query has.
        cost_usd: price of this page, pages asked for again included.
        remaining_usd: budget left after it, None when the source does not say.
        bad: the works that could not be read.
        shortfall: on the last page only, when works are missing.
    """

    records: tuple[Record, ...]
    ids: tuple[str, ...]
    cursor: str
    next_cursor: str | None
    promised: int | None
    cost_usd: float
    remaining_usd: float | None
    bad: tuple[Mistake, ...] = ()
    shortfall: Shortfall | None = None
