"""Writing one more search into the text of a protocol; every other sign of it stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

from review.errors import DecisionError

_KEY = re.compile(r"^[A-Za-z_]\w*\s*:")
_ITEM = re.compile(r"^(\s*)-\s")


def with_search(text: str, search: Mapping[str, object]) -> str:
    """The text of ``protocol.yaml`` with a search behind the last one.

    Args:
        search: the keys of one search, in the order in which they are to stand.

    Raises:
        DecisionError: the searches are not written one below the other.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start = next((n for n, line in enumerate(lines) if re.match(r"searches\s*:", line)), None)
    first = None if start is None else _first_item(lines, start + 1)
    if start is None or first is None:
        raise DecisionError(
            "The searches of protocol.yaml are not written as a list, one below the other. "
            "Write the new one there by hand."
        )
    indent = first[1]
    end = next((n for n in range(start + 1, len(lines)) if _KEY.match(lines[n])), len(lines))
    while end > first[0] and _is_apart(lines[end - 1]):
        end -= 1
    return "".join([*lines[:end], *_written(search, indent), *lines[end:]])


def _first_item(lines: Sequence[str], start: int) -> tuple[int, str] | None:
    """Where the first item of the list stands, and how far it is set in."""
    for n in range(start, len(lines)):
        if found := _ITEM.match(lines[n]):
            return n, found[1]
        if not _is_apart(lines[n]):
            return None
    return None


def _is_apart(line: str) -> bool:
    """Whether a line holds a comment, or nothing."""
    return not line.strip() or line.lstrip().startswith("#")


def _written(search: Mapping[str, object], indent: str) -> list[str]:
    """The item as lines, each value as YAML writes it, on a line of its own."""
    found: list[str] = []
    for place, (name, value) in enumerate(search.items()):
        flow = isinstance(value, (list, str))
        said = yaml.safe_dump(
            value if not isinstance(value, str) else [value], default_flow_style=flow,
            allow_unicode=True, width=10**9, sort_keys=False,
        ).strip()  # fmt: skip
        if isinstance(value, str):
            said = said.removeprefix("[").removesuffix("]")
        lead = f"{indent}- " if not place else f"{indent}  "
        if isinstance(value, Mapping):
            found.append(f"{lead}{name}:\n")
            found += [f"{indent}    {key}: {_listed(values)}\n" for key, values in value.items()]
        else:
            found.append(f"{lead}{name}: {said}\n")
    return found


def _listed(values: object) -> str:
    return yaml.safe_dump(
        list(values) if isinstance(values, (list, tuple)) else values,
        default_flow_style=True, allow_unicode=True, width=10**9,
    ).strip()  # fmt: skip
