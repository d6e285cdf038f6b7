"""Loads the protocol of a review and reports every mistake of both files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from review.errors import Mistake, ProtocolError
from review.protocol.checks import check_codebook, check_protocol, known_values
from review.protocol.codebook import Codebook
from review.protocol.fields import CODEBOOK, Frozen
from review.protocol.model import Protocol
from review.protocol.reading import Source, YamlPath, read_yaml

PROTOCOL_FILE = "protocol.yaml"
CODEBOOK_FILE = "codebook.yaml"

_M = TypeVar("_M", bound=Frozen)

_OF_ITS_OWN = {"codebook", "version", "files"}


def load(data: Path) -> Protocol:
    """Read ``data/protocol.yaml`` and ``data/codebook.yaml``.

    Raises:
        ProtocolError: with every mistake found in the two files, each with file, line and key.
    """
    codebook_source, mistakes = read_yaml(data / CODEBOOK_FILE)
    protocol_source, more = read_yaml(data / PROTOCOL_FILE)
    mistakes = [*more, *mistakes]
    codebook: Codebook | None = None
    body: Protocol | None = None
    context: dict[str, Any] = {}
    if codebook_source.data is not None:
        context = {CODEBOOK: known_values(codebook_source.data)}
        codebook, found = _validate(Codebook, codebook_source, codebook_source.data, context)
        mistakes += [*found, *check_codebook(codebook_source)]
    if protocol_source.data is not None:
        mistakes += _forbidden(protocol_source)
        content = _with_own(protocol_source, codebook, codebook_source)
        body, found = _validate(Protocol, protocol_source, content, context)
        mistakes += [*found, *check_protocol(protocol_source)]
    if mistakes or codebook is None or body is None:
        raise ProtocolError(_in_order(mistakes))
    return body


def version_of(protocol: Any, codebook: Any) -> str:
    """Return the version of a protocol: 12 hex digits that change with its content only.

    Comments, line breaks and the order of keys do not matter; the order of lists does.
    """
    content = json.dumps(
        [protocol, codebook], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _with_own(source: Source, codebook: Codebook | None, other: Source) -> Any:
    """Add to the file's content what the model holds beyond it."""
    if not isinstance(source.data, dict):
        return source.data
    return {
        **source.data,
        "codebook": codebook or Codebook(dimensions=()),
        "version": version_of(source.data, other.data),
        "files": {source.name: source.text, other.name: other.text},
    }


def _forbidden(source: Source) -> Iterator[Mistake]:
    """Report keys that the model has and the file may not set."""
    if isinstance(source.data, dict):
        for key in sorted(_OF_ITS_OWN & set(source.data)):
            yield source.mistake((key,), "unknown key: this is worked out, not written")


def _validate(
    model: type[_M], source: Source, content: Any, context: Mapping[str, Any]
) -> tuple[_M | None, list[Mistake]]:
    """Check ``content`` against ``model`` and put its complaints into plain words."""
    try:
        return model.model_validate(content, context=dict(context)), []
    except ValidationError as error:
        return None, [_mistake(source, detail) for detail in error.errors(include_url=False)]


def _mistake(source: Source, detail: ErrorDetails) -> Mistake:
    path: YamlPath = detail["loc"]
    return source.mistake(path, _words(detail))


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


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    """Sort by file and line, without repeats."""
    return sorted(dict.fromkeys(mistakes), key=lambda m: (m.file, m.line or 0, m.key, m.message))
