"""Edits of the text of a codebook: one value changes, every other letter and comment stays. Pure.

PyYAML's nodes know where they stand in the text, so an edit writes only what it is about. What
comes of it is compared with what was meant, so that a text that is written in an unforeseen way is
refused rather than damaged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from review.errors import DecisionError
from review.protocol.yaml_reading import LOADER

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.()/+-]*[A-Za-z0-9_.)]")
_WORDS = frozenset("y n yes no on off true false null".split())


def add_value(text: str, dimension: str, value: Mapping[str, Any], after: str = "") -> str:
    """Add a value to a dimension.

    Args:
        dimension: its id.
        value: its fields as in the file.
        after: id of the value that it comes right behind; the last when blank.

    Raises:
        DecisionError: there is no such dimension or value, or the text resists the edit.
    """
    listed = _field(_dimension(text, dimension), "values")
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        raise DecisionError(f"The values of {dimension} are not written as a list; edit the file.")
    behind = _value(listed, after) if after else listed.value[-1]
    fields = {name: one for name, one in value.items() if one not in ("", None, (), [])}
    if listed.flow_style:
        written = "{" + ", ".join(f"{k}: {_scalar(v)}" for k, v in fields.items()) + "}"
        at = behind.end_mark.index
        edited = f"{text[:at]}, {written}{text[at:]}"
    else:
        dash = " " * listed.start_mark.column
        lines = [f"{name}: {_scalar(one)}" for name, one in fields.items()]
        written = f"{dash}- " + f"\n{dash}  ".join(lines)
        at = _end_of_line(text, _last(behind))
        edited = f"{text[:at]}\n{written}{text[at:]}"

    def change(values: list[dict[str, Any]]) -> None:
        place = next((i for i, v in enumerate(values) if v.get("id") == after), len(values) - 1)
        values.insert(place + 1, {k: _plain_data(v) for k, v in fields.items()})

    return _checked(text, edited, dimension, change)


def set_field(text: str, dimension: str, value: str, field: str, to: Any) -> str:
    """Give a field of a value another content, or the field where there was none.

    Raises:
        DecisionError: as for `add_value`.
    """
    node = _value(_field(_dimension(text, dimension), "values"), value)
    old = next((n for k, n in node.value if k.value == field), None)
    if old is not None:
        start, end = old.start_mark.index, old.end_mark.index
        tail = "\n" if text[start:end].endswith("\n") else ""
        edited = f"{text[:start]}{_scalar(to)}{tail}{text[end:]}"
    else:
        key, named = next((k, n) for k, n in node.value if k.value == "id")
        if node.flow_style:
            at = named.end_mark.index
            edited = f"{text[:at]}, {field}: {_scalar(to)}{text[at:]}"
        else:
            at = _end_of_line(text, named.end_mark.index)
            edited = f"{text[:at]}\n{' ' * key.start_mark.column}{field}: {_scalar(to)}{text[at:]}"

    def change(values: list[dict[str, Any]]) -> None:
        next(v for v in values if v.get("id") == value)[field] = _plain_data(to)

    return _checked(text, edited, dimension, change)


def _checked(
    before: str, after: str, dimension: str, change: Callable[[list[dict[str, Any]]], None]
) -> str:
    """The edited text, if it says what was meant and nothing else."""
    wanted = yaml.load(before, LOADER)
    change(next(d for d in wanted["dimensions"] if d.get("id") == dimension)["values"])
    try:
        found = yaml.load(after, LOADER)
    except yaml.YAMLError:
        found = None
    if found != wanted:
        raise DecisionError(
            "The codebook is written in a way that this edit cannot follow; edit the file by hand. "
            "Nothing was changed."
        )
    return after


def _dimension(text: str, id_: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=LOADER)
    if root is None:
        raise DecisionError("The codebook is empty.")
    for node in _field(root, "dimensions").value:
        if _field(node, "id").value == id_:
            found: yaml.MappingNode = node
            return found
    raise DecisionError(f"The codebook has no dimension {id_}.")


def _value(values: yaml.Node, id_: str) -> yaml.MappingNode:
    for node in values.value:
        if str(_field(node, "id").value) == id_:
            found: yaml.MappingNode = node
            return found
    raise DecisionError(f"The dimension has no value {id_}.")


def _field(node: yaml.Node, name: str) -> yaml.Node:
    for key, value in node.value:
        if key.value == name:
            found: yaml.Node = value
            return found
    raise DecisionError(f"The codebook lacks the key {name} where it is looked for.")


def _last(node: yaml.Node) -> int:
    """Where the last thing inside a node ends; the end of a block node is further down."""
    if not isinstance(node, yaml.CollectionNode) or not node.value or node.flow_style:
        return int(node.end_mark.index)
    inside = node.value[-1]
    return _last(inside[1] if isinstance(inside, tuple) else inside)


def _end_of_line(text: str, at: int) -> int:
    """The end of the line that holds what ends at a place; a block of text ends a line later."""
    while at > 0 and text[at - 1] in "\n\r ":
        at -= 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _scalar(value: Any) -> str:
    """A value as YAML writes it in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    words = str(value)
    plain = _PLAIN.fullmatch(words) and words.lower() not in _WORDS
    return words if plain else json.dumps(words, ensure_ascii=False)


def _plain_data(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
