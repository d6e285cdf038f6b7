"""What a source of searches is: a database on the network, behind one interface.

Search services know nothing else of a source, so that another database is another folder beside
this module (see `review.sources.registry`). What every source must do is abstract in `Source`; what
it can do besides, it shows by inheriting from `DateSlices`, `LookUps` or `CitationLinks` too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from review.config import Config
from review.errors import Mistake
from review.model import Record
from review.progress import not_cancelled
from review.sources.rate_limit import Pace

FIRST = "*"
"""The cursor of the first page, at every source."""

TITLE_AND_ABSTRACT = "title_and_abstract"
"""The usual scope of words, which every source has."""

CitationDirection = Literal["citing", "cited"]


@dataclass(frozen=True, slots=True)
class Query:
    """One question to a source.

    Attributes:
        text: words, phrases and AND, OR, NOT; empty for filters alone.
        scope: where the words must be found, as the source names it.
        filters: the source's filter -> value, for instance ``publication_year: 2010-2020``.
    """

    text: str
    scope: str = TITLE_AND_ABSTRACT
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark on a search string while it is typed.

    ``wrong``: the string would fail or be changed; otherwise it may only be meant otherwise.
    """

    message: str
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Translation:
    """A search string of another database in a source's own words; offered, never used unasked.

    Attributes:
        database: whose string it was.
        text: the string as the source takes it.
        lost: what could not be carried over, a sentence each.
    """

    database: str
    text: str
    lost: tuple[str, ...]


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
        understood: the search as the source itself puts it, in one line; "" where it does not say.
    """

    records: tuple[Record, ...]
    ids: tuple[str, ...]
    cursor: str
    next_cursor: str | None
    promised: int | None
    cost_usd: float = 0.0
    remaining_usd: float | None = None
    bad: tuple[Mistake, ...] = ()
    shortfall: Shortfall | None = None
    understood: str = ""


class Source(ABC):
    """A database that can be searched. Not for use by two threads at once: each makes its own.

    Attributes:
        name: how the protocol and the log name it; never changed once reviews hold it.
        label: how people read it.
        scopes: where words can be looked for, the usual one first.
        request_usd: list price of one request in US dollars, for a price told before asking.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]] = (TITLE_AND_ABSTRACT,)
    request_usd: ClassVar[float] = 0.0

    @classmethod
    @abstractmethod
    def connect(cls, config: Config) -> Self:
        """A client with the settings of a review; nothing is sent yet.

        Raises:
            ConfigError: the settings cannot be used.
        """

    @classmethod
    def notice(cls, config: Config) -> str:
        """What a person should know of the settings before searching; ``""`` for nothing."""
        return ""

    @classmethod
    def query_mistakes(cls, text: str, scope: str) -> list[str]:
        """What is wrong with a search string, a clause a mistake."""
        return []

    @classmethod
    def remarks(cls, text: str, scope: str) -> list[Remark]:
        """What is to be said of a search string, mistakes first; nothing of an empty one."""
        if not text.strip():
            return []
        return [Remark(f"{m[:1].upper()}{m[1:]}.") for m in cls.query_mistakes(text, scope)]

    @classmethod
    def translation(cls, text: str) -> Translation | None:
        """A string of another database in this one's words, where that can be told."""
        return None

    @classmethod
    def filter_mistakes(cls, name: str, value: str) -> list[str]:
        """What is wrong with one filter, a clause a mistake."""
        return []

    @classmethod
    def platform(cls, request: str) -> str:
        """The database and the way it was reached, of a request that was sent (PRISMA-S item 1)."""
        address = urlsplit(request)
        return f"{cls.label}, {address.scheme}://{address.netloc}"

    @abstractmethod
    def request(self, query: Query) -> str:
        """The first request of a walk as it is sent, an address that holds no key.

        Runs of one search are known to be of one search by it.

        Raises:
            QueryRefused: the query is empty, or the source would misread it.
        """

    @abstractmethod
    def estimate(self, query: Query, cancelled: Callable[[], bool] = not_cancelled) -> Estimate:
        """Ask how many works a query has, and what a walk costs.

        Raises:
            SourceError: the source cannot be asked, or refuses.
            Cancelled: `cancelled` became true.
        """

    @abstractmethod
    def pages(
        self,
        query: Query,
        cursor: str = FIRST,
        cancelled: Callable[[], bool] = not_cancelled,
        known: Collection[str] | None = None,
    ) -> Iterator[Page]:
        """Yield the works of a query page by page, in an order that lets a walk go on later.

        Args:
            query: what to ask.
            cursor: where to begin: `FIRST`, or the `next_cursor` of the last page that was kept.
            cancelled: looked at between pages and during waits.
            known: ids kept before `cursor`, for a walk that goes on.

        Raises:
            SourceError: the source cannot be asked, or refuses; the pages before are whole. A
                cursor that it no longer takes is a `QueryRefused`.
            Cancelled: `cancelled` became true.
        """

    def preview(
        self, query: Query, works: int = 5, cancelled: Callable[[], bool] = not_cancelled
    ) -> tuple[Estimate, tuple[Record, ...]]:
        """The first works of a query, with what it would bring and cost; raises as `estimate`."""
        found = self.estimate(query, cancelled)
        first = [
            r for page in islice(self.pages(query, cancelled=cancelled), 1) for r in page.records
        ]
        return found, tuple(first[:works])

    def tell_waits(self, waiting: Callable[[str], None]) -> None:
        """Have waits before another attempt told in words, from the thread that waits."""
        return

    def close(self) -> None:
        """Give back what the client holds."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class DateSlices(Source):
    """A source whose lists can be cut by date of publication, and walked in parts at once.

    Attributes:
        per_page: works on one page.
        sliced_from: works from which on that is worth it.
        most_slices: slices aimed at, and threads that walk them.
    """

    per_page: ClassVar[int]
    sliced_from: ClassVar[int]
    most_slices: ClassVar[int]

    @abstractmethod
    def can_slice(self, query: Query) -> bool:
        """Whether a query leaves its dates to us."""

    @abstractmethod
    def dated(self, query: Query, first: str, last: str) -> Query:
        """The query, for works published from one day to another, both included.

        Args:
            first, last: ISO dates; `review.sources.date_slices.EARLIEST` and ``LATEST`` are open.
        """

    @abstractmethod
    def years(
        self, query: Query, cancelled: Callable[[], bool] = not_cancelled
    ) -> tuple[dict[int, int], float]:
        """Ask how many works of a query there are of each year.

        Returns:
            Year of publication -> works, and the price. Works without a year are in none.

        Raises:
            SourceError: the source cannot be asked, or refuses.
        """

    @abstractmethod
    def pace(self, query: Query) -> Pace:
        """How fast a query may be asked by all threads together."""

    @abstractmethod
    def sibling(self, pace: Pace | None = None) -> Self:
        """Another client with the same settings, for another thread.

        Args:
            pace: how fast all who share it may ask; this one's when None.
        """


class LookUps(Source):
    """A source that can be asked for single works."""

    @abstractmethod
    def look_up_request(self, identifier: str) -> str:
        """The address of a look-up as it is sent; it holds no key."""

    @classmethod
    @abstractmethod
    def id_of(cls, record: Record) -> str:
        """The source's own id of a work that a record is known to be; ``""`` when unknown."""

    @abstractmethod
    def find(self, identifier: str, cancelled: Callable[[], bool] = not_cancelled) -> Record | None:
        """Look one work up.

        Args:
            identifier: ``doi:10.1000/x``, ``pmid:123``, or the source's own id.
            cancelled: looked at before each attempt and during waits.

        Returns:
            The work; None when the source has no such work.

        Raises:
            SourceError: the source cannot be asked.
            Cancelled: `cancelled` became true.
        """


class CitationLinks(LookUps):
    """A source that knows which works cite which.

    Attributes:
        ids_per_query: ids that one query can hold.
    """

    ids_per_query: ClassVar[int]

    @abstractmethod
    def citation_query(self, direction: CitationDirection, ids: Sequence[str]) -> Query:
        """The query for works that cite these (``citing``), or that these cite (``cited``)."""

    @abstractmethod
    def listed(
        self, works: Sequence[str], cancelled: Callable[[], bool] = not_cancelled
    ) -> set[str]:
        """Which of some works are found in lists; those merged into others or deleted are not.

        Args:
            works: ids, `ids_per_query` at most.

        Raises:
            SourceError: the source cannot be asked, or refuses.
        """


class SimilarWorks(Source):
    """A source that can be asked which works are most like a text, in the order of likeness.

    Such a list cannot be repeated exactly, so it is another method beside the searches and never
    one of them.

    Attributes:
        most_similar: works of one list at most.
    """

    most_similar: ClassVar[int]

    @abstractmethod
    def similar_query(self, text: str) -> Query:
        """The query that asks for them; its walk is one page.

        Raises:
            QueryRefused: the text is empty.
        """
