"""Collections inside each other, as reference managers keep them, and the labels they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from review.model import PART_OF


class Collections:
    """The collections of one file: their names, what is in each, and which is inside which."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._above: dict[str, str] = {}
        self._holding: dict[str, list[str]] = {}

    def add(self, id_: str, name: str, parts: Iterable[str] = ()) -> None:
        """A collection.

        Args:
            parts: ids of the items and of the collections in it.
        """
        self._names[id_] = name
        for part in parts:
            self._holding.setdefault(part, []).append(id_)

    def within(self, id_: str, above: str) -> None:
        """Say that a collection is inside another one."""
        self._above[id_] = above

    def labels(self, item: str) -> list[str]:
        """The collections an item is in, each with those around it: ``Pain / Opioids``."""
        return [label for id_ in self._holding.get(item, ()) for label in self.named(id_)]

    def named(self, id_: str) -> list[str]:
        """The label of a collection; none where there is none with this id or it has no name."""
        return [PART_OF.join(reversed(list(self._path(id_))))] if self._names.get(id_) else []

    def _path(self, id_: str) -> Iterator[str]:
        """Names from the inmost outwards; a ring of collections ends where it began."""
        seen: set[str] = set()
        place: str | None = id_
        while place is not None and place not in seen:
            seen.add(place)
            if name := self._names.get(place):
                yield name.replace(PART_OF, "/")
            around = self._holding.get(place)
            place = around[0] if around else self._above.get(place)
