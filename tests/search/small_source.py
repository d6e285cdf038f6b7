"""A source that holds a few works in memory: all that a database has to be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import ClassVar, Self

from review.config import Config
from review.model import Record
from review.progress import not_cancelled
from review.sources.source import FIRST, Estimate, Page, Query, Source

WORKS = [f"{word} {n}" for n in range(25) for word in ("Valerian for insomnia", "Hops and sleep")]


class SmallSource(Source):
    name: ClassVar[str] = "small"
    label: ClassVar[str] = "Small Database"

    @classmethod
    def connect(cls, config: Config) -> Self:
        return cls()

    @classmethod
    def query_mistakes(cls, text: str, scope: str) -> list[str]:
        return ["no exclamation marks, please"] if "!" in text else []

    def request(self, query: Query) -> str:
        return f"https://small.example/find?q={query.text}"

    def estimate(self, query: Query, cancelled: Callable[[], bool] = not_cancelled) -> Estimate:
        count = len(self._found(query))
        return Estimate(count, count // 10 + 1, 0.0, None, self.request(query))

    def pages(
        self, query: Query, cursor: str = FIRST, cancelled: Callable[[], bool] = not_cancelled,
        known: Collection[str] | None = None,
    ) -> Iterator[Page]:  # fmt: skip
        found, at = self._found(query), 0 if cursor == FIRST else int(cursor)
        for start in range(at, len(found), 10):
            records = tuple(Record(self.name, key, key) for key in found[start : start + 10])
            after = str(start + 10) if start + 10 < len(found) else None
            yield Page(records, tuple(r.key for r in records), str(start), after, len(found))

    def _found(self, query: Query) -> list[str]:
        return [title for title in WORKS if query.text.lower() in title.lower()]
