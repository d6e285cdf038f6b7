"""The sources that can be searched: each folder beside this module is one.

A source is a package whose ``SOURCE`` is its class, a `review.sources.source.Source`; nothing else
has to name it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from review import sources
from review.errors import NotFoundError
from review.sources.source import Source


@cache
def all_sources() -> dict[str, type[Source]]:
    """Name -> source, in the order of the names."""
    folders = (m.name for m in pkgutil.iter_modules(sources.__path__) if m.ispkg)
    found = [import_module(f"{sources.__name__}.{folder}").SOURCE for folder in sorted(folders)]
    return {one.name: one for one in found}


def named(name: str) -> type[Source]:
    """The source of a name.

    Raises:
        NotFoundError: there is none.
    """
    known: Mapping[str, type[Source]] = all_sources()
    if name not in known:
        raise NotFoundError(f"There is no source '{name}'. There is: {', '.join(known)}.")
    return known[name]


def label_of(name: str) -> str:
    """How people read the source of a name; the name itself where no such source is known."""
    known = all_sources().get(name)
    return known.label if known else name
