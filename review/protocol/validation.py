"""Checks plain data against a model and puts what pydantic finds into plain words, with lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from review.errors import Mistake
from review.protocol.yaml_reading import YamlSource

_M = TypeVar("_M", bound=BaseModel)


def validate(
    model: type[_M], source: YamlSource, content: Any, context: Mapping[str, Any]
) -> tuple[_M | None, list[Mistake]]:
    """Check ``content`` against ``model``.

    Args:
        source: the file the content came from, for names and lines.
        content: its data, possibly with more keys added.
        context: what the checks of single values need, see `review.protocol.value_types`.

    Returns:
        The model and no mistakes, or None and every mistake.
    """
    try:
        return model.model_validate(content, context=dict(context)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [source.mistake(detail["loc"], _words(detail)) for detail in details]


def _words(detail: ErrorDetails) -> str:
    """Say in plain words what pydantic found."""
    given, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "this key is missing"
        case "extra_forbidden":
            return "unknown key; look for a slip of the pen"
        case "value_error":
            return str(context["error"])
        case "string_type":
            return f"must be text, not {_kind(given)}; put it in quotes"
        case "bool_type":
            return f"must be true or false, not {_kind(given)}"
        case "int_type":
            return f"must be a whole number, not {_kind(given)}"
        case "tuple_type" | "list_type":
            return f"must be a list, not {_kind(given)}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a block of keys and values, not {_kind(given)}"
        case "literal_error":
            return f"must be {context['expected']}, not {given!r}"
        case "float_type":
            return f"must be a number, not {_kind(given)}"
        case "greater_than":
            return f"must be more than {context['gt']:g}, not {given}"
        case "greater_than_equal":
            return f"must be {context['ge']} or more, not {given}"
        case "less_than_equal":
            return f"must be {context['le']} or less, not {given}"
        case "too_short":
            return "the list may not be empty"
    return detail["msg"]


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false (YAML reads yes, no, on and off so)"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {value!r}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a block of keys and values"
    return type(value).__name__
