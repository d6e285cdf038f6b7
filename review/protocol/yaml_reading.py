"""Reads YAML so that every value keeps the line it was written on.

PyYAML's nodes know their place and its constructors do not tell it, so the node tree is walked once
into plain data and, beside it, a map from each path to a line.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from review.errors import Mistake

YamlPath: TypeAlias = tuple[str | int, ...]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The library in C where PyYAML has it, which is ten times as fast; both give the same marks."""

MOST_CHARACTERS = 5_000_000
MOST_PARTS = 200_000
DEEPEST = 50
"""Limits of one file: its length, its values with those that aliases repeat, and its depth."""


@dataclass(frozen=True, slots=True)
class YamlSource:
    """One YAML file as plain data, with the line of every path in it.

    Attributes:
        name: the file's name as shown in messages.
        text: the raw text; empty when the file could not be read.
        data: mappings, lists and scalars; None when the text is not YAML.
        lines: path of keys and positions -> line, counted from 1.
    """

    name: str
    text: str
    data: Any
    lines: Mapping[YamlPath, int]

    def line(self, path: YamlPath) -> int | None:
        """Return the line of ``path``, or of the nearest thing around it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def mistake(self, path: YamlPath, message: str) -> Mistake:
        """Return a mistake at ``path``."""
        return Mistake(self.name, self.line(path), self.spell(path), message)

    def spell(self, path: YamlPath) -> str:
        """Write a path the way a person would: ``claims[C05].outcome[2]``, positions from 1.

        A list entry with an ``id`` or ``name`` is named by it instead of by its position.
        """
        words = ""
        here: Any = self.data
        for step in path:
            if isinstance(step, int):
                here = here[step] if isinstance(here, list) and step < len(here) else None
                words += f"[{_name(here) or step + 1}]"
            else:
                here = here.get(step) if isinstance(here, dict) else None
                words += f".{step}" if words else step
        return words


def read_yaml(path: Path) -> tuple[YamlSource, list[Mistake]]:
    """Read one YAML file.

    Returns:
        The source and the mistakes of spelling: unreadable file, broken YAML, a key given twice.
    """
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return YamlSource(name, "", None, {}), [Mistake(name, None, "", f"no such file: {path}")]
    except UnicodeDecodeError:
        message = "the file is not UTF-8 text; save it as UTF-8"
        return YamlSource(name, "", None, {}), [Mistake(name, None, "", message)]
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return YamlSource(name, "", None, {}), [Mistake(name, None, "", message)]
    return parse_yaml(name, text)


def parse_yaml(name: str, text: str) -> tuple[YamlSource, list[Mistake]]:
    """Parse YAML text; see `read_yaml`."""
    if len(text) > MOST_CHARACTERS:
        message = f"the file has {len(text):,} characters; {MOST_CHARACTERS:,} are the most"
        return YamlSource(name, "", None, {}), [Mistake(name, None, "", message)]
    try:
        _check_depth(text)
        loader = LOADER(text)
    except _Refused as error:
        return YamlSource(name, text, None, {}), [Mistake(name, error.line, "", str(error))]
    except yaml.YAMLError as error:
        return YamlSource(name, text, None, {}), [_syntax(name, error)]
    try:
        node = loader.get_single_node()
        if node is None:
            return YamlSource(name, text, None, {}), [Mistake(name, 1, "", "the file is empty")]
        walk = _Walk(loader)
        data = walk.visit(node, ())
    except _Refused as error:
        return YamlSource(name, text, None, {}), [Mistake(name, error.line, "", str(error))]
    except yaml.YAMLError as error:
        return YamlSource(name, text, None, {}), [_syntax(name, error)]
    finally:
        loader.dispose()
    source = YamlSource(name, text, data, walk.lines)
    doubles = [
        Mistake(name, line, source.spell(path), f"this key is given twice (first on line {first})")
        for path, first, line in walk.doubles
    ]
    return source, doubles


class _Refused(yaml.YAMLError):
    """A limit of the file is passed, or a value is none, on a line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _check_depth(text: str) -> None:
    """Refuse what nests too deep before the loader follows it, step by step, into itself.

    Raises:
        _Refused: with the line.
        yaml.YAMLError: the text is not YAML.
    """
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = 0 if event.start_mark is None else event.start_mark.line
            raise _Refused(line + 1, f"this is nested more than {DEEPEST} levels deep")


class _Walk:
    """One pass over a node tree: plain data, lines and repeated keys."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[YamlPath, int] = {}
        self.doubles: list[tuple[YamlPath, int, int]] = []
        self.parts = 0

    def visit(self, node: yaml.Node, path: YamlPath) -> Any:
        """Return the data under ``node``. The first line noted for a path stays."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.parts += 1
        if self.parts > MOST_PARTS or len(path) > DEEPEST:
            message = (
                f"aliases (*name) repeat too much from here on: a file may have {MOST_PARTS:,} "
                f"values, repeated ones included, and {DEEPEST} levels; write the values out"
            )
            raise _Refused(line, message)
        if isinstance(node, yaml.SequenceNode):
            return [self.visit(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self._plain(node)

    def _plain(self, node: yaml.Node) -> Any:
        """The value of a scalar; a date or number that is none is a mistake on its line."""
        try:
            return self.loader.construct_object(node)
        except (ValueError, OverflowError) as error:
            message = f"this value cannot be read ({error}); put it in quotes if it is a text"
            raise _Refused(node.start_mark.line + 1, message) from error

    def _mapping(self, node: yaml.MappingNode, path: YamlPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            raw = self._plain(key_node) if isinstance(key_node, yaml.ScalarNode) else []
            key = str(raw) if isinstance(raw, Hashable) else "?"
            line = key_node.start_mark.line + 1
            here = (*path, key)
            if key in found:
                self.doubles.append((here, self.lines[here], line))
                continue
            self.lines[here] = line
            found[key] = self.visit(value_node, here)
        return found


def _syntax(name: str, error: yaml.YAMLError) -> Mistake:
    """Turn a parser's complaint into a mistake with its line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    line = None if mark is None else mark.line + 1
    message = f"this is not valid YAML: {problem}; look at the indentation and quotes around here"
    return Mistake(name, line, "", message)


def _name(entry: Any) -> str:
    """Return the id or name of a list entry, or an empty string."""
    if not isinstance(entry, dict):
        return ""
    found = entry.get("id") or entry.get("name")
    return found if isinstance(found, str) else ""
