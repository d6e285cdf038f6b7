"""The sources that a piece of work asks: each connected when needed, and closed at the end."""

from __future__ import annotations

from typing import Self

from review.sources import registry
from review.sources.source import CitationLinks, LookUps, Source
from review.workspace import Workspace


class Connections:
    """Clients of sources, one for each, with the settings of a review.

    Args:
        given: stands for every source instead (tests, benchmarks); whoever gave it closes it too.
    """

    def __init__(self, ws: Workspace, given: Source | None = None) -> None:
        self._config, self._given = ws.config, given
        self._open: dict[str, Source] = {}

    def source(self, name: str) -> Source:
        """The client of a source.

        Raises:
            NotFoundError: there is no such source.
            ConfigError: its settings cannot be used.
        """
        if self._given is not None:
            return self._given
        if name not in self._open:
            self._open[name] = registry.named(name).connect(self._config)
        return self._open[name]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for source in self._open.values():
            source.close()


def usual_source(ws: Workspace) -> str:
    """Name of the source that is asked where nobody names one: that of the first search."""
    planned = [search.source for search in ws.protocol.searches]
    return next(iter([*planned, *registry.all_sources()]))


def citation_source(ws: Workspace) -> str:
    """Name of the source that is asked which works cite which: the first that knows."""
    known = registry.all_sources().items()
    return next((name for name, one in known if issubclass(one, CitationLinks)), usual_source(ws))


def look_up_source() -> type[LookUps] | None:
    """The source that is asked for single works: the first that can be; None when none can."""
    known = registry.all_sources().values()
    return next((one for one in known if issubclass(one, LookUps)), None)
